#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a model wrote behind the name of a tool.

namespace ringmaster::talk {

/// One member of an object; a number and a truth value keep their spelling.
struct argument {
  enum class kind : std::uint8_t { text, number, boolean };
  std::string name;
  kind what = kind::text;
  std::string text;
  friend bool operator==(const argument&, const argument&) = default;
};

/// Reads a flat JSON object of strings, numbers and truth values; members that are null are left
/// out. Nothing for everything else: broken JSON, nesting, a name that comes twice, more than 16
/// members or 4,096 bytes. An empty text is an empty object, as models write it.
std::optional<std::vector<argument>> read_arguments(std::string_view json);

/// The member of that name.
const argument* find(const std::vector<argument>& all, std::string_view name);

} // namespace ringmaster::talk
