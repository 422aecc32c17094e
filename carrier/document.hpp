#pragma once

#include <string>
#include <string_view>
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
};
struct gather {
  milliseconds prompts{0}; ///< what is said inside, before listening begins
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
} // namespace verb
using instruction = std::variant<verb::pass_time, verb::gather, verb::redirect, verb::hang_up>;

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
