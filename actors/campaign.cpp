#include "actors/campaign.hpp"

#include <utility>

#include <caf/typed_response_promise.hpp>
#include <spdlog/spdlog.h>

#include "actors/guard.hpp"

namespace ringmaster {

campaign_runner::campaign_runner(
  caf::actor_config& config, world_ptr all, user_id user, campaign_id id,
  std::shared_ptr<const campaign_stop> stop)
  : watched(config, all->watch, actor_kind::campaign, id.value, all->scheduler.id()), all_(std::move(all)), user_(user), id_(id), stop_(std::move(stop)) {
  guard(this, "campaign");
}

void campaign_runner::on_exit() { all_.reset(); }

void campaign_runner::leave_if_idle() {
  if (retiring_ && asked_ == 0 && !finishing_)
    quit();
}

caf::result<dispatched> campaign_runner::ask(const dispatch& what) {
  // Taken before the permits are asked for: whatever stops the campaign from here on is seen by
  // the gate, and the permits' age is never judged too young.
  auto epoch = all_->board->epoch_of(*stop_);
  auto asked_at = all_->boot();
  auto promise = make_response_promise<dispatched>();
  ++asked_;
  request(
    all_->lane_beside(id_), caf::infinite,
    change::ask_permits{
      .user = user_, .campaign = id_, .wanted = what.wanted, .stopped = what.stopped})
    .then(
      [this, promise, epoch, asked_at](result<permits>& answer) mutable {
        --asked_;
        dispatched back;
        if (answer) {
          back.granted = static_cast<std::uint32_t>(answer->intents.size());
          back.why = answer->why;
          back.next_at = answer->next_at;
          back.decided_at = answer->decided_at;
          back.counts = answer->counts;
          if (!answer->intents.empty())
            send(all_->scheduler, begin_calls{std::move(answer->intents), epoch, asked_at});
          consider(back.counts);
        } else {
          spdlog::warn("campaign {}: no permit: {}", to_string(id_), answer.error().detail);
          back.why = answer.error().code == errc::not_found || answer.error().code == errc::wrong_state
                       ? permit::refusal::not_running
                       : permit::refusal::store_unavailable;
        }
        promise.deliver(std::move(back));
        leave_if_idle();
      },
      [this, promise](caf::error&) mutable {
        --asked_;
        dispatched back;
        back.why = permit::refusal::store_unavailable;
        promise.deliver(std::move(back));
        leave_if_idle();
      });
  return promise;
}

void campaign_runner::consider(const campaign::progress& counts) {
  if (finishing_ || retiring_ || !campaign::is_finished(counts))
    return;
  finishing_ = true;
  change::steer_campaign step;
  step.who = identity{.user = user_, .actor = "engine", .request_id = {}};
  step.campaign = id_;
  step.on = campaign::action::finish;
  request(all_->lane_beside(id_), caf::infinite, std::move(step))
    .then(
      [this](result<campaign_steered>& answer) {
        finishing_ = false;
        if (answer)
          send(all_->scheduler, campaign_ended{id_, std::move(*answer)});
        leave_if_idle();
      },
      // The counts come again with the next answer, and with them the next try.
      [this](caf::error&) {
        finishing_ = false;
        leave_if_idle();
      });
}

campaign_runner::behavior_type campaign_runner::make_behavior() {
  return {
    [this](const dispatch& what) { return ask(what); },
    [this](const call_over& what) { consider(what.counts); },
    [this](const retire&) {
      retiring_ = true;
      leave_if_idle();
    },
  };
}

} // namespace ringmaster
