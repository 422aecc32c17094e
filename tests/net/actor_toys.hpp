#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/watched.hpp"

// Actors that do nothing of their own, for what looks at actors.

namespace ringmaster::net_tests {

struct steady_time final : clock {
  instant now() const override { return instant(std::chrono::seconds(1'780'000'000)); }
  std::chrono::nanoseconds boot() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

using toy_role = caf::typed_actor<caf::reacts_to<targets_added>, caf::reacts_to<tasks_changed>>;

/// What a toy was told.
struct notebook {
  std::promise<void> held;
  std::shared_future<void> may_go;
  std::string stopped_by;
};

class toy final : public watched<toy_role::base> {
public:
  toy(caf::actor_config& config, std::shared_ptr<actor_board> board, actor_kind kind, uuid subject,
      std::uint64_t parent, std::shared_ptr<notebook> notes)
      : watched(config, std::move(board), kind, subject, parent), notes_(std::move(notes)) {}
  behavior_type make_behavior() override {
    return {
        [](const targets_added&) {},
        [this](const tasks_changed&) {
          notes_->held.set_value();
          notes_->may_go.wait();
        },
    };
  }
  actor_state describe(const uuid& about) const override {
    actor_state s;
    s.add("about", to_string(about)).add("calls", std::int64_t{3}).add("open", true);
    s.buckets.push_back({about ? "pace" : "live_calls", 3, 50, 0});
    return s;
  }
  result<void> stop_by(const identity& who) override {
    notes_->stopped_by = who.actor;
    return {};
  }

private:
  std::shared_ptr<notebook> notes_;
};

/// A board with a scheduler and a campaign below it.
struct toy_engine {
  toy_engine() : system(config), board(std::make_shared<actor_board>(time)) {
    scheduler = make(actor_kind::scheduler, {}, 0);
    campaign = make(actor_kind::campaign, number(7), scheduler.id());
  }
  ~toy_engine() {
    for (auto& one : all)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }
  static uuid number(std::uint64_t n) {
    uuid id;
    for (std::size_t i = 0; i < 8; ++i)
      id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i));
    id.bytes[0] = 1;
    return id;
  }
  toy_role make(actor_kind kind, uuid subject, std::uint64_t parent) {
    all.push_back(system.spawn<toy>(board, kind, subject, parent, notes));
    return all.back();
  }
  static std::string path(const toy_role& who, const std::string& rest = "") {
    return "/api/admin/actors/" + std::to_string(who.id()) + rest;
  }

  steady_time time;
  caf::actor_system_config config;
  caf::actor_system system;
  std::shared_ptr<actor_board> board;
  std::shared_ptr<notebook> notes = std::make_shared<notebook>();
  std::vector<toy_role> all;
  toy_role scheduler, campaign;
};

} // namespace ringmaster::net_tests
