#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "carrier/book.hpp"
#include "carrier/callbacks.hpp"
#include "carrier/document.hpp"
#include "wire/form.hpp"

namespace ringmaster::telco {

/// What came back for an errand.
struct errand_answer {
  try_result result;
  std::string content_type, location, body;
};

/// What a player wants next.
struct player_wish {
  enum class kind : std::uint8_t { wait, fetch, hang_up } what = kind::hang_up;
  instant until{};   ///< wait
  hook from;         ///< fetch
  wire::fields extra; ///< fetch: parameters besides those of the call
};

/// Plays the documents of one answered call: fetches them, lets time pass for what they say, hears
/// the callee's scripted replies, and asks the fallback when something is wrong. Pure: it is told
/// the time and the answers, and says what it wants.
class player {
 public:
  player(const scenario& rules, const call_record& call);

  /// The call was answered (and, where detection goes first, judged).
  player_wish begin(instant now);
  /// The answer of the last fetch.
  player_wish fetched(const errand_answer& got, instant now);
  /// The waited-for moment has come.
  player_wish go_on(instant now);
  /// The running call is given new instructions.
  player_wish replace(const hook& from, instant now);
  player_wish replace(const std::string& twiml, instant now);

  std::vector<notice> take_notices();

 private:
  player_wish fetch(hook from, wire::fields extra);
  player_wish load(std::string_view xml, instant now);
  player_wish run(instant now);
  player_wish listen(const verb::gather& g, instant now);
  player_wish heard(instant now);
  player_wish trouble(int code, std::string text, instant now);
  player_wish wait(milliseconds length, instant now) const;

  struct hearing {
    verb::gather asked;
    reply said;
  };

  const scenario& rules_;
  const call_record& call_;
  std::string base_;   ///< URL of the document that is played; empty for inline ones
  std::string asked_;  ///< URL that is being fetched
  std::vector<instruction> program_;
  std::size_t next_ = 0;
  std::size_t gathers_ = 0;
  std::optional<hearing> hearing_;
  int redirects_ = 0;
  bool fell_back_ = false;
  std::vector<notice> notices_;
};

} // namespace ringmaster::telco
