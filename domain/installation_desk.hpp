#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/error.hpp"
#include "domain/list_desk.hpp"
#include "domain/page.hpp"
#include "domain/phone_number.hpp"
#include "domain/registry.hpp"

// Lists that hold for everybody on this installation; for operators.

namespace ringmaster {

struct identity; // domain/store.hpp

/// A number that nobody here may call.
struct everywhere_view {
  phone_number number;
  std::string reason, source;
  instant created_at{};
};

/// Each call is a transaction of its own, across users; its audit row is the operator's.
class installation_book {
public:
  virtual ~installation_book() = default;

  virtual result<page<everywhere_view>> list_suppressed(const page_request& p) = 0;
  /// At most some thousands at a time. Sets aside what waits for these numbers, whoever's it is.
  virtual result<suppressed> suppress(
      const identity& who, std::span<const suppression_row> rows, const std::string& source) = 0;
  virtual result<void> lift(const identity& who, const phone_number& number) = 0;

  virtual result<std::vector<registry::view>> list_registries() = 0;
  /// A list is loaded beside the one of the same name and takes its place with `finish`.
  virtual result<registry_id> begin_registry(const identity& who, const registry::draft& what) = 0;
  /// How many were new in it.
  virtual result<std::int64_t>
  add_to_registry(const registry_id& id, std::span<const phone_number> numbers) = 0;
  virtual result<registry::view> finish_registry(const identity& who, const registry_id& id) = 0;
  virtual result<void> remove_registry(const identity& who, const registry_id& id) = 0;
};

} // namespace ringmaster
