#pragma once

#include <chrono>

namespace ringmaster {

/// SIGTERM and SIGINT as something to wait for. Made before the first thread, so that every
/// thread leaves the signals to it.
class termination {
 public:
  /// Blocks the two signals in this thread and all that it starts; ignores SIGPIPE.
  termination();

  /// Waits for a signal; answers its number.
  int wait() const;
  /// As `wait`, but at most for `span`; 0 if none came.
  int wait_for(std::chrono::milliseconds span) const;
  /// From now on a further signal ends the process at once, with `exit_code`. The private
  /// database server is told by the kernel.
  void end_at_once(int exit_code) const;
};

} // namespace ringmaster
