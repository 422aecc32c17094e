#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/error.hpp"
#include "domain/gap.hpp"
#include "domain/listener.hpp"
#include "domain/money.hpp"
#include "domain/phone_number.hpp"
#include "domain/speech.hpp"
#include "domain/talk_settings.hpp"
#include "domain/transcript.hpp"

// The conversation of one answered call, without any wire: what happens goes in, what to do comes
// out. The two ways to talk, turn by turn and by a socket, are thin adapters around it; so are the
// model, the store and the clock.

namespace ringmaster::talk {

using std::chrono::milliseconds;

/// How the words travel.
enum class line_kind : std::uint8_t {
  turns,  ///< documents and speech webhooks
  stream, ///< a socket
};

struct limits {
  milliseconds time_most{600'000};     ///< of the whole call; a goodbye is begun 15 s before
  milliseconds filler_after{2'500};    ///< a model that has said nothing: "One moment, please."
  milliseconds thought_most{10'000};   ///< then an apology, and the turn goes back
  milliseconds silence_after{8'000};   ///< of the other end
  std::int32_t silences_most = 2;      ///< asked "are you still there?" so often, then the end
  std::int32_t turns_most = 60;        ///< of the assistant
  std::int32_t repeats_most = 3;       ///< the same words again, from either side, in a row
  milliseconds hold_most{180'000};     ///< waiting on hold, in all
  milliseconds hold_sign{30'000};      ///< while holding, a short sign of life no more often
  milliseconds owner_patience{60'000}; ///< for the owner's yes or no
  milliseconds owner_phrase{12'000};   ///< between two phrases of patience meanwhile
  std::size_t text_most = 1'200;       ///< characters of one turn
  std::int32_t tool_mistakes_most = 3;
};

/// What is fixed for a call.
struct facts {
  std::shared_ptr<const assistant::live_brief> brief;
  settings how;
  line_kind line = line_kind::turns;
  std::vector<secret_value> forbidden;       ///< values of fields that are not allowed
  std::vector<phone_number> transfers;       ///< numbers a call may be handed to
  limits numbers;
};

/// A question to the owner of the call, while it goes on.
struct owner_question {
  std::int32_t n = 0; ///< from 1
  std::string text;
  std::optional<money> amount;
  enum class state : std::uint8_t { open, yes, no, timeout } now = state::open;
  std::string note; ///< what the owner wrote with the answer
  friend bool operator==(const owner_question&, const owner_question&) = default;
};

/// What outlives a crash, stored beside the transcript.
struct memory {
  std::int32_t turn = 0;     ///< of the assistant; also the number of the document that was given out
  std::int32_t sessions = 0; ///< sockets that were promised; the last one counts
  listener who = listener::unknown;
  std::string detected;      ///< the carrier's word
  bool disclosed = false;
  bool message_left = false;
  bool opted_out = false;
  bool wrong_number = false;
  std::int32_t menus = 0;    ///< menus that were answered
  std::int32_t silences = 0;
  milliseconds held{0};
  std::vector<owner_question> questions;
  std::optional<money> agreed; ///< the highest price that was agreed to
  std::string ended;           ///< why the assistant ended it; empty: it did not
  friend bool operator==(const memory&, const memory&) = default;
};

// -- what happens -----------------------------------------------------------------------------------

/// The line stands: the phone was answered, the socket is there, or there again.
struct line_open {};
/// The other end spoke. `final` false: still speaking (streams only); it shows that somebody is there.
struct words {
  std::string text;
  bool final = true;
};
/// Keys were pressed at the other end.
struct keys {
  std::string digits;
};
/// Turns: nothing was heard for as long as it was listened. (Streams: the clock tells.)
struct nothing {};
/// Streams: the other end spoke into what is being said; `heard` of it was.
struct cut {
  std::string heard;
  milliseconds spoken{0};
};
/// The carrier's detection: "human", "machine_start", "machine_end_beep", "fax", ...
struct detected {
  std::string word;
};
/// The model: text of the turn that was asked for, and its end. Others are ignored.
struct thought {
  std::int32_t turn = 0;
  std::string text;
};
struct thought_over {
  std::int32_t turn = 0;
  result<assistant::turn_end> end;
};
/// What the knowledge base has to the question of a `think`, told before the first `thought` of that
/// turn. Without it what the model says is not held against anything.
struct looked_up {
  std::int32_t turn = 0;
  std::vector<knowledge::passage> found;
};
/// The time that was asked for with `wake` has come.
struct awake {};
/// From the owner, during the call.
struct owner_answer {
  std::int32_t question = 0;
  bool yes = false;
  std::string note;
};
struct owner_says { ///< to be said to the other end, as it stands
  std::string text;
};
struct owner_whispers { ///< an instruction for the assistant's next turns
  std::string text;
};
struct owner_hangs_up {};
struct owner_transfers {
  phone_number to;
};
/// The socket is gone; the call may be there still.
struct line_lost {};
/// The call has ended.
struct line_over {};

using event = std::variant<
    line_open, words, keys, nothing, cut, detected, looked_up, thought, thought_over, awake, owner_answer,
    owner_says, owner_whispers, owner_hangs_up, owner_transfers, line_lost, line_over>;

// -- what to do ---------------------------------------------------------------------------------------

/// Text for the voice: clean, filtered, in order. `last` ends the assistant's turn.
struct say {
  std::int32_t turn = 0;
  std::string text;
  bool last = false;
  bool interruptible = true;
};
/// Ask the model; its text comes back as `thought` with this turn. At most one at a time.
struct think {
  std::int32_t turn = 0;
  assistant::turn what;
  /// What the other end wants to know, if its last words asked: the adapter looks it up first and
  /// fills in said.passages and said.consulted. Empty: nothing is to be looked up.
  std::string question{};
};
/// Stop asking; what still comes of it is ignored.
struct forget {};
struct press {
  std::string digits; ///< 0-9 * # w
};
/// Turns: hear what the other end says now, at most this long. A document ends with one of
/// `listen`, `hold_the_line`, `hang_up` or `connect`.
struct listen {
  milliseconds at_most{8'000};
};
/// Turns: come back at once for the next document, nothing is ready (behind a filler).
struct hold_the_line {};
/// End the call when what was said before has been spoken.
struct hang_up {
  std::string why;
};
/// Hand the call to this number, one of facts::transfers.
struct connect {
  phone_number to;
};
/// Store: these pieces are new or changed, and this is remembered now.
struct note {
  std::vector<segment> pieces;
  memory now;
};
/// The other end wants no calls: suppress the number, at once.
struct suppress {
  std::string words;
};
struct ask_owner {
  owner_question what;
};
/// A question that was not answered in time.
struct close_question {
  std::int32_t n = 0;
};
/// The other end asked what the assistant could not answer. Once for each question of a call.
struct log_gap {
  gap::draft what; ///< the engine adds the context
};
/// Send `awake` then; a later one replaces it. Counts as `at` does. -1: not needed any more.
struct wake {
  milliseconds at{0};
};

using act = std::variant<
    say, think, forget, press, listen, hold_the_line, hang_up, connect, note, suppress, ask_owner,
    close_question, log_gap, wake>;

/// What the model may do besides speaking: end_call, press_keys, ask_owner, hold, log_knowledge_gap. Each is judged by
/// the conversation; a model that asks for anything else, or wrongly, is told so, and not obeyed.
const std::vector<assistant::tool>& tools();

/// The conversation. All of its limits hold whatever the model says:
/// - the disclosure is said first, whole and not interruptible, to everyone but menus and faxes;
/// - a wish not to be called ends the call and suppresses the number before anything else is done;
/// - what is spoken passes clean_for_speech and the speech_filter;
/// - while a price above what may be accepted is on the table, sentences are held until they are
///   complete, and one that agrees is not said: the owner is asked instead; without a yes the
///   assistant declines;
/// - where the other end asked what the knowledge base does not answer, a sentence with facts of no
///   source is not said: the assistant says that it does not know, and the gap is logged;
/// - silence, repetition, holding, the number of turns and the time have ends;
/// - text of a turn that was cut or forgotten is not spoken later.
class conversation {
 public:
  /// A new one, or one that goes on from what was stored.
  conversation(std::shared_ptr<const facts> about, memory known = {}, std::vector<segment> so_far = {});

  /// `at`: since the call was answered; never earlier than the last.
  std::vector<act> take(const event& what, milliseconds at);

  const memory& known() const { return known_; }
  const std::vector<segment>& transcript() const { return pieces_; }
  bool over() const { return over_; }

 private:
  struct mind; ///< conversation_*.cpp
  std::shared_ptr<const facts> about_;
  memory known_;
  std::vector<segment> pieces_;
  bool over_ = false;
  std::shared_ptr<mind> mind_;
};

/// What may be agreed to without asking: what a given yes covers; else the owner's
/// max_auto_approve_amount; never more than the task's max_price.
std::optional<money> may_accept(
    const std::optional<money>& max_price, const money& max_auto_approve,
    const std::optional<money>& approved);

/// How long a voice needs for a text.
milliseconds speaking_time(std::string_view text);

} // namespace ringmaster::talk
