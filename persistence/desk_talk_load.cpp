// A conversation as the engine takes it up: what it is about, what may be said and agreed to, and
// what was said before.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "persistence/campaign_rows.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/talk_rows.hpp"
#include "persistence/task_json.hpp"
#include "persistence/task_rows.hpp"
#include "wire/result_schema.hpp"

namespace ringmaster {
namespace {

constexpr db::statement call_now{"talk_load_call", R"(
  select s.sid, s.answered_at, s.rank = 4 or s.attempt_status not in ('intent', 'accepted', 'ambiguous', 'needs_review'),
         a.permit_at
    from attempts a join call_sessions s on s.user_id = a.user_id and s.id = a.id
   where a.user_id = $1 and a.id = $2)"};
constexpr db::statement of_campaign{
    "talk_load_campaign", R"(
  select c.name, c.script, coalesce(nullif(t.timezone, ''), c.timezone), t.contact_name, )" RINGMASTER_TALK_COLUMNS(
                              "c") R"(
    from campaigns c join targets t on t.user_id = c.user_id and t.campaign_id = c.id
   where c.user_id = $1 and c.id = $2 and t.id = $3)"};

bool is_among(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// What may be said to prove who calls, and what may not. An answer to the plan's questions counts
/// like a stored field of its name.
void sort_fields(
    const text_pairs& stored, const assistant_settings& settings, assistant::live_brief& brief,
    std::vector<talk::secret_value>& forbidden) {
  auto all = stored;
  auto& answers = brief.about.answers;
  for (const auto& [field, value] : answers)
    if (is_among(auth_fields(), field))
      all.emplace_back(field, value);
  const auto& allowed = settings.allowed_auth_fields;
  for (const auto& [field, value] : all) {
    auto had = std::any_of(brief.identity.begin(), brief.identity.end(), [&](const auto& pair) {
      return pair.first == field;
    });
    if (is_among(allowed, field) && !had)
      brief.identity.emplace_back(field, value);
  }
  for (const auto& [field, value] : all) {
    // A value that may be said under another name cannot be held back.
    auto said = std::any_of(brief.identity.begin(), brief.identity.end(), [&](const auto& pair) {
      return pair.second == value;
    });
    if (!is_among(allowed, field) && !said)
      forbidden.push_back({field, value});
  }
  std::erase_if(answers, [&](const auto& answer) {
    return is_among(auth_fields(), answer.first) && !is_among(allowed, answer.first);
  });
}

void brief_of_task(
    assistant::live_brief& brief, const task::record& r, const task::circumstances& around,
    const std::string& business) {
  brief.of_task = true;
  brief.about = task::brief(r, around, business);
  if (r.plan)
    brief.so_far = *r.plan;
  if (r.script)
    brief.words = *r.script;
  auto approved = task::is_approved(r, around) ? r.approved_price : std::nullopt;
  brief.may_accept =
      talk::may_accept(r.max_price, around.settings.max_auto_approve_amount, approved);
}

} // namespace

result<talk::loaded> postgres_calls::load(const attempt_id& id) {
  return guard_.run([&]() -> result<talk::loaded> {
    const auto& user = d_.who.user;
    auto place = find_call_place(d_, id);
    auto calls = d_.tx.run(call_now, user, id);
    if (!place || calls.empty())
      return no_such_call();
    talk::loaded out;
    auto call = calls[0];
    if (auto sid = call.take<std::optional<std::string>>())
      out.sid = call_sid{std::move(*sid)};
    auto answered_at = call.take<std::optional<instant>>();
    out.call_ended = call.take<bool>();
    auto permit_at = call.take<instant>();
    out.task = place->task;
    if (!place->task)
      out.campaign = place->campaign;
    out.target = place->target;

    auto row = find_conversation(d_, id);
    out.begun = row.has_value();
    if (row) {
      out.wrapped = row->wrapped_at.has_value();
      out.so_far = read_segments(d_, id, 0);
    }
    out.answered_at = answered_at ? *answered_at : row ? row->begun_at : permit_at;

    auto rows = d_.tx.run(of_campaign, user, place->campaign, place->target);
    if (rows.empty())
      return no_such_call();
    auto campaign = rows[0];
    auto about = std::make_shared<talk::facts>();
    auto brief = std::make_shared<assistant::live_brief>();
    auto name = campaign.take<std::string>();
    auto script = campaign.take<std::string>();
    auto timezone = campaign.take<std::string>();
    auto contact_name = campaign.take<std::string>();
    about->how = read_talk(campaign);
    out.record = about->how.record;

    auto around = task_around(d_, std::nullopt);
    auto business = describe(read_profile_row(d_.tx, user));
    std::optional<task::record> r;
    if (place->task)
      r = find_task_row(d_, *place->task);
    if (r) {
      if (r->contact)
        around.contact = find_contact_row(d_.tx, user, *r->contact);
      brief_of_task(*brief, *r, around, business);
    } else {
      auto& what = brief->about;
      what.instruction = script;
      what.title = name;
      what.tone = around.settings.default_call_tone;
      what.contact_name = contact_name;
      what.business = business;
      what.allowed_auth_fields = around.settings.allowed_auth_fields;
      what.now = d_.now;
      what.timezone = timezone;
      what.region = around.region;
      brief->may_accept =
          talk::may_accept(std::nullopt, around.settings.max_auto_approve_amount, std::nullopt);
    }
    brief->about.phone_number = place->to.reveal();
    if (d_.gate)
      brief->disclosure = d_.gate->disclosure;

    auto stored = postgres_identities(d_, guard_).open();
    if (!stored)
      return fail(stored.error());
    sort_fields(*stored, around.settings, *brief, about->forbidden);
    for (const auto& number : around.settings.transfer_numbers)
      about->transfers.push_back(phone_number::from_canonical(number));
    if (auto fields = wire::read_result_schema(about->how.result_schema))
      out.schema = std::move(*fields);
    else
      spdlog::warn("call {}: its result schema cannot be read", to_string(id));

    postgres_vault secrets(d_, guard_);
    auto entries = secrets.list();
    if (!entries)
      return fail(entries.error());
    for (const auto& entry : *entries) {
      if (entry.name == "carrier")
        continue;
      auto secret = secrets.open(entry.name);
      if (!secret)
        return fail(secret.error());
      if (*secret)
        out.keys.push_back({entry.name, std::move(**secret)});
    }
    if (const auto& most = around.settings.daily_model_budget) {
      auto spent = postgres_usage(d_, guard_).spent_today();
      if (!spent)
        return fail(spent.error());
      // What models cost is counted in dollars; a budget in anything else buys nothing.
      out.budget_micros =
          most->currency == "USD" ? std::max<std::int64_t>(0, most->micros - *spent) : 0;
    }

    about->brief = std::move(brief);
    out.about = std::move(about);
    if (row)
      out.known = std::move(row->known);
    return out;
  });
}

} // namespace ringmaster
