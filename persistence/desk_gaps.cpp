// What agents were asked and did not know.
#include <algorithm>
#include <tuple>
#include <utility>

#include "domain/knowledge_changes.hpp"
#include "persistence/desk_books.hpp"
#include "persistence/desk_pages.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

#define GAP_COLUMNS                                                                                \
  "select id, agent, source, question, requested_info, asks, category, status, resolved_at, "      \
  "resolved_by, resolution_notes, resolution_action, chunk_id, context, metadata, last_answer, "   \
  "times_asked, calls_affected, times_reopened, version, created_at, last_asked_at, updated_at "   \
  "from knowledge_gaps "
#define OF_GAPS                                                                                    \
  "where user_id = $1 and ($2::text is null or status = $2) and ($3::text is null or category = "  \
  "$3) "                                                                                           \
  "and ($4::text is null or agent = $4) and ($5::text is null or question ilike $5 "               \
  "or requested_info ilike $5 or resolution_notes ilike $5) "

// One question at a time of each user: two that ask the same thing at once must find each other.
constexpr db::statement serialise{
    "knowledge_serialise", "select pg_advisory_xact_lock(hashtextextended($1, 7237124684))"};
constexpr db::statement one{"gap", GAP_COLUMNS "where user_id = $1 and id = $2"};
constexpr db::statement locked{
    "gap_lock", GAP_COLUMNS "where user_id = $1 and id = $2 for no key update"};
// The trigrams find what may be meant; the domain says whether it is.
constexpr db::statement alike{"gap_alike", R"(
  select id, asks from knowledge_gaps
   where user_id = $1 and (asks = $2 or alike(asks, $2) >= 0.25)
   order by asks = $2 desc, alike(asks, $2) desc, id limit 60)"};
constexpr db::statement ranked{
    "gaps", GAP_COLUMNS OF_GAPS
    "order by calls_affected desc, times_asked desc, last_asked_at desc, id desc "
    "limit $6 offset $7"};
constexpr db::statement count{"gaps_count", "select count(*) from knowledge_gaps " OF_GAPS};
constexpr db::statement suite{
    "gap_cases", GAP_COLUMNS
    "where user_id = $1 and status = 'resolved' and chunk_id is not null order by id limit $2"};
constexpr db::statement make{"gap_make", R"(
  insert into knowledge_gaps (user_id, id, agent, source, question, requested_info, asks, category, context, metadata,
                              last_answer, times_asked, calls_affected, created_at, last_asked_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13, $14, $14, $14))"};
// What an agent's miss may change, and no more: the columns that its role is granted.
constexpr db::statement note{"gap_note", R"(
  update knowledge_gaps
     set status = $3, resolved_at = $4, resolved_by = $5, resolution_action = $6, last_answer = $7, times_asked = $8,
         calls_affected = $9, times_reopened = $10, version = $11, last_asked_at = $12, updated_at = $13
   where user_id = $1 and id = $2)"};
constexpr db::statement decide{"gap_decide", R"(
  update knowledge_gaps
     set status = $3, resolved_at = $4, resolved_by = $5, resolution_action = $6, resolution_notes = $7, chunk_id = $8,
         times_reopened = $9, version = $10, updated_at = $11
   where user_id = $1 and id = $2)"};
constexpr db::statement asked_there{"gap_asked_there", R"(
  select exists (select from gap_askings where user_id = $1 and gap_id = $2 and context = $3))"};
constexpr db::statement ask{"gap_ask", R"(
  insert into gap_askings (user_id, gap_id, n, agent, source, question, answered, context, at)
  select $1::uuid, $2::uuid, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7::uuid, $8::timestamptz
    from gap_askings where user_id = $1::uuid and gap_id = $2::uuid)"};
constexpr db::statement latest{"gap_askings", R"(
  select n, agent, source, question, answered, context, at from gap_askings
   where user_id = $1 and gap_id = $2 order by n desc limit $3)"};

/// A word that stands under a check constraint, so that it is one of the known.
template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value)
    throw db::failure(db::trouble::other, std::string("a gap's ") + what + " is not known");
  return *value;
}

gap::record read_gap(db::row row) {
  gap::record r;
  r.id = row.take<gap_id>();
  r.who = known(knowledge::parse_agent(row.take<std::string_view>()), "agent");
  r.from = known(gap::parse_source(row.take<std::string_view>()), "source");
  r.question = row.take<std::string>();
  r.requested_info = row.take<std::string>();
  r.asks = row.take<std::string>();
  r.suggested = known(knowledge::parse_category(row.take<std::string_view>()), "category");
  r.state = known(gap::parse_status(row.take<std::string_view>()), "status");
  r.resolved_at = row.take<std::optional<instant>>();
  r.resolved_by = row.take<std::string>();
  r.resolution_notes = row.take<std::string>();
  r.resolution_action = row.take<std::string>();
  r.chunk = row.take<std::optional<chunk_id>>();
  r.context = row.take<std::optional<uuid>>();
  r.metadata = read_pairs(row.take<std::string_view>());
  r.last_answer = row.take<std::string>();
  r.times_asked = row.take<std::int64_t>();
  r.calls_affected = row.take<std::int64_t>();
  r.times_reopened = row.take<std::int64_t>();
  r.version = row.take<std::int64_t>();
  r.created_at = row.take<instant>();
  r.last_asked_at = row.take<instant>();
  r.updated_at = row.take<instant>();
  return r;
}

std::optional<gap::record> lock_gap(desk_parts& d, const gap_id& id) {
  auto rows = d.tx.run(locked, d.who.user, id);
  return rows.empty() ? std::nullopt : std::optional(read_gap(rows[0]));
}

tl::unexpected<error> no_such_gap() { return fail(errc::not_found, "no such knowledge gap"); }

/// The gap that asks the same thing, the one with the very words before all others.
std::optional<gap_id> same_gap(desk_parts& d, const std::string& asks) {
  auto rows = d.tx.run(alike, d.who.user, asks);
  std::optional<gap_id> best;
  double fit = -1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto id = row.take<gap_id>();
    auto other = row.take<std::string>();
    if (other == asks)
      return id;
    if (!knowledge::same_question(other, asks))
      continue;
    if (auto its = knowledge::likeness(other, asks); its > fit) {
      best = id;
      fit = its;
    }
  }
  return best;
}

void write_asking(desk_parts& d, const gap_id& id, const gap::draft& s) {
  d.tx.run(
      ask, d.who.user, id, knowledge::to_string(s.who), gap::to_string(s.from),
      storable(s.question), storable(s.answered), s.context, d.now);
}

gap::record begin_gap(desk_parts& d, const gap_id& id, const gap::checked& asked) {
  auto r = gap::begun(id, asked, d.now);
  r.question = storable(r.question);
  r.requested_info = storable(r.requested_info);
  r.last_answer = storable(r.last_answer);
  d.tx.run(
      make, d.who.user, id, knowledge::to_string(r.who), gap::to_string(r.from), r.question,
      r.requested_info, r.asks, knowledge::to_string(r.suggested), r.context,
      write_pairs(r.metadata), r.last_answer, r.times_asked, r.calls_affected, d.now);
  write_asking(d, id, asked.said);
  tell(d, "gap.log", gap::subject, id.value, {}, gap::to_string(r.state));
  add_notification(d, gap::notice_of(r, false));
  return r;
}

} // namespace

void serialise_knowledge(desk_parts& d) { d.tx.run(serialise, to_string(d.who.user)); }

result<knowledge_book::logged>
postgres_knowledge::log_gap(const gap_id& id, const gap::checked& asked) {
  return guard_.run([&]() -> result<logged> {
    const auto& user = d_.who.user;
    serialise_knowledge(d_);
    auto same = same_gap(d_, asked.read.asks);
    auto was = same ? lock_gap(d_, *same) : std::nullopt;
    if (!was)
      return logged{begin_gap(d_, id, asked), false, false};
    const auto& context = asked.said.context;
    auto known_there = context && d_.tx.run(asked_there, user, was->id, *context)[0].take<bool>();
    auto noted = gap::asked_again(*was, asked, known_there, d_.now);
    if (!noted)
      return fail(noted.error());
    auto& r = noted->now;
    r.last_answer = storable(r.last_answer);
    d_.tx.run(
        note, user, r.id, gap::to_string(r.state), r.resolved_at, r.resolved_by,
        r.resolution_action, r.last_answer, r.times_asked, r.calls_affected, r.times_reopened,
        r.version, r.last_asked_at, r.updated_at);
    if (noted->counted)
      write_asking(d_, r.id, asked.said);
    if (noted->reopened) {
      tell(
          d_, "gap.ask_again", gap::subject, r.id.value, gap::to_string(was->state),
          gap::to_string(r.state));
      add_notification(d_, gap::notice_of(r, true));
    }
    return logged{std::move(r), true, noted->reopened};
  });
}

result<page<gap::record>>
postgres_knowledge::list_gaps(const page_request& p, const gap_filter& f) {
  return guard_.run([&]() -> result<page<gap::record>> {
    auto part = stretch_of('g', p);
    if (!part)
      return fail(part.error());
    auto state = f.state ? std::optional(gap::to_string(*f.state)) : std::nullopt;
    auto about = f.about ? std::optional(knowledge::to_string(*f.about)) : std::nullopt;
    auto who = f.who ? std::optional(knowledge::to_string(*f.who)) : std::nullopt;
    auto pattern = search_pattern(storable(f.q));
    const auto& user = d_.who.user;
    auto rows = d_.tx.run(ranked, user, state, about, who, pattern, part->wanted(), part->offset);
    auto out = page_of<gap::record>(*part, rows, read_gap);
    out.total = d_.tx.run(count, user, state, about, who, pattern)[0].take<std::int64_t>();
    return out;
  });
}

result<gap::record> postgres_knowledge::find_gap(const gap_id& id) {
  return guard_.run([&]() -> result<gap::record> {
    auto rows = d_.tx.run(one, d_.who.user, id);
    if (rows.empty())
      return no_such_gap();
    return read_gap(rows[0]);
  });
}

result<std::vector<gap::asking>> postgres_knowledge::askings(const gap_id& id, std::size_t limit) {
  return guard_.run([&]() -> result<std::vector<gap::asking>> {
    if (d_.tx.run(one, d_.who.user, id).empty())
      return no_such_gap();
    auto rows = d_.tx.run(latest, d_.who.user, id, static_cast<std::int64_t>(limit));
    std::vector<gap::asking> list;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      gap::asking a;
      a.n = row.take<std::int64_t>();
      a.who = known(knowledge::parse_agent(row.take<std::string_view>()), "agent");
      a.from = known(gap::parse_source(row.take<std::string_view>()), "source");
      a.question = row.take<std::string>();
      a.answered = row.take<std::string>();
      a.context = row.take<std::optional<uuid>>();
      a.at = row.take<instant>();
      list.push_back(std::move(a));
    }
    return list;
  });
}

result<gap::record> postgres_knowledge::act(
    const gap_id& id, const gap::act& what, std::optional<std::int64_t> if_version) {
  return guard_.run([&]() -> result<gap::record> {
    if (d_.who.actor == "engine")
      return users_only();
    auto was = lock_gap(d_, id);
    if (!was)
      return no_such_gap();
    if (if_version && *if_version != was->version)
      return stale_version("the knowledge gap", was->version);
    if (const auto* answered = std::get_if<gap::resolve>(&what))
      if (answered->chunk && !has_chunk(d_, *answered->chunk))
        return fail(errc::not_found, "no such piece of knowledge");
    auto after = gap::after(*was, what, d_.who.actor, d_.now);
    if (!after)
      return after;
    auto& r = *after;
    r.resolution_notes = storable(r.resolution_notes);
    d_.tx.run(
        decide, d_.who.user, id, gap::to_string(r.state), r.resolved_at, r.resolved_by,
        r.resolution_action, r.resolution_notes, r.chunk, r.times_reopened, r.version,
        r.updated_at);
    const auto* again = std::get_if<gap::reopen>(&what);
    tell(
        d_, "gap." + std::string(gap::name_of(what)), gap::subject, id.value,
        gap::to_string(was->state), gap::to_string(r.state),
        again ? storable(again->reason) : r.resolution_notes);
    return after;
  });
}

result<std::vector<gap::record>> postgres_knowledge::cases(std::size_t limit) {
  return guard_.run([&]() -> result<std::vector<gap::record>> {
    auto rows = d_.tx.run(suite, d_.who.user, static_cast<std::int64_t>(limit));
    std::vector<gap::record> list;
    for (std::size_t i = 0; i < rows.size(); ++i)
      list.push_back(read_gap(rows[i]));
    return list;
  });
}

} // namespace ringmaster
