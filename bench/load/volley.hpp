#pragma once

#include <cstdint>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ringmaster::load {

/// One request, complete as bytes, that stay where they are until it is answered.
struct shot {
  std::string_view bytes;
  std::uint64_t tag = 0;
};

/// How a shot ended. `due_us` is when it was to leave: with a rate, the schedule's moment; without,
/// the moment at which a connection was free.
struct hit {
  std::uint64_t tag = 0;
  int status = 0; ///< 0: the connection broke
  std::int64_t due_us = 0, came_us = 0;
};

struct volley_rules {
  std::string authority;
  std::size_t connections = 64;
  double per_second = 0;      ///< 0: closed loop, each connection fires when it is answered
  std::int64_t patience_us = 30'000'000; ///< for one answer
};

struct volley_result {
  std::uint64_t answered = 0, broken = 0;
  std::int64_t began_us = 0, ended_us = 0;
  double seconds() const { return static_cast<double>(ended_us - began_us) / 1e6; }
};

/// Fires what `next` gives, until it gives nothing, over keep-alive connections from one thread,
/// by epoll and nothing else. A connection that is closed is opened again; what was on it counts as
/// broken, and is not fired again.
volley_result fire(
  const volley_rules& rules, const std::function<std::optional<shot>()>& next,
  const std::function<void(const hit&)>& landed);

/// Microseconds on a clock that only goes forward.
std::int64_t now_us();

} // namespace ringmaster::load
