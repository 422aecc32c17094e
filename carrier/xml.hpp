#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster::telco {

/// An element of a call document. Text is what stands directly inside, entities resolved.
struct element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<element> children;
  std::string text;

  const std::string* attribute(std::string_view wanted) const;
};

/// Reads a whole XML document as strictly as a call document needs: one root, matching and
/// case-sensitive names, quoted attributes, none of them twice, the five named entities and
/// character references, comments, CDATA and a declaration. A document type, processing
/// instructions, control characters and broken UTF-8 are refused with `malformed` and the offset.
result<element> parse_xml(std::string_view document);

} // namespace ringmaster::telco
