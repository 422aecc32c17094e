#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ringmaster::load {

/// A create request as it arrived. Times are on the wall clock, in microseconds.
struct arrival {
  std::int64_t at_us = 0;
  std::string token; ///< the attempt's, from the status callback
  std::string sid;   ///< what it was answered with
  std::string to, from;
};

/// The cheapest thing that a carrier can be: takes creates, answers each with a call at once, says
/// `in-progress` when asked about one, and never calls back. One thread, epoll, no log; what it
/// saw is kept in memory for the reckoning.
class lean_carrier {
 public:
  lean_carrier();
  ~lean_carrier();
  lean_carrier(const lean_carrier&) = delete;
  lean_carrier& operator=(const lean_carrier&) = delete;

  /// `127.0.0.1:port`.
  const std::string& authority() const { return authority_; }
  std::uint64_t creates() const { return creates_.load(std::memory_order_acquire); }
  /// When the latest create arrived; 0 before the first.
  std::int64_t last_us() const { return last_us_.load(std::memory_order_acquire); }
  /// What came so far, in order; a copy.
  std::vector<arrival> arrivals() const;
  /// Forgets what came so far; sids go on counting.
  void clear();

 private:
  struct engine_room;
  void run();

  std::string authority_;
  int listener_ = -1, wake_ = -1;
  std::atomic<std::uint64_t> creates_{0};
  std::atomic<std::int64_t> last_us_{0};
  std::unique_ptr<engine_room> room_;
  std::thread thread_;
};

/// The sid of the n-th call.
std::string sid_of(std::uint64_t n);

} // namespace ringmaster::load
