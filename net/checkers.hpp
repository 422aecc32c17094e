#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace ringmaster::net {

/// A few threads for what takes long and asks nobody: checking the numbers of long lists. They are
/// made when the first job comes. Whoever gives jobs keeps few of them waiting.
class checkers {
 public:
  checkers();
  ~checkers();
  checkers(const checkers&) = delete;
  checkers& operator=(const checkers&) = delete;

  /// Runs `job` soon. After `finish` it is dropped.
  void run(std::function<void()> job);
  /// Ends the threads; what waits is dropped.
  void finish();

 private:
  struct threads;
  std::mutex mutex_;
  bool finished_ = false;
  std::unique_ptr<threads> threads_;
};

} // namespace ringmaster::net
