#pragma once

#include <memory>

#include "domain/desk.hpp"
#include "persistence/db.hpp"
#include "persistence/desk_installation.hpp"
#include "persistence/outbox.hpp"
#include "persistence/seal.hpp"

namespace ringmaster {

/// The DESK on PostgreSQL: short transactions of one user each, on one connection.
class postgres_desk : public desk {
 public:
  /// `gate` outlives it.
  postgres_desk(
    std::unique_ptr<db::connection> on, random_source& random, const gate_settings& gate,
    sealer seal);
  ~postgres_desk() override;

  result<void> transact(
    const identity& who, const std::function<result<void>(desk_work&)>& work) override;
  installation_book& installation() override { return installation_; }
  result<std::optional<api_key_record>> find_api_key(const api_key_id& id) override;
  result<void> touch_api_key(const user_id& user, const api_key_id& id, instant at) override;
  result<std::vector<task_due>> tasks_due(instant now, std::size_t limit) override;
  result<std::vector<wrap_up_due>> wrap_ups_due(std::size_t limit) override;
  webhook_outbox& outbox() override { return outbox_; }

 private:
  std::unique_ptr<db::connection> on_;
  random_source& random_;
  const gate_settings& gate_;
  sealer seal_;
  postgres_installation installation_;
  postgres_outbox outbox_;
};

} // namespace ringmaster
