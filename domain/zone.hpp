#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster {

/// A time zone of the system's database, with its changes read once into a sorted table, so that
/// a look-up is a binary search. Immutable and shared; safe from any thread.
class zone {
 public:
  /// Finds a zone by its IANA name or by an alias (legacy and browser names such as
  /// `Asia/Calcutta`, also where the system lacks them). Unknown names are `invalid`. Cached.
  static result<std::shared_ptr<const zone>> find(std::string_view name);

  /// All names that this installation accepts, sorted, each with its canonical name (equal for
  /// names that are no aliases).
  struct known_name {
    std::string name;
    std::string canonical;
  };
  static const std::vector<known_name>& names();

  const std::string& name() const { return name_; }

  /// The offset from UTC in force at `t`, and the instants around it at which it changes.
  struct span {
    std::chrono::seconds offset{};
    instant begin{};
    instant end{};
  };
  span at(instant t) const;

  /// From spans that are sorted, without gaps between them, and at least one.
  zone(std::string name, std::vector<span> spans);

 private:
  std::string name_;
  std::vector<span> spans_;
  std::vector<std::uint16_t> index_; ///< where to start looking, by 101 days since 1970
};

} // namespace ringmaster
