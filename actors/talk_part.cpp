#include "actors/talk_part.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/task_facts.hpp"

// How the conversation of a CALL is taken up, and what it does with what the core says.

namespace ringmaster {

namespace {

/// The edge has given up by then, and told the carrier so.
constexpr auto line_waits = std::chrono::seconds(8);
constexpr std::size_t requests_kept = 16;

} // namespace

talk_part::talk_part(call_session& call) : call_(call), all_(call.all_) {}

talk_part::~talk_part() {
  speech_.reset();
  if (deliver_)
    (*deliver_)(line_closed{});
}

// -- taking up
// --------------------------------------------------------------------------------------

void talk_part::keep(kept_request what) {
  if (kept_requests_.size() >= requests_kept)
    kept_requests_.pop_front(); // its responder says that it was not answered
  kept_requests_.push_back(std::move(what));
  load();
}

void talk_part::load() {
  if (stage_ != stage::absent)
    return;
  stage_ = stage::loading;
  auto read = [who = engine_for(call_.user_),
               id = call_.attempt_](desk& d) -> result<talk::loaded> {
    talk::loaded found;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto one = books.conversations().load(id);
      if (!one)
        return fail(std::move(one.error()));
      found = std::move(*one);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return found;
  };
  at_desk<talk::loaded>(
      &call_, all_->desk_for(call_.attempt_.value), std::move(read),
      [this](result<talk::loaded> found) {
        loaded(std::move(found));
        call_.leave_if_done();
      });
}

void talk_part::loaded(result<talk::loaded> found) {
  if (!found) {
    stage_ = stage::absent;
    if (found.error().code != errc::unavailable) {
      refuse_all(found.error());
      return;
    }
    spdlog::warn(
        "call {}: its facts could not be read: {}", to_string(call_.attempt_),
        found.error().detail);
    while (!kept_requests_.empty() && all_->boot() - kept_requests_.front().at >= line_waits) {
      kept_requests_.front().refuse(found.error());
      kept_requests_.pop_front();
    }
    if (kept_requests_.empty())
      return;
    const auto& o = all_->options();
    auto wait = std::min<moment>(
        o.store_retry_first * (1LL << std::min<std::size_t>(load_tries_++, 10)),
        o.store_retry_most);
    later(all_->boot() + wait, [this] {
      if (!kept_requests_.empty())
        load();
    });
    return;
  }
  if (!found->about) {
    stage_ = stage::absent;
    refuse_all({.code = errc::internal, .detail = "the facts of the call are missing"});
    return;
  }
  const auto& o = all_->options();
  auto facts = std::make_shared<talk::facts>(*found->about);
  facts->line = o.line;
  facts->numbers = o.talk;
  facts_ = std::move(facts);
  keys_ = std::move(found->keys);
  budget_micros_ = found->budget_micros;
  task_ = found->task;
  if (found->sid)
    sid_ = *found->sid;
  record_ = found->record && o.recording_allowed && !found->begun;
  begun_ = found->begun;
  sessions_ = found->known.sessions;
  number_ = found->known.turn;
  answered_ = all_->boot();
  // What was begun by another life of the CALL counts from the moment that is stored.
  if (begun_ && found->answered_at != instant{})
    answered_ = all_->boot() - std::max<moment>(all_->now() - found->answered_at, moment{0});
  if (!found->so_far.empty())
    last_at_ = milliseconds(found->so_far.back().end_ms);
  auto opted_out = found->known.opted_out;
  core_.emplace(facts_, std::move(found->known), std::move(found->so_far));
  stage_ = stage::ready;
  if (opted_out) {
    // Perhaps the last life ended before it was stored. A repetition changes nothing.
    insist<std::monostate>(
        [id = call_.attempt_](desk_work& books) -> result<std::monostate> {
          if (auto done = books.conversations().opt_out(id, {}); !done)
            return fail(std::move(done.error()));
          return std::monostate{};
        },
        [](const result<std::monostate>&) {});
  }
  for (auto& one : std::exchange(kept_requests_, {})) {
    if (all_->boot() - one.at < line_waits)
      one.go();
    else
      one.refuse(
          {.code = errc::unavailable, .detail = "the conversation could not be taken up in time"});
  }
  if (std::exchange(settle_waits_, false))
    call_.settle();
}

void talk_part::refuse_all(const error& why) {
  for (auto& one : std::exchange(kept_requests_, {}))
    one.refuse(why);
  if (std::exchange(settle_waits_, false))
    call_.settle();
}

bool talk_part::is_over() const { return over_ || call_.over_ || call::ended(call_.call_state_); }

error talk_part::over_error() const {
  return {.code = errc::wrong_state, .detail = "the call is not being talked on"};
}

// -- one event
// --------------------------------------------------------------------------------------

talk_part::milliseconds talk_part::now() const {
  auto at = std::chrono::duration_cast<milliseconds>(all_->boot() - answered_);
  last_at_ = std::max(last_at_, at);
  return last_at_;
}

void talk_part::take(const talk::event& what) {
  if (!core_ || over_)
    return;
  over_ = std::holds_alternative<talk::line_over>(what);
  for (auto& one : core_->take(what, now()))
    waiting_acts_.push_back(std::move(one));
  perform();
}

void talk_part::perform() {
  while (!waiting_acts_.empty() && !suppressing_) {
    auto one = std::move(waiting_acts_.front());
    waiting_acts_.pop_front();
    std::visit([this](auto& what) { act(what); }, one);
  }
  settle_document();
  arm();
}

/// One wake is under way at most, unless something is due earlier than it. The SCHEDULER's timer
/// serves all CALLs.
void talk_part::arm() {
  std::optional<moment> next;
  auto also = [&](const std::optional<moment>& t) {
    if (t)
      next = next ? std::min(*next, *t) : *t;
  };
  also(wake_at_);
  also(patience_);
  also(end_at_);
  also(consult_until_);
  if (suppressing_)
    also(suppress_until_);
  if (!later_.empty())
    also(later_.begin()->first);
  if (!next || (armed_ != moment{0} && armed_ <= *next))
    return;
  armed_ = std::max(*next, moment{1});
  call_.send(all_->scheduler, wake_me{call_.attempt_, armed_});
}

void talk_part::woken() {
  auto t = all_->boot();
  if (armed_ == moment{0} || t < armed_)
    return;
  armed_ = moment{0};
  while (!later_.empty() && later_.begin()->first <= t) {
    auto what = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    what();
  }
  if (suppressing_ && suppress_until_ <= t) {
    suppressing_ = false;
    perform();
  }
  if (wake_at_ && *wake_at_ <= t) {
    wake_at_.reset();
    take(talk::awake{});
  }
  if (consult_until_ && *consult_until_ <= t)
    consulted(fail(errc::unavailable, "the knowledge base took too long"));
  if (patience_ && *patience_ <= t)
    out_of_patience();
  if (end_at_ && *end_at_ <= t) {
    end_at_.reset();
    if (call_.state_ == attempt::status::accepted && !call::ended(call_.call_state_) && call_.sid_)
      call_.end(carrier::ending::hang_up);
  }
  arm();
}

void talk_part::later(moment when, std::function<void()> what) {
  later_.emplace(when, std::move(what));
  arm();
}

// -- told by the CALL
// --------------------------------------------------------------------------------

void talk_part::detected(const std::string& word) {
  if (opened_ && !is_over())
    take(talk::detected{word});
  else
    detected_ = word;
}

bool talk_part::finish() {
  if (stage_ == stage::loading) {
    settle_waits_ = true; // what it is asked meanwhile is refused when it is loaded
    return false;
  }
  if (core_ && !over_) {
    stop_thinking();
    suppressing_ = false;
    if (begun_ || opened_)
      take(talk::line_over{});
    over_ = true;
    wake_at_.reset();
    patience_.reset();
    end_at_.reset();
    deliver(line_closed{});
    deliver_.reset();
    attached_ = 0;
    for (auto& one : std::exchange(waiters_, {}))
      one->reply(farewell());
    for (auto& one : std::exchange(session_waiters_, {}))
      one->reply(farewell());
  }
  if (note_ && note_tries_ == 0)
    store_note(); // what only grew has no more to wait for
  // A note that the store refuses for a long time does not keep the call open.
  constexpr std::size_t tries_most = 30;
  if ((noting_ || note_) && note_tries_ < tries_most) {
    settle_waits_ = true;
    return false;
  }
  return true;
}

bool talk_part::writing() const { return noting_ || (note_ && note_tries_ == 0); }

bool talk_part::busy() const {
  return noting_ || note_ || insisting_ > 0 || stage_ == stage::loading;
}

call::answerer talk_part::answerer(call::answerer known) const {
  using talk::listener;
  if (!core_)
    return known;
  switch (core_->known().who) {
  case listener::voicemail:
    return call::answerer::machine;
  case listener::fax:
    return call::answerer::fax;
  case listener::human:
  case listener::menu:
  case listener::screening:
    return call::answerer::human;
  default:
    return known;
  }
}

} // namespace ringmaster
