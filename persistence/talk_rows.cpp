#include "persistence/talk_rows.hpp"

#include <algorithm>
#include <utility>

#include "persistence/talk_json.hpp"

namespace ringmaster {
namespace {

constexpr db::statement place{"talk_place", R"(
  select a.campaign_id, a.target_id, a.to_number, c.task_id
    from attempts a join campaigns c on c.user_id = a.user_id and c.id = a.campaign_id
   where a.user_id = $1 and a.id = $2)"};
constexpr db::statement progress{"talk_lock_progress", R"(
  select 1 from campaign_progress where user_id = $1 and campaign_id = any($2::uuid[])
   order by user_id, campaign_id for no key update)"};

#define CONVERSATION                                                                               \
  "select turn, sessions, listener, memory, begun_at, opt_out_at, recording_sid, recording_url, "  \
  "recording_status, recording_seconds, findings, found_by, wrapped_at, times_wrapped "            \
  "from conversations where user_id = $1 and attempt_id = $2"
constexpr db::statement one{"talk_conversation", CONVERSATION};
constexpr db::statement locked{"talk_conversation_lock", CONVERSATION " for no key update"};
constexpr db::statement questions{"talk_questions", R"(
  select n, text, amount_micros, amount_currency, status, note from call_questions
   where user_id = $1 and attempt_id = $2 order by n)"};
constexpr db::statement segments{"talk_transcript", R"(
  select n, speaker, start_ms, end_ms, text, sentiment from call_segments
   where user_id = $1 and attempt_id = $2 and n > $3 order by n)"};
constexpr db::statement follow_ups{"talk_follow_ups", R"(
  select id from call_tasks where user_id = $1 and parent_call = $2 order by id)"};

/// A word that stands under a check constraint, so that it is one of the known.
template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value)
    throw db::failure(db::trouble::other, std::string("a call's ") + what + " is not known");
  return *value;
}

/// What was asked and answered stands in rows of its own, written by others than the one who
/// writes the memory; the rows are right.
void merge_questions(desk_parts& d, const attempt_id& id, talk::memory& m) {
  auto rows = d.tx.run(questions, d.who.user, id);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    talk::owner_question q;
    q.n = row.take<std::int32_t>();
    q.text = row.take<std::string>();
    auto micros = row.take<std::optional<std::int64_t>>();
    auto currency = row.take<std::optional<std::string>>();
    if (micros && currency)
      q.amount = money{*micros, std::move(*currency)};
    q.now = known(parse_question_state(row.take<std::string_view>()), "question");
    q.note = row.take<std::string>();
    auto at = std::find_if(
        m.questions.begin(), m.questions.end(), [&](const auto& had) { return had.n == q.n; });
    if (at == m.questions.end())
      m.questions.push_back(std::move(q));
    else
      *at = std::move(q);
  }
  std::sort(m.questions.begin(), m.questions.end(), [](const auto& a, const auto& b) {
    return a.n < b.n;
  });
}

std::optional<conversation_row>
read_conversation(desk_parts& d, const attempt_id& id, const db::rows& rows) {
  if (rows.empty())
    return std::nullopt;
  auto row = rows[0];
  conversation_row c;
  auto turn = row.take<std::int32_t>();
  auto sessions = row.take<std::int32_t>();
  auto who = known(talk::parse_listener(row.take<std::string_view>()), "listener");
  c.known = read_memory(row.take<std::string_view>());
  c.known.turn = turn;
  c.known.sessions = sessions;
  c.known.who = who;
  c.begun_at = row.take<instant>();
  c.opt_out_at = row.take<std::optional<instant>>();
  c.recorded.sid = row.take<std::string>();
  c.recorded.url = row.take<std::string>();
  c.recorded.status = row.take<std::string>();
  c.recorded.duration_seconds = row.take<std::int32_t>();
  if (auto found = row.take<std::optional<std::string_view>>())
    c.found = read_findings(*found);
  c.found_by = row.take<std::string>();
  c.wrapped_at = row.take<std::optional<instant>>();
  c.times_wrapped = row.take<std::int32_t>();
  merge_questions(d, id, c.known);
  return c;
}

} // namespace

std::optional<call_place> find_call_place(desk_parts& d, const attempt_id& id) {
  auto rows = d.tx.run(place, d.who.user, id);
  if (rows.empty())
    return std::nullopt;
  auto row = rows[0];
  auto campaign = row.take<campaign_id>();
  auto target = row.take<target_id>();
  auto to = row.take<phone_number>();
  return call_place{id, campaign, target, row.take<std::optional<task_id>>(), std::move(to)};
}

tl::unexpected<error> no_such_call() { return fail(errc::not_found, "no such call"); }

void lock_progress(desk_parts& d, const std::string& campaigns) {
  d.tx.run(progress, d.who.user, campaigns);
}

std::optional<conversation_row> find_conversation(desk_parts& d, const attempt_id& id) {
  return read_conversation(d, id, d.tx.run(one, d.who.user, id));
}

std::optional<conversation_row> lock_conversation(desk_parts& d, const attempt_id& id) {
  return read_conversation(d, id, d.tx.run(locked, d.who.user, id));
}

std::vector<talk::segment> read_segments(desk_parts& d, const attempt_id& id, std::int32_t after) {
  std::vector<talk::segment> list;
  auto rows = d.tx.run(segments, d.who.user, id, after);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    talk::segment s;
    s.n = row.take<std::int32_t>();
    s.who = known(talk::parse_speaker(row.take<std::string_view>()), "speaker");
    s.start_ms = row.take<std::int32_t>();
    s.end_ms = row.take<std::int32_t>();
    s.text = row.take<std::string>();
    s.mood = known(talk::parse_sentiment(row.take<std::string_view>()), "mood");
    list.push_back(std::move(s));
  }
  return list;
}

std::vector<task_id> follow_ups_of(desk_parts& d, const attempt_id& id) {
  std::vector<task_id> list;
  auto rows = d.tx.run(follow_ups, d.who.user, id);
  for (std::size_t i = 0; i < rows.size(); ++i)
    list.push_back(rows[i].take<task_id>());
  return list;
}

} // namespace ringmaster
