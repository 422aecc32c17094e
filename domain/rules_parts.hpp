#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/money.hpp"
#include "domain/rules_reader.hpp"

// What the sources of the rules share among themselves; others include rules.hpp.

namespace ringmaster::rules {

/// Tokens `first` up to `last` (without it).
struct stretch {
  std::size_t first = 0, last = 0;
  bool covers(std::size_t i) const { return i >= first && i < last; }
};

// -- dates and times (rules_dates.cpp, rules_clock.cpp, rules_times.cpp) --------------------------

using day = std::chrono::sys_days; ///< of the user's own calendar

/// In which calendar a text is meant.
struct calendar {
  day today{};
  int minute_now = 0; ///< of today
  /// 3/4 is March 4th; none: not known.
  std::optional<bool> month_first;
  bool evening = false; ///< "at 7" is in the evening: dinner, a table, tonight
};
calendar calendar_of(const assistant::briefing& about, const reader& r);

struct date_reading {
  std::size_t length = 0;
  day from{}, to{};
  bool is_open = false; ///< a date, but which one cannot be known: 03/04/2027, "Mondays"
};
std::optional<date_reading> read_date(const reader& r, std::size_t i, const calendar& c);

struct clock_reading {
  std::size_t length = 0;
  int from = 0, to = 0; ///< minutes after midnight; equal: a moment
};
/// `bare`: a number alone is an hour, because of the word before it.
std::optional<clock_reading>
read_clock(const reader& r, std::size_t i, const calendar& c, bool bare);

struct time_found {
  stretch where;
  assistant::plan::when said;
  std::optional<day> from, to; ///< as far as known
  bool has_clock = false;
  bool is_limit = false; ///< after, before, by, between: holds, or it is no use
  bool is_past = false;
  bool is_ambiguous_date = false;
};
std::vector<time_found> find_times(const reader& r, const calendar& c);

// -- phone numbers (rules_numbers.cpp) ------------------------------------------------------------

struct number_found {
  stretch where;
  std::string text;
  bool is_own = false; ///< the user's, to be called back
  bool lacks_country = false;
};
/// `taken`: dates are no phone numbers.
std::vector<number_found>
find_numbers(const reader& r, std::string_view region, const std::vector<time_found>& taken);
/// Digits that are written like a phone number but are none that can be called; empty: none.
std::string find_uncallable(
    const reader& r, std::string_view region, const std::vector<time_found>& taken);
/// An order, account or other number by which a company knows the matter.
bool has_reference(const reader& r);

// -- prices (rules_prices.cpp) --------------------------------------------------------------------

struct price_found {
  stretch where; ///< with the words that make it a limit
  money amount;
  bool is_limit = false;
};
std::vector<price_found>
find_prices(const reader& r, std::string_view region, const std::vector<stretch>& taken);

// -- people (rules_names.cpp) ---------------------------------------------------------------------

struct names {
  std::string contact, company;
  bool is_role = false; ///< "dentist", not a name
};
names find_names(const reader& r);
/// How many come; 0: not said.
std::int64_t find_party_size(const reader& r);

// -- intents (rules_intents.cpp) ------------------------------------------------------------------

enum class intent : std::uint8_t {
  book,
  reschedule,
  cancel,
  confirm,
  order,
  negotiate,
  refund,
  complain,
  check,
  report,
  tell,
  ask
};
std::string_view to_string(intent i);
intent find_intent(const reader& r);
/// What is booked: "table", "appointment", "room"; empty: not said.
std::string find_object(const reader& r);
bool is_restaurant(const reader& r);

// -- constraints (rules_constraints.cpp) ----------------------------------------------------------

struct wishes {
  std::vector<std::string> hard, soft;
};
wishes find_wishes(
    const reader& r, const std::vector<time_found>& times, const std::vector<price_found>& prices);

// -- all together ---------------------------------------------------------------------------------

/// Everything found in one text.
struct findings {
  reader text;
  calendar dates;
  std::vector<time_found> times;
  std::vector<number_found> numbers;
  std::vector<price_found> prices;
  names who;
  intent what = intent::ask;
  std::string object;
  std::int64_t party = 0;
};
findings read(const assistant::briefing& about);
/// The number to call, as written: the user's own never is.
const number_found* number_of(const findings& f);
/// Whom to call, with an article where it needs one: "the dentist", "Joe's Garage".
std::string whom(const assistant::briefing& about, const findings& f);

/// A text as JSON. (rules.cpp)
std::string json_string(std::string_view text);

assistant::plan make_plan(const assistant::briefing& about);
std::vector<assistant::question> find_missing(const assistant::briefing& about, const findings& f);
assistant::script make_script(const assistant::script_request& r);

} // namespace ringmaster::rules
