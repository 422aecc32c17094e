// What was said, as it goes on: one statement for the memories of a batch and one for its segments.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "persistence/array.hpp"
#include "persistence/lane.hpp"
#include "persistence/talk_json.hpp"

namespace ringmaster {
namespace {

// A call that is not there gets no row, and no answer. Turn and sessions never fall; a note that
// comes late does not overwrite the memory of a later one. A machine that was heard settles who
// answered, where the carrier said nothing.
constexpr db::statement write_memories{"talk_memories", R"(
  with note as (
    select n.* from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[])
        n(user_id, attempt_id, turn, sessions, listener, memory)
      join call_sessions s on s.user_id = n.user_id and s.id = n.attempt_id),
  kept as (
    insert into conversations as c (user_id, attempt_id, turn, sessions, listener, memory)
    select user_id, attempt_id, turn, sessions, listener, memory::jsonb from note
    on conflict (user_id, attempt_id) do update
       set turn = greatest(c.turn, excluded.turn), sessions = greatest(c.sessions, excluded.sessions),
           listener = case when excluded.turn >= c.turn then excluded.listener else c.listener end,
           memory = case when excluded.turn >= c.turn then excluded.memory else c.memory end),
  heard as (
    update call_sessions s set answered_by = case n.listener when 'fax' then 'fax' else 'machine_start' end
      from note n
     where s.user_id = n.user_id and s.id = n.attempt_id and s.answered_by = '' and n.listener in ('voicemail', 'fax'))
  select user_id, attempt_id from note)"};

constexpr db::statement write_segments{"talk_segments", R"(
  insert into call_segments as c (user_id, attempt_id, n, speaker, start_ms, end_ms, text, sentiment)
  select s.* from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[])
      s(user_id, attempt_id, n, speaker, start_ms, end_ms, text, sentiment)
  on conflict (user_id, attempt_id, n) do update
     set speaker = excluded.speaker, start_ms = excluded.start_ms, end_ms = excluded.end_ms, text = excluded.text,
         sentiment = excluded.sentiment
   where (c.speaker, c.start_ms, c.end_ms, c.text, c.sentiment)
         is distinct from (excluded.speaker, excluded.start_ms, excluded.end_ms, excluded.text, excluded.sentiment))"};

/// All that a batch says about one conversation.
struct told {
  talk::memory now;
  std::map<std::int32_t, const talk::segment*> pieces; ///< the last of each number
};
using whose = std::pair<user_id, attempt_id>;

} // namespace

void note_talks(db::transaction& tx, std::span<const posed<change::note_talk>> list) {
  std::map<whose, told> all;
  for (const auto& item : list) {
    const auto& note = *item.what;
    auto [at, is_new] = all.try_emplace({note.user, note.attempt});
    auto& t = at->second;
    auto turn = std::max(t.now.turn, note.now.turn);
    auto sessions = std::max(t.now.sessions, note.now.sessions);
    if (is_new || note.now.turn >= t.now.turn)
      t.now = note.now;
    t.now.turn = turn;
    t.now.sessions = sessions;
    for (const auto& piece : note.pieces)
      t.pieces[piece.n] = &piece;
  }

  db::array users, attempts, turns, sessions, listeners, memories;
  for (const auto& [key, t] : all) {
    users.add(key.first);
    attempts.add(key.second);
    turns.add(t.now.turn);
    sessions.add(t.now.sessions);
    listeners.add(talk::to_string(t.now.who));
    memories.add(write_memory(t.now));
  }
  std::set<whose> known;
  auto rows = tx.run(
      write_memories, users.take(), attempts.take(), turns.take(), sessions.take(),
      listeners.take(), memories.take());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto user = row.take<user_id>();
    known.emplace(user, row.take<attempt_id>());
  }

  db::array s_users, s_attempts, numbers, speakers, starts, ends, texts, moods;
  for (const auto& [key, t] : all) {
    if (!known.contains(key))
      continue;
    for (const auto& [n, piece] : t.pieces) {
      s_users.add(key.first);
      s_attempts.add(key.second);
      numbers.add(n);
      speakers.add(talk::to_string(piece->who));
      starts.add(piece->start_ms);
      ends.add(piece->end_ms);
      texts.add(storable(piece->text));
      moods.add(talk::to_string(piece->mood));
    }
  }
  if (numbers.size() > 0)
    tx.run(
        write_segments, s_users.take(), s_attempts.take(), numbers.take(), speakers.take(),
        starts.take(), ends.take(), texts.take(), moods.take());

  for (const auto& item : list)
    if (known.contains({item.what->user, item.what->attempt}))
      *item.answer = store_answer(talk_noted{});
    else
      *item.answer = fail(errc::not_found, "no attempt " + to_string(item.what->attempt));
}

} // namespace ringmaster
