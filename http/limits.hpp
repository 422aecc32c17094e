#pragma once

#include <chrono>
#include <cstddef>

namespace ringmaster::http {

/// Numbers of the edge; see docs/edge.md.
struct limits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t header_fields = 64;
  std::size_t target_bytes = 2 * 1024;
  std::chrono::milliseconds header_timeout{5000};
  std::chrono::milliseconds body_timeout{10000}; ///< plus one second per KiB that came
  std::chrono::milliseconds write_timeout{10000};
  std::chrono::milliseconds idle_timeout{30000};
  std::chrono::milliseconds handler_timeout{30000};
  std::size_t requests_per_connection = 1000; ///< exempt routes do not count
  std::size_t connections_per_address = 64;   ///< exempt routes do not count
  std::size_t connections = 10000;
};

} // namespace ringmaster::http
