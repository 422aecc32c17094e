#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/conversation.hpp"

// What a conversation keeps in mind between two events, and all that it does. Only the sources of
// the conversation include this.

namespace ringmaster::talk {

struct conversation::mind {
  enum class phase : std::uint8_t {
    closed,    ///< no line yet, or not any more
    listening, ///< it is the other end's turn
    thinking,  ///< the model was asked
    asking,    ///< the owner was asked
    holding,   ///< the other end asked to wait
    greeted,   ///< a voicemail's greeting: waiting for its end
    ending,    ///< the call is to end when all is spoken
  };

  explicit mind(const facts& about);

  // -- one take (conversation.cpp) --
  void begin(const facts& about, memory& known, std::vector<segment>& pieces, milliseconds at);
  std::vector<act> finish();
  void join_what_is_said();

  void on(const line_open& e);
  void on(const words& e);
  void on(const keys& e);
  void on(const nothing& e);
  void on(const cut& e);
  void on(const detected& e);
  void on(const looked_up& e);
  void on(const thought& e);
  void on(const thought_over& e);
  void on(const awake& e);
  void on(const owner_answer& e);
  void on(const owner_says& e);
  void on(const owner_whispers& e);
  void on(const owner_hangs_up& e);
  void on(const owner_transfers& e);
  void on(const line_lost& e);
  void on(const line_over& e);

  bool in_turns() const { return about->line == line_kind::turns; }
  const assistant::live_brief& brief() const;
  /// Adds a piece that ends now; the time that a voice needs for it lies before.
  void add(speaker who, std::string text);
  std::optional<milliseconds> due() const;
  bool is_nearly_over() const;
  void tell_time_is_over();

  // -- saying (conversation_say.cpp) --
  /// Words of the engine's own or of the owner, a turn of their own.
  void speak(std::string_view text, bool interruptible = true);
  /// Text that is clean and filtered, as the next part of the turn.
  void utter(std::string text, bool last, bool interruptible = true);
  void new_turn();
  /// The disclosure and who calls.
  void greet();
  std::string opening() const;
  /// Lets the other end speak.
  void hand_over();
  void end(std::string_view goodbye, std::string why);
  /// Takes what the model has said so far on its way; `end`: there is nothing more.
  void flow(bool is_end);
  void release(bool is_end);
  void say_sentence(std::string_view whole);
  bool is_withheld(std::string_view sentence);
  std::optional<money> at_stake(std::string_view sentence) const;
  bool is_covered(const money& price) const;
  void withhold(const money& price);
  void shorten_to_what_was_heard(const cut& e);
  bool repeats_itself();

  // -- hearing (conversation_hear.cpp) --
  void heard_after_the_end(const std::string& text);
  listener judged(const std::string& text);
  /// True if a machine has spoken, and what is to be done about it was done.
  bool answered_a_machine(const std::string& text);
  void meet_voicemail();
  void leave_message();
  void meet_menu(const std::string& text);
  void meet_screening();
  void begin_hold();
  void count_hold();
  void wait_on();
  void note_prices(const std::string& text);
  bool is_sign_of_life(const std::string& text) const;
  bool goes_in_circles(const std::string& text);
  void asked_meanwhile(const std::string& text);
  void wonder_at_silence();

  // -- thinking (conversation_think.cpp) --
  void think();
  void stop_thinking();
  void fail();
  void end_turn(bool says_goodbye);
  void obey(const std::vector<assistant::tool_call>& calls);
  bool obey_one(const assistant::tool_call& call, struct wishes_of_a_turn& wishes);
  void say_filler();
  std::vector<std::string> news() const;

  // -- knowledge (conversation_knowledge.cpp) --
  /// Once for each question of a call, however often they ask it.
  void note_gap(gap::checked asked);
  /// True if the sentence answers what nobody knows with facts of its own.
  bool is_invented(std::string_view sentence) const;
  /// Says instead that it is not known, and notes the gap.
  void admit_ignorance();

  // -- the owner (conversation_owner.cpp) --
  bool may_ask() const;
  void ask(std::string text, std::optional<money> amount);
  owner_question* open_question();
  void close_open_question();
  void be_patient();
  void decline();

  // -- bound for one take --
  const facts* about = nullptr;
  memory* known = nullptr;
  std::vector<segment>* pieces = nullptr;
  milliseconds now{0};
  std::vector<act> acts;
  std::optional<act> closing;
  std::set<std::int32_t> changed; ///< numbers of pieces, for the note
  std::optional<memory> noted;    ///< what was stored last

  // -- between takes --
  phase at = phase::closed;
  bool is_open = false;
  std::int32_t listened_turn = -1;
  std::optional<milliseconds> armed;
  std::pair<phase, std::int32_t> armed_for{phase::closed, 0};

  speech_filter filter;
  milliseconds voice_until{0}; ///< when what was said has been spoken
  milliseconds last_sound{0};  ///< of the other end, or of us
  std::int32_t own_piece = 0;  ///< number of the piece of the turn; 0: nothing said in it
  bool opening_is_spoken = false;
  bool must_meet = false; ///< a new party is to be told who calls

  std::vector<std::string> heard; ///< of the one who is there now
  std::int32_t human_pieces = 0;
  bool may_be_another = false; ///< after a hold the listener is judged again
  std::string last_heard, last_heard_letters, last_said;
  std::int32_t heard_again = 0, said_again = 0;
  bool said_goodbye = false; ///< the other end
  bool wants_turn = false;   ///< something was not answered when the line was lost

  struct running_turn {
    bool is_running = false;
    std::int32_t id = 0;
    milliseconds asked_at{0}, last_text{0};
    std::string raw;         ///< of the model, not clean yet
    std::string sentence;    ///< clean, since the last end of a sentence
    std::size_t emitted = 0; ///< of `sentence`
    std::size_t length = 0;  ///< characters of the turn
    bool has_text = false, has_said = false, filler_said = false, is_full = false, is_over = false;
    std::optional<money> own_price;
    std::string question;      ///< of the other end; empty: none
    bool is_uncovered = false; ///< was looked up, and nothing answers it
    std::vector<knowledge::passage> found;
  } turn;
  std::int32_t failures = 0, tool_mistakes = 0;
  std::vector<std::string> hints; ///< for the model's next turn
  std::set<std::string> gaps;     ///< what was asked and is noted as not known, in canonical words
  std::string whisper;
  std::size_t keys_pressed = 0;

  std::optional<money> table;     ///< the price that is on it
  std::optional<money> countered; ///< what the assistant's last turn asked for instead
  bool asked_for_price = false;
  std::int32_t declined = 0;

  milliseconds asked_at{0}, phrase_at{0};
  std::int32_t phrases = 0;
  milliseconds hold_since{0}, sign_at{0};
  milliseconds message_at{0}, message_latest{0};
  std::int32_t screenings = 0, menu_silences = 0;
};

/// What a turn of the model asks for beside its text.
struct wishes_of_a_turn {
  std::optional<std::string> end;
  std::string press;
  std::optional<owner_question> question;
  bool hold = false;
  std::optional<gap::checked> unknown; ///< a question to be logged
  std::size_t mistakes = 0;
};

/// How many questions a call may put to its owner.
inline constexpr std::size_t questions_most = 5;
/// Keys that a call may press, in all.
inline constexpr std::size_t keys_most = 64;
/// A goodbye is begun so long before the end of the time.
inline constexpr milliseconds goodbye_time{15'000};
/// "$95" as a voice says it and as a model reads it: "95.00 USD".
std::string spoken(const money& m);

} // namespace ringmaster::talk
