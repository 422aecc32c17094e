#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "carrier/scenario.hpp"

namespace ringmaster::telco {

/// A warning or an error of the account's debugger: what went wrong with a call's documents.
struct notice {
  int code = 0;
  std::string text;
};

/// One thing that a call document makes the carrier do.
namespace verb {
/// Something is heard, or nothing is, for this long: Say, Play, Pause.
struct pass_time {
  milliseconds length{0};
  std::string text; ///< that is said
  std::string keys; ///< that are played
};
struct gather {
  std::vector<pass_time> prompts; ///< what is said inside, before listening begins
  milliseconds prompt_time() const {
    milliseconds sum{0};
    for (const auto& p : prompts)
      sum += p.length;
    return sum;
  }
  bool barge_in = true; ///< speech and keys end the prompts
  milliseconds end_of_speech{800}; ///< silence after the last word
  bool speech = false, keys = true;
  std::string action; ///< empty: the document's own URL
  bool post = true;
  bool action_on_empty = false;
  milliseconds timeout{5000};
  std::size_t digits_max = 0; ///< 0: no limit
  std::string finish_key = "#";
};
struct redirect {
  std::string url;
  bool post = true;
};
struct hang_up {};
/// The call is handed to another number.
struct dial {
  std::string number;
  std::string action; ///< empty: the next verb runs
  bool post = true;
};
/// The rest of the call is recorded.
struct start_recording {
  std::string callback;
  bool post = true;
};
/// The call talks by a socket.
struct relay {
  std::string url, action, greeting, language = "en-US";
  bool post = true;
  bool greeting_interruptible = true;
  bool interruptible = true;  ///< by speech
  bool reports_during = false; ///< speech into what cannot be interrupted is told nevertheless
  bool partial_prompts = false, keys = false;
  std::vector<std::pair<std::string, std::string>> parameters;
};
} // namespace verb
using instruction = std::variant<
  verb::pass_time, verb::gather, verb::redirect, verb::hang_up, verb::dial, verb::start_recording,
  verb::relay>;

/// A document read into what it makes the carrier do. `broken` is an error after which the
/// fallback is asked; warnings do not stop it.
struct document {
  std::vector<instruction> program;
  std::vector<notice> warnings;
  int broken = 0; ///< 12100, 12200 or 0
  std::string why;
};
document read_document(std::string_view xml);

/// How long a text takes to speak.
milliseconds speaking_time(std::string_view text);
/// `reference` as seen from the document at `base`; empty if it is relative and there is no base.
std::string resolve_url(std::string_view base, std::string_view reference);

} // namespace ringmaster::telco
