#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "domain/call_ledger.hpp"
#include "persistence/audit_chain.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

/// What the engine writes in the background, across users, with a connection of its own: nothing
/// that happens waits for it. Used by one thread.
class back_office {
public:
  explicit back_office(std::unique_ptr<db::connection> on) : on_(std::move(on)), sealer_(*on_) {}

  /// See audit_sealer.
  result<std::int64_t> seal_audit() { return sealer_.seal(); }
  result<std::vector<audit_head>> audit_heads() { return read_audit_heads(*on_); }

  /// Keeps how requests were answered; those about a call that is gone are passed over.
  result<void> keep_webhooks(std::span<const hook_note> notes);

  /// Connected calls that have ended since `since` and stand in no book yet are asked about first
  /// after `wait`.
  result<void> open_costs(instant since, std::chrono::milliseconds wait);
  result<std::vector<price_due>> prices_due(std::size_t limit);
  /// `next`: when to ask again if there is no price; none: not any more.
  result<void> note_price(
    const price_due& of, const std::optional<money>& price, std::optional<instant> next);

private:
  std::unique_ptr<db::connection> on_;
  audit_sealer sealer_;
};

} // namespace ringmaster
