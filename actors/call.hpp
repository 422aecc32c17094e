#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/internal.hpp"
#include "actors/watched.hpp"
#include "actors/world.hpp"

namespace ringmaster {

class talk_part;

/// How a CALL begins.
struct call_start {
  enum class origin : std::uint8_t {
    permit,   ///< a fresh intent: dial it
    boot,     ///< found at the start of the process: the send log of earlier runs may speak
    orphan,   ///< an intent of this run that reached no CALL: certainly not sent
    recalled, ///< loaded again within this run: nobody knows what was done for it
  };
  origin from = origin::permit;
  call_brief what;
  std::uint64_t epoch = 0;
  std::chrono::nanoseconds asked_at{};
  std::shared_ptr<const campaign_stop> campaign;
  std::optional<instant> closes_at;      ///< of the campaign's window
  std::chrono::nanoseconds first_look{}; ///< spreads the first polls and looks after a start
  std::uint64_t parent = 0;              ///< the actor that it stands below
};

/// A CALL: one attempt from its intent to its end, after the dial protocol of
/// docs/dial-protocol.md. At every step it decides by the domain, stores, then acts; what cannot
/// be stored is kept and stored later. It lives until nothing of it is outstanding: not the create
/// request, not a step, not a stray call that still has to be ended. One per live call, so lean.
class call_session final : public watched<call_role::base> {
 public:
  call_session(caf::actor_config& config, world_ptr all, call_start start);
  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "call"; }
  actor_state describe(const uuid& about) const override;
  result<void> stop_by(const identity& who) override;
  ~call_session() override;

 private:
  friend class talk_part; // its conversation, kept apart so that a call that only rings is lean
  using moment = std::chrono::nanoseconds;
  using follow_up = std::function<void(const attempt_advanced&)>;
  /// A step that is decided but not stored yet.
  struct open_step {
    change::advance_attempt what;
    follow_up then;
    std::vector<call_moved> later; ///< news that came meanwhile
    bool noted = false;            ///< the send log has it
  };

  // -- beginning (call.cpp) --
  void begin(call_start& start);
  void dial_out(call_start& start);
  void resolve_intent(call_start::origin from);
  void returned(const attempt::exchange& x);
  void returned_late(const attempt::exchange& x);

  // -- steps (call_steps.cpp) --
  change::advance_attempt step(attempt::event on, std::string reason = {}) const;
  void store_step(change::advance_attempt what, follow_up then);
  void store_open_step();
  void step_refused(const error& why);
  void found_accepted(const attempt_advanced& now);
  void bind(const call_sid& sid, std::optional<call::status> news, std::string reason);
  void conclude(attempt::event on, target::event target_step, std::string reason,
                std::optional<std::int32_t> code = {}, bool back_off = false);
  void settle();
  void over(const campaign::progress& counts);
  void leave_if_done();

  // -- news (call_news.cpp) --
  void moved(const call_moved& m);
  void moved_ours(const call_moved& m);
  void take_state(call::status news);
  void withdraw(bool everything);
  void end(carrier::ending how);
  void end_stray(const call_sid& sid);
  void record(const call_news& news);
  void fetch();
  talk_part& talk();
  bool has_talked() const;
  void vanished();
  void tell(const char* what);

  // -- waiting (call_doubt.cpp) --
  /// `until_silence`: the time moves on with every news of the call.
  void arm(moment at, bool until_silence = false);
  void woken();
  moment silence_ends() const;
  void look();
  void weigh(const lists& found, const std::vector<call_sid>* bound);
  moment in(instant t) const;

  world_ptr all_;
  user_id user_;
  campaign_id campaign_;
  target_id target_;
  attempt_id attempt_;
  phone_number to_, from_;
  instant permit_at_{};
  std::int32_t number_ = 1, max_attempts_ = 1;
  call_sid sid_;
  std::unique_ptr<open_step> open_; ///< rare, and large
  std::unique_ptr<talk_part> talk_; ///< while it is answered
  std::unique_ptr<std::string> detected_; ///< the carrier's word, until there is a conversation
  std::vector<call_sid> strays_;    ///< calls that carry our name and must end
  std::optional<instant> first_absent_;
  std::optional<instant> closes_at_;
  moment last_news_{};
  moment due_{};   ///< when something is to be done next; 0: nothing waits
  moment armed_{}; ///< a wake is under way for then; 0: none
  attempt::status state_ = attempt::status::intent;
  call::status call_state_ = call::status::queued;
  call::answerer answerer_ = call::answerer::not_told;
  std::optional<carrier::ending> ending_; ///< an end was asked for and is not confirmed
  campaign::status owner_ = campaign::status::running;
  std::uint8_t tries_ = 0;         ///< of the step, look, poll or end that is being repeated
  std::uint8_t outstanding_ = 0;   ///< requests whose answer will come
  bool retiring_ = false;          ///< the engine ends
  bool storing_ = false;           ///< the open step is at the STORE
  bool dialing_ = false;           ///< the create request has not come back
  bool withdrawn_ = false;         ///< its campaign was stopped
  bool withdrawn_all_ = false;     ///< by the global stop
  bool set_aside_ = false;         ///< stopped by an operator: its target is not called again
  bool too_late_ = false;          ///< the carrier's queue reaches beyond the window
  bool target_moved_ = false;      ///< its target's step was stored already
  bool over_ = false;              ///< told to the SCHEDULER
  bool until_silence_ = false;     ///< what is due is the poll of a silent call
  bool asking_ = false;            ///< a poll, look or end is out
  bool talked_ = false;            ///< in an earlier life
  bool late_ = false;              ///< counted as a late call
  std::unique_ptr<call_start> start_; ///< until the first resume
};

} // namespace ringmaster
