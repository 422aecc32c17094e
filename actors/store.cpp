#include "actors/store.hpp"

#include <chrono>
#include <exception>
#include <span>
#include <type_traits>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"

namespace ringmaster {

namespace {

tl::unexpected<error> away(const std::exception& e) {
  spdlog::error("store lane: {}", e.what());
  return fail(error{
    .code = errc::unavailable, .detail = "the database does not answer",
    .retry_after = std::chrono::seconds(1)});
}

/// The alternative that was asked for, or the failure. A lane that answers something else has
/// made a mistake: nothing may be concluded from its answer.
template <class Answer>
result<Answer> narrow(result<store_answer>& all) {
  if (!all)
    return fail(std::move(all.error()));
  if (auto* one = std::get_if<Answer>(&*all))
    return std::move(*one);
  return fail(errc::internal, "the store answered something else");
}

template <class F>
auto read(lane_store& lane, F f) -> decltype(f(lane)) {
  try {
    return f(lane);
  } catch (const std::exception& e) {
    return away(e);
  }
}

} // namespace

store_lane::store_lane(caf::actor_config& config, world_ptr all, std::unique_ptr<lane_store> lane)
  : watched(config, all->watch, actor_kind::store), all_(std::move(all)), lane_(std::move(lane)) {
  guard(this, "store");
}

void store_lane::on_exit() {
  // Whoever still waits hears it from the responder's end or from CAF.
  changes_.clear();
  waiters_.clear();
  all_.reset();
}

void store_lane::collect(store_change change, waiter who) {
  changes_.push_back(std::move(change));
  waiters_.push_back(std::move(who));
  if (changes_.size() == 1)
    send(this, flush_batch{});
  else if (changes_.size() >= batch_most)
    flush();
}

std::vector<result<store_answer>> store_lane::commit() {
  auto& counters = all_->parts.counters;
  counters.store_batches.fetch_add(1, std::memory_order_relaxed);
  counters.store_changes.fetch_add(changes_.size(), std::memory_order_relaxed);
  std::vector<result<store_answer>> answers;
  try {
    answers = lane_->commit(std::span<const store_change>(changes_));
  } catch (const std::exception& e) {
    answers.clear();
    result<store_answer> failed = away(e);
    answers.assign(changes_.size(), failed);
  }
  while (answers.size() < changes_.size())
    answers.push_back(fail(errc::unavailable, "the store lost the answer"));
  return answers;
}

void store_lane::flush() {
  if (changes_.empty())
    return;
  auto answers = commit();
  auto changes = std::exchange(changes_, {});
  auto waiters = std::exchange(waiters_, {});
  // Callbacks by their place, with what they brought; told after all have been answered.
  struct moved {
    std::size_t at;
    callback_recorded what;
  };
  std::vector<moved> movements;
  for (std::size_t i = 0; i < waiters.size(); ++i) {
    if (!answers[i] && answers[i].error().code == errc::unavailable)
      all_->parts.counters.store_failures.fetch_add(1, std::memory_order_relaxed);
    std::visit(
      [&](auto& who) {
        using waiting = std::decay_t<decltype(who)>;
        if constexpr (std::is_same_v<waiting, promise<permits>>) {
          who.deliver(narrow<permits>(answers[i]));
        } else if constexpr (std::is_same_v<waiting, promise<attempt_advanced>>) {
          who.deliver(narrow<attempt_advanced>(answers[i]));
        } else if constexpr (std::is_same_v<waiting, promise<callback_recorded>>) {
          who.deliver(narrow<callback_recorded>(answers[i]));
        } else if constexpr (std::is_same_v<waiting, promise<campaign_steered>>) {
          who.deliver(narrow<campaign_steered>(answers[i]));
        } else if constexpr (std::is_same_v<waiting, promise<talk_noted>>) {
          who.deliver(narrow<talk_noted>(answers[i]));
        } else if constexpr (std::is_same_v<waiting, std::shared_ptr<responder<callback_recorded>>>) {
          auto answer = narrow<callback_recorded>(answers[i]);
          if (answer)
            movements.push_back({i, *answer});
          who->reply(std::move(answer));
        } else {
          auto answer = narrow<call_opened>(answers[i]);
          if (answer)
            movements.push_back({i, answer->recorded});
          who->reply(std::move(answer));
        }
      },
      waiters[i]);
  }
  for (auto& [at, what] : movements) {
    if (auto* open = std::get_if<change::open_call>(&changes[at]))
      pass_on(open->callback, what, true);
    else
      pass_on(std::get<change::record_callback>(changes[at]), what, false);
  }
}

void store_lane::pass_on(
  const change::record_callback& from, const callback_recorded& now, bool answer_request) {
  auto& counters = all_->parts.counters;
  counters.callbacks.fetch_add(1, std::memory_order_relaxed);
  auto foreign = now.bound && *now.bound != from.sid;
  if (foreign)
    counters.callbacks_foreign.fetch_add(1, std::memory_order_relaxed);
  if (now.verdict == call::change::conflict)
    counters.callbacks_conflicting.fetch_add(1, std::memory_order_relaxed);
  if (!now.fresh) {
    counters.callbacks_repeated.fetch_add(1, std::memory_order_relaxed);
    // A repeat tells the CALL nothing, unless its call is not bound yet or is not its own.
    if (now.bound && !foreign && attempt::live(now.attempt))
      return;
  }
  send(
    all_->scheduler,
    call_moved{
      .user = from.user, .attempt = from.attempt, .sid = from.sid, .news = from.news,
      .answered_by = from.answered_by, .recorded = now, .answer_request = answer_request,
      .around = {}});
}

store_lane::behavior_type store_lane::make_behavior() {
  return {
    [this](change::ask_permits& what) -> caf::result<result<permits>> {
      auto answer = make_response_promise<result<permits>>();
      collect(std::move(what), answer);
      return answer;
    },
    [this](change::advance_attempt& what) -> caf::result<result<attempt_advanced>> {
      auto answer = make_response_promise<result<attempt_advanced>>();
      collect(std::move(what), answer);
      return answer;
    },
    [this](change::record_callback& what) -> caf::result<result<callback_recorded>> {
      auto answer = make_response_promise<result<callback_recorded>>();
      collect(std::move(what), answer);
      return answer;
    },
    [this](change::steer_campaign& what) -> caf::result<result<campaign_steered>> {
      auto answer = make_response_promise<result<campaign_steered>>();
      collect(std::move(what), answer);
      return answer;
    },
    [this](change::note_talk& what) -> caf::result<result<talk_noted>> {
      auto answer = make_response_promise<result<talk_noted>>();
      collect(std::move(what), answer);
      return answer;
    },
    [this](asked_callback& asked) { collect(std::move(asked.what), std::move(asked.reply_to)); },
    [this](asked_open& asked) { collect(std::move(asked.what), std::move(asked.reply_to)); },
    [this](const load_campaigns&) {
      return read(*lane_, [](lane_store& lane) { return lane.active_campaigns(); });
    },
    [this](const load_doubtful&) {
      return read(*lane_, [](lane_store& lane) { return lane.doubtful_attempts(); });
    },
    [this](const load_accepted& what) {
      return read(*lane_, [&](lane_store& lane) { return lane.accepted_attempts(what.after, what.limit); });
    },
    [this](const load_attempt& what) {
      return read(*lane_, [&](lane_store& lane) { return lane.find_attempt(what.user, what.attempt); });
    },
    [this](const filter_bound& what) {
      return read(*lane_, [&](lane_store& lane) { return lane.bound_among(what.sids); });
    },
    [this](const note_absent& what) {
      return read(
        *lane_, [&](lane_store& lane) { return lane.note_absent_read(what.user, what.attempt, what.at); });
    },
    [this](const read_clock&) {
      return read(*lane_, [](lane_store& lane) { return lane.database_time(); });
    },
    [this](const flush_batch&) { flush(); },
    [this](const retire&) {
      flush();
      quit(caf::exit_reason::user_shutdown);
    },
  };
}

} // namespace ringmaster
