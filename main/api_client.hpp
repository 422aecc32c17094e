#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "domain/error.hpp"
#include "http/message.hpp"

namespace ringmaster {

/// An answer of the engine's API as a command sees it.
struct api_answer {
  int status = 0;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  /// The `detail` of a problem document, or the status if there is none.
  std::string problem() const;
};

/// The engine's API for one user, one request at a time. Blocks. One connection that is kept.
class api_client {
 public:
  /// `base` is `http://host:port` or `https://host`, perhaps with a path.
  static result<std::unique_ptr<api_client>> connect(const std::string& base, const std::string& key);
  ~api_client();

  /// `unavailable` if no complete answer came; any status is a success.
  result<api_answer> call(
    http::method verb, const std::string& target, std::string body = {},
    const std::string& content_type = "application/json");

  result<api_answer> get(const std::string& target) { return call(http::method::get, target); }
  result<api_answer> post(const std::string& target, std::string json) {
    return call(http::method::post, target, std::move(json));
  }
  result<api_answer> patch(const std::string& target, std::string json) {
    return call(http::method::patch, target, std::move(json));
  }

 private:
  struct impl;
  explicit api_client(std::unique_ptr<impl> held);
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster
