#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/scheduler.hpp"

// How the SCHEDULER finds back to where the last run ended: doubtful attempts first, for no
// campaign may dial before its own are known; then the campaigns; then the calls that live.

namespace ringmaster {

void call_scheduler::begin() {
  if (std::exchange(begun_, true))
    return;
  if (all_->parts.stop.is_set()) {
    all_->board->stop();
    spdlog::warn("scheduler: the global stop is set");
  }
  clock_stepped();
  tick_at_ = boot() + all_->options().tick;
  load_doubts();
  arm();
}

/// A load that failed is tried again when the store has answered a probe.
void call_scheduler::load_again(const error& why, std::function<void()> next) {
  after_store_.push_back(std::move(next));
  store_down(why.detail);
  for (auto& asked : std::exchange(early_, {}))
    asked.reply_to->reply(fail(error{
      .code = errc::unavailable, .detail = "the database does not answer",
      .retry_after = std::chrono::seconds(1)}));
  arm();
}

void call_scheduler::load_doubts() {
  request(all_->lanes.front(), caf::infinite, load_doubtful{})
    .then(
      [this](const result<std::vector<call_brief>>& found) {
        if (!found) {
          load_again(found.error(), [this] { load_doubts(); });
          return;
        }
        auto place = 0;
        for (const auto& brief : *found)
          adopt(brief, call_start::origin::boot, all_->options().poll_spread * place++);
        doubts_loaded_ = true;
        if (!found->empty())
          spdlog::info("scheduler: {} doubtful attempts to resolve", found->size());
        load_active();
      },
      [](const caf::error&) {});
}

void call_scheduler::load_active() {
  request(all_->lanes.front(), caf::infinite, load_campaigns{})
    .then(
      [this](const result<std::vector<campaign_brief>>& found) {
        if (!found) {
          load_again(found.error(), [this] { load_active(); });
          return;
        }
        campaigns_loaded_ = true;
        for (const auto& brief : *found) {
          auto& r = enlist(brief);
          if (r.state == campaign::status::running)
            open(r);
          else
            consider(r);
        }
        spdlog::info("scheduler: {} campaigns active", found->size());
        for (auto& m : std::exchange(unjudged_, {}))
          forward(m);
        for (auto& asked : std::exchange(early_, {}))
          steer(asked);
        gauge();
        probe_store();
        load_live(attempt_id{}, 0);
        pump();
      },
      [](const caf::error&) {});
}

void call_scheduler::load_live(attempt_id after, std::size_t seen) {
  auto page = all_->options().accepted_page;
  request(all_->lanes.front(), caf::infinite, load_accepted{after, page})
    .then(
      [this, after, seen, page](const result<std::vector<call_brief>>& found) {
        if (!found) {
          load_again(found.error(), [this, after, seen] { load_live(after, seen); });
          return;
        }
        auto place = seen;
        for (const auto& brief : *found)
          adopt(
            brief, call_start::origin::boot,
            all_->options().poll_spread * static_cast<std::int64_t>(place++));
        if (found->size() >= page) {
          load_live(found->back().what.attempt, place);
          return;
        }
        calls_loaded_ = true;
        all_->parts.counters.recovery_done.store(1, std::memory_order_relaxed);
        if (place > 0)
          spdlog::info("scheduler: {} live calls taken up", place);
        gauge();
        pump();
      },
      [](const caf::error&) {});
}

/// Intents of this run that reached no CALL: their commit was in doubt, or the CAMPAIGN that asked
/// for them ended badly. Nobody can have sent them: a permit is too old for the gate long before
/// it is looked for here. Their targets would be `calling` for ever.
void call_scheduler::sweep_orphans() {
  orphans_possible_ = false;
  request(all_->lanes.front(), caf::infinite, load_doubtful{})
    .then(
      [this](const result<std::vector<call_brief>>& found) {
        if (!found) {
          orphans_possible_ = true;
          return;
        }
        for (const auto& brief : *found) {
          if (calls_.contains(brief.what.attempt))
            continue;
          if (brief.state != attempt::status::intent)
            adopt(brief, call_start::origin::recalled, moment{0});
          else if (wall() - brief.what.permit_at > all_->options().permit_ttl + std::chrono::seconds(10))
            adopt(brief, call_start::origin::orphan, moment{0});
          else
            orphans_possible_ = true; // perhaps on its way; looked for again at the next tick
        }
        pump();
      },
      [](const caf::error&) {});
}

/// The gate said that a campaign is not running which stands here as running: the commit of some
/// step was in doubt. What is stored is right.
void call_scheduler::refresh() {
  refresh_needed_ = false;
  request(all_->lanes.front(), caf::infinite, load_campaigns{})
    .then(
      [this](const result<std::vector<campaign_brief>>& found) {
        if (!found) {
          refresh_needed_ = true;
          return;
        }
        std::unordered_set<campaign_id> active;
        for (const auto& brief : *found) {
          active.insert(brief.id);
          auto* known = find(brief.id);
          if (known && (known->held || known->state == brief.state))
            continue;
          auto& r = enlist(brief);
          if (r.state == campaign::status::running)
            open(r);
          else
            consider(r);
        }
        std::vector<campaign_id> gone;
        for (const auto& [id, r] : campaigns_)
          if (!r.held && r.why == permit::refusal::not_running && !active.contains(id)
              && r.state == campaign::status::running)
            gone.push_back(id);
        for (const auto& id : gone)
          close(*find(id), campaign::status::paused);
        pump();
      },
      [](const caf::error&) {});
}

} // namespace ringmaster
