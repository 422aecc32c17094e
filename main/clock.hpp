#pragma once

#include "domain/ports.hpp"

namespace ringmaster {

/// The CLOCK of the real world: CLOCK_REALTIME for instants, CLOCK_BOOTTIME for distances.
class system_clock_port final : public clock {
 public:
  instant now() const override;
  std::chrono::nanoseconds boot() const override;
};

/// The source of RANDOM of the real world: the kernel's generator, read in blocks per thread.
class system_random final : public random_source {
 public:
  std::uint64_t next() override;
};

} // namespace ringmaster
