#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/store.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

class instance;

/// Windows that were parsed before, by their four texts. A campaign asks many times a minute, and
/// most campaigns share a few windows.
class window_cache {
 public:
  /// Null if the texts are no window.
  std::shared_ptr<const calling_window> find(
    const std::string& timezone, const std::string& start, const std::string& end,
    const std::vector<std::string>& days);

 private:
  std::unordered_map<std::string, std::shared_ptr<const calling_window>> known_;
};

/// What the parts of a lane share.
struct lane_parts {
  const gate_settings& gate;
  random_source& random;
  const instance* holder; ///< null: no epoch is checked (a visitor never asks for permits)
  window_cache windows;
  std::size_t next_caller = 0;
  /// Callbacks are recorded by reading first, for a batch that the quick way cannot take.
  bool read_first = false;
};

/// Thrown where a batch of callbacks holds one of a call that its attempt is not bound to: the
/// whole batch is rolled back and made again, reading first.
struct foreign_call {};

/// A change of one kind within a batch, with the place of its answer.
template <class Change>
struct posed {
  const Change* what;
  result<store_answer>* answer;
};

// One function for each kind of change; all of one kind in few statements. Each throws
// db::failure where the transaction is lost, and writes refusals into the answers.

void steer_campaigns(
  db::transaction& tx, lane_parts& parts, std::span<const posed<change::steer_campaign>> list);
void advance_attempts(db::transaction& tx, std::span<const posed<change::advance_attempt>> list);
/// Takes the plain steps of a wave, which has each attempt once, and gives back the others. An
/// accept is told no counters: it changes none.
std::vector<posed<change::advance_attempt>> advance_quickly(
  db::transaction& tx, std::span<const posed<change::advance_attempt>> list);
void record_callbacks(
  db::transaction& tx, const lane_parts& parts, std::span<const posed<change::record_callback>> list);
void open_calls(
  db::transaction& tx, const lane_parts& parts, std::span<const posed<change::open_call>> list);
/// Segments and memories of conversations.
void note_talks(db::transaction& tx, std::span<const posed<change::note_talk>> list);
void ask_permits(
  db::transaction& tx, lane_parts& parts, std::span<const posed<change::ask_permits>> list);

/// Splits a batch so that no two changes of one wave have the same key; order is kept per key.
template <class Change, class Key>
std::vector<std::vector<posed<Change>>> in_waves(std::span<const posed<Change>> list, Key key) {
  std::unordered_map<decltype(key(*list.front().what)), std::size_t> seen;
  std::vector<std::vector<posed<Change>>> waves;
  for (const auto& item : list) {
    auto wave = seen[key(*item.what)]++;
    if (wave == waves.size())
      waves.emplace_back();
    waves[wave].push_back(item);
  }
  return waves;
}

/// A lane on PostgreSQL.
class postgres_lane : public lane_store {
 public:
  /// `holder` may be null for a store that gives no permits.
  postgres_lane(
    std::unique_ptr<db::connection> on, const gate_settings& gate, random_source& random,
    instance* holder);
  ~postgres_lane() override;

  std::vector<result<store_answer>> commit(std::span<const store_change> changes) override;
  result<std::vector<campaign_brief>> active_campaigns() override;
  result<std::vector<call_brief>> doubtful_attempts() override;
  result<std::vector<call_brief>> accepted_attempts(attempt_id after, std::size_t limit) override;
  result<call_brief> find_attempt(const user_id& user, const attempt_id& attempt) override;
  result<std::vector<call_sid>> bound_among(std::span<const call_sid> sids) override;
  result<void> note_absent_read(
    const user_id& user, const attempt_id& attempt, instant at) override;
  result<instant> database_time() override;

 private:
  void commit_once(
    std::span<const store_change> changes, std::span<result<store_answer>> answers);
  void commit_together(
    std::span<const store_change> changes, std::span<result<store_answer>> answers);

  std::unique_ptr<db::connection> on_;
  instance* holder_;
  lane_parts parts_;
  /// Accepted attempts that are to be listed after `listed_from_`, the last one first.
  std::vector<std::pair<user_id, attempt_id>> listed_;
  attempt_id listed_from_{};
};

/// A campaign's row as the SCHEDULER needs it; the columns are those of `brief_columns`.
campaign_brief read_brief(db::row& row);
#define RINGMASTER_BRIEF_COLUMNS                                                                   \
  "c.user_id, c.id, c.status, c.timezone, c.allowed_call_start_time, c.allowed_call_end_time, "    \
  "c.allowed_days_of_week, c.rate_limit_per_minute, c.rate_limit_per_hour, "                       \
  "c.max_concurrent_calls, c.start_at, p.last_permit_at, p.total, p.pending, p.calling, "          \
  "p.completed, p.failed, p.skipped, p.attempts"

campaign::progress read_progress(db::row& row);

} // namespace ringmaster
