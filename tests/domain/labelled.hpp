#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/findings.hpp"

namespace ringmaster::testing {

/// One call of tests/domain/transcripts/*.txt: what was said, and what a person would note.
struct labelled {
  std::string file, name;
  bool unseen = false; ///< written after the rules, and not used to better them
  assistant::extract_request call;
  std::vector<std::pair<std::string, std::string>> values; ///< key and value as written
  std::vector<std::string> contradicted;                   ///< keys
  std::vector<std::string> follow_ups;                     ///< "2026-11-19T15:00" or "open"
  talk::verdict achieved = talk::verdict::unknown;
  std::optional<talk::sentiment> mood;
  bool opt_out = false, wrong_number = false;
};

/// All of them, read once; a line that cannot be read ends the program with its place.
const std::vector<labelled>& labelled_calls();

/// A value as the labels write it: "2026-11-24 15:00 booked", "95.00 USD", "red|green".
std::string written(const talk::value& v);

/// Precision and recall of one kind of value.
struct tally {
  std::string what;
  std::size_t labelled = 0, found = 0, right = 0;
  double precision() const {
    return found == 0 ? 1.0 : static_cast<double>(right) / static_cast<double>(found);
  }
  double recall() const {
    return labelled == 0 ? 1.0 : static_cast<double>(right) / static_cast<double>(labelled);
  }
};
struct figures {
  std::size_t calls = 0;
  std::vector<tally> values;    ///< by key, and "all values" at the end
  std::size_t outcomes[3][3]{}; ///< label, then what was found: unknown, no, yes
  std::size_t moods = 0, moods_right = 0;
  std::vector<std::string> misses; ///< "file: name: price 45.00 USD was missed"
};
/// What `answer` gives for the calls of one of the two sets, held against the labels.
figures measure(talk::findings (*answer)(const labelled&), bool unseen);

/// The part of docs/quality.md that is computed.
std::string figures_page(const figures& f);

} // namespace ringmaster::testing
