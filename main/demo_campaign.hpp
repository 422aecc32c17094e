#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "domain/error.hpp"
#include "main/api_client.hpp"

namespace ringmaster {

/// How far the campaign is, as the API tells it.
struct demo_progress {
  std::string status, wait_reason;
  std::int64_t total = 0, pending = 0, calling = 0, completed = 0, failed = 0, skipped = 0;
  std::int64_t attempts = 0;
};

/// What came of it, counted from the API's lists.
struct demo_outcomes {
  std::map<std::string, std::int64_t> targets; ///< by status
  std::map<std::string, std::int64_t> calls;   ///< by outcome
  std::map<std::string, std::int64_t> talks;   ///< conversations by what answered, and what it came to
  std::int64_t most_per_minute = 0;            ///< dials within any 60 seconds
  std::int64_t retried = 0;                    ///< calls that were not the first to their number
};

/// The demo's campaign, driven as its user would: through the API.
class demo_campaign {
 public:
  static constexpr int per_minute = 120;

  /// Creates the campaign and uploads its targets.
  static result<demo_campaign> load(api_client& api);

  result<void> start();
  result<demo_progress> look();
  /// True when the engine has worked out what every conversation came to.
  result<bool> is_processed();
  result<demo_outcomes> count();

  const std::string& id() const { return id_; }
  std::int64_t accepted() const { return accepted_; }

 private:
  demo_campaign(api_client& api, std::string id) : api_(&api), id_(std::move(id)) {}

  api_client* api_;
  std::string id_;
  std::int64_t accepted_ = 0;
};

/// A table for people.
std::string write_table(const demo_outcomes& o);

} // namespace ringmaster
