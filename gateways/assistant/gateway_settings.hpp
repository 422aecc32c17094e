#pragma once

#include <chrono>
#include <vector>

#include "config/config.hpp"

namespace ringmaster::assistant {

struct gateway_settings {
  std::vector<config::ai_provider> providers; ///< in the order in which they are asked

  int retries = 3; ///< in the background; live there is at most one
  std::chrono::milliseconds backoff_first{500};
  std::chrono::milliseconds backoff_most{8'000};
  std::chrono::milliseconds wait_most{60'000}; ///< a longer Retry-After is not waited for
  /// How long a provider is left alone that does not take our key.
  std::chrono::milliseconds pause{600'000};

  std::size_t answer_bytes = 1024 * 1024;     ///< of a whole answer
  std::size_t stream_bytes = 8 * 1024 * 1024; ///< of a stream in all
  std::size_t event_bytes = 256 * 1024;       ///< of a line and an event in it

  /// The listed providers, in their order; `rules` where it is named.
  static gateway_settings from(const config::settings& all);
};

} // namespace ringmaster::assistant
