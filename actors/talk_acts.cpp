#include <utility>

#include <spdlog/spdlog.h>

#include "actors/notices.hpp"
#include "actors/talk_part.hpp"
#include "actors/task_facts.hpp"

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
  consulting_.reset();
  consult_until_.reset();
}

/// What the other end asked is looked up first; where nothing was asked nobody waits.
void talk_part::act(talk::think& what) {
  stop_thinking();
  if (what.question.empty()) {
    speak(what.turn, std::move(what.what));
    return;
  }
  auto question = what.question;
  consulting_ = std::make_unique<talk::think>(std::move(what));
  consult_until_ = all_->boot() + all_->options().consult_patience;
  consult(std::move(question));
}

void talk_part::consult(std::string question) {
  using passages = std::vector<knowledge::passage>;
  auto read = [who = engine_for(call_.user_),
               question = std::move(question)](desk& d) -> result<passages> {
    passages found;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto all = books.knowledge().consult(knowledge::read(question));
      if (!all)
        return fail(std::move(all.error()));
      found = std::move(*all);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return found;
  };
  at_desk<passages>(
      &call_, all_->desk_for(call_.attempt_.value), std::move(read),
      [this, id = speeches_](result<passages> found) {
        if (id == speeches_ && consulting_)
          consulted(std::move(found));
      });
}

/// The model is asked with what was found, or without anything where that took too long.
void talk_part::consulted(result<std::vector<knowledge::passage>> found) {
  auto what = std::move(consulting_);
  consult_until_.reset();
  if (!what)
    return;
  if (found) {
    what->what.said.passages = *found;
    what->what.said.consulted = true;
  } else {
    spdlog::warn(
        "call {}: the knowledge base was not read: {}", to_string(call_.attempt_),
        found.error().detail);
  }
  ++speeches_; // an answer of the knowledge base that comes now is too late
  speak(what->turn, std::move(what->what));
  // What the model says comes as messages, and so later than this.
  if (found)
    take(talk::looked_up{what->turn, std::move(*found)});
}

void talk_part::speak(std::int32_t turn, assistant::turn request) {
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
       words = std::move(what.words)](desk_work& books) -> result<std::monostate> {
        if (auto done = books.conversations().opt_out(id, words); !done)
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
      [id = call_.attempt_, question = what.what](desk_work& books) -> result<std::monostate> {
        if (auto done = books.conversations().ask_owner(id, question); !done)
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
      [id = call_.attempt_, n = what.n](desk_work& books) {
        return books.conversations().close_question(id, n);
      },
      [this](const result<talk::owner_question>& now) {
        using state = talk::owner_question::state;
        // An answer that came first stands.
        if (now && (now->now == state::yes || now->now == state::no))
          take(talk::owner_answer{now->n, now->now == state::yes, now->note});
      });
}

/// Once for each question: a repetition of the job finds the gap that it logged before.
void talk_part::act(talk::log_gap& what) {
  auto asked = std::move(what.what);
  asked.context = call_.attempt_.value;
  auto fits = gap::check(asked);
  if (!fits) {
    spdlog::warn(
        "call {}: what was not known is not logged: {}", to_string(call_.attempt_),
        fits.error().detail);
    return;
  }
  insist<knowledge_book::logged>(
      [id = gap_id{make_uuid7(all_->now(), all_->parts.random)},
       asked = std::move(*fits)](desk_work& books) { return books.knowledge().log_gap(id, asked); },
      [this](const result<knowledge_book::logged>& done) {
        if (!done) {
          spdlog::error(
              "call {}: what was not known is not logged: {}", to_string(call_.attempt_),
              done.error().detail);
          return;
        }
        call_.send(all_->feed, gap_notice(call_.user_, done->gap));
        if (auto told = gap_notification(call_.user_, *done))
          call_.send(all_->feed, std::move(*told));
      });
}

void talk_part::act(talk::wake& what) {
  if (what.at < milliseconds{0})
    wake_at_.reset();
  else
    wake_at_ = answered_ + std::chrono::duration_cast<moment>(what.at);
}

} // namespace ringmaster
