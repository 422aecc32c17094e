#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carrier/book.hpp"
#include "carrier/callbacks.hpp"
#include "carrier/callee.hpp"
#include "carrier/document.hpp"
#include "carrier/relay.hpp"
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
  instant until{};    ///< wait; `instant::max()`: nothing happens by itself
  hook from;          ///< fetch
  wire::fields extra; ///< fetch: parameters besides those of the call
  bool fetching = false; ///< wait: for the answer of the last fetch, too
};

/// Plays the documents of one answered call: fetches them, lets time pass for what they say, lets
/// the callee hear it and hears what the callee says and presses, and asks the fallback when
/// something is wrong. Pure: it is told the time and the answers, and says what it wants.
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

  /// What happens to the socket with this number of this call. `message`: a text frame came.
  player_wish socket_opened(std::uint32_t session, instant now);
  player_wish socket_message(std::uint32_t session, std::string_view message, instant now);
  player_wish socket_closed(std::uint32_t session, instant now);

  /// The call has ended. A relay that was going on has an action that is told so; nothing is
  /// played of its answer.
  std::optional<player_wish> over(instant now);

  std::vector<notice> take_notices();
  std::vector<spoken> take_lines();
  std::vector<socket_order> take_socket_orders();

  struct recording {
    hook callback;
    instant began{};
  };
  /// The recording that the documents asked for.
  const std::optional<recording>& recorded() const { return recording_; }

 private:
  enum class activity : std::uint8_t {
    none,
    fetching,
    passing,   ///< something is said, or nothing
    prompting, ///< something is said inside a Gather
    listening, ///< a Gather waits for words
    hearing,   ///< a Gather hears what was decided beforehand
    dialing,
    relaying,
  };
  struct listening {
    verb::gather asked;
    std::size_t prompt = 0; ///< that is said
    bool talking = false;   ///< words are being heard
    std::size_t from_word = 0; ///< of what the callee is saying
    std::optional<instant> speech_end; ///< longer speech is cut
    std::string text, keys;
  };
  struct hearing {
    verb::gather asked;
    reply said;
  };

  // player.cpp: documents
  player_wish fetch(hook from, wire::fields extra);
  player_wish load(std::string_view xml, instant now);
  player_wish run(instant now);
  player_wish pass(verb::pass_time what, activity as, instant now);
  player_wish dialed(instant now);
  player_wish trouble(int code, std::string text, instant now);
  player_wish wait(milliseconds length, instant now);
  /// Lets all happen up to `now`: the callee's sounds and the ends of what is played.
  std::optional<player_wish> live(instant now);
  player_wish finish(instant now);
  std::optional<player_wish> take(const sound& s, instant now);
  player_wish rest() const;
  void said(const verb::pass_time& what);
  void stop_words(instant now);
  void stop_sound(instant now);
  void meet(std::unique_ptr<mind> who, instant now);
  milliseconds phone_time(instant at) const;
  instant real_time(milliseconds at) const;

  // player_gather.cpp
  player_wish gather(const verb::gather& g, instant now);
  player_wish next_prompt(instant now);
  void begin_talking(instant now);
  std::optional<player_wish> gather_sound(const sound& s, instant now);
  player_wish gathered(instant now);
  player_wish heard(instant now);
  player_wish answer(const verb::gather& asked, reply said, instant now);

  // player_relay.cpp
  player_wish connect(const verb::relay& r, instant now);
  std::optional<player_wish> relay_step(instant now);
  player_wish relay_over(
    std::string_view status, int code, std::string why, instant now, std::uint16_t close = 1000);
  wire::fields relay_fields(std::string_view status, instant now) const;
  void close_socket(std::uint16_t code, std::string reason);
  void collect_relay();
  bool relay_is(std::uint32_t session) const { return relay_ && session == sessions_; }

  const scenario& rules_;
  const call_record& call_;
  std::string base_;   ///< URL of the document that is played; empty for inline ones
  std::string asked_;  ///< URL that is being fetched
  std::vector<instruction> program_;
  std::size_t next_ = 0;
  std::size_t gathers_ = 0;
  activity now_ = activity::none;
  std::optional<instant> due_; ///< when what goes on now ends by itself
  verb::pass_time passing_;
  instant passing_began_{};
  listening listening_;
  std::optional<hearing> hearing_;
  verb::dial dial_;
  milliseconds dial_length_{0};
  instant answered_{};
  std::unique_ptr<callee> callee_;       ///< none: what Gathers hear is decided beforehand
  std::unique_ptr<relay_session> relay_;
  std::uint32_t sessions_ = 0;
  std::optional<recording> recording_;
  int redirects_ = 0;
  bool fell_back_ = false;
  std::vector<notice> notices_;
  std::vector<spoken> lines_;
  std::vector<socket_order> sockets_;
};

} // namespace ringmaster::telco
