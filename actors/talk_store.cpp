#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/notices.hpp"
#include "actors/talk_part.hpp"
#include "actors/task_facts.hpp"

// How the conversation of a CALL is stored. One note is at the STORE at most; what comes meanwhile
// is one note, too.

namespace ringmaster {

namespace {

/// The newer piece of a number replaces the older one.
void merge(change::note_talk& older, change::note_talk newer) {
  for (auto& piece : newer.pieces) {
    auto same = [&](const auto& known) { return known.n == piece.n; };
    auto known = std::find_if(older.pieces.begin(), older.pieces.end(), same);
    if (known == older.pieces.end())
      older.pieces.push_back(std::move(piece));
    else
      *known = std::move(piece);
  }
  older.now = std::move(newer.now);
}

template <class Options>
std::chrono::nanoseconds wait_after(const Options& o, std::size_t tries) {
  return std::min<std::chrono::nanoseconds>(
      o.store_retry_first * (1LL << std::min<std::size_t>(tries, 10)), o.store_retry_most);
}

/// Jobs are given up after about five minutes without a database: whoever wraps up the call, or
/// takes it up again, does what matters of them once more.
constexpr std::size_t insist_most = 150;
constexpr std::size_t notes_most = 900;

/// A sentence that is being spoken grows with every token of the model. Its growth is stored no
/// more often than this, which is far within the second that a crash may cost.
constexpr auto growth_rests = std::chrono::milliseconds(250);

} // namespace

void talk_part::note(std::vector<talk::segment> pieces, const talk::memory& now) {
  change::note_talk what;
  what.user = call_.user_;
  what.attempt = call_.attempt_;
  what.pieces = std::move(pieces);
  what.now = now;
  what.now.sessions = std::max(what.now.sessions, sessions_);
  begun_ = true;
  if (note_)
    merge(*note_, std::move(what));
  else
    note_ = std::move(what);
  if (note_tries_ == 0)
    store_note_in_time();
}

/// True if the note only says how what was stored before goes on.
bool talk_part::only_grows(const change::note_talk& what) const {
  return what.now == stored_ &&
         std::all_of(what.pieces.begin(), what.pieces.end(), [&](const auto& p) {
           return p.who == talk::speaker::assistant && p.n <= stored_pieces_;
         });
}

void talk_part::store_note_in_time() {
  if (!note_ || noting_)
    return;
  auto at = noted_at_ + growth_rests;
  if (over_ || !only_grows(*note_) || at <= all_->boot()) {
    store_note();
  } else if (!std::exchange(resting_, true)) {
    later(at, [this] {
      resting_ = false;
      store_note_in_time();
    });
  }
}

void talk_part::store_note() {
  if (!note_ || std::exchange(noting_, true))
    return;
  auto what = std::move(*note_);
  note_.reset();
  noted_at_ = all_->boot();
  stored_ = what.now;
  for (const auto& piece : what.pieces)
    stored_pieces_ = std::max(stored_pieces_, piece.n);
  call_.request(all_->lane_for(call_.attempt_.value), caf::infinite, what)
      .then(
          [this, what](const result<talk_noted>& answer) {
            noting_ = false;
            if (answer)
              noted(what);
            else
              note_refused(what, answer.error());
          },
          [this, what](const caf::error&) {
            noting_ = false;
            note_refused(what, {.code = errc::unavailable, .detail = "the store has ended"});
          });
}

void talk_part::noted(const change::note_talk& what) {
  note_tries_ = 0;
  for (const auto& piece : what.pieces)
    call_.send(all_->feed, segment_notice(call_.user_, call_.attempt_, piece));
  session_stored(what.now.sessions);
  store_note_in_time();
  if (!noting_ && std::exchange(settle_waits_, false))
    call_.settle();
  call_.leave_if_done();
}

void talk_part::note_refused(change::note_talk what, const error& why) {
  auto is_lost = why.code != errc::unavailable || ++note_tries_ > notes_most;
  if (is_lost) {
    spdlog::error(
        "call {}: what was said is not stored: {}", to_string(call_.attempt_), why.detail);
    note_tries_ = 0;
    store_note();
  } else {
    if (note_)
      merge(what, std::move(*note_));
    note_ = std::move(what);
    if (note_tries_ == 1)
      call_.send(all_->scheduler, store_trouble{why.detail});
    later(all_->boot() + wait_after(all_->options(), note_tries_), [this] { store_note(); });
  }
  if (!noting_ && std::exchange(settle_waits_, false))
    call_.settle(); // which waits again, as long as that makes sense
  call_.leave_if_done();
}

template <class Answer>
void talk_part::insist(
    std::function<result<Answer>(desk_work&)> work, std::function<void(result<Answer>)> then,
    std::size_t tries) {
  if (tries == 0)
    ++insisting_;
  auto job = [who = engine_for(call_.user_), work](desk& d) -> result<Answer> {
    std::optional<Answer> answer;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto made = work(books);
      if (!made)
        return fail(std::move(made.error()));
      answer = std::move(*made);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return std::move(*answer);
  };
  at_desk<Answer>(
      &call_, all_->desk_for(call_.attempt_.value), std::move(job),
      [this, work = std::move(work), then = std::move(then), tries](result<Answer> answer) {
        if (!answer && answer.error().code == errc::unavailable && tries < insist_most) {
          later(all_->boot() + wait_after(all_->options(), tries), [this, work, then, tries] {
            insist<Answer>(work, then, tries + 1);
          });
          return;
        }
        --insisting_;
        then(std::move(answer));
        call_.leave_if_done();
      });
}

template void talk_part::insist<std::monostate>(
    std::function<result<std::monostate>(desk_work&)>, std::function<void(result<std::monostate>)>,
    std::size_t);
template void talk_part::insist<talk::owner_question>(
    std::function<result<talk::owner_question>(desk_work&)>,
    std::function<void(result<talk::owner_question>)>, std::size_t);
template void talk_part::insist<knowledge_book::logged>(
    std::function<result<knowledge_book::logged>(desk_work&)>,
    std::function<void(result<knowledge_book::logged>)>, std::size_t);

void talk_part::note_usage(std::vector<assistant::usage> tries) {
  if (budget_micros_)
    for (const auto& one : tries)
      budget_micros_ = std::max<std::int64_t>(0, *budget_micros_ - one.cost_micros);
  note_call_usage(
      *all_, call_.user_, assistant::function::turn, task_, call_.attempt_, std::move(tries));
}

} // namespace ringmaster
