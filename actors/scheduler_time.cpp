#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/scheduler.hpp"

// The SCHEDULER's one timer, its clocks, and what it waits for besides campaigns.

namespace ringmaster {

call_scheduler::moment call_scheduler::in(instant t) const {
  return boot() + std::max<moment>(t - wall(), moment{0});
}

instant call_scheduler::at(moment t) const {
  return wall() + std::chrono::duration_cast<std::chrono::microseconds>(t - boot());
}

/// One timer for all that waits. A later one that is under way is left to fire and be ignored.
void call_scheduler::arm() {
  if (!begun_)
    return;
  auto now = boot();
  auto next = tick_at_;
  auto sooner = [&](moment t) { next = std::min(next, t); };
  if (auto t = due_.next())
    sooner(*t);
  if (auto t = wakes_.next())
    sooner(*t);
  if (store_down_)
    sooner(store_probe_at_);
  else if (probe_sent_ != moment{0})
    sooner(probe_sent_ + all_->options().store_patience);
  if (carrier_until_ > now)
    sooner(carrier_until_);
  if (clock_hold_until_ > now)
    sooner(clock_hold_until_);
  if (!round_.empty() && account_.limited() && !account_.waits_for_answers()
      && blocked() == permit::refusal::none && flow_.free() > 0)
    sooner(std::max(account_.next_at(now), now));
  if (armed_for_ != moment{0} && armed_for_ <= next)
    return;
  armed_for_ = next;
  watch().wakes_at(next);
  delayed_send(this, std::max<moment>(next - now, moment{0}), timer_fired{++generation_});
}

void call_scheduler::fired(std::uint64_t generation) {
  if (generation != generation_)
    return;
  armed_for_ = moment{0};
  auto now = boot();
  if (!store_down_ && probe_sent_ != moment{0}
      && now >= probe_sent_ + all_->options().store_patience)
    store_down("the database does not answer in time");
  if (store_down_ && now >= store_probe_at_)
    probe_store();
  if (now >= tick_at_)
    tick();
  wake_due();
  pump();
}

void call_scheduler::tick() {
  auto now = boot();
  tick_at_ = now + all_->options().tick;
  gauge();
  if (!store_down_) {
    probe_store();
    if (campaigns_loaded_ && orphans_possible_)
      sweep_orphans();
    if (campaigns_loaded_ && refresh_needed_)
      refresh();
  }
  if (!account_stopped_.empty() && now >= account_held_until_)
    send(all_->dialer, probe_account{});
}

/// Judged at every firing, never trusting when it was to fire. After a step of the wall clock one
/// tick passes without dialing, and everything that was derived from it is derived anew.
bool call_scheduler::clock_stepped() {
  if (!watch_.stepped(wall(), boot(), all_->options().clock_step_most))
    return false;
  spdlog::error("scheduler: the wall clock was set; no dialing for {} s",
                std::chrono::duration_cast<std::chrono::seconds>(all_->options().tick).count());
  clock_hold_until_ = boot() + all_->options().tick;
  reconsider_all();
  return true;
}

// -- the store ----------------------------------------------------------------------------------------

void call_scheduler::store_down(const std::string& why) {
  orphans_possible_ = true; // an intent whose commit was in doubt may have reached nobody
  if (store_down_)
    return;
  const auto& o = all_->options();
  store_wait_ = store_wait_ == moment{0}
                  ? moment(o.store_retry_first)
                  : std::min<moment>(store_wait_ * 2, o.store_retry_most);
  store_down_ = true;
  store_trouble_ = why;
  store_probe_at_ = boot() + store_wait_;
  spdlog::error("scheduler: the store does not answer, no dialing: {}", why);
}

/// Somebody relies on the store at this moment: if it was not heard of lately, it is looked at.
void call_scheduler::watch_store() {
  if (begun_ && !store_down_ && boot() - store_heard_ >= all_->options().store_watch)
    probe_store();
}

void call_scheduler::probe_store() {
  auto asked = wall();
  store_probe_at_ = boot() + std::max<moment>(store_wait_, all_->options().store_retry_first);
  if (probe_sent_ != moment{0})
    return; // it hangs, and will answer or fail
  probe_sent_ = std::max(boot(), moment{1});
  request(all_->lanes.front(), caf::infinite, read_clock{})
    .then(
      [this, asked](const result<instant>& answer) {
        probe_sent_ = moment{0};
        if (answer) {
          store_heard_ = boot();
          store_answers(*answer, asked);
          pump();
          return;
        }
        if (store_down_) {
          store_wait_ = std::min<moment>(
            std::max<moment>(store_wait_ * 2, all_->options().store_retry_first),
            all_->options().store_retry_most);
          store_probe_at_ = boot() + store_wait_;
        } else {
          store_down(answer.error().detail);
        }
        arm();
      },
      [this](const caf::error&) {
        probe_sent_ = moment{0};
        store_down("the store has ended");
        arm();
      });
}

void call_scheduler::store_answers(instant database, instant asked) {
  if (std::exchange(store_down_, false))
    spdlog::info("scheduler: the store answers again");
  const auto& o = all_->options();
  watch_.note_skew(database, asked, wall());
  auto skew = std::chrono::duration_cast<std::chrono::milliseconds>(watch_.skew());
  auto stops = skew > o.skew_stop;
  if (stops && !skew_stops_)
    spdlog::error("scheduler: the database's clock is {} ms off, no dialing", skew.count());
  else if (!stops && skew > o.skew_warn)
    spdlog::warn("scheduler: the database's clock is {} ms off", skew.count());
  skew_stops_ = stops;
  all_->parts.counters.clock_trusted.store(
    stops || boot() < clock_hold_until_ ? 0 : 1, std::memory_order_relaxed);
  for (auto& load : std::exchange(after_store_, {}))
    load();
}

// -- the account ------------------------------------------------------------------------------------

/// The carrier refuses the account itself. Reads may still be answered, so a successful one frees
/// dialing only after a while, which doubles as long as no create is accepted in between.
void call_scheduler::account_refused(const std::string& why) {
  if (account_stopped_.empty()) {
    account_wait_ = account_wait_ == moment{0}
                      ? moment(all_->options().tick)
                      : std::min<moment>(account_wait_ * 2, std::chrono::minutes(10));
    spdlog::critical("scheduler: all dialing is off, the carrier refuses the account: {}", why);
  }
  account_stopped_ = why;
  account_held_until_ = boot() + account_wait_;
}

void call_scheduler::account_accepted() {
  if (account_stopped_.empty() || boot() < account_held_until_)
    return;
  spdlog::warn("scheduler: the carrier knows the account again, dialing goes on");
  account_stopped_.clear();
  pump();
}

void call_scheduler::gauge() {
  auto& counters = all_->parts.counters;
  std::int64_t running = 0;
  for (const auto& [id, r] : campaigns_)
    running += r.state == campaign::status::running ? 1 : 0;
  counters.campaigns_active.store(running, std::memory_order_relaxed);
  counters.calls_live.store(static_cast<std::int64_t>(calls_.size()), std::memory_order_relaxed);
  counters.stopped.store(all_->board->stopped() ? 1 : 0, std::memory_order_relaxed);
  counters.clock_trusted.store(
    skew_stops_ || boot() < clock_hold_until_ ? 0 : 1, std::memory_order_relaxed);
}

} // namespace ringmaster
