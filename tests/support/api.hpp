#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/plain_http.hpp"

namespace ringmaster::support {

using nlohmann::json;
using std::chrono::milliseconds;

/// An answer of the engine's API, its body read as JSON if it is JSON.
struct answer : http_answer {
  nlohmann::json json;
  std::int64_t sent_us = 0, came_us = 0; ///< wall clock

  bool ok() const { return status >= 200 && status < 300; }
  /// One line for messages of failed checks.
  std::string summary() const;
};

/// A member that is a text; empty if it is absent or null.
std::string text(const json& object, const std::string& name);

/// The engine's API as one user's key sees it. Each request has its own connection.
class api {
 public:
  api() = default;
  api(std::string authority, std::string key) : authority_(std::move(authority)), key_(std::move(key)) {}

  answer get(const std::string& target) const { return call("GET", target, ""); }
  answer post(
    const std::string& target, const nlohmann::json& body, const http_headers& more = {}) const {
    return call("POST", target, body.dump(), more);
  }
  answer patch(const std::string& target, const nlohmann::json& body) const {
    return call("PATCH", target, body.dump());
  }
  answer erase(const std::string& target) const { return call("DELETE", target, ""); }
  /// With a content type of its own in `more`, JSON otherwise.
  answer call(
    const std::string& method, const std::string& target, const std::string& body,
    const http_headers& more = {}, milliseconds patience = std::chrono::seconds(30)) const;

  answer act(const std::string& campaign, const std::string& action) const {
    return patch("/api/campaigns/" + campaign, {{"action", action}});
  }
  nlohmann::json campaign(const std::string& id) const;
  /// Every item of a list that pages by cursor, under the name it has in the answer.
  nlohmann::json all(const std::string& target, const std::string& name) const;

  const std::string& authority() const { return authority_; }
  const std::string& key() const { return key_; }

 private:
  std::string authority_, key_;
};

// -- what campaigns are made of -------------------------------------------------------------------

/// The n-th of ten million North American numbers that look like subscribers.
std::string number(std::size_t n);

/// A zone in which it is about one o'clock in the afternoon now, so that nobody is called at
/// night, whenever the tests run.
std::string noon_zone();

/// A campaign that may always call, without limits.
nlohmann::json open_campaign(const std::string& name);

/// `count` targets from `number(first)` on, as the rows that the API takes.
nlohmann::json targets(std::size_t first, std::size_t count);

/// Makes a campaign with these targets and answers its id; throws if the API refuses.
std::string make_campaign(const api& who, const nlohmann::json& settings, const nlohmann::json& rows);

} // namespace ringmaster::support
