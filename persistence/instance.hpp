#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "domain/error.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

/// Makes sure that one engine at a time dials from a database: an advisory lock on a connection of
/// its own, and an epoch that grows with every start and that each permit checks.
class instance {
 public:
  /// Takes the lock (waits a little: the connection of an engine that was killed may linger).
  /// Refused with `conflict` while another engine holds it.
  static result<std::unique_ptr<instance>> acquire(std::unique_ptr<db::connection> keeper);

  /// Begins a new epoch, after every permit transaction of earlier ones has ended.
  result<void> begin_epoch(db::connection& app);
  std::int64_t epoch() const { return epoch_.load(); }

  /// Takes the lock again after the connection was lost; false if somebody else has it now.
  bool hold();

 private:
  explicit instance(std::unique_ptr<db::connection> keeper) : keeper_(std::move(keeper)) {}
  bool lock();

  std::mutex mutex_;
  std::unique_ptr<db::connection> keeper_;
  std::atomic<std::int64_t> epoch_{0};
};

} // namespace ringmaster
