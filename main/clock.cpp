#include "main/clock.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <sys/random.h>

namespace ringmaster {

instant system_clock_port::now() const {
  return std::chrono::time_point_cast<instant::duration>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds system_clock_port::boot() const {
  timespec at{};
  clock_gettime(CLOCK_BOOTTIME, &at);
  return std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

std::uint64_t system_random::next() {
  thread_local std::array<std::uint64_t, 32> block;
  thread_local std::size_t left = 0;
  if (left == 0) {
    // Up to 256 bytes come whole or not at all; only a signal before the first byte interrupts.
    while (getrandom(block.data(), sizeof(block), 0) != static_cast<ssize_t>(sizeof(block)))
      if (errno != EINTR)
        std::abort(); // without randomness no id and no key may be made
    left = block.size();
  }
  auto word = block[--left];
  block[left] = 0;
  return word;
}

} // namespace ringmaster
