#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/installation_desk.hpp"
#include "persistence/db.hpp"

namespace ringmaster {

class random_source;

/// The book of installation_desk.hpp on PostgreSQL; uses the desk's connection between its
/// transactions.
class postgres_installation : public installation_book {
public:
  postgres_installation(db::connection& on, random_source& random) : on_(on), random_(random) {}

  result<page<everywhere_view>> list_suppressed(const page_request& p) override;
  result<suppressed> suppress(
      const identity& who, std::span<const suppression_row> rows,
      const std::string& source) override;
  result<void> lift(const identity& who, const phone_number& number) override;
  result<std::vector<registry::view>> list_registries() override;
  result<registry_id> begin_registry(const identity& who, const registry::draft& what) override;
  result<std::int64_t>
  add_to_registry(const registry_id& id, std::span<const phone_number> numbers) override;
  result<registry::view> finish_registry(const identity& who, const registry_id& id) override;
  result<void> remove_registry(const identity& who, const registry_id& id) override;

private:
  db::connection& on_;
  random_source& random_;
};

} // namespace ringmaster
