#include "actors/desk.hpp"

#include <exception>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"

namespace ringmaster {

desk_clerk::desk_clerk(caf::actor_config& config, std::unique_ptr<desk> books, std::shared_ptr<actor_board> board)
  : watched(config, std::move(board), actor_kind::desk), books_(std::move(books)) {
  guard(this, "desk");
}

desk_clerk::behavior_type desk_clerk::make_behavior() {
  return {
    [this](desk_job& job) {
      // Taken out of the message: what the job captured must end here, not with the message.
      auto run = std::move(job.run);
      try {
        if (run && *run)
          (*run)(*books_);
      } catch (const std::exception& e) {
        spdlog::error("desk: a job failed: {}", e.what());
      }
    },
  };
}

} // namespace ringmaster
