#pragma once

#include <chrono>
#include <optional>

#include "domain/error.hpp"

namespace ringmaster {

/// Whether the clocks may be trusted. The wall clock is held against the steady one (somebody set
/// it) and against the database's (one of the two is wrong). In doubt no dial.
class clock_watch {
 public:
  using nanos = std::chrono::nanoseconds;

  /// True if the wall clock has stepped by more than `most` since the last look.
  bool stepped(instant wall, nanos boot, nanos most) {
    auto drift = nanos(wall.time_since_epoch()) - boot;
    auto before = drift_.value_or(drift);
    drift_ = drift;
    auto step = drift > before ? drift - before : before - drift;
    return step > most;
  }
  /// The database's clock, read between two looks at ours.
  void note_skew(instant database, instant asked, instant answered) {
    skew_ = database - (asked + (answered - asked) / 2);
  }
  nanos skew() const { return skew_ < nanos(0) ? -skew_ : skew_; }

 private:
  std::optional<nanos> drift_;
  nanos skew_{0};
};

} // namespace ringmaster
