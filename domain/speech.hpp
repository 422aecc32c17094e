#pragma once

#include <memory>
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
/// Ordinary text passes at once: only a tail that may be the beginning of a value is kept. Short
/// names (up to four letters) count as words of their own only: "Ann" is not in "cannot".
/// What was said in earlier turns counts: the second half of a value is held back as well.
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
  std::string work(bool is_final);
  void emit(std::string_view text, std::string& out);
  std::string_view excuse() const;

  std::shared_ptr<const class secret_forms> forms_; ///< none: nothing is forbidden
  std::string tail_; ///< what was said last: a value may not be told in two halves
  std::string held_;
  std::vector<std::string> caught_;
};

/// Prices that a text names, in its order.
std::vector<money> prices_in(std::string_view text);
/// True if a sentence agrees to what is on the table: "that works", "yes, please book it", "deal",
/// "go ahead", "we will take it". Questions, conditions and refusals do not.
bool is_commitment(std::string_view sentence);

} // namespace ringmaster::talk
