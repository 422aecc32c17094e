#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/call.hpp"
#include "domain/call_desk.hpp"
#include "domain/conversation.hpp"

namespace ringmaster {

/// The conversation of a CALL: made when the line asks for the first time, so that a call that only
/// rings stays lean, and kept until the CALL ends. Loads the facts, gives what happens to the
/// conversation core, and does what that says: documents or frames for the carrier, questions to
/// the models, notes to the STORE, jobs for a DESK. Everything in here runs on the CALL's thread.
class talk_part {
public:
  explicit talk_part(call_session& call);
  talk_part(const talk_part&) = delete;
  talk_part& operator=(const talk_part&) = delete;
  /// The model is asked no longer, and the socket is closed.
  ~talk_part();

  // -- asked by the edge --
  void open(asked_open_line& asked);
  void hear(asked_hear& asked);
  void attach(asked_attach& asked);
  void leave(asked_leave& asked);
  void control(asked_control& asked);

  // -- told by the CALL --
  void detected(const std::string& word);
  /// The call has ended. False: something of it is not stored yet, and the CALL's `settle` is
  /// called again when it is.
  bool finish();
  void woken();
  /// Notes are on their way, and the store takes them.
  bool writing() const;
  /// Something is to be done yet, call or no call.
  bool busy() const;
  /// Something was said.
  bool begun() const { return begun_; }
  /// Who answered, as the conversation found; the carrier's word where it did not.
  call::answerer answerer(call::answerer known) const;

private:
  using moment = std::chrono::nanoseconds;
  using milliseconds = std::chrono::milliseconds;
  using reply = std::shared_ptr<responder<line_document>>;
  enum class stage : std::uint8_t { absent, loading, ready };
  struct kept_request {
    moment at{};
    std::function<void()> go;
    std::function<void(const error&)> refuse;
  };

  // -- taking up (talk_part.cpp) --
  /// True if the request waits for the facts to be loaded.
  template <class Asked, class Go>
  bool postpone(Asked& asked, Go go) {
    if (stage_ == stage::ready)
      return false;
    auto kept = std::make_shared<Asked>(std::move(asked));
    keep(
        {all_->boot(), [kept, go] { go(*kept); },
         [kept](const error& why) { kept->reply_to->reply(fail(why)); }});
    return true;
  }
  void keep(kept_request what);
  void load();
  void loaded(result<talk::loaded> found);
  void refuse_all(const error& why);
  bool is_over() const;
  error over_error() const;

  // -- one event (talk_part.cpp) --
  milliseconds now() const;
  void take(const talk::event& what);
  void perform();
  void open_again();
  void arm();

  // -- acts (talk_acts.cpp) --
  void act(talk::say& what);
  void act(talk::think& what);
  void act(talk::forget& what);
  void act(talk::press& what);
  void act(talk::listen& what);
  void act(talk::hold_the_line& what);
  void act(talk::hang_up& what);
  void act(talk::connect& what);
  void act(talk::note& what);
  void act(talk::suppress& what);
  void act(talk::ask_owner& what);
  void act(talk::close_question& what);
  void act(talk::log_gap& what);
  void act(talk::wake& what);
  void consult(std::string question);
  void consulted(result<std::vector<knowledge::passage>> found);
  void speak(std::int32_t turn, assistant::turn what);
  void stop_thinking();
  bool is_thinking() const { return speech_ || consulting_; }

  // -- documents and sockets (talk_lines.cpp) --
  bool in_turns() const;
  void close(line_document::next then);
  bool was_answered(std::int32_t request, const reply& to);
  void begin_request(std::int32_t request, reply to);
  void meet_line();
  void settle_document();
  void give(line_document doc);
  void out_of_patience();
  bool should_interrupt() const;
  void redirect();
  line_document farewell();
  void begin_session(reply to);
  void session_stored(std::int32_t session);
  void told(std::int32_t session, const talk::event& what);
  void deliver(line_order what);
  void detach();
  void end_at(moment when);

  // -- storing (talk_store.cpp) --
  void note(std::vector<talk::segment> pieces, const talk::memory& now);
  bool only_grows(const change::note_talk& what) const;
  void store_note_in_time();
  void store_note();
  void noted(const change::note_talk& what);
  void note_refused(change::note_talk what, const error& why);
  /// Runs `work` at a DESK until the database has answered, then `then` in here.
  template <class Answer>
  void insist(
      std::function<result<Answer>(desk_work&)> work, std::function<void(result<Answer>)> then,
      std::size_t tries = 0);
  void note_usage(std::vector<assistant::usage> tries);
  void later(moment when, std::function<void()> what);

  call_session& call_;
  world_ptr all_;
  stage stage_ = stage::absent;
  std::deque<kept_request> kept_requests_; ///< came while it was loaded
  std::size_t load_tries_ = 0;
  std::string detected_; ///< the carrier's word, before there was a line

  std::shared_ptr<const talk::facts> facts_;
  std::optional<talk::conversation> core_;
  std::optional<task_id> task_;
  std::vector<assistant::own_key> keys_;
  std::optional<std::int64_t> budget_micros_;
  call_sid sid_;      ///< of the line
  moment answered_{}; ///< on clock.boot()
  mutable milliseconds last_at_{0};
  bool record_ = false;
  bool begun_ = false;
  bool opened_ = false; ///< the core was told of a line, in this life
  bool over_ = false;   ///< the core was told of the end
  bool settle_waits_ = false;

  std::deque<talk::act> waiting_acts_;
  bool suppressing_ = false; ///< what follows waits for the suppression
  moment suppress_until_{};

  std::unique_ptr<assistant::speech> speech_;
  std::uint64_t speeches_ = 0; ///< of what no longer counts nothing is heard
  std::unique_ptr<talk::think> consulting_; ///< asked when the knowledge base was, or has no more time
  std::optional<moment> consult_until_;
  std::optional<moment> wake_at_;

  // -- turns --
  line_document next_;  ///< being collected
  bool closed_ = false; ///< it is whole
  std::optional<line_document> given_;
  std::vector<reply> waiters_;   ///< of one request, and its repetitions
  std::int32_t request_ = -1;    ///< the last one that was taken
  std::int32_t number_ = 0;      ///< of the last document
  std::int32_t redirected_ = -1; ///< the request that a redirect will bring
  std::optional<moment> patience_;

  // -- stream --
  std::shared_ptr<std::function<void(const line_order&)>> deliver_;
  std::int32_t sessions_ = 0; ///< promised
  std::int32_t attached_ = 0; ///< which one is there; 0: none
  std::int32_t last_attached_ = 0;
  std::vector<reply> session_waiters_;
  line_document after_line_; ///< what follows the socket that we ended
  bool leaves_ = false;      ///< we ended it

  std::optional<moment> end_at_; ///< the carrier is to end the call then
  milliseconds spoken_{0};       ///< what the turn has said takes so long
  std::int32_t spoken_turn_ = 0;

  std::optional<change::note_talk> note_; ///< not at the STORE yet
  bool noting_ = false;
  talk::memory stored_;             ///< as the last note that went to the STORE has it
  std::int32_t stored_pieces_ = 0;  ///< the highest number among what went there
  moment noted_at_{};
  bool resting_ = false; ///< what only grows waits for the next note's time
  std::size_t note_tries_ = 0;
  std::size_t insisting_ = 0;
  std::multimap<moment, std::function<void()>> later_;
  moment armed_{}; ///< a wake is under way for then; 0: none
};

} // namespace ringmaster
