#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ringmaster::load {

/// A model provider with an exact time: streams the same 24 tokens to everybody, the first one at
/// once, the others 15 ms apart. Speaks Chat Completions; one thread. What is not streamed is
/// refused.
class lean_model {
public:
  lean_model();
  ~lean_model();
  lean_model(const lean_model&) = delete;
  lean_model& operator=(const lean_model&) = delete;

  /// `http://127.0.0.1:port/v1`.
  const std::string& base_url() const { return url_; }

  /// When the request that ends with `remark #TAG` was complete here, and when its first token was
  /// given to the connection; on now_us().
  struct moments {
    std::int64_t seen_us = 0, left_us = 0;
  };
  std::optional<moments> when(std::uint64_t tag) const;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
  std::string url_;
};

} // namespace ringmaster::load
