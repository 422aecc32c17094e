#include "domain/findings_borne.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "domain/rules_parts.hpp"

namespace ringmaster::talk {

namespace {

using rules::reader;
using std::chrono::days;

std::optional<rules::day> day_of(std::string_view text) {
  int y = 0;
  unsigned m = 0, d = 0;
  std::string copy{text};
  if (copy.size() < 10 || std::sscanf(copy.c_str(), "%4d-%2u-%2u", &y, &m, &d) != 3)
    return std::nullopt;
  std::chrono::year_month_day date{
      std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
  if (!date.ok() || y < 1970 || y > 2200)
    return std::nullopt;
  return rules::day{date};
}

std::optional<int> minutes_of(std::string_view text) {
  auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() < 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return std::nullopt;
  auto value = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
  return value <= 24 * 60 ? std::optional{value} : std::nullopt;
}

std::string written(rules::day d) {
  std::chrono::year_month_day date{d};
  char text[16];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

/// The calendar of the day before, in which every way to name the day leads to it.
rules::calendar eve_of(rules::day d, bool evening) {
  rules::calendar c;
  c.today = d - days{1};
  c.evening = evening;
  return c;
}

/// "Today", "in two weeks": a day that cannot be known without knowing when it was said.
bool is_relative(const reader& r, std::size_t i) {
  if (r.says_any(
          i, {"today", "tonight", "tomorrow", "day after tomorrow", "this afternoon",
              "this morning", "this evening", "later today", "right now", "right away"}) > 0)
    return true;
  auto n = r.says_any(i, {"in", "within"});
  auto count = n > 0 ? rules::read_count(r, i + n) : std::nullopt;
  auto unit = i + n + (count ? count->length : 1);
  return n > 0 && (count || r.is_one_of(i + n, {"a", "an"})) &&
         r.is_one_of(unit, {"day", "days", "week", "weeks", "hour", "hours", "minutes"});
}

std::string upper_alnum(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'a' && c <= 'z')
      out += static_cast<char>(c - 'a' + 'A');
    else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      out += c;
  }
  return out;
}

std::string digits_in(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c >= '0' && c <= '9')
      out += c;
  return out;
}

/// An hour that says itself which half of the day it is in.
bool has_half(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i)
    if (r.is_one_of(
            i, {"am", "pm", "a", "p", "morning", "afternoon", "evening", "night", "noon", "midday",
                "midnight"}))
      return true;
  return false;
}

} // namespace

// -- the transcript -------------------------------------------------------------------------------

hearing::hearing(std::span<const segment> all) {
  all_.reserve(all.size());
  for (const auto& s : all) {
    heard h{s, utterance{s.text}, false};
    h.is_callee = s.who == speaker::human && !speaks_to_machine(h.read);
    if (s.who == speaker::human) {
      reader said{s.text};
      for (std::size_t i = 0; i < said.size(); ++i)
        words_ += said[i].what == rules::token::kind::sign ? 0 : 1;
    }
    all_.push_back(std::move(h));
  }
}

std::optional<std::size_t> hearing::place(std::int32_t n) const {
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (all_[i].said.n == n)
      return i;
  return std::nullopt;
}

std::optional<std::size_t> hearing::next(std::size_t at) const {
  for (auto i = at + 1; i < all_.size(); ++i)
    if (all_[i].said.who != speaker::system)
      return i;
  return std::nullopt;
}

std::optional<std::size_t> hearing::before(std::size_t at) const {
  for (auto i = at; i-- > 0;)
    if (all_[i].said.who != speaker::system)
      return i;
  return std::nullopt;
}

support find_support(const hearing& h, const std::vector<std::int32_t>& segments) {
  support out;
  for (auto n : segments) {
    auto at = h.place(n);
    if (!at)
      continue;
    const auto& e = h.all()[*at];
    if (e.is_callee) {
      out.places.push_back(*at);
      out.segments.push_back(n);
    } else if (e.said.who == speaker::assistant && !leaves_open(e.read)) {
      auto answer = h.next(*at);
      if (answer && h.all()[*answer].is_callee && agrees(h.all()[*answer].read)) {
        out.places.push_back(*at);
        out.segments.push_back(n);
        out.segments.push_back(h.all()[*answer].said.n);
      }
    }
  }
  auto tidy = [](auto& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  };
  tidy(out.places);
  tidy(out.segments);
  return out;
}

// -- values ---------------------------------------------------------------------------------------

bool bears_date(const utterance& u, std::string_view date) {
  auto wanted = day_of(date);
  if (!wanted)
    return false;
  const auto& r = u.words();
  auto c = eve_of(*wanted, false);
  for (auto first : {true, false}) {
    c.month_first = first;
    for (std::size_t i = 0; i < r.size(); ++i) {
      if (u.around(i).negated)
        continue;
      if (is_relative(r, i))
        return true;
      auto found = rules::read_date(r, i, c);
      if (found && !found->is_open && found->from == *wanted && found->to == *wanted)
        return true;
    }
  }
  return false;
}

bool names_a_date(const utterance& u) {
  const auto& r = u.words();
  auto c = eve_of(rules::day{std::chrono::year{2026} / 6 / 15}, false);
  for (std::size_t i = 0; i < r.size(); ++i)
    if (!u.around(i).negated && (is_relative(r, i) || rules::read_date(r, i, c)))
      return true;
  return false;
}

bool bears_time(const utterance& u, std::string_view time) {
  auto wanted = minutes_of(time);
  if (!wanted)
    return false;
  const auto& r = u.words();
  for (auto evening : {false, true}) {
    rules::calendar c;
    c.evening = evening;
    for (std::size_t i = 0; i < r.size(); ++i) {
      if (u.around(i).negated || r.is_one_of(i - 1, {"$", "eur€", "gbp£", ":", "number"}))
        continue;
      auto found = rules::read_clock(r, i, c, true);
      if (!found)
        continue;
      if (found->from == *wanted || found->to == *wanted)
        return true;
      constexpr int half = 12 * 60;
      if (!has_half(r, i, i + found->length) && found->from % half == *wanted % half)
        return true;
    }
  }
  return false;
}

bool bears_number(const utterance& u, std::string_view number) {
  auto wanted = parse_decimal(number);
  if (!wanted)
    return false;
  const auto& r = u.words();
  for (const auto& p : read_prices(u, {}, true))
    if (p.amount.micros == *wanted)
      return true;
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (u.around(i).negated)
      continue;
    auto count = rules::read_count(r, i);
    if (!count)
      continue;
    auto last = i + count->length;
    bool has_point =
        r.low(last) == "." && r[last].glued && r.is_number(last + 1) && r[last + 1].glued;
    if (!has_point && count->value * 1'000'000 == *wanted)
      return true;
    if (has_point && parse_decimal(r.low(i) + '.' + r.low(last + 1)) == wanted)
      return true;
  }
  return false;
}

bool bears_code(const utterance& u, std::string_view code) {
  auto wanted = upper_alnum(code);
  if (wanted.size() < 2)
    return false;
  for (const auto& run : read_spelled(u.words()))
    if (run.find(wanted) != std::string::npos)
      return true;
  return false;
}

bool bears_phone(const utterance& u, std::string_view number) {
  auto wanted = digits_in(number);
  if (wanted.size() < 7)
    return false;
  // The country is not said, and a zero before the number is not written.
  auto tail = wanted.substr(wanted.size() - std::max<std::size_t>(7, wanted.size() - 3));
  std::string said;
  const auto& r = u.words();
  for (std::size_t i = 0; i < r.size(); ++i)
    if (r.is_number(i) && !u.around(i).negated)
      said += r.low(i);
    else if (!r.is_one_of(i, {"-", ".", "(", ")", "/", "+", ","}))
      said += ' ';
  return said.find(tail) != std::string::npos;
}

bool bears_name(const utterance& u, std::string_view name) {
  const auto& r = u.words();
  reader wanted{std::string{name}};
  std::size_t parts = 0;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    if (!wanted.is_word(k) ||
        wanted.is_one_of(k, {"the", "dr", "doctor", "mr", "mrs", "ms", "of", "and", "at"}))
      continue;
    ++parts;
    bool found = false;
    for (std::size_t i = 0; i < r.size() && !found; ++i)
      found = (r.low(i) == wanted.low(k) || r.low(i) == wanted.low(k) + "'s") &&
              !r.has_any({"nobody", "no one", "wrong number"});
    if (!found)
      return false;
  }
  return parts > 0;
}

bool bears_words(const utterance& u, std::string_view text) {
  utterance wanted{text};
  const auto& r = u.words();
  auto says_no = [](const utterance& x) {
    return std::any_of(
        x.clauses().begin(), x.clauses().end(), [](const auto& c) { return c.negated; });
  };
  std::set<std::string> said;
  std::set<std::string> tokens;
  for (const auto& c : u.clauses()) {
    if (c.negated && !says_no(wanted))
      continue;
    said.merge(content_of(r, c.first, c.last));
    for (auto i = c.first; i < c.last; ++i)
      tokens.insert(r.low(i));
  }
  // Numbers must stand as they are said; of words most.
  for (std::size_t k = 0; k < wanted.words().size(); ++k)
    if (wanted.words().is_number(k) && tokens.count(wanted.words().low(k)) == 0)
      return false;
  auto content = content_of(text);
  if (!content.empty())
    return shared(content, said) * 10 >= content.size() * 6;
  std::size_t all = 0, found = 0;
  for (std::size_t k = 0; k < wanted.words().size(); ++k)
    if (wanted.words()[k].what != rules::token::kind::sign) {
      ++all;
      found += tokens.count(wanted.words().low(k));
    }
  return all > 0 && found == all;
}

std::optional<bool>
answer_at(const hearing& h, std::size_t at, const std::set<std::string>& about) {
  const auto& e = h.all()[at];
  if (!e.is_callee)
    return std::nullopt;
  const auto& u = e.read;
  auto asked = h.before(at);
  // "Yes" may stand behind "let me look" and "thank you for holding".
  while (asked && h.all()[*asked].said.who == speaker::human)
    asked = h.before(*asked);
  auto question = asked ? content_of(h.all()[*asked].said.text) : std::set<std::string>{};
  bool is_asked = asked && (shared(question, about) > 0 || about.empty());
  bool own_words = shared(content_of(e.said.text), about) > 0;
  if (!is_asked && !own_words)
    return std::nullopt;
  if (hesitates(u) && !agrees(u))
    return std::nullopt;
  if (denies(u))
    return false;
  if (is_asked && agrees(u))
    return true;
  // A "no" or "yes" behind other words: "Thank you for holding. No, it's delayed."
  const auto& r = u.words();
  for (const auto& c : u.clauses()) {
    bool starts = c.first > 0 && r.ends_sentence(c.first - 1);
    if (starts && is_asked && r.is_one_of(c.first, {"no", "nope"}))
      return false;
    if (starts && is_asked && r.is_one_of(c.first, {"yes", "yeah", "yep"}))
      return true;
  }
  for (const auto& c : u.clauses())
    if (!c.asks && shared(content_of(r, c.first, c.last), about) > 0)
      return !c.negated;
  return std::nullopt;
}

// -- appointments ---------------------------------------------------------------------------------

bool takes_back(const utterance& u) {
  return u.words().has_any(
             {"is taken", "is gone", "just taken", "not available", "isn't available", "no longer",
              "already taken", "can't do that", "that one is", "i was wrong"}) &&
         std::any_of(
             u.clauses().begin(), u.clauses().end(), [](const auto& c) { return c.negated; });
}

bool is_settled(const hearing& h, const std::vector<std::size_t>& places) {
  if (places.empty())
    return false;
  bool settled = false;
  for (auto i = places.front(); i < h.all().size(); ++i) {
    const auto& e = h.all()[i];
    if (e.is_callee && i > places.front() && takes_back(e.read))
      settled = false;
    else if (e.is_callee && settles(e.read))
      settled = true;
    bool is_source = std::find(places.begin(), places.end(), i) != places.end();
    if (e.is_callee && is_source && repeats(e.read))
      settled = true;
    if (e.said.who == speaker::assistant) {
      if (leaves_open(e.read))
        settled = false;
      auto answer = h.next(i);
      auto asked = h.before(i);
      bool is_answer = asked && std::find(places.begin(), places.end(), *asked) != places.end();
      bool refused = answer && h.all()[*answer].said.who == speaker::human &&
                     (denies(h.all()[*answer].read) || hesitates(h.all()[*answer].read));
      // The assistant's own words, agreed to; or the callee's offer, taken.
      if (is_source && answer && h.all()[*answer].is_callee && agrees(h.all()[*answer].read))
        settled = true;
      else if (!is_source && is_answer && accepts(e.read) && !refused)
        settled = true;
    }
  }
  return settled;
}

std::vector<moment_heard> read_moments(const utterance& u, std::string_view date, bool evening) {
  std::vector<moment_heard> out;
  auto base = day_of(date);
  auto c = eve_of(base.value_or(rules::day{std::chrono::year{2026} / 6 / 15}), evening);
  c.month_first = true;
  for (const auto& t : rules::find_times(u.words(), c)) {
    const auto& meaning = t.said.meaning;
    if (u.around(t.where.first).negated || meaning.empty() || meaning.starts_with("..") ||
        meaning.ends_with(".."))
      continue;
    moment_heard m{t.where.first, t.where.last, {}, {}};
    if (base && t.from && t.to == t.from && !is_relative(u.words(), t.where.first))
      m.date = written(*t.from);
    // "Tonight" and "in the morning" are no times of their own.
    bool has_number = false;
    for (auto i = t.where.first; i < t.where.last; ++i)
      has_number = has_number || u.words().is_number(i) || rules::read_count(u.words(), i) ||
                   u.words().is_one_of(i, {"noon", "midday"});
    auto at = meaning.find('T');
    if (t.has_clock && has_number && at != std::string::npos)
      m.time = meaning.substr(at + 1, 5);
    out.push_back(std::move(m));
  }
  return out;
}

} // namespace ringmaster::talk
