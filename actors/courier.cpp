#include "actors/courier.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"

namespace ringmaster {

courier::courier(caf::actor_config& config, world_ptr all)
    : watched(config, all->watch, actor_kind::courier), all_(std::move(all)) {
  guard(this, "courier");
}

void courier::on_exit() { all_.reset(); }

courier::behavior_type courier::make_behavior() {
  return {
      [this](const webhooks_changed&) { look(); },
      [this](const begin_courier&) {
        if (!std::exchange(begun_, true))
          look();
      },
      [this](const timer_fired& t) { fired(t.generation); },
      [](const go_on& what) { (*what.run)(); },
  };
}

// -- the store
// ------------------------------------------------------------------------------------------------

void courier::look() {
  if (!all_->parts.post)
    return;
  if (looking_) {
    again_ = true;
    return;
  }
  looking_ = true;
  again_ = false;
  std::vector<webhook_id> busy;
  busy.reserve(busy_.size());
  for (const auto& [id, count] : busy_)
    busy.push_back(webhook_id{id});
  auto room = in_flight_most - std::min(in_flight_, in_flight_most);
  at_desk<webhook_outbox::claimed>(
      this, all_->desks.back(),
      [now = all_->now(), room, busy = std::move(busy)](desk& d) {
        return d.outbox().claim(now, room, busy);
      },
      [this](result<webhook_outbox::claimed> found) { looked(std::move(found)); });
}

void courier::looked(result<webhook_outbox::claimed> found) {
  looking_ = false;
  if (!found) {
    const auto& o = all_->options();
    spdlog::warn("courier: what is due could not be read: {}", found.error().detail);
    auto wait = std::min<moment>(
        o.restart_first * (1LL << std::min<std::size_t>(failures_++, 16)), o.restart_most);
    wake_at(all_->boot() + std::max<moment>(wait, tick));
    return;
  }
  failures_ = 0;
  anybody_ = found->anybody;
  for (auto& one : found->parcels)
    carry(std::move(one));
  if (anybody_ && (sweep_at_ == moment{} || sweep_at_ <= all_->boot()))
    sweep();
  if (again_)
    look();
  else if (anybody_) // else whoever switches one on says so
    wake_at(all_->boot() + tick);
}

// -- one message
// ----------------------------------------------------------------------------------------------

void courier::carry(webhook::parcel what) {
  ++in_flight_;
  ++busy_[what.to.value];
  auto about = what;
  about.payload.clear();
  about.secrets.clear();
  auto then = back_into<webhook::answer>(
      this, [this, about = std::move(about)](const webhook::answer& how) { came(about, how); });
  try {
    all_->parts.post->send(std::move(what), then);
  } catch (const std::exception& e) {
    spdlog::error("courier: a message could not be sent: {}", e.what());
    webhook::answer none;
    none.error = "the message could not be sent";
    then(std::move(none));
  }
}

void courier::came(const webhook::parcel& what, const webhook::answer& how) {
  auto now = all_->now();
  auto verdict = webhook::judge(what, how, now, all_->parts.random.next());
  if (verdict.to == webhook::status::delivered)
    ++carried_;
  else
    ++refused_;
  if (!verdict.disable.empty())
    spdlog::warn("webhook {}: disabled: {}", to_string(what.to), verdict.disable);
  at_desk<void>(
      this, all_->desks.back(),
      [what, how, verdict = std::move(verdict), now](desk& d) {
        return d.outbox().finish(what, how, verdict, now);
      },
      [this, to = what.to](const result<void>& done) {
        // Nothing is lost: the lease runs out, and it is sent again.
        if (!done)
          spdlog::warn("courier: what came of a message is not stored: {}", done.error().detail);
        finished(to);
      });
}

void courier::finished(const webhook_id& to) {
  --in_flight_;
  auto place = busy_.find(to.value);
  if (place == busy_.end())
    return;
  if (--place->second > 0)
    return;
  busy_.erase(place);
  look(); // there may be more for it
}

void courier::sweep() {
  sweep_at_ = all_->boot() + sweep_every;
  at_desk<std::int64_t>(
      this, all_->desks.back(),
      [before = all_->now() - webhook::retention](desk& d) { return d.outbox().sweep(before); },
      [this](const result<std::int64_t>& gone) {
        if (gone && *gone > 0)
          sweep(); // a piece at a time, so that nobody waits long for the desk
      });
}

// -- time
// ------------------------------------------------------------------------------------------------------

void courier::wake_at(moment at) {
  const auto now = all_->boot();
  if (armed_for_ != moment{} && armed_for_ <= at && armed_for_ > now)
    return;
  armed_for_ = at;
  watch().wakes_at(at);
  delayed_send(this, std::max<moment>(at - now, moment{}), timer_fired{++generation_});
}

void courier::fired(std::uint64_t generation) {
  if (generation != generation_)
    return;
  armed_for_ = {};
  watch().wakes_at({});
  look();
}

} // namespace ringmaster
