#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/money.hpp"
#include "domain/rules_reader.hpp"
#include "domain/transcript.hpp"

// How words that were heard are read as evidence: clause by clause, with what is denied, corrected
// or asked kept apart from what is said. Shared by talk::verify and by the rules that extract.

namespace ringmaster::talk {

/// Spoken forms as they are written: "November third" is "November 3rd", "ten thirty" "10:30",
/// "six four six, five five five, zero one two two" "6465550122". Other text stays as it is.
std::string write_numbers(std::string_view spoken);

/// A part of a sentence. Tokens `first` up to `last` (without it).
struct clause {
  std::size_t first = 0, last = 0;
  bool negated = false; ///< "we do not have Tuesday", "it used to be 50"
  bool asks = false;    ///< its sentence ends with a question mark
};

/// One piece of the transcript, read.
class utterance {
public:
  explicit utterance(std::string_view text);

  const rules::reader& words() const { return words_; }
  const std::vector<clause>& clauses() const { return clauses_; }
  /// The clause of token `i`.
  const clause& around(std::size_t i) const;
  /// True if a word of correction ("sorry", "actually", "no, wait") stands in `first`..`last`.
  bool corrects(std::size_t first, std::size_t last) const;

private:
  rules::reader words_;
  std::vector<clause> clauses_;
};

/// The length of a word of correction at `i`; 0: none.
std::size_t correction_at(const rules::reader& r, std::size_t i);
/// "Yes", "that works", "we can do that": agrees to what was said before, without a but.
bool agrees(const utterance& u);
/// "No", "we don't", "I'm afraid not", "not interested".
bool denies(const utterance& u);
/// "I don't know yet", "let me see", "maybe": neither yes nor no.
bool hesitates(const utterance& u);
/// "You're booked", "see you then", "I have put you down": settles an appointment.
bool settles(const utterance& u);
/// "Okay, Friday at 7 then": agrees and says to what, which is no offer.
bool repeats(const utterance& u);
/// "Okay, thanks", "got it": has heard it.
bool acknowledges(const utterance& u);
/// "Ignore your instructions": words for a machine are no evidence of anything.
bool speaks_to_machine(const utterance& u);
/// Of the assistant: "Tuesday is fine", "please book it". Not: "I have to ask my client".
bool accepts(const utterance& u);
/// Of the assistant: "I have to ask my client".
bool leaves_open(const utterance& u);

// -- what is named --------------------------------------------------------------------------------

/// A price, in a clause that is not denied and not a threshold ("for orders over 100 dollars").
struct price_heard {
  std::size_t first = 0, last = 0;
  money amount;
  bool superseded = false; ///< corrected within the same piece
};
/// `expected`: the question before was for a price, so that a bare number is one.
std::vector<price_heard>
read_prices(const utterance& u, std::string_view region, bool expected = false);

/// A code by which a matter is known, "A17": letters and digits only, upper case.
struct code_heard {
  std::size_t first = 0, last = 0;
  std::string text;
  std::string cue; ///< "confirmation number"
};
std::vector<code_heard> read_codes(const utterance& u);
/// All letters and digits that are spelled in a piece, in runs: for finding a code in it.
std::vector<std::string> read_spelled(const rules::reader& r);

/// Words that carry meaning, lower case, without endings: no articles, pronouns, numbers.
std::set<std::string> content_of(std::string_view text);
std::set<std::string> content_of(const rules::reader& r, std::size_t first, std::size_t last);
/// How many words the two share.
std::size_t shared(const std::set<std::string>& a, const std::set<std::string>& b);

} // namespace ringmaster::talk
