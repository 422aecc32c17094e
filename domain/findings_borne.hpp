#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/findings.hpp"
#include "domain/findings_heard.hpp"

// Whether words bear a value. What they are held against is the value, never a calendar: "Tuesday"
// bears any date that is a Tuesday, "tomorrow" any date at all.

namespace ringmaster::talk {

/// One piece of the transcript with its words read.
struct heard {
  segment said;
  utterance read;
  bool is_callee = false; ///< a person's words that may be evidence: not those for a machine
};

/// The transcript, read once.
class hearing {
public:
  explicit hearing(std::span<const segment> all);

  const std::vector<heard>& all() const { return all_; }
  /// The place of segment `n`.
  std::optional<std::size_t> place(std::int32_t n) const;
  /// The next piece of either side behind `at`; system notes are passed over.
  std::optional<std::size_t> next(std::size_t at) const;
  std::optional<std::size_t> before(std::size_t at) const;
  /// Words of the callee's in all.
  std::size_t words() const { return words_; }

private:
  std::vector<heard> all_;
  std::size_t words_ = 0;
};

/// Pieces that may support a value: the callee's, and the assistant's where the callee agreed.
struct support {
  std::vector<std::size_t> places;    ///< whose words count, in order
  std::vector<std::int32_t> segments; ///< their numbers, with the agreeing ones
};
/// Of the segments that a value names, those that may support something.
support find_support(const hearing& h, const std::vector<std::int32_t>& segments);

// Each tells whether the undenied words of `u` name the value.
bool bears_date(const utterance& u, std::string_view date);
bool names_a_date(const utterance& u);
bool bears_time(const utterance& u, std::string_view time);
bool bears_number(const utterance& u, std::string_view number);
bool bears_code(const utterance& u, std::string_view code);
bool bears_phone(const utterance& u, std::string_view number);
bool bears_name(const utterance& u, std::string_view name);
bool bears_words(const utterance& u, std::string_view text);

/// What the piece at `at` answers to a yes-or-no question about `about` (the words of its field).
std::optional<bool> answer_at(const hearing& h, std::size_t at, const std::set<std::string>& about);

/// True if the callee settled what is named at `places`: said it is booked, agreed to the
/// assistant's words, or offered what the assistant took, and did not take it back.
bool is_settled(const hearing& h, const std::vector<std::size_t>& places);
/// "That one is taken", "we can't do that after all".
bool takes_back(const utterance& u);

/// Dates and times in a piece, read as seen from the day before `date`.
struct moment_heard {
  std::size_t first = 0, last = 0;
  std::string date, time; ///< "2026-11-24", "15:00"; empty: not said
};
std::vector<moment_heard> read_moments(const utterance& u, std::string_view date, bool evening);

} // namespace ringmaster::talk
