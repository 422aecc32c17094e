#include <utility>

#include <spdlog/spdlog.h>

#include "actors/notices.hpp"
#include "actors/talk_part.hpp"

// What the conversation of a CALL does when the core says so.

namespace ringmaster {

namespace {

/// What is said waits so long for a suppression to be stored; the storing goes on.
constexpr auto suppression_waits = std::chrono::milliseconds(1'500);

} // namespace

void talk_part::act(talk::say& what) {
  begun_ = true;
  if (what.text.empty() && (in_turns() || !what.last))
    return;
  if (!in_turns()) {
    if (std::exchange(spoken_turn_, what.turn) != what.turn)
      spoken_ = milliseconds{0};
    spoken_ += talk::speaking_time(what.text);
    deliver(std::move(what));
    return;
  }
  next_.interruptible = next_.interruptible && what.interruptible;
  // Pieces of a turn may be cut amid a word.
  if (!next_.say.empty() && std::exchange(spoken_turn_, what.turn) == what.turn)
    next_.say.back() += what.text;
  else
    next_.say.push_back(std::move(what.text));
  spoken_turn_ = what.turn;
}

void talk_part::stop_thinking() {
  ++speeches_;
  speech_.reset();
}

void talk_part::act(talk::think& what) {
  stop_thinking();
  auto turn = what.turn;
  auto request = std::move(what.what);
  request.user = call_.user_;
  request.keys = keys_;
  request.budget_micros = budget_micros_;
  // The gateway speaks on a thread of its own; what it says comes as messages, in its order.
  auto counts = [this, id = speeches_] { return id == speeches_; };
  auto on_text = back_into<std::string>(&call_, [this, turn, counts](std::string text) {
    if (counts())
      take(talk::thought{turn, std::move(text)});
  });
  auto done = back_into<result<assistant::turn_end>>(
      &call_, [this, turn, counts](result<assistant::turn_end> end) {
        if (end)
          note_usage(end->tries);
        if (!counts())
          return;
        stop_thinking();
        take(talk::thought_over{turn, std::move(end)});
        call_.leave_if_done();
      });
  speech_ = all_->parts.models.speak(
      std::move(request), [on_text](std::string_view text) { on_text(std::string(text)); },
      std::move(done));
}

void talk_part::act(talk::forget&) { stop_thinking(); }

void talk_part::act(talk::press& what) {
  if (in_turns())
    next_.press += what.digits;
  else
    deliver(std::move(what));
}

void talk_part::act(talk::listen& what) {
  if (!in_turns())
    return;
  close(line_document::next::listen);
  next_.listen_for = what.at_most;
}

void talk_part::act(talk::hold_the_line&) {
  if (in_turns())
    close(line_document::next::again);
}

void talk_part::act(talk::hang_up& what) {
  spdlog::info("call {}: the assistant ends it: {}", to_string(call_.attempt_), what.why);
  if (in_turns()) {
    close(line_document::next::hang_up);
    return;
  }
  leaves_ = true;
  after_line_.then = line_document::next::hang_up;
  auto spoken = spoken_;
  if (deliver_)
    deliver(std::move(what));
  else
    spoken = milliseconds{0};
  end_at(all_->boot() + spoken + std::chrono::seconds(5));
}

void talk_part::act(talk::connect& what) {
  if (in_turns()) {
    close(line_document::next::connect);
    next_.to = what.to;
    return;
  }
  leaves_ = true;
  after_line_.then = line_document::next::connect;
  after_line_.to = what.to;
  deliver(std::move(what));
}

void talk_part::act(talk::note& what) { note(std::move(what.pieces), what.now); }

/// What follows is done when the suppression is stored, or could not be for a while.
void talk_part::act(talk::suppress& what) {
  suppressing_ = true;
  suppress_until_ = all_->boot() + suppression_waits;
  insist<std::monostate>(
      [id = call_.attempt_,
       words = std::move(what.words)](call_book& books) -> result<std::monostate> {
        if (auto done = books.opt_out(id, words); !done)
          return fail(std::move(done.error()));
        return std::monostate{};
      },
      [this](const result<std::monostate>& done) {
        if (!done)
          spdlog::error(
              "call {}: the wish not to be called was not stored: {}", to_string(call_.attempt_),
              done.error().detail);
        suppressing_ = false;
        perform();
      });
}

void talk_part::act(talk::ask_owner& what) {
  auto n = what.what.n;
  insist<std::monostate>(
      [id = call_.attempt_, question = what.what](call_book& books) -> result<std::monostate> {
        if (auto done = books.ask_owner(id, question); !done)
          return fail(std::move(done.error()));
        return std::monostate{};
      },
      [this, n](const result<std::monostate>& done) {
        if (done)
          call_.send(all_->feed, question_notice(call_.user_, call_.attempt_, n));
        else
          spdlog::error(
              "call {}: its owner was not asked: {}", to_string(call_.attempt_),
              done.error().detail);
      });
}

void talk_part::act(talk::close_question& what) {
  insist<talk::owner_question>(
      [id = call_.attempt_, n = what.n](call_book& books) { return books.close_question(id, n); },
      [this](const result<talk::owner_question>& now) {
        using state = talk::owner_question::state;
        // An answer that came first stands.
        if (now && (now->now == state::yes || now->now == state::no))
          take(talk::owner_answer{now->n, now->now == state::yes, now->note});
      });
}

void talk_part::act(talk::wake& what) {
  if (what.at < milliseconds{0})
    wake_at_.reset();
  else
    wake_at_ = answered_ + std::chrono::duration_cast<moment>(what.at);
}

} // namespace ringmaster
