#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/console.hpp"
#include "net/handlers/console.hpp"
#include "net/money_json.hpp"
#include "net/views.hpp"

// The first page of the console: what goes on, what waits for its user, and the engine's health.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

constexpr std::int64_t campaigns_shown = 20;

struct standing {
  std::vector<campaign::view> running;
  std::int64_t campaigns = 0, drafts = 0;
  std::int64_t tasks = 0, clarifications = 0, approvals = 0;
  std::int64_t proposals = 0, approved = 0;
  std::int64_t gaps = 0, resolved = 0;
  std::int64_t spent_micros = 0;
  bool profile = false;
  instant now{};
};

page_request one_row() {
  page_request p;
  p.limit = 1;
  return p;
}

/// The total of a list whose rows do not matter; `into` stays as it is where there is none.
template <class Page>
result<void> count(const result<Page>& found, std::int64_t& into) {
  if (!found)
    return fail(found.error());
  into = found->total.value_or(0);
  return {};
}

/// Of tasks that wait: those that are ready but for a yes, and those with a question.
result<void> count_tasks(desk_work& w, standing& s) {
  if (auto all = count(w.tasks().list(one_row(), {}), s.tasks); !all)
    return all;
  task_book::filter waiting;
  waiting.state = task::status::waiting_for_user;
  if (auto asks = count(w.tasks().list(one_row(), waiting), s.clarifications); !asks)
    return asks;
  task_book::filter ready;
  ready.state = task::status::ready_to_call;
  page_request p;
  p.limit = 100;
  auto tasks = w.tasks().list(p, ready);
  if (!tasks)
    return fail(tasks.error());
  for (const auto& t : tasks->items) {
    auto around = w.tasks().around(t);
    if (!around)
      return fail(around.error());
    if (!task::needs_approval(t, *around).empty() && !task::is_approved(t, *around))
      ++s.approvals;
  }
  return {};
}

result<void> count_learning(desk_work& w, standing& s) {
  if (auto n =
          count(w.calendar().list_proposals(one_row(), calendar::status::pending), s.proposals);
      !n)
    return n;
  if (auto n =
          count(w.calendar().list_proposals(one_row(), calendar::status::approved), s.approved);
      !n)
    return n;
  knowledge_book::gap_filter open;
  open.state = gap::status::open;
  if (auto n = count(w.knowledge().list_gaps(one_row(), open), s.gaps); !n)
    return n;
  knowledge_book::gap_filter done;
  done.state = gap::status::resolved;
  return count(w.knowledge().list_gaps(one_row(), done), s.resolved);
}

result<standing> look(desk_work& w) {
  standing s;
  s.now = w.now();
  page_request p;
  p.limit = campaigns_shown;
  auto running = w.list_campaigns(p, campaign::status::running, "");
  if (!running)
    return fail(running.error());
  s.running = std::move(running->items);
  if (auto n = count(w.list_campaigns(one_row(), {}, ""), s.campaigns); !n)
    return fail(n.error());
  if (auto n = count(w.list_campaigns(one_row(), campaign::status::draft, ""), s.drafts); !n)
    return fail(n.error());
  if (auto done = count_tasks(w, s); !done)
    return fail(done.error());
  if (auto done = count_learning(w, s); !done)
    return fail(done.error());
  auto spent = w.usage().spent_today();
  if (!spent)
    return fail(spent.error());
  auto carrier = w.ledger().carrier_spent_today();
  if (!carrier)
    return fail(carrier.error());
  s.spent_micros = *spent + *carrier;
  auto profile = w.settings().read_profile();
  if (!profile)
    return fail(profile.error());
  s.profile = profile->version > 0;
  return s;
}

json health_of(const services& svc, const result<health>& told) {
  json doc;
  bool here = told.has_value();
  doc["database"] = here && told->database ? "ok" : "down";
  doc["carrier"] = svc.settings.carrier.account_sid.empty() ? "off"
                   : here && told->carrier_open             ? "ok"
                                                            : "down";
  doc["models"] = svc.settings.ai.providers.empty() ? "off" : "ok";
  doc["clock"] = here && told->clock_trusted ? "ok" : "down";
  doc["stopped"] = here && told->stopped;
  return doc;
}

json steps_of(const services& svc, const standing& s) {
  auto steps = json::array();
  auto add = [&](const char* id, bool done) {
    json one;
    one["id"] = id;
    one["done"] = done;
    steps.push_back(std::move(one));
  };
  add("carrier", !svc.settings.carrier.account_sid.empty());
  add("profile", s.profile);
  add("campaign_created", s.campaigns > 0);
  add("campaign_started", s.campaigns > s.drafts);
  add("task", s.tasks > 0);
  add("gap_resolved", s.resolved > 0);
  add("proposal_approved", s.approved > 0);
  return steps;
}

http::response show_standing(
    const exchange& x, const standing& s, const account::day& today, const result<health>& told) {
  json doc;
  doc["live_calls"] = today.live_calls;
  auto& running = doc["running_campaigns"] = json::array();
  for (const auto& c : s.running)
    running.push_back(show(c, s.now));
  auto& waits = doc["waiting_for_you"];
  waits["clarifications"] = s.clarifications;
  waits["approvals"] = s.approvals;
  waits["proposals"] = s.proposals;
  waits["gaps"] = s.gaps;
  auto& day = doc["today"];
  day["calls"] = today.calls;
  day["answered"] = today.answered;
  day["spent"] = show_money(money{s.spent_micros});
  doc["health"] = health_of(x.svc, told);
  doc["getting_started"] = steps_of(x.svc, s);
  return answer(200, doc);
}

} // namespace

// GET /api/overview
answer_of_handler show_overview(exchange& x) {
  if (!x.svc.console)
    co_return refuse(x, error{.code = errc::not_found, .detail = "this engine has no console"});
  auto work = [](desk_work& w) { return look(w); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto begins = std::chrono::floor<std::chrono::days>(found->now);
  auto count = [user = x.who.user, begins](account::book& b) { return b.count_day(user, begins); };
  auto today = co_await in_room<account::day>(*x.svc.console, std::move(count));
  if (!today)
    co_return refuse(x, today.error());
  auto told = co_await ask<health>(x.svc.engine, ask_health{});
  co_return show_standing(x, *found, *today, told);
}

} // namespace ringmaster::net::handlers
