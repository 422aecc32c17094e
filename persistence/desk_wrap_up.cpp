// What a call came to, stored once: findings, target, task, and the calls that should follow.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "domain/text.hpp"
#include "persistence/array.hpp"
#include "persistence/calendar_rows.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/talk_json.hpp"
#include "persistence/talk_rows.hpp"
#include "persistence/task_rows.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t most_follow_ups = 5;

constexpr db::statement keep{"talk_wrap_up", R"(
  update conversations
     set summary = $3, goal_achieved = $4, sentiment = $5, opt_out = $6, wrong_number = $7, findings = $8::jsonb,
         found_by = $9, prompt = $10, wrapped_at = $11, times_wrapped = times_wrapped + 1
   where user_id = $1 and attempt_id = $2)"};
constexpr db::statement keep_values{"talk_wrap_up_values", R"(
  insert into call_values (user_id, attempt_id, times_wrapped, n, key, type, value, segments, contradiction, fragment)
  select $1::uuid, $2::uuid, $3::int, v.n, v.key, v.type, v.value::jsonb, v.segments::int[], v.contradiction, v.fragment
    from unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
      v(n, key, type, value, segments, contradiction, fragment))"};
constexpr db::statement lock_target{"talk_wrap_up_lock", R"(
  select 1 from targets where user_id = $1 and campaign_id = $2 and id = $3 for no key update)"};
// A target that was dialed again meanwhile is told by its later call.
constexpr db::statement tell_target{"talk_wrap_up_target", R"(
  update targets
     set call_summary = $5, call_outcome = case when $6 and call_outcome = 'answered' then 'voicemail' else call_outcome end
   where user_id = $1 and campaign_id = $2 and id = $3 and last_call = $4)"};

/// The words of the callee that a value came from.
std::string fragment_of(const talk::value& v, const std::vector<talk::segment>& transcript) {
  for (auto n : v.segments) {
    auto at = std::find_if(transcript.begin(), transcript.end(), [&](const auto& s) {
      return s.n == n && s.who == talk::speaker::human;
    });
    if (at != transcript.end())
      return at->text;
  }
  return {};
}

void write_values(
    desk_parts& d, const attempt_id& id, std::int32_t round,
    const std::vector<talk::value>& values) {
  if (values.empty())
    return;
  auto transcript = read_segments(d, id, 0);
  db::array numbers, keys, types, texts, segments, contradictions, fragments;
  std::int32_t n = 0;
  for (const auto& v : values) {
    numbers.add(++n);
    keys.add(storable(v.key));
    types.add(talk::to_string(v.kind));
    // Without support nothing is known.
    texts.add(v.segments.empty() ? std::nullopt : write_known_value(v));
    db::array support;
    for (auto s : v.segments)
      support.add(s);
    segments.add(support.take());
    contradictions.add(storable(v.contradiction));
    fragments.add(storable(fragment_of(v, transcript)));
  }
  d.tx.run(
      keep_values, d.who.user, id, round, numbers.take(), keys.take(), types.take(), texts.take(),
      segments.take(), contradictions.take(), fragments.take());
}

/// The task's step. A task that is on another call by now has nothing to hear from this one.
result<std::optional<task::record>>
step_task(desk_parts& d, const call_place& place, const talk::findings& found, bool message_left) {
  if (!place.task)
    return std::optional<task::record>{};
  auto r = find_task_row(d, *place.task);
  if (!r)
    return std::optional<task::record>{};
  if (r->campaign != place.campaign)
    return r;
  auto stepped = act_on_task(d, r->id, task::wrapped_up{found, message_left});
  if (!stepped)
    return fail(stepped.error());
  return std::optional(std::move(*stepped));
}

/// What a follow-up call is to do, in words that stand alone.
std::string instruction_of(const talk::follow_up& f) {
  auto text = std::string(trimmed(f.instruction));
  if (!f.when.empty() && text.find(f.when) == std::string::npos)
    text += " (when: " + f.when + ")";
  return storable(text);
}

/// Makes the tasks that should follow and are not there yet, as task_book::create does. They wait
/// for their owner.
result<std::vector<task_id>> follow(
    desk_parts& d, task_book& tasks, const call_place& place,
    const std::optional<task::record>& parent, const std::vector<talk::follow_up>& wanted) {
  std::vector<task_id> made;
  std::vector<std::string> there;
  for (const auto& id : follow_ups_of(d, place.id))
    if (auto r = find_task_row(d, id))
      there.push_back(std::move(r->raw_instruction));
  for (const auto& f : wanted) {
    auto text = instruction_of(f);
    if (there.size() >= most_follow_ups)
      break;
    if (text.empty() || std::find(there.begin(), there.end(), text) != there.end())
      continue;
    task::draft draft;
    draft.raw_instruction = text;
    draft.target_phone_number = place.to.reveal();
    draft.needs_user_confirmation = true;
    draft.parent_call = place.id;
    if (parent) {
      draft.voice = parent->voice;
      draft.contact = parent->contact;
    }
    auto fine = task::check(draft, d.gate ? d.gate->region : std::string{});
    if (!fine) {
      spdlog::warn(
          "call {}: a follow-up was left out: {}", to_string(place.id), fine.error().detail);
      continue;
    }
    auto created = tasks.create(task_id{make_uuid7(d.now, d.random)}, *fine);
    if (!created)
      return fail(created.error());
    made.push_back(created->id);
    there.push_back(std::move(text));
  }
  return made;
}

/// Whom a call was for, as its owner calls them; empty where only the number is known.
std::string whom_of(desk_parts& d, const std::optional<task::record>& parent) {
  if (!parent)
    return {};
  if (parent->contact)
    if (auto known = find_contact_row(d.tx, d.who.user, *parent->contact))
      return known->name;
  if (!parent->plan)
    return {};
  const auto& plan = *parent->plan;
  return plan.company_name.empty() ? plan.contact_name : plan.company_name;
}

/// Proposes each booked appointment for the calendar; one that was proposed before stands.
result<std::size_t> propose(
    desk_parts& d, calendar_book& calendar, const call_place& place,
    const std::optional<task::record>& parent, const talk::findings& found) {
  auto home = read_settings_row(d.tx, d.who.user).timezone;
  auto whom = whom_of(d, parent);
  auto before = proposals_of(d, place.id.value, knowledge::agent::aloha).size();
  for (const auto& v : found.values) {
    auto as = calendar::entry_of(v, found, whom, home);
    if (!as)
      continue;
    calendar::proposal_draft draft;
    draft.who = knowledge::agent::aloha;
    draft.from = place.task ? calendar::origin::task : calendar::origin::call;
    draft.context = place.id.value;
    draft.as = std::move(*as);
    draft.reason = "Booked in the call with " + (whom.empty() ? place.to.reveal() : whom) + ".";
    draft.once = to_string(place.id) + " " + db::timestamp_text(draft.as.starts_at);
    if (auto fine = calendar::check(draft); !fine) {
      spdlog::warn(
          "call {}: a proposal was left out: {}", to_string(place.id), fine.error().detail);
      continue;
    }
    auto made = calendar.propose(proposal_id{make_uuid7(d.now, d.random)}, draft);
    if (!made)
      return fail(made.error());
  }
  return proposals_of(d, place.id.value, knowledge::agent::aloha).size() - before;
}

} // namespace

result<talk::wrapped> postgres_calls::wrap_up(
    const attempt_id& id, const talk::findings& found, const std::string& by,
    const std::string& prompt, bool again) {
  return guard_.run([&]() -> result<talk::wrapped> {
    const auto& user = d_.who.user;
    auto place = find_call_place(d_, id);
    if (!place)
      return no_such_call();
    // Campaign, task, target, conversation: the order in which the lanes take them. A list that is
    // being called is not held up: no counter changes, and the target is enough.
    std::optional<task::record> before;
    if (place->task) {
      db::array owner;
      owner.add(place->campaign);
      lock_progress(d_, owner.take());
      before = lock_task_row(d_, *place->task);
    }
    d_.tx.run(lock_target, user, place->campaign, place->target);
    auto row = lock_conversation(d_, id);
    if (!row)
      return no_such_call();

    talk::wrapped out;
    if (row->wrapped_at && !again) {
      out.found = row->found.value_or(talk::findings{});
      out.task = std::move(before);
      out.follow_ups = follow_ups_of(d_, id);
      out.proposals = proposals_of(d_, id.value, knowledge::agent::aloha);
      out.fresh = false;
      return out;
    }
    out.found = found;
    auto summary = storable(found.summary);
    d_.tx.run(
        keep, user, id, summary, talk::to_string(found.goal_achieved), talk::to_string(found.mood),
        found.opt_out, found.wrong_number, write_findings(found), storable(by), storable(prompt),
        d_.now);
    write_values(d_, id, row->times_wrapped + 1, found.values);
    bool machine = found.who == talk::listener::voicemail || found.who == talk::listener::fax;
    d_.tx.run(tell_target, user, place->campaign, place->target, id, summary, machine);

    auto stepped = step_task(d_, *place, found, row->known.message_left);
    if (!stepped)
      return fail(stepped.error());
    out.task = std::move(*stepped);

    postgres_tasks tasks(d_, guard_);
    auto made = follow(d_, tasks, *place, before, found.follow_ups);
    if (!made)
      return fail(made.error());
    out.follow_ups_made = made->size();
    out.follow_ups = follow_ups_of(d_, id);
    postgres_calendar calendar(d_, guard_);
    auto proposed = propose(d_, calendar, *place, before, found);
    if (!proposed)
      return fail(proposed.error());
    out.proposals = proposals_of(d_, id.value, knowledge::agent::aloha);
    tell(
        d_, row->wrapped_at ? "call.process" : "call.wrap_up", call_subject, id.value, {}, {},
        "goal achieved: " + std::string(talk::to_string(found.goal_achieved)) + ", " +
            std::to_string(found.values.size()) + " values, " + std::to_string(made->size()) +
            " follow-ups, " + std::to_string(*proposed) + " proposals, by " + storable(by));
    return out;
  });
}

} // namespace ringmaster
