#include "actors/task_facts.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "domain/rules.hpp"

namespace ringmaster {

namespace {

result<std::vector<assistant::own_key>> open_keys(vault& secrets) {
  auto entries = secrets.list();
  if (!entries)
    return fail(std::move(entries.error()));
  std::vector<assistant::own_key> keys;
  for (const auto& entry : *entries) {
    if (entry.name == "carrier")
      continue;
    auto secret = secrets.open(entry.name);
    if (!secret)
      return fail(std::move(secret.error()));
    if (*secret)
      keys.push_back({entry.name, std::move(**secret)});
  }
  return keys;
}

result<std::optional<std::int64_t>>
budget_left(const assistant_settings& settings, usage_book& usage) {
  const auto& most = settings.daily_model_budget;
  if (!most)
    return std::nullopt;
  // What models cost is counted in dollars; a budget in anything else buys nothing.
  if (most->currency != "USD")
    return std::int64_t{0};
  auto spent = usage.spent_today();
  if (!spent)
    return fail(std::move(spent.error()));
  return std::max<std::int64_t>(0, most->micros - *spent);
}

} // namespace

result<model_means> read_means(desk_work& books, const assistant_settings& settings) {
  model_means m;
  auto keys = open_keys(books.vault());
  if (!keys)
    return fail(std::move(keys.error()));
  m.keys = std::move(*keys);
  auto budget = budget_left(settings, books.usage());
  if (!budget)
    return fail(std::move(budget.error()));
  m.budget_micros = *budget;
  return m;
}

result<task_facts> read_facts(desk_work& books, const task::record& r) {
  task_facts facts;
  facts.task = r;
  auto around = books.tasks().around(r);
  if (!around)
    return fail(std::move(around.error()));
  facts.around = std::move(*around);
  auto profile = books.settings().read_profile();
  if (!profile)
    return fail(std::move(profile.error()));
  facts.business = describe(*profile);
  auto means = read_means(books, facts.around.settings);
  if (!means)
    return fail(std::move(means.error()));
  facts.keys = std::move(means->keys);
  facts.budget_micros = means->budget_micros;
  return facts;
}

assistant::briefing brief(const task_facts& facts) {
  return task::brief(facts.task, facts.around, facts.business);
}

assistant::order order_about(
    const task_facts& facts, const user_id& user, assistant::request what,
    std::chrono::milliseconds patience) {
  assistant::order o{std::move(what), user};
  o.keys = facts.keys;
  o.budget_micros = facts.budget_micros;
  o.patience = patience;
  return o;
}

void note_usage(
    const world& all, task_facts& facts, const user_id& user, assistant::function what,
    std::vector<assistant::usage> tries) {
  if (tries.empty())
    return;
  if (facts.budget_micros)
    for (const auto& one : tries)
      facts.budget_micros = std::max<std::int64_t>(0, *facts.budget_micros - one.cost_micros);
  auto write = [user, what, about = facts.task.id, tries = std::move(tries)](desk& d) {
    auto noted = d.transact(engine_for(user), [&](desk_work& books) {
      return books.usage().note(what, about, std::nullopt, tries);
    });
    if (!noted)
      spdlog::error(
          "task {}: the cost of its {} was not written: {}", to_string(about),
          assistant::to_string(what), noted.error().detail);
  };
  caf::anon_send(
      all.desk_for(facts.task.id.value),
      desk_job{std::make_shared<std::function<void(desk&)>>(std::move(write))});
}

void note_call_usage(
    const world& all, const user_id& user, assistant::function what, std::optional<task_id> about,
    const attempt_id& call, std::vector<assistant::usage> tries) {
  if (tries.empty())
    return;
  auto write = [user, what, about, call, tries = std::move(tries)](desk& d) {
    auto noted = d.transact(engine_for(user), [&](desk_work& books) {
      return books.usage().note(what, about, call, tries);
    });
    if (!noted)
      spdlog::error(
          "call {}: the cost of its {} was not written: {}", to_string(call),
          assistant::to_string(what), noted.error().detail);
  };
  caf::anon_send(
      all.desk_for(call.value),
      desk_job{std::make_shared<std::function<void(desk&)>>(std::move(write))});
}

void note_chat_usage(const world& all, const user_id& user, std::vector<assistant::usage> tries) {
  if (tries.empty())
    return;
  auto write = [user, tries = std::move(tries)](desk& d) {
    auto noted = d.transact(engine_for(user), [&](desk_work& books) {
      return books.usage().note(assistant::function::chat, std::nullopt, std::nullopt, tries);
    });
    if (!noted)
      spdlog::error("brain: the cost of an answer was not written: {}", noted.error().detail);
  };
  caf::anon_send(
      all.desk_for(user.value),
      desk_job{std::make_shared<std::function<void(desk&)>>(std::move(write))});
}

std::string provider_of(const assistant::completion& c) { return provider_of(c.tries); }

std::string provider_of(const std::vector<assistant::usage>& tries) {
  if (tries.empty())
    return {};
  const auto& last = tries.back();
  return last.model.empty() || last.model == last.provider || last.provider == rules::provider
             ? last.provider
             : last.provider + ' ' + last.model;
}

std::string prompt_of(const assistant::completion& c) {
  return c.tries.empty() ? std::string{} : c.tries.back().prompt_version;
}

identity engine_for(const user_id& user) {
  return identity{.user = user, .actor = "engine", .request_id = {}};
}

} // namespace ringmaster
