#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/knowledge.hpp"

// The made-up businesses of tests/domain/knowledge and what is asked of them.

namespace ringmaster::testing {

struct known_business {
  business_profile profile;
  std::vector<knowledge::chunk_draft> chunks;
  /// All passages; those of chunks are named by their title: "chunk:Delivery".
  std::vector<knowledge::passage> passages() const;
};
/// `name` is that of a file: "business.txt".
known_business read_business(std::string_view name);

struct asked_question {
  std::string source; ///< the reference of the passage that answers it; "-": none does
  std::string category, text;
};
std::vector<asked_question> read_questions(std::string_view name);

struct phrasing {
  std::string group, text;
};
std::vector<phrasing> read_phrasings(std::string_view name);

} // namespace ringmaster::testing
