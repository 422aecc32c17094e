#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/talk_part.hpp"

// How the words travel: documents, one for each request of the carrier, or the frames of a socket.

namespace ringmaster {

namespace {

using next = line_document::next;

constexpr std::int32_t sessions_most = 5;
constexpr std::size_t waiters_most = 4;
/// A carrier that was told to hang up has this long beyond what is to be spoken.
constexpr auto hang_up_slack = std::chrono::seconds(10);

std::chrono::milliseconds length_of(const line_document& doc) {
  std::chrono::milliseconds sum{0};
  for (const auto& text : doc.say)
    sum += talk::speaking_time(text);
  return sum;
}

bool is_final(next then) { return then == next::hang_up || then == next::connect; }

} // namespace

bool talk_part::in_turns() const { return all_->options().line == talk::line_kind::turns; }

// -- documents
// ----------------------------------------------------------------------------------------

/// A document that ends the call stays one, whatever follows.
void talk_part::close(next then) {
  if (closed_ && is_final(next_.then) && !is_final(then))
    return;
  next_.then = then;
  closed_ = true;
}

/// Once the other end has spoken, what was to be listened for is decided anew.
void talk_part::open_again() { closed_ = closed_ && is_final(next_.then); }

/// The carrier repeats a request whose answer it did not get, and the answer is the same.
bool talk_part::was_answered(std::int32_t request, const reply& to) {
  if (!waiters_.empty() && request == request_) {
    if (waiters_.size() >= waiters_most)
      waiters_.erase(waiters_.begin());
    waiters_.push_back(to);
    return true;
  }
  if (!given_ || (request > request_ && request >= given_->number))
    return false;
  to->reply(*given_);
  return true;
}

void talk_part::begin_request(std::int32_t request, reply to) {
  request_ = request;
  number_ = std::max(number_, request);
  redirected_ = -1;
  waiters_.clear(); // whoever asked before has been given up by the carrier
  waiters_.push_back(std::move(to));
  patience_ = all_->boot() + all_->options().document_patience;
}

/// The line stands, for the first time in this life of the CALL.
void talk_part::meet_line() {
  opened_ = true;
  if (auto word = std::exchange(detected_, {}); !word.empty())
    take(talk::detected{word});
  take(talk::line_open{});
}

void talk_part::open(asked_open_line& asked) {
  if (is_over()) {
    asked.reply_to->reply(fail(over_error()));
    return;
  }
  if (postpone(asked, [this](asked_open_line& kept) { open(kept); }))
    return;
  const auto& known = call_.sid_ ? call_.sid_ : sid_;
  if (known && known != asked.what.sid) {
    asked.reply_to->reply(fail(errc::not_found, "the line belongs to another call"));
    return;
  }
  sid_ = asked.what.sid;
  if (!begun_ && !opened_)
    answered_ = all_->boot(); // the phone was answered a moment ago
  if (!in_turns()) {
    begin_session(std::move(asked.reply_to));
    return;
  }
  if (was_answered(0, asked.reply_to))
    return;
  begin_request(0, std::move(asked.reply_to));
  meet_line();
}

void talk_part::hear(asked_hear& asked) {
  auto& what = asked.what;
  if (is_over()) {
    asked.reply_to->reply(farewell());
    return;
  }
  if (postpone(asked, [this](asked_hear& kept) { hear(kept); }))
    return;
  auto fetches = what.waiting || what.number == redirected_;
  if (was_answered(what.number, asked.reply_to))
    return;
  begin_request(what.number, std::move(asked.reply_to));
  // Taken up again amid the call: what was not ready then is lost, what was said now is not.
  if (!opened_ && !fetches && !(what.text.empty() && what.digits.empty())) {
    opened_ = true;
    if (auto word = std::exchange(detected_, {}); !word.empty())
      take(talk::detected{word});
  } else if (!opened_) {
    meet_line();
    return;
  }
  if (fetches) {
    if (!closed_ && !next_.say.empty() && !is_thinking() && waiting_acts_.empty())
      close(next::listen);
    settle_document();
    arm();
    return;
  }
  open_again();
  if (!what.text.empty())
    take(talk::words{std::move(what.text), true});
  else if (!what.digits.empty())
    take(talk::keys{std::move(what.digits)});
  else
    take(talk::nothing{});
}

void talk_part::settle_document() {
  if (!in_turns() || !core_ || over_)
    return;
  if (waiters_.empty()) {
    if (should_interrupt())
      redirect();
    return;
  }
  if (!closed_ && !core_->known().ended.empty() && waiting_acts_.empty() && !is_thinking())
    close(next::hang_up);
  if (closed_)
    give(std::exchange(next_, {}));
}

void talk_part::give(line_document doc) {
  closed_ = false;
  patience_.reset();
  doc.number = ++number_;
  doc.record = std::exchange(record_, false);
  begun_ = true;
  if (doc.then == next::hang_up)
    end_at(all_->boot() + length_of(doc) + hang_up_slack);
  given_ = std::move(doc);
  for (auto& one : std::exchange(waiters_, {}))
    one->reply(*given_);
}

/// The carrier waits no longer: with a filler if the core has one, it comes back for the rest.
void talk_part::out_of_patience() {
  patience_.reset();
  if (waiters_.empty())
    return;
  take(talk::awake{});
  if (waiters_.empty())
    return;
  const auto& questions = core_->known().questions;
  auto asks = std::any_of(questions.begin(), questions.end(), [](const auto& q) {
    return q.now == talk::owner_question::state::open;
  });
  close(is_thinking() || suppressing_ || asks ? next::again : next::listen);
  settle_document();
}

/// The other end is being listened to, and something is to be said or done at once.
bool talk_part::should_interrupt() const {
  if (!opened_ || redirected_ >= 0 || (given_ && given_->then != next::listen))
    return false;
  if (closed_ && is_final(next_.then))
    return true;
  auto has_content = !next_.say.empty() || !next_.press.empty();
  return has_content && (closed_ || (!is_thinking() && waiting_acts_.empty()));
}

void talk_part::redirect() {
  const auto& sid = call_.sid_ ? call_.sid_ : sid_;
  if (!sid)
    return;
  redirected_ = ++number_;
  if (next_.then == next::hang_up && closed_)
    end_at(all_->boot() + length_of(next_) + hang_up_slack);
  auto failed = [this, number = redirected_] {
    // What was to be said is said when the carrier comes back by itself.
    if (redirected_ == number)
      redirected_ = -1;
    spdlog::warn("call {}: it could not be interrupted", to_string(call_.attempt_));
  };
  call_
      .request(
          all_->dialer, caf::infinite, redirect_call{sid, call_.user_, call_.attempt_, redirected_})
      .then(
          [failed](const result<call_news>& answer) {
            if (!answer)
              failed();
          },
          [failed](const caf::error&) { failed(); });
}

line_document talk_part::farewell() {
  line_document doc;
  doc.number = ++number_;
  doc.then = next::hang_up;
  return doc;
}

void talk_part::end_at(moment when) {
  end_at_ = end_at_ ? std::min(*end_at_, when) : when;
  arm();
}

// -- sockets
// ------------------------------------------------------------------------------------------

/// A socket is promised only when that is stored, so that no other one is ever let in.
void talk_part::begin_session(reply to) {
  if (!session_waiters_.empty()) {
    if (session_waiters_.size() < waiters_most)
      session_waiters_.push_back(std::move(to));
    return;
  }
  if (given_ && given_->then == next::relay && given_->session == sessions_ &&
      last_attached_ != sessions_) {
    to->reply(*given_);
    return;
  }
  if (sessions_ >= sessions_most || !core_->known().ended.empty()) {
    to->reply(farewell());
    end_at(all_->boot() + hang_up_slack);
    return;
  }
  ++sessions_;
  begun_ = true;
  session_waiters_.push_back(std::move(to));
  note({}, core_->known());
}

void talk_part::session_stored(std::int32_t session) {
  if (session != sessions_ || session_waiters_.empty())
    return;
  line_document doc;
  doc.number = ++number_;
  doc.then = next::relay;
  doc.session = session;
  doc.record = std::exchange(record_, false);
  given_ = std::move(doc);
  for (auto& one : std::exchange(session_waiters_, {}))
    one->reply(*given_);
  if (last_attached_ > 0) // it was cut off before, and must come back
    end_at(all_->boot() + all_->options().line_patience);
}

void talk_part::attach(asked_attach& asked) {
  if (is_over() || in_turns()) {
    asked.reply_to->reply(fail(errc::not_found, "the call expects no socket"));
    return;
  }
  if (postpone(asked, [this](asked_attach& kept) { attach(kept); }))
    return;
  auto& what = asked.what;
  const auto& known = call_.sid_ ? call_.sid_ : sid_;
  if ((known && known != what.sid) || !what.deliver) {
    asked.reply_to->reply(fail(errc::not_found, "the socket belongs to another call"));
    return;
  }
  if (what.session != sessions_ || what.session == last_attached_ || attached_ != 0) {
    asked.reply_to->reply(fail(errc::conflict, "this is not the socket that was promised"));
    return;
  }
  sid_ = what.sid;
  deliver_ = std::move(what.deliver);
  attached_ = last_attached_ = what.session;
  end_at_.reset();
  asked.reply_to->reply(line_attached{
      back_into<talk::event>(&call_, [this, session = attached_](const talk::event& event) {
        told(session, event);
        call_.leave_if_done();
      })});
  meet_line();
}

void talk_part::told(std::int32_t session, const talk::event& what) {
  if (session != attached_)
    return;
  if (std::holds_alternative<talk::line_lost>(what))
    detach();
  else
    take(what);
}

void talk_part::deliver(line_order what) {
  if (deliver_)
    (*deliver_)(what);
}

void talk_part::detach() {
  deliver_.reset();
  attached_ = 0;
  take(talk::line_lost{});
  if (!leaves_)
    end_at(all_->boot() + all_->options().line_patience);
}

void talk_part::leave(asked_leave& asked) {
  if (asked.what.call_over || is_over()) {
    if (attached_ != 0 && !over_)
      detach();
    asked.reply_to->reply(farewell());
    return;
  }
  if (postpone(asked, [this](asked_leave& kept) { leave(kept); }))
    return;
  if (attached_ != 0) {
    deliver(line_closed{});
    detach();
  }
  end_at_.reset();
  if (!asked.what.ended && !leaves_ && core_->known().ended.empty()) {
    begin_session(std::move(asked.reply_to));
    return;
  }
  auto doc = after_line_;
  if (doc.then != next::connect)
    end_at(all_->boot() + hang_up_slack);
  doc.number = ++number_;
  asked.reply_to->reply(std::move(doc));
}

// -- the owner
// ----------------------------------------------------------------------------------------

void talk_part::control(asked_control& asked) {
  auto& reply_to = asked.reply_to;
  if (asked.what.who.user != call_.user_) {
    reply_to->reply(fail(errc::not_found, "no such call"));
    return;
  }
  if (is_over()) {
    reply_to->reply(fail(over_error()));
    return;
  }
  if (postpone(asked, [this](asked_control& kept) { control(kept); }))
    return;
  if (!begun_ && !opened_) {
    reply_to->reply(fail(over_error()));
    return;
  }
  if (const auto* to = std::get_if<talk::owner_transfers>(&asked.what.what)) {
    const auto& allowed = facts_->transfers;
    if (std::find(allowed.begin(), allowed.end(), to->to) == allowed.end()) {
      reply_to->reply(
          fail(errc::invalid, "calls may be handed to the transfer_numbers of the settings only"));
      return;
    }
  }
  if (!opened_ && in_turns())
    meet_line();
  auto ends = std::holds_alternative<talk::owner_hangs_up>(asked.what.what);
  take(asked.what.what);
  if (ends) // whatever the line does with the goodbye
    end_at(all_->boot() + length_of(next_) + spoken_ + hang_up_slack);
  reply_to->reply(control_taken{core_->known()});
}

} // namespace ringmaster
