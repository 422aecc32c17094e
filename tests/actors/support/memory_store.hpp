#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/store.hpp"

namespace ringmaster::testing {

/// What the database keeps: survives the engine's end. The decisions are the domain's own.
class memory_database {
 public:
  struct campaign_row {
    campaign_brief brief;
    std::string pause_reason;
    std::optional<task_id> task; ///< whose campaign of one it is
    std::vector<instant> permits;
    bool broken = false; ///< its window is stored so that nobody can read it
  };
  struct target_row {
    target_id id;
    campaign_id campaign;
    phone_number number;
    target::status state = target::status::pending;
    std::int32_t attempt_count = 0, max_attempts = 1;
    std::optional<instant> due_at, last_call_at;
    std::optional<attempt_id> last_attempt;
    call::outcome outcome = call::outcome::none;
  };
  struct attempt_row {
    intent what;
    attempt::status state = attempt::status::intent;
    std::optional<call_sid> sid;
    std::optional<call::status> call_state;
    std::string answered_by, reason;
    std::set<std::string> events;
    instant last_news_at{};
    std::optional<instant> first_absent;
    std::vector<attempt::event> steps;
  };

  /// A conversation, as far as it was noted.
  struct talk_row {
    user_id user;
    std::map<std::int32_t, talk::segment> pieces;
    talk::memory now;
    instant begun_at{};
    bool wrapped = false;
    std::int32_t times_wrapped = 0;
    talk::findings found;
    std::string found_by;
    std::vector<task_id> follow_ups;
  };

  explicit memory_database(clock& time, random_source& random) : time_(time), random_(random) {}

  campaign_id add_campaign(user_id user, campaign_brief brief);
  target_id add_target(const campaign_id& campaign, std::string number, std::int32_t max_attempts = 1);

  instant now() const { return time_.now() + skew; }
  uuid make_id() { return make_uuid7(now(), random_); }
  /// Kept by counters, as the real one does; `recount` reads the rows.
  campaign::progress count(const campaign_id& id) const;
  campaign::progress recount(const campaign_id& id) const;
  std::vector<attempt_row> attempts_of(const campaign_id& id) const;
  std::size_t ended_targets(const campaign_id& id) const;

  // -- the transactions --
  result<store_answer> apply(const store_change& change);

  std::map<campaign_id, campaign_row> campaigns;
  std::map<target_id, target_row> targets;
  std::map<attempt_id, attempt_row> attempts;
  std::map<attempt_id, talk_row> talks;
  std::vector<std::string> log; ///< every step, in order
  std::chrono::seconds min_gap{0};
  std::chrono::microseconds skew{0};

  // -- faults --
  bool frozen = false;  ///< the engine is being killed: nothing more happens
  bool away = false;    ///< does not answer
  bool unwritable = false; ///< answers reads only
  int doubt = 0;        ///< so many commits happen, but the answer is lost
  int throws = 0;
  std::function<bool(const store_change&)> refuse; ///< one change that fails alone
  /// What a step of a task's campaign does to its task, in the same transaction.
  std::function<result<task::record>(const task_id&, const task::act&, const std::string& actor)>
    end_task;
  std::size_t asks = 0, batches = 0, largest_batch = 0;

 private:
  result<permits> ask(const change::ask_permits& what);
  result<attempt_advanced> advance(const change::advance_attempt& what);
  result<callback_recorded> record(const change::record_callback& what);
  result<talk_noted> note(const change::note_talk& what);
  result<campaign_steered> steer(const change::steer_campaign& what);
  /// The act of the task that goes with a step of its campaign.
  std::optional<task::act> act_of(const campaign_row& c, campaign::action on) const;

  void move(target_row& t, target::status to);
  static std::int64_t& place(campaign::progress& p, target::status s);

  clock& time_;
  random_source& random_;
  std::map<campaign_id, campaign::progress> tally_;
  std::map<campaign_id, std::set<target_id>> open_;
  std::map<campaign_id, std::set<attempt_id>> live_; ///< and some that are no longer
};

/// A lane on it.
class memory_lane final : public lane_store {
 public:
  explicit memory_lane(memory_database& database) : db_(database) {}
  std::vector<result<store_answer>> commit(std::span<const store_change> changes) override;
  result<std::vector<campaign_brief>> active_campaigns() override;
  result<std::vector<call_brief>> doubtful_attempts() override;
  result<std::vector<call_brief>> accepted_attempts(attempt_id after, std::size_t limit) override;
  result<call_brief> find_attempt(const user_id& user, const attempt_id& attempt) override;
  result<std::vector<call_sid>> bound_among(std::span<const call_sid> sids) override;
  result<void> note_absent_read(const user_id& user, const attempt_id& attempt, instant at) override;
  result<instant> database_time() override;

 private:
  bool dead() const { return db_.frozen || db_.away; }
  call_brief brief_of(const memory_database::attempt_row& row) const;

  memory_database& db_;
};

} // namespace ringmaster::testing
