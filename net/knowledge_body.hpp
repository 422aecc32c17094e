#pragma once

#include <string>
#include <string_view>

#include "domain/brain.hpp"
#include "domain/error.hpp"
#include "domain/gap.hpp"
#include "domain/knowledge.hpp"

// What users send about what is known and asked, read from JSON. Each collects every mistake: those
// of types here, those of values by the domain.

namespace ringmaster::net {

/// POST /api/knowledge, and PUT on top of `before`: what is not given stays.
result<knowledge::checked_chunk>
read_chunk(std::string_view body, const knowledge::chunk* before = nullptr);

/// POST /api/knowledge/ask: a question of which nothing is kept.
result<brain::inquiry> read_question(std::string_view body);
/// POST /api/brain.
result<brain::inquiry> read_message(std::string_view body);

/// POST /api/knowledge-gaps.
result<gap::checked> read_gap(std::string_view body);

/// POST /api/knowledge-gaps/{id}/resolve. The chunk is as typed; what it lacks comes from the gap.
struct resolution {
  std::string notes;
  bool adds = false; ///< to the knowledge base
  knowledge::chunk_draft chunk;
};
result<resolution> read_resolution(std::string_view body);

/// A body with one optional text; no body at all has none.
result<std::string> read_remark(std::string_view body, std::string_view name, std::size_t most);

} // namespace ringmaster::net
