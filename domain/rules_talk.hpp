#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/rules_parts.hpp"
#include "domain/spoken.hpp"

// What the sources of a live turn by rules share; others include rules.hpp. Nothing is remembered
// between turns: what was asked, agreed and answered is read from what was said.

namespace ringmaster::rules {

// -- moments (rules_talk_slots.cpp) ---------------------------------------------------------------

/// A moment that is offered or agreed; parts of it may not be known.
struct slot {
  std::optional<day> on;
  std::optional<int> from, to; ///< minutes of the day; the same: a moment
  bool has_clock() const { return from && *from == *to; }
  friend bool operator==(const slot&, const slot&) = default;
};
/// The slots that a text names and does not deny; a time alone is on the day named before it.
std::vector<slot> slots_in(std::string_view text, const calendar& c);

/// When it may be, as an instruction says.
struct wished {
  std::vector<slot> days;   ///< one of these; empty: any day
  std::vector<slot> hours;  ///< a time in one of these
  std::vector<slot> bounds; ///< all of these; an open side is far away
  std::vector<slot> never;
  std::optional<int> ideal; ///< minute of the day
  unsigned weekdays = 0x7f; ///< bit 0 is Sunday
};
wished wished_in(std::string_view text, const calendar& c, bool is_move);
bool fits(const slot& s, const wished& w);
/// The best of what fits: by the soft wishes, then nearest to the ideal time, then the earliest.
std::optional<slot>
choose(const std::vector<slot>& offered, const wished& hard, const wished& soft);

/// "Tuesday at 3 pm"; with the date "Tuesday, November 24 at 3 pm".
std::string say_slot(const slot& s, bool with_date);

// -- what a call is about (rules_talk_matter.cpp) -------------------------------------------------

enum class goal : std::uint8_t { book, move, cancel, confirm, price, hours, tell, deal, ask };

struct matter {
  goal what = goal::ask;
  calendar dates;
  wished hard, soft;
  std::string when;   ///< the wish in words; empty: none
  std::string object; ///< with its article: "a table"
  std::int64_t party = 0;
  std::string purpose;  ///< "to book a table for four"
  std::string question; ///< what is said first when they are ready to listen
};
matter matter_of(const assistant::live_brief& about);

/// A clause of the owner's, as it is said for them: "I" is "my client", "they" are "you".
std::string said_for_owner(std::string_view clause);
/// "45 dollars", "45.50 euros".
std::string say_money(const money& m);

// -- what was said --------------------------------------------------------------------------------

struct dialogue {
  const assistant::turn& turn;
  const assistant::live_brief& about;
  matter goal;
  std::string heard;  ///< by the other end since the assistant last said something of weight
  talk::spoken words; ///< the same
  std::string last;   ///< what the assistant said last, fillers left out
  std::vector<std::string> ours, theirs; ///< all, in order

  explicit dialogue(const assistant::turn& t);
  /// True if the assistant has said this.
  bool said(std::string_view part) const;
  int times_said(std::string_view part) const;
};

/// What is said, and whether the call ends then, or something else is done.
struct utterance {
  std::string text;
  std::string end; ///< why; empty: it goes on
  std::string keys;
  std::optional<money> asks_owner;
  bool holds = false;
  std::string gap{}; ///< what they asked and nobody knows; empty: nothing
};
using maybe = std::optional<utterance>;

// -- answers (rules_talk_answers.cpp) -------------------------------------------------------------

/// Questions about who calls and why, robots, repetitions.
maybe answer_about_call(const dialogue& d);
/// Questions for facts: of the owner (only what is allowed), of the matter, of the business.
maybe answer_with_facts(const dialogue& d);
maybe answer_unknown_question(const dialogue& d);
bool is_question(const dialogue& d);
std::string who_calls(const dialogue& d);
/// The script's goodbye, or one in the task's tone.
std::string goodbye_of(const dialogue& d);
std::string business_fact(const dialogue& d);

// -- prices (rules_talk_prices.cpp) ---------------------------------------------------------------

std::optional<money> last_price(std::string_view text, const dialogue& d);
/// The price that stands on the table: the last one that they named.
std::optional<money> price_on_table(const dialogue& d);
bool is_covered(const dialogue& d, const money& price);
/// Nothing where no price hinders a yes; else the question to the owner, or that it is declined.
maybe hindered_by_price(const dialogue& d);

// -- goals (rules_talk_goals.cpp, rules_talk_booking.cpp) -----------------------------------------

maybe pursue(const dialogue& d);
maybe book(const dialogue& d);
/// They refuse: another way is asked for once, then the call ends.
maybe answer_refusal(const dialogue& d);
bool is_yes(const talk::spoken& s);
bool is_no(const talk::spoken& s);
/// "A-17" of "your confirmation number is A-17"; empty: none.
std::string confirmation_in(std::string_view text, bool was_asked);

// -- knowledge (rules_chat.cpp) -------------------------------------------------------------------

/// An answer to their last words from what was looked up; not covered where nothing was.
knowledge::answer known_to_business(const dialogue& d);
/// A turn of a chat.
assistant::turn_end chat(const assistant::chat_brief& about);

/// One turn; the text is never empty.
utterance converse(const dialogue& d);

} // namespace ringmaster::rules
