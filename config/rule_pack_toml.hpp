#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/rule_pack.hpp"

namespace ringmaster::config {

/// Reads a rule pack as people write it (docs/rules.md). Refuses with `invalid`; `fields` has every
/// mistake, each message begins with its line ("line 12: ...").
result<rule_pack> read_rule_pack(std::string_view text);
/// The same from a file; `not_found` if it cannot be read.
result<rule_pack> load_rule_pack(const std::string& path);

/// The packs that are part of the binary, sorted by id.
const std::vector<rule_pack>& built_in_rule_packs();
/// One of them by its id; null if there is none. Lives as long as the program.
const rule_pack* find_rule_pack(std::string_view id);

/// The packs of an installation: those of the binary and those of a folder. Immutable; the packs
/// live as long as it does.
class rule_library {
public:
  /// Every `*.toml` of the folder; empty: none. Refuses with `invalid` what cannot be read, and an
  /// id that stands twice; every mistake begins with file and line.
  static result<rule_library> load(const std::string& folder);

  const rule_pack* find(std::string_view id) const;
  /// Sorted by id.
  const std::vector<rule_pack>& all() const { return packs_; }

private:
  std::vector<rule_pack> packs_;
};

} // namespace ringmaster::config
