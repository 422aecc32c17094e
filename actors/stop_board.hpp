#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "domain/ids.hpp"
#include "domain/ports.hpp"

// What every thread must see at once when somebody says stop. Nothing but atomics: the gate in
// front of the wire reads them on the gateway's thread.

namespace ringmaster {

/// One campaign's part of the board; shared by its dials, outlives its actor.
struct campaign_stop {
  std::atomic<std::uint64_t> epoch{0}; ///< grows with every pause and cancel
};

/// The engine's part.
class stop_board {
 public:
  /// `instance_ours` (may be null) turns false when another engine has taken over.
  explicit stop_board(const std::atomic<bool>* instance_ours = nullptr)
    : instance_ours_(instance_ours) {}

  /// Sets or releases the global stop. Each stop moves the epoch as well, so that a release shortly
  /// after does not set free what was on its way before.
  void stop();
  void release();
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  bool instance_current() const {
    return !instance_ours_ || instance_ours_->load(std::memory_order_acquire);
  }

  /// Taken when permits are asked for, compared by the gate: unequal after any stop in between.
  std::uint64_t epoch_of(const campaign_stop& campaign) const {
    return epoch_.load(std::memory_order_acquire) + campaign.epoch.load(std::memory_order_acquire);
  }

  /// The greatest age of a permit at the gate since the last call; the SCHEDULER keeps fewer
  /// dials in flight when it nears the limit.
  std::chrono::nanoseconds take_oldest() const;
  void note_age(std::chrono::nanoseconds age) const;

 private:
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> epoch_{0};
  mutable std::atomic<std::int64_t> oldest_{0};
  const std::atomic<bool>* instance_ours_;
};

/// The last look before the wire: no I/O but the mark. Asked once, on the gateway's thread, when
/// the connection stands; true means that the request leaves now.
struct send_gate {
  /// What became of the dial at the gate; read by the DIALER after the answer.
  struct passage {
    std::atomic<bool> asked{false};
    std::atomic<bool> passed{false};
    std::atomic<bool> unmarked{false}; ///< the mark could not be written
  };

  std::shared_ptr<const stop_board> board;
  std::shared_ptr<const campaign_stop> campaign;
  std::uint64_t epoch = 0;
  std::chrono::nanoseconds asked_at{};
  std::chrono::nanoseconds permit_ttl{};
  const clock* time = nullptr;
  send_log* marks = nullptr;
  std::atomic<std::int64_t>* in_flight = nullptr;
  attempt_id attempt;
  std::shared_ptr<passage> result;

  bool operator()() const;
};

} // namespace ringmaster
