// Prices, codes and appointments held against the words, with what corrects them later.

#include "domain/findings_hold.hpp"

#include <algorithm>
#include <utility>

namespace ringmaster::talk {

std::string* part(value& v, std::string_view name) {
  for (auto& [key, text] : v.parts)
    if (key == name)
      return &text;
  return nullptr;
}

void drop(value& v, std::string_view name) {
  std::erase_if(v.parts, [&](const auto& p) { return p.first == name; });
}

namespace {

void add_segment(value& v, std::int32_t n) { v.segments.push_back(n); }

void note(value& v, const std::string& first, const std::string& later) {
  v.contradiction = "the callee said " + first + " and later " + later;
}

/// True if the assistant asked for something more before the piece at `at`: "And with insurance?"
bool is_asked_anew(const hearing& h, std::size_t at) {
  auto asked = h.before(at);
  if (!asked || h.all()[*asked].said.who != speaker::assistant)
    return false;
  const auto& r = h.all()[*asked].read.words();
  return r.has("?") && r.has_any({"and", "what about", "how about", "without", "with", "instead"});
}

// -- prices ---------------------------------------------------------------------------------------

bool is_dollar(std::string_view code) {
  return code == "USD" || code == "CAD" || code == "AUD" || code == "NZD" || code == "SGD";
}

/// What else a price is about: the words of its clause.
std::set<std::string> subject(const utterance& u, const price_heard& p) {
  const auto& c = u.around(p.first);
  return content_of(u.words(), c.first, c.last);
}

/// A later price of the same thing takes the place of this one.
void correct_price(const hearing& h, value& v, std::size_t from, const price_heard& first) {
  auto amount = first.amount;
  auto about = subject(h.all()[from].read, first);
  bool past = false;
  for (auto i = from; i < h.all().size(); ++i) {
    const auto& e = h.all()[i];
    if (!e.is_callee)
      continue;
    auto prices = read_prices(e.read, {}, false);
    if (prices.empty() && i > from && e.read.corrects(0, e.read.words().size()))
      prices = read_prices(e.read, {}, true);
    std::size_t behind = 0;
    for (const auto& p : i == from ? read_prices(e.read, {}, true) : prices) {
      if (i == from && !past) {
        past = p.first == first.first;
        behind = p.last;
        continue;
      }
      bool said_so = e.read.corrects(behind, p.first);
      behind = p.last;
      if (p.amount.micros == amount.micros || p.amount.currency != amount.currency)
        continue;
      auto mine = subject(e.read, p);
      bool same = shared(mine, about) > 0 || (mine.empty() && about.empty());
      if (!said_so && (i == from || !same || is_asked_anew(h, i)))
        continue;
      if (!said_so)
        note(v, show(amount), show(p.amount));
      amount = p.amount;
      add_segment(v, e.said.n);
    }
  }
  if (auto* text = part(v, "amount"); amount.micros != first.amount.micros) {
    *text = to_decimal(amount.micros);
    drop(v, "details");
  }
}

} // namespace

bool hold_price(const hearing& h, value& v, support& s) {
  auto* amount = part(v, "amount");
  auto wanted = amount ? parse_decimal(*amount) : std::nullopt;
  if (!wanted)
    return false;
  std::optional<std::pair<std::size_t, price_heard>> first;
  if (!keep(h, s, [&](const utterance& u) {
        auto prices = read_prices(u, {}, true);
        return std::any_of(prices.begin(), prices.end(), [&](const auto& p) {
          return p.amount.micros == *wanted;
        });
      }))
    return false;
  for (auto at : s.places)
    for (const auto& p : read_prices(h.all()[at].read, {}, true))
      if (p.amount.micros == *wanted && !first)
        first = {at, p};
  *amount = to_decimal(*wanted);
  const auto& u = h.all()[first->first].read;
  const auto& said = first->second.amount.currency;
  if (auto* currency = part(v, "currency")) {
    bool dollars = u.words().has_any({"$", "dollar", "dollars", "bucks"});
    if ((said != "USD" && *currency != said) || (said == "USD" && dollars && !is_dollar(*currency)))
      *currency = said;
  }
  if (auto* details = part(v, "details"); details && !bears_words(u, *details))
    drop(v, "details");
  v.segments = s.segments;
  correct_price(h, v, first->first, first->second);
  return true;
}

namespace {

// -- codes ----------------------------------------------------------------------------------------

std::string plain(std::string_view code) {
  std::string out;
  for (char c : code)
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      out += c;
    else if (c >= 'a' && c <= 'z')
      out += static_cast<char>(c - 'a' + 'A');
  return out;
}

/// The code that stands in the end, and whether it was put right with a word.
void correct_code(const hearing& h, value& v, std::string& code, std::size_t from) {
  std::string cue;
  for (auto i = from; i < h.all().size(); ++i) {
    const auto& e = h.all()[i];
    if (!e.is_callee)
      continue;
    for (const auto& found : read_codes(e.read)) {
      if (plain(found.text) == plain(code)) {
        cue = found.cue;
        continue;
      }
      bool here = i == from; // the piece itself names another in its place
      bool said_so = e.read.corrects(0, found.first);
      if (!said_so && (here || cue.empty() || cue != found.cue))
        continue;
      if (!said_so)
        note(v, code, found.text);
      code = found.text;
      cue = found.cue;
      add_segment(v, e.said.n);
    }
  }
}

} // namespace

bool hold_code(const hearing& h, value& v, support& s) {
  if (!keep(h, s, [&](const utterance& u) { return bears_code(u, v.text); }))
    return false;
  v.segments = s.segments;
  correct_code(h, v, v.text, s.places.front());
  return true;
}

namespace {

// -- appointments ---------------------------------------------------------------------------------

/// The date that is spoken of at `at` where the piece names none itself.
bool bears_context(const hearing& h, std::size_t at, std::string_view date) {
  for (auto i = at; i-- > 0;)
    if (names_a_date(h.all()[i].read))
      return bears_date(h.all()[i].read, date);
  return false;
}

/// Another hour or day for what was settled.
void correct_appointment(const hearing& h, value& v, std::size_t from) {
  auto* date = part(v, "date");
  auto* time = part(v, "time");
  if (!time || !part(v, "status") || *part(v, "status") == "declined")
    return;
  bool booked = *part(v, "status") == "booked";
  bool evening = *time >= "17:00";
  bool past = false;
  for (auto i = from; i < h.all().size(); ++i) {
    const auto& e = h.all()[i];
    if (!e.is_callee || (i > from && !booked))
      continue;
    std::size_t behind = 0;
    for (const auto& m : read_moments(e.read, date ? *date : std::string{}, evening)) {
      bool same_day = m.date.empty() || !date || m.date == *date;
      if (m.time == *time && same_day) {
        past = true;
        behind = m.last;
        continue;
      }
      bool said_so = e.read.corrects(behind, m.first);
      behind = m.last;
      if (m.time.empty() || (!past && i == from))
        continue;
      // Without a word of correction only what settles it on the same day is about the same.
      if (!said_so && (i == from || !same_day || !settles(e.read)))
        continue;
      if (!said_so)
        note(v, *time, m.time);
      *time = m.time;
      if (date && !m.date.empty())
        *date = m.date;
      add_segment(v, e.said.n);
    }
  }
}

} // namespace

bool hold_appointment(const hearing& h, value& v, support& s) {
  auto* date = part(v, "date");
  auto* time = part(v, "time");
  auto* status = part(v, "status");
  if (status && *status == "declined")
    // What was turned down is named in denials, too.
    return keep(h, s, [&](const utterance& u) { return bears_words(u, u.words().all()); }) &&
           (v.segments = s.segments, true);
  bool has_date = false, has_time = false;
  support kept;
  for (auto at : s.places) {
    const auto& e = h.all()[at];
    bool on_time = time && bears_time(e.read, *time);
    bool on_date = date && (bears_date(e.read, *date) ||
                            (on_time && !names_a_date(e.read) && bears_context(h, at, *date)));
    // A time of another day is another appointment's.
    if (on_time && date && !on_date && names_a_date(e.read))
      on_time = false;
    has_date = has_date || on_date;
    has_time = has_time || on_time;
    if (!on_date && !on_time)
      continue;
    kept.places.push_back(at);
    kept.segments.push_back(e.said.n);
    if (e.said.who == speaker::assistant)
      if (auto answer = h.next(at))
        kept.segments.push_back(h.all()[*answer].said.n);
  }
  if (date && !has_date)
    drop(v, "date");
  if (part(v, "time") && !has_time)
    drop(v, "time");
  if (!has_date && !has_time)
    return false;
  v.segments = kept.segments;
  if (auto* code = part(v, "confirmation_number")) {
    auto all = find_support(h, v.segments);
    bool borne = std::any_of(h.all().begin(), h.all().end(), [&](const heard& e) {
      return e.is_callee && bears_code(e.read, *code);
    });
    if (!borne)
      drop(v, "confirmation_number");
    else
      for (std::size_t i = 0; i < h.all().size(); ++i)
        if (h.all()[i].is_callee && bears_code(h.all()[i].read, *code)) {
          correct_code(h, v, *code, i);
          break;
        }
  }
  if (auto* now = part(v, "status")) {
    if (*now != "booked" && *now != "offered")
      *now = "offered";
    if (*now == "booked" && !is_settled(h, kept.places))
      *now = "offered";
  }
  correct_appointment(h, v, kept.places.front());
  return true;
}

} // namespace ringmaster::talk
