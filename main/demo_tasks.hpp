#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "main/api_client.hpp"

namespace ringmaster {

/// The demo's call tasks, handed in and answered as their user would: through the API. They show
/// the three things that can become of an instruction: it can be called at once, something is
/// missing, or it is refused.
class demo_tasks {
 public:
  /// Lets the assistant call at any hour, and creates the tasks.
  static result<demo_tasks> load(api_client& api);

  /// Who answers at the numbers of the tasks: number and persona of the simulated carrier.
  static std::vector<std::pair<std::string, std::string>> callees();

  /// Brings the missing number and calls for every task that may be called.
  result<void> start();
  /// True when no task is being called any more.
  result<bool> is_done();
  /// A line or two for each task, for people.
  result<std::string> tell();

 private:
  explicit demo_tasks(api_client& api) : api_(&api) {}

  api_client* api_;
  std::vector<std::string> ids_;
};

} // namespace ringmaster
