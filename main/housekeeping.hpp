#pragma once

#include <chrono>
#include <memory>

#include "domain/ports.hpp"
#include "net/hook_log.hpp"
#include "persistence/audit_heads.hpp"
#include "persistence/back_office.hpp"

namespace ringmaster {

/// What has to be done now and then and what nobody waits for: the audit trail is sealed, its heads
/// are written down beside the database, how the carrier was answered is kept, and what calls cost
/// is asked for. A thread with a connection of its own; it ends with the object, after a last round.
class housekeeping {
public:
  struct manners {
    std::chrono::milliseconds round{500};
    std::chrono::milliseconds heads_every{3'600'000};
    std::chrono::milliseconds price_after{60'000};
    bool asks_prices = true; ///< there is a carrier
  };

  /// All but the office must outlive it; `line` may call back until its own end.
  housekeeping(
    std::unique_ptr<back_office> office, net::hook_log& hooks, carrier& line, const clock& time,
    audit_head_file heads, const manners& how);
  ~housekeeping();
  housekeeping(const housekeeping&) = delete;
  housekeeping& operator=(const housekeeping&) = delete;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace ringmaster
