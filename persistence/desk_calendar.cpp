// The calendar: what agents propose, and what becomes of it by the user's word.
#include <algorithm>
#include <utility>

#include "domain/knowledge_changes.hpp"
#include "persistence/calendar_rows.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/desk_pages.hpp"
#include "persistence/knowledge_json.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t most_conflicts = 20;
constexpr std::int64_t most_subscribed = 2'000;

#define PROPOSAL_COLUMNS                                                                           \
  "select id, agent, origin, context, change, event_id, title, location, notes, starts_at, "       \
  "ends_at, timezone, all_day, original, reason, status, decided_by, note, decided_at, version, "  \
  "created_at, updated_at from calendar_proposals "
#define EVENT_COLUMNS                                                                              \
  "select id, title, location, notes, starts_at, ends_at, timezone, all_day, cancelled, "          \
  "sequence, proposal_id, agent, created_at, updated_at from calendar_events "
#define OF_EVENTS                                                                                  \
  "where user_id = $1 and ($2::timestamptz is null or starts_at >= $2) and ($3 or not cancelled) "

constexpr db::statement one{"proposal", PROPOSAL_COLUMNS "where user_id = $1 and id = $2"};
constexpr db::statement locked{
    "proposal_lock", PROPOSAL_COLUMNS "where user_id = $1 and id = $2 for no key update"};
constexpr db::statement said_before{
    "proposal_once", PROPOSAL_COLUMNS
    "where user_id = $1 and context is not distinct from $2::uuid and once = $3 and once <> ''"};
constexpr db::statement all{
    "proposals", PROPOSAL_COLUMNS
    "where user_id = $1 and ($2::text is null or status = $2) order by user_id desc, id desc "
    "limit $3 offset $4"};
constexpr db::statement count{
    "proposals_count", "select count(*) from calendar_proposals where user_id = $1 and ($2::text "
                       "is null or status = $2)"};
constexpr db::statement make{"proposal_make", R"(
  insert into calendar_proposals (user_id, id, agent, origin, context, change, event_id, title, location, notes,
                                  starts_at, ends_at, timezone, all_day, reason, once, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
      on conflict (user_id, context, once) where once <> '' do nothing)"};
constexpr db::statement write{"proposal_write", R"(
  update calendar_proposals
     set event_id = $3, title = $4, location = $5, notes = $6, starts_at = $7, ends_at = $8, timezone = $9, all_day = $10,
         original = $11::jsonb, status = $12, decided_by = $13, note = $14, decided_at = $15, version = $16, updated_at = $17
   where user_id = $1 and id = $2)"};
constexpr db::statement of_context{
    "proposals_of_context", "select id from calendar_proposals where user_id = $1 and context = $2 "
                            "and agent = $3 order by id"};

constexpr db::statement event{"event", EVENT_COLUMNS "where user_id = $1 and id = $2"};
constexpr db::statement event_locked{
    "event_lock", EVENT_COLUMNS "where user_id = $1 and id = $2 for no key update"};
constexpr db::statement events{
    "events", EVENT_COLUMNS OF_EVENTS "order by user_id, starts_at, id limit $4 offset $5"};
constexpr db::statement count_events{
    "events_count", "select count(*) from calendar_events " OF_EVENTS};
constexpr db::statement newest{
    "events_newest",
    EVENT_COLUMNS "where user_id = $1 order by user_id desc, starts_at desc, id desc limit $2"};
constexpr db::statement make_event{"event_make", R"(
  insert into calendar_events (user_id, id, title, location, notes, starts_at, ends_at, timezone, all_day, cancelled,
                               sequence, proposal_id, agent, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14))"};
constexpr db::statement write_event{"event_write", R"(
  update calendar_events
     set title = $3, location = $4, notes = $5, starts_at = $6, ends_at = $7, timezone = $8, all_day = $9,
         cancelled = $10, sequence = $11, proposal_id = $12, agent = $13, updated_at = $14
   where user_id = $1 and id = $2)"};

// Half-open spans: what ends when the other begins is no conflict.
constexpr db::statement at_that_time{"calendar_conflicts", R"(
  select e.id, null::uuid, e.title, e.starts_at, e.ends_at from calendar_events e
   where e.user_id = $1 and not e.cancelled and e.id is distinct from $3::uuid and e.starts_at < $5 and e.ends_at > $4
  union all
  select null::uuid, p.id, p.title, p.starts_at, p.ends_at from calendar_proposals p
   where p.user_id = $1 and p.status = 'pending' and p.change <> 'cancel' and p.id <> $2
     and ($3::uuid is null or p.event_id is distinct from $3::uuid) and p.starts_at < $5 and p.ends_at > $4
  order by 4, 5 limit $6)"};

constexpr db::statement keep_token{"calendar_token", R"(
  insert into calendar_tokens (user_id, sha256, created_at) values ($1, decode($2, 'hex'), $3)
      on conflict (user_id) do update set sha256 = excluded.sha256, created_at = excluded.created_at)"};
constexpr db::statement drop_token{
    "calendar_token_remove", "delete from calendar_tokens where user_id = $1"};
constexpr db::statement has_token{"calendar_token_fits", R"(
  select exists (select from calendar_tokens where user_id = $1 and sha256 = decode($2, 'hex')))"};

/// A word that stands under a check constraint, so that it is one of the known.
template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value)
    throw db::failure(db::trouble::other, std::string("a calendar's ") + what + " is not known");
  return *value;
}

calendar::entry take_entry(db::row& row) {
  calendar::entry e;
  e.title = row.take<std::string>();
  e.location = row.take<std::string>();
  e.notes = row.take<std::string>();
  e.starts_at = row.take<instant>();
  e.ends_at = row.take<instant>();
  e.timezone = row.take<std::string>();
  e.all_day = row.take<bool>();
  return e;
}

calendar::proposal read_proposal(db::row row) {
  calendar::proposal p;
  p.id = row.take<proposal_id>();
  p.who = known(knowledge::parse_agent(row.take<std::string_view>()), "agent");
  p.from = known(calendar::parse_origin(row.take<std::string_view>()), "origin");
  p.context = row.take<std::optional<uuid>>();
  p.what = known(calendar::parse_change(row.take<std::string_view>()), "change");
  p.event = row.take<std::optional<event_id>>();
  p.as = take_entry(row);
  if (auto original = row.take<std::optional<std::string>>())
    p.original = read_entry(*original);
  p.reason = row.take<std::string>();
  p.state = known(calendar::parse_status(row.take<std::string_view>()), "status");
  p.decided_by = row.take<std::string>();
  p.note = row.take<std::string>();
  p.decided_at = row.take<std::optional<instant>>();
  p.version = row.take<std::int64_t>();
  p.created_at = row.take<instant>();
  p.updated_at = row.take<instant>();
  return p;
}

calendar::event read_event(db::row row) {
  calendar::event e;
  e.id = row.take<event_id>();
  e.as = take_entry(row);
  e.cancelled = row.take<bool>();
  e.sequence = row.take<std::int32_t>();
  e.proposal = row.take<proposal_id>();
  e.who = known(knowledge::parse_agent(row.take<std::string_view>()), "agent");
  e.created_at = row.take<instant>();
  e.updated_at = row.take<instant>();
  return e;
}

std::optional<calendar::event>
event_by(desk_parts& d, const db::statement& how, const event_id& id) {
  auto rows = d.tx.run(how, d.who.user, id);
  return rows.empty() ? std::nullopt : std::optional(read_event(rows[0]));
}

tl::unexpected<error> no_such_event() { return fail(errc::not_found, "no such event"); }
tl::unexpected<error> no_such_proposal() { return fail(errc::not_found, "no such proposal"); }

calendar::entry storable_entry(calendar::entry e) {
  e.title = storable(e.title);
  e.location = storable(e.location);
  e.notes = storable(e.notes);
  return e;
}

/// What the user's yes makes of the event, with its audit row.
result<event_id> apply(desk_parts& d, const calendar::proposal& p) {
  auto standing = p.event ? event_by(d, event_locked, *p.event) : std::nullopt;
  auto after = calendar::applied(p, standing, event_id{make_uuid7(d.now, d.random)}, d.now);
  if (!after)
    return fail(after.error());
  const auto& e = *after;
  if (standing)
    d.tx.run(
        write_event, d.who.user, e.id, e.as.title, e.as.location, e.as.notes, e.as.starts_at,
        e.as.ends_at, e.as.timezone, e.as.all_day, e.cancelled, e.sequence, e.proposal,
        knowledge::to_string(e.who), e.updated_at);
  else
    d.tx.run(
        make_event, d.who.user, e.id, e.as.title, e.as.location, e.as.notes, e.as.starts_at,
        e.as.ends_at, e.as.timezone, e.as.all_day, e.cancelled, e.sequence, e.proposal,
        knowledge::to_string(e.who), e.created_at);
  tell(
      d, "event." + std::string(calendar::to_string(p.what)), calendar::event_subject, e.id.value,
      standing ? "sequence " + std::to_string(standing->sequence) : "",
      "sequence " + std::to_string(e.sequence), calendar::show_when(e.as));
  return e.id;
}

} // namespace

std::vector<proposal_id> proposals_of(desk_parts& d, const uuid& context, knowledge::agent who) {
  auto rows = d.tx.run(of_context, d.who.user, context, knowledge::to_string(who));
  std::vector<proposal_id> list;
  for (std::size_t i = 0; i < rows.size(); ++i)
    list.push_back(rows[i].take<proposal_id>());
  return list;
}

result<calendar::proposal>
postgres_calendar::propose(const proposal_id& id, const calendar::proposal_draft& d) {
  return guard_.run([&]() -> result<calendar::proposal> {
    const auto& user = d_.who.user;
    if (auto fine = calendar::check(d); !fine)
      return fail(fine.error());
    std::optional<calendar::event> standing;
    if (d.event) {
      standing = event_by(d_, event, *d.event);
      if (!standing)
        return no_such_event();
      if (standing->cancelled)
        return fail(errc::wrong_state, "this event is cancelled");
    }
    auto once = storable(d.once);
    auto before = [&] { return d_.tx.run(said_before, user, d.context, once); };
    if (auto rows = before(); !rows.empty())
      return read_proposal(rows[0]);
    auto p = calendar::begun(id, d, standing, d_.now);
    p.as = storable_entry(std::move(p.as));
    p.reason = storable(p.reason);
    auto made = d_.tx.run(
        make, user, id, knowledge::to_string(p.who), calendar::to_string(p.from), p.context,
        calendar::to_string(p.what), p.event, p.as.title, p.as.location, p.as.notes, p.as.starts_at,
        p.as.ends_at, p.as.timezone, p.as.all_day, p.reason, once, d_.now);
    if (made.affected() == 0) {
      // Another transaction said the same at the same moment, and is through.
      auto rows = before();
      if (rows.empty())
        throw db::failure(db::trouble::busy, "a proposal came and went");
      return read_proposal(rows[0]);
    }
    tell(
        d_, "calendar.propose", calendar::proposal_subject, id.value, {},
        calendar::to_string(p.state), p.reason);
    add_notification(d_, calendar::notice_of(p));
    return p;
  });
}

result<page<calendar::proposal>>
postgres_calendar::list_proposals(const page_request& p, std::optional<calendar::status> state) {
  return guard_.run([&]() -> result<page<calendar::proposal>> {
    auto part = stretch_of('q', p);
    if (!part)
      return fail(part.error());
    auto word = state ? std::optional(calendar::to_string(*state)) : std::nullopt;
    auto rows = d_.tx.run(all, d_.who.user, word, part->wanted(), part->offset);
    auto out = page_of<calendar::proposal>(*part, rows, read_proposal);
    out.total = d_.tx.run(count, d_.who.user, word)[0].take<std::int64_t>();
    return out;
  });
}

result<calendar::proposal> postgres_calendar::find_proposal(const proposal_id& id) {
  return guard_.run([&]() -> result<calendar::proposal> {
    auto rows = d_.tx.run(one, d_.who.user, id);
    if (rows.empty())
      return no_such_proposal();
    return read_proposal(rows[0]);
  });
}

result<calendar::proposal> postgres_calendar::act(
    const proposal_id& id, const calendar::act& what, std::optional<std::int64_t> if_version) {
  return guard_.run([&]() -> result<calendar::proposal> {
    if (d_.who.actor == "engine")
      return users_only();
    auto rows = d_.tx.run(locked, d_.who.user, id);
    if (rows.empty())
      return no_such_proposal();
    auto before = read_proposal(rows[0]);
    if (if_version && *if_version != before.version)
      return stale_version("the proposal", before.version);
    auto after = calendar::after(before, what, d_.who.actor, d_.now);
    if (!after)
      return after;
    auto& p = *after;
    p.as = storable_entry(std::move(p.as));
    p.note = storable(p.note);
    if (std::holds_alternative<calendar::approve>(what)) {
      auto changed = apply(d_, p);
      if (!changed)
        return fail(changed.error());
      p.event = *changed;
    }
    auto original = p.original ? std::optional(write_entry(*p.original)) : std::nullopt;
    d_.tx.run(
        write, d_.who.user, id, p.event, p.as.title, p.as.location, p.as.notes, p.as.starts_at,
        p.as.ends_at, p.as.timezone, p.as.all_day, original, calendar::to_string(p.state),
        p.decided_by, p.note, p.decided_at, p.version, p.updated_at);
    tell(
        d_, "calendar." + std::string(calendar::name_of(what)), calendar::proposal_subject,
        id.value, calendar::to_string(before.state), calendar::to_string(p.state),
        p.note.empty() ? calendar::show_when(p.as) : p.note);
    return after;
  });
}

result<std::vector<calendar::conflict>> postgres_calendar::conflicts(const calendar::proposal& p) {
  return guard_.run([&]() -> result<std::vector<calendar::conflict>> {
    std::vector<calendar::conflict> list;
    if (p.what == calendar::change::cancel)
      return list;
    auto rows = d_.tx.run(
        at_that_time, d_.who.user, p.id, p.event, p.as.starts_at, p.as.ends_at,
        static_cast<std::int64_t>(most_conflicts));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      calendar::conflict c;
      c.event = row.take<std::optional<event_id>>();
      c.proposal = row.take<std::optional<proposal_id>>();
      c.title = row.take<std::string>();
      c.starts_at = row.take<instant>();
      c.ends_at = row.take<instant>();
      list.push_back(std::move(c));
    }
    return list;
  });
}

result<page<calendar::event>> postgres_calendar::list_events(
    const page_request& p, std::optional<instant> since, bool with_cancelled) {
  return guard_.run([&]() -> result<page<calendar::event>> {
    auto part = stretch_of('e', p);
    if (!part)
      return fail(part.error());
    const auto& user = d_.who.user;
    auto rows = d_.tx.run(events, user, since, with_cancelled, part->wanted(), part->offset);
    auto out = page_of<calendar::event>(*part, rows, read_event);
    out.total = d_.tx.run(count_events, user, since, with_cancelled)[0].take<std::int64_t>();
    return out;
  });
}

result<calendar::event> postgres_calendar::find_event(const event_id& id) {
  return guard_.run([&]() -> result<calendar::event> {
    if (auto found = event_by(d_, event, id))
      return std::move(*found);
    return no_such_event();
  });
}

result<std::vector<calendar::event>> postgres_calendar::subscribed() {
  return guard_.run([&]() -> result<std::vector<calendar::event>> {
    auto rows = d_.tx.run(newest, d_.who.user, most_subscribed);
    std::vector<calendar::event> list;
    for (std::size_t i = rows.size(); i > 0; --i)
      list.push_back(read_event(rows[i - 1]));
    return list;
  });
}

result<void> postgres_calendar::set_token(const std::string& sha256) {
  return guard_.run([&]() -> result<void> {
    if (d_.who.actor == "engine")
      return users_only();
    if (sha256.empty())
      d_.tx.run(drop_token, d_.who.user);
    else
      d_.tx.run(keep_token, d_.who.user, hex_of(sha256), d_.now);
    tell(d_, "calendar.token", "calendar", d_.who.user.value, {}, sha256.empty() ? "off" : "on");
    return {};
  });
}

result<bool> postgres_calendar::token_fits(const std::string& sha256) {
  return guard_.run([&]() -> result<bool> {
    return !sha256.empty() && d_.tx.run(has_token, d_.who.user, hex_of(sha256))[0].take<bool>();
  });
}

} // namespace ringmaster
