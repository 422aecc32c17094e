#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/money.hpp"

// What may be said aloud. All text on its way to a voice goes through here, whoever wrote it.

namespace ringmaster::talk {

/// Removes what is not speech: control characters, `<` and `>`, Markdown, emoji, addresses of the
/// web; white space becomes single spaces. Keeps a leading and a trailing space of a piece.
std::string clean_for_speech(std::string_view text);

/// A fact about the user that must not be spoken.
struct secret_value {
  std::string field; ///< "date_of_birth"
  std::string value; ///< as the user wrote it
};

/// Holds back the values of fields that are not allowed, over a stream of pieces cut anywhere. A
/// value is found whatever stands between its characters (spaces, dashes, dots), in either case,
/// digits also as words ("four one five"), dates also in their usual spoken forms ("February 1st
/// 1980", "1/2/80"). Values shorter than three letters or digits are too common to be held.
/// Ordinary text passes at once: only a tail that may be the beginning of a value is kept.
class speech_filter {
 public:
  explicit speech_filter(std::vector<secret_value> forbidden);

  /// What may be said now. In place of a value stands "that I may not share".
  std::string push(std::string_view piece);
  /// The rest, at the end of a turn.
  std::string finish();
  /// Fields whose values were held back since the filter was made, each once.
  const std::vector<std::string>& caught() const { return caught_; }

 private:
  std::vector<secret_value> forbidden_;
  std::vector<std::string> patterns_; ///< normalised forms; the index of their field beside them
  std::vector<std::size_t> owner_;
  std::string held_;
  std::vector<std::string> caught_;
};

/// Prices that a text names, in its order.
std::vector<money> prices_in(std::string_view text);
/// True if a sentence agrees to what is on the table: "that works", "yes, please book it", "deal",
/// "go ahead", "we will take it". Questions, conditions and refusals do not.
bool is_commitment(std::string_view sentence);

} // namespace ringmaster::talk
