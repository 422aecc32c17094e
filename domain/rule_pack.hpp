#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/callee_zones.hpp"
#include "domain/window.hpp"

namespace ringmaster {

/// A day of the calendar, without a zone.
using civil_day = std::chrono::sys_days;

/// A part of a day in which calls are allowed: from <= time < to.
struct day_span {
  time_of_day from, to;
  friend bool operator==(const day_span&, const day_span&) = default;
};
/// Sorted, apart from each other; none: the whole day is closed.
using day_hours = std::vector<day_span>;
/// `closed`, `08:00-21:00`, or several with commas: `10:00-13:00, 14:00-20:00`.
result<day_hours> parse_day_hours(std::string_view text);
std::string to_string(const day_hours& hours);

/// A day of the year on which other hours may hold.
struct holiday {
  enum class rule : std::uint8_t {
    date,    ///< the same day each year
    weekday, ///< the nth weekday of a month, or its last
    easter,  ///< days from Easter Sunday (western)
  };
  enum class observance : std::uint8_t {
    none,            ///< the day itself only
    monday,          ///< a Sunday's holiday is kept on the Monday, too
    nearest_weekday, ///< a Saturday's on the Friday, a Sunday's on the Monday, too
  };
  std::string id;
  std::string name;
  rule kind = rule::date;
  unsigned month = 1;
  unsigned day = 1;
  unsigned weekday = 0; ///< 0 is Monday
  int nth = 1;          ///< 1..4, or -1: the last
  int shift = 0;        ///< days after (or before) what the rule says
  observance kept = observance::none;

  bool falls_on(civil_day day) const;
};
/// Easter Sunday of a year, western reckoning.
civil_day easter_sunday(std::chrono::year year);

/// One rule of a pack: whom it holds for, and when they may be called. The rules of a pack that
/// hold for a callee hold all together.
struct rule_entry {
  std::string id;
  std::vector<std::string> countries; ///< none: everywhere
  std::vector<std::string> states;    ///< with or without area codes; none of both: the country
  std::vector<std::string> area_codes;
  std::array<day_hours, 7> days;       ///< Monday first
  std::vector<std::uint16_t> holidays; ///< places in `rule_pack::holidays`
  day_hours holiday_hours;
  std::optional<std::int32_t> calls_per_day; ///< to one number in any 24 hours
  std::string source;                        ///< statute or regulation
  std::string source_date;                   ///< when it was looked at
  std::string note;
  std::size_t line = 0; ///< in its file

  /// Whether it holds for a callee. Where the state of a callee is unknown, every rule for a state
  /// of the country holds; where the country is unknown, every rule does.
  bool holds_for(const callee_place& callee) const;
};

/// Legal hours as data: versioned, each rule with its source. Not legal advice.
struct rule_pack {
  std::string id;
  std::int32_t version = 1;
  std::string date; ///< of this version, YYYY-MM-DD
  std::string title;
  std::string description;
  std::vector<holiday> holidays;
  std::vector<rule_entry> entries;
};

/// What the law says of one callee and one instant.
struct legal_reading {
  bool open = false;
  std::string reason; ///< a sentence, also when open; never empty
  std::string entry;  ///< the rule that closes; empty when open or when nobody knows
  std::string zone;   ///< where it closes
  std::optional<instant> next_open_at; ///< when closed: the smallest later open instant
  std::optional<instant> closes_at;    ///< when open: the smallest later instant that is not open
};

/// The rules of a pack that hold for one callee, with all clocks of it: open iff every rule is open
/// by every clock. Without a clock or without a rule it is never open. Holds on to the pack, which
/// must outlive it, and to the clocks.
class legal_hours {
public:
  /// Never open.
  legal_hours() = default;
  legal_hours(const rule_pack& pack, const callee_place& callee);

  /// False where no zone or no rule is known: then nobody may call, and no time makes it better.
  bool known() const { return !clocks_.empty() && !entries_.empty(); }
  bool has_zone() const { return !clocks_.empty(); }

  bool open_at(instant t) const;
  /// `t` if it is open, else the smallest later instant that is; none within 400 days.
  std::optional<instant> next_open(instant t) const;
  /// `t` if it is not open, else the smallest later instant that is not; none within 400 days.
  std::optional<instant> next_close(instant t) const;
  legal_reading read(instant t) const;

  /// The least of the rules' calls in 24 hours; none: no rule says so.
  std::optional<std::int32_t> calls_per_day() const;
  /// The rule that says so; empty if none does.
  std::string_view calls_per_day_entry() const;

private:
  struct wall;
  wall wall_at(const zone& clock, instant t) const;
  const day_hours& hours_of(const rule_entry& entry, civil_day day) const;
  const rule_entry* closed_by(const zone& clock, instant t) const;
  instant next_edge(const zone& clock, instant t) const;

  const rule_pack* pack_ = nullptr;
  std::vector<const rule_entry*> entries_;
  std::vector<std::shared_ptr<const zone>> clocks_;
};

/// `legal_hours(pack, callee).read(t)`.
legal_reading read_legal(const rule_pack& pack, const callee_place& callee, instant t);

/// What differs between two packs, a line for each difference; empty if they say the same.
std::vector<std::string> compare(const rule_pack& before, const rule_pack& after);

} // namespace ringmaster
