// Appointments: what was offered, and what was agreed.

#include <algorithm>
#include <cstdio>
#include <utility>

#include "domain/rules_extract.hpp"

namespace ringmaster::rules {

namespace {

using talk::heard;
using talk::utterance;

std::string written(day d) {
  std::chrono::year_month_day date{d};
  char text[16];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::string written(int minutes) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minutes / 60 % 24, minutes % 60);
  return text;
}

struct slot {
  std::string date, time; ///< empty: not said
  std::vector<std::int32_t> segments;
  std::size_t place = 0;                 ///< where it was named first
  bool booked = false, proposed = false; ///< proposed: by the assistant, not yet agreed to
};

/// Moments that are something else than an appointment: opening hours, limits, deliveries.
bool is_other(const utterance& u, std::size_t token) {
  const auto& c = u.around(token);
  const auto& r = u.words();
  if (is_about_calling(u, token))
    return true;
  for (auto i = c.first; i < c.last; ++i)
    if (r.says_any(
            i, {"open", "opens", "close", "closes", "closed", "until", "till", "hours", "delayed",
                "shipped", "arrive", "canceled", "cancelled", "midnight", "ready", "mail",
                "minutes only", "pick it up"}) > 0)
      return true;
  return false;
}

/// "or 4", "and 4:30" behind a time: another one.
std::optional<std::pair<int, std::size_t>>
further_hour(const reader& r, std::size_t at, const calendar& c) {
  if (!r.is_one_of(at, {"or", "and", ","}))
    return std::nullopt;
  auto next = at + 1 + (r.is_one_of(at + 1, {"or", "at"}) ? 1 : 0);
  auto clock = read_clock(r, next, c, true);
  if (!clock || clock->from != clock->to)
    return std::nullopt;
  return std::pair{clock->from, next + clock->length};
}

class book {
public:
  explicit book(const call_reading& c) : c_(c) {}

  std::vector<slot> read() {
    for (std::size_t i = 0; i < c_.all().size(); ++i) {
      const auto& e = c_.all()[i];
      if (e.is_callee)
        take_callee(i);
      else if (c_.is_assistant(i))
        take_assistant(i);
    }
    std::erase_if(slots_, [](const slot& s) { return s.proposed || s.date.empty(); });
    // A day alone is told by its appointment with a time.
    auto out = slots_;
    std::erase_if(out, [&](const slot& s) {
      return s.time.empty() && std::any_of(slots_.begin(), slots_.end(), [&](const slot& o) {
               return o.date == s.date && !o.time.empty();
             });
    });
    return out;
  }

private:
  std::vector<slot> named_in(std::size_t place) {
    const auto& u = c_.all()[place].read;
    const auto& r = u.words();
    std::vector<slot> out;
    for (const auto& t : find_times(r, c_.dates)) {
      if (u.around(t.where.first).negated || t.is_past || is_other(u, t.where.first))
        continue;
      if (auto date = date_of(t); !date.empty())
        date_ = date;
      auto time = time_of(r, t);
      if (time.empty() && date_of(t).empty())
        continue;
      out.push_back({date_, time, {c_.all()[place].said.n}, place, false, false});
      for (auto at = t.where.last; !time.empty();) {
        auto more = further_hour(r, at, c_.dates);
        if (!more || u.around(at).negated)
          break;
        out.push_back({date_, written(more->first), {c_.all()[place].said.n}, place, false, false});
        at = more->second;
      }
    }
    return out;
  }

  slot* find(const slot& s) {
    for (auto& known : slots_)
      if (known.date == s.date && known.time == s.time)
        return &known;
    return nullptr;
  }

  /// A time for a day that was named without one, or a day's only slot named without its time.
  slot* find_open(const slot& s) {
    for (auto it = slots_.rbegin(); it != slots_.rend(); ++it)
      if (it->date == s.date && (it->time.empty() || s.time.empty()))
        return &*it;
    return nullptr;
  }

  slot& enter(const slot& s) {
    if (auto* known = find(s)) {
      known->segments.insert(known->segments.end(), s.segments.begin(), s.segments.end());
      return *known;
    }
    if (auto* open = find_open(s)) {
      if (open->time.empty())
        open->time = s.time;
      open->segments.insert(open->segments.end(), s.segments.begin(), s.segments.end());
      return *open;
    }
    slots_.push_back(s);
    return slots_.back();
  }

  void forget_proposals() {
    std::erase_if(slots_, [](const slot& s) { return s.proposed; });
  }

  void take_callee(std::size_t i) {
    const auto& u = c_.all()[i].read;
    auto proposals =
        std::count_if(slots_.begin(), slots_.end(), [](const slot& s) { return s.proposed; });
    if (talk::takes_back(u)) {
      bool any = std::any_of(slots_.begin(), slots_.end(), [](const slot& s) { return s.booked; });
      std::erase_if(slots_, [&](const slot& s) { return any ? s.booked : s.place == last_named_; });
    }
    auto named = named_in(i);
    bool agreed = talk::agrees(u);
    bool settled = talk::settles(u);
    // A yes to the assistant's own words; with a time of its own the callee says which.
    if (proposals > 0 && agreed && c_.heard.before(i) && c_.is_assistant(*c_.heard.before(i))) {
      for (auto& s : slots_)
        if (s.proposed) {
          s.proposed = false;
          s.booked = named.empty() || settled;
          s.segments.push_back(c_.all()[i].said.n);
          chosen_ = s;
        }
    } else if (proposals > 0 && (named.empty() || talk::denies(u))) {
      forget_proposals();
    }
    for (auto& s : named) {
      bool question_only = u.around(0).asks && s.place == i && !u.words().has("or") &&
                           !u.words().has_any({"would", "could", "how about", "work"});
      if (question_only)
        continue;
      auto& entered = enter(s);
      entered.proposed = false;
      entered.place = i;
      bool was_asked = std::find(asked_.begin(), asked_.end(), s.date + s.time) != asked_.end();
      if (settled || (agreed && entered.segments.size() > 1) || (was_asked && talk::repeats(u)))
        entered.booked = true;
      last_named_ = i;
    }
    if (named.empty() && (settled || agreed) && chosen_ && !slots_.empty())
      if (auto* s = find(*chosen_); s && !s->proposed)
        s->booked = true;
    if (talk::denies(u) && named.empty() && chosen_ && c_.heard.before(i) == chosen_at_) {
      if (auto* s = find(*chosen_))
        s->booked = false;
      chosen_.reset();
    }
  }

  void take_assistant(std::size_t i) {
    const auto& u = c_.all()[i].read;
    if (talk::leaves_open(u)) {
      for (auto& s : slots_)
        s.booked = false;
      chosen_.reset();
      return;
    }
    auto offers = std::count_if(slots_.begin(), slots_.end(), [&](const slot& s) {
      return !s.proposed && s.place == last_named_;
    });
    auto named = named_in(i);
    for (auto& s : named) {
      if (slot* known = find(s); known && !known->proposed) {
        choose(*known, talk::accepts(u) || !u.around(0).asks, i);
        return;
      }
      // "Tuesday would be good" where Tuesday was offered with its time.
      if (slot* open = find_open(s); open && !open->proposed) {
        if (open->time.empty())
          open->time = s.time;
        choose(*open, true, i);
        return;
      }
    }
    for (auto& s : named)
      if (c_.heard.next(i) && !find(s)) {
        s.proposed = true;
        asked_.push_back(s.date + s.time);
        slots_.push_back(s);
      }
    if (named.empty() && offers == 1 && talk::accepts(u) && c_.heard.before(i) == last_named_)
      for (auto& s : slots_)
        if (!s.proposed && s.place == last_named_)
          choose(s, true, i);
  }

  void choose(slot& s, bool taken, std::size_t at) {
    s.booked = s.booked || taken;
    chosen_ = s;
    chosen_at_ = at;
  }

  const call_reading& c_;
  std::vector<slot> slots_;
  std::string date_;           ///< the day that is spoken of
  std::optional<slot> chosen_; ///< what the assistant took last
  std::size_t chosen_at_ = static_cast<std::size_t>(-1);
  std::vector<std::string> asked_; ///< what the assistant asked for, however it was answered
  std::size_t last_named_ = static_cast<std::size_t>(-1);
};

} // namespace

std::string date_of(const time_found& t) {
  return t.from && t.to == t.from && !t.is_ambiguous_date ? written(*t.from) : std::string{};
}

std::string time_of(const reader& r, const time_found& t) {
  const auto& meaning = t.said.meaning;
  auto at = meaning.find('T');
  // "In the morning" is no time, "between 8 and 12" begins at one.
  bool has_number = false;
  for (auto i = t.where.first; i < t.where.last; ++i)
    has_number = has_number || r.is_number(i) || read_count(r, i).has_value() ||
                 r.is_one_of(i, {"noon", "midday"});
  bool is_bound = meaning.starts_with("..") || meaning.ends_with("..") ||
                  meaning.ends_with("T24:00") || meaning.find("T00:00/") != std::string::npos;
  if (!t.has_clock || at == std::string::npos || !has_number || is_bound)
    return {};
  return meaning.substr(at + 1, 5);
}

void find_slots(const call_reading& c, std::vector<talk::value>& out) {
  if (!c.wants_slot)
    return;
  for (auto& s : book{c}.read()) {
    talk::value v{"appointment", talk::value_kind::json, {}, {}, std::move(s.segments), {}};
    v.parts.emplace_back("date", s.date);
    if (!s.time.empty())
      v.parts.emplace_back("time", s.time);
    v.parts.emplace_back("status", s.booked ? "booked" : "offered");
    out.push_back(std::move(v));
  }
}

} // namespace ringmaster::rules
