#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace ringmaster::support {

/// Evidence of a machine that gave its programs no time: how late a thread woke that asked for
/// five milliseconds, again and again. A test that holds a promise to a tenth of a second may add
/// what the machine itself took away, and no more.
class stall_watch {
public:
  stall_watch();
  ~stall_watch();
  stall_watch(const stall_watch&) = delete;
  stall_watch& operator=(const stall_watch&) = delete;

  /// The longest time without a turn that touches the span, by the wall clock.
  std::int64_t longest_us(std::int64_t from_us, std::int64_t to_us) const;

  /// All time without a turn in the span, counting only what was longer than `least_us` at once.
  std::int64_t total_us(std::int64_t from_us, std::int64_t to_us, std::int64_t least_us) const;

private:
  struct stall {
    std::int64_t from_us, to_us;
  };

  void watch();

  mutable std::mutex mutex_;
  std::vector<stall> seen_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

} // namespace ringmaster::support
