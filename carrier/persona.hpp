#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "domain/embedded.hpp"
#include "domain/error.hpp"

namespace ringmaster::embedded {
/// config/personas/*.toml.
std::vector<embedded_file> personas();
} // namespace ringmaster::embedded

// Who answers the phone, as data: config/personas/*.toml. How to write one stands in
// docs/carrier-simulator.md.

namespace ringmaster::telco {

using std::chrono::milliseconds;

/// Words to listen for: a phrase of whole words, the beginning of one (`clean*`), or a regular
/// expression (`/party of \w+/`), all without regard to case.
class phrase {
 public:
  static result<phrase> read(std::string text);
  /// `plain` as `plain_words` gives it; `values` fill `{names}` in phrases that are no expression.
  bool found_in(std::string_view plain, const std::map<std::string, std::string>& values) const;

 private:
  std::string text_;
  std::shared_ptr<const std::regex> expression_;
};

/// One thing that is said or pressed, after a pause.
struct persona_line {
  milliseconds pause{0};
  std::string say;
  std::string press;
  friend bool operator==(const persona_line&, const persona_line&) = default;
};

/// What is done when something was heard, and what is listened for next.
struct persona_rule {
  std::vector<phrase> when, unless; ///< any of `when`, none of `unless`
  std::string keys;                 ///< what the caller must have pressed
  milliseconds pause{0};            ///< before `say`
  std::vector<std::string> say;     ///< one of them, by the seed
  std::string press;                ///< keys that the callee presses
  std::vector<persona_line> then;   ///< what follows by itself
  bool hang_up = false;             ///< after all that
  std::string go;                   ///< the next state; empty: this one
};

struct persona_state {
  std::string name;
  std::vector<persona_rule> rules;
  std::optional<persona_rule> otherwise; ///< something was heard that no rule knows
  std::optional<persona_rule> silence;   ///< nothing was heard for a while
  bool expects_keys = false; ///< a key that is pressed ends what it is saying
  std::size_t barge_in = 0; ///< speaks into what is said after so many words; 0: lets others finish
};

struct persona_timing {
  milliseconds answer{500};    ///< from pick-up to the greeting
  milliseconds reaction{700};  ///< from the last word heard to the first one said
  milliseconds word{330};      ///< for one word
  milliseconds silence{7000};  ///< without a sound from either end, until the state's `silence`
  milliseconds patience{30000}; ///< without a word from the caller, until it hangs up
  milliseconds longest{600000}; ///< the whole call
  std::int64_t turns_most = 40; ///< answers; then it hangs up
  std::int64_t barges_most = 2; ///< times it speaks into what is said
};

/// A callee.
struct persona {
  std::string name, description;
  std::string detected = "human"; ///< what machine detection says
  std::vector<persona_line> greeting;
  persona_timing timing;
  std::map<std::string, std::vector<std::string>> values; ///< one of each is chosen by the seed
  std::vector<persona_rule> always;  ///< known in every state, after its own rules
  std::vector<persona_state> states; ///< the first is where it begins

  const persona_state* find(std::string_view state) const;
  /// From pick-up to the end of the greeting.
  milliseconds greeting_time() const;
};
using persona_set = std::map<std::string, std::shared_ptr<const persona>, std::less<>>;

/// Reads one file. Unknown names, wrong types, states that do not exist and values that are not
/// given are refused with the line they stand in.
result<persona> parse_persona(const std::string& toml, const std::string& file);
/// Adds those of a folder's *.toml; a name that is there already is replaced.
result<void> read_personas(const std::string& folder, persona_set& into);
/// Those that travel with the program.
const persona_set& built_in_personas();

/// Lower case, single spaces, no punctuation, a space at both ends: ` dont call me `.
std::string plain_words(std::string_view text);
/// The words of a text, as they stand.
std::vector<std::string_view> split_words(std::string_view text);
/// The words from `begin` up to `end`, with single spaces.
std::string some_words(std::string_view text, std::size_t begin, std::size_t end);

/// The carrier's words for who answered.
bool is_detection_word(std::string_view text);

} // namespace ringmaster::telco
