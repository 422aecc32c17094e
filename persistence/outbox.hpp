#pragma once

#include "domain/webhook_desk.hpp"
#include "persistence/db.hpp"
#include "persistence/seal.hpp"

namespace ringmaster {

/// The messages to webhooks that are due, across users: fixed statements in the engine's context.
/// Both outlive it.
class postgres_outbox : public webhook_outbox {
public:
  postgres_outbox(db::connection& on, const sealer& seal) : on_(on), seal_(seal) {}

  result<claimed>
  claim(instant now, std::size_t most, const std::vector<webhook_id>& busy) override;
  result<void> finish(
      const webhook::parcel& sent, const webhook::answer& what, const webhook::verdict& then,
      instant now) override;
  result<std::int64_t> sweep(instant before) override;

private:
  db::connection& on_;
  const sealer& seal_;
};

} // namespace ringmaster
