#pragma once

#include <vector>

#include "domain/knowledge.hpp"

namespace ringmaster::knowledge {

/// Ranks passages by how much of what is asked they speak of, 0..1, the best first. Words that few
/// of them have weigh more, words of titles twice, and a passage with which the user answered this
/// very question stands before all others. What a search thought of a passage (its `rank`, 0..1)
/// counts like a word.
void order_by_relevance(const reading& question, std::vector<passage>& found);

} // namespace ringmaster::knowledge
