#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "domain/spoken.hpp"

// Keys that a spoken menu names; others include listener.hpp.

namespace ringmaster::talk {

/// A key by its digit or its name at a place: "2", "two", "star".
std::optional<char> key_at(const spoken& s, std::size_t i);

struct key_mention {
  std::size_t begin, end; ///< with the words that lead to it
  char key;
};
/// Keys that are named, in their order: "press 1", "say or press two", and behind one of those "3
/// for billing".
std::vector<key_mention> keys_in(const spoken& s);

} // namespace ringmaster::talk
