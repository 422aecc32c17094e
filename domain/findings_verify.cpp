// Findings held against the transcript: see findings.hpp for what is promised.

#include <algorithm>
#include <utility>

#include "domain/findings.hpp"
#include "domain/findings_borne.hpp"

namespace ringmaster::talk {

namespace {

using field_kind = schema_field::kind;

std::string* part(value& v, std::string_view name) {
  for (auto& [key, text] : v.parts)
    if (key == name)
      return &text;
  return nullptr;
}

void drop(value& v, std::string_view name) {
  std::erase_if(v.parts, [&](const auto& p) { return p.first == name; });
}

void forget(value& v) {
  v.text.clear();
  v.parts.clear();
  v.segments.clear();
  v.contradiction.clear();
}

/// Keeps of the support what names the value itself; without any the value is not borne.
template <class Bears>
bool keep(const hearing& h, support& s, Bears bears) {
  support kept;
  for (auto at : s.places) {
    const auto& e = h.all()[at];
    if (!bears(e.read))
      continue;
    kept.places.push_back(at);
    kept.segments.push_back(e.said.n);
    if (e.said.who == speaker::assistant)
      if (auto answer = h.next(at))
        kept.segments.push_back(h.all()[*answer].said.n);
  }
  s = std::move(kept);
  return !s.places.empty();
}

void add_segment(value& v, std::int32_t n) { v.segments.push_back(n); }

void tidy(std::vector<std::int32_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

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

bool hold_code(const hearing& h, value& v, support& s) {
  if (!keep(h, s, [&](const utterance& u) { return bears_code(u, v.text); }))
    return false;
  v.segments = s.segments;
  correct_code(h, v, v.text, s.places.front());
  return true;
}

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

// -- other values ---------------------------------------------------------------------------------

bool hold_moment(const hearing& h, value& v, support& s) {
  auto t = v.text.find('T');
  auto date = v.text.substr(0, std::min(t, v.text.size()));
  auto time = t == std::string::npos ? std::string{} : v.text.substr(t + 1);
  return keep(
             h, s,
             [&](const utterance& u) {
               bool on_time = time.empty() || bears_time(u, time);
               bool on_date = bears_date(u, date) || (!time.empty() && !names_a_date(u));
               return on_time && on_date;
             }) &&
         (v.segments = s.segments, true);
}

bool hold_boolean(
    const hearing& h, value& v, const std::vector<std::int32_t>& named,
    const std::set<std::string>& about) {
  support kept;
  for (auto n : named) {
    auto at = h.place(n);
    auto answer = at ? answer_at(h, *at, about) : std::nullopt;
    if (answer && v.text == (*answer ? "true" : "false"))
      kept.segments.push_back(n);
  }
  v.segments = std::move(kept.segments);
  return !v.segments.empty();
}

bool hold_list(const hearing& h, value& v, support& s) {
  support all;
  std::vector<std::pair<std::string, std::string>> items;
  for (const auto& [key, text] : v.parts) {
    auto mine = s;
    if (!keep(h, mine, [&](const utterance& u) { return bears_words(u, text); }))
      continue;
    items.emplace_back(std::to_string(items.size()), text);
    all.segments.insert(all.segments.end(), mine.segments.begin(), mine.segments.end());
  }
  v.parts = std::move(items);
  v.segments = std::move(all.segments);
  return !v.parts.empty();
}

template <class Bears>
bool hold_by(const hearing& h, value& v, support& s, Bears bears) {
  return keep(h, s, [&](const utterance& u) { return bears(u, v.text); }) &&
         (v.segments = s.segments, true);
}

const schema_field* field_of(const value& v, std::span<const schema_field> schema) {
  constexpr std::string_view prefix = "result.";
  if (!v.key.starts_with(prefix))
    return nullptr;
  auto name = std::string_view{v.key}.substr(prefix.size());
  for (const auto& f : schema)
    if (f.name == name)
      return &f;
  return nullptr;
}

value_kind kind_of(const schema_field& f) {
  switch (f.what) {
  case field_kind::number:
  case field_kind::integer:
    return value_kind::number;
  case field_kind::boolean:
    return value_kind::boolean;
  case field_kind::date:
  case field_kind::datetime:
    return value_kind::datetime;
  case field_kind::list:
    return value_kind::json;
  case field_kind::text:
  case field_kind::choice:
    break;
  }
  return value_kind::text;
}

std::set<std::string> words_of(const schema_field& f) {
  auto name = f.name;
  std::replace(name.begin(), name.end(), '_', ' ');
  std::replace(name.begin(), name.end(), '-', ' ');
  return content_of(name + ' ' + f.description);
}

bool hold_field(const hearing& h, value& v, support& s, const schema_field& f) {
  if (v.kind != kind_of(f))
    return false;
  switch (v.kind) {
  case value_kind::number: {
    auto number = parse_decimal(v.text);
    return number && (f.what != field_kind::integer || *number % 1'000'000 == 0) &&
           hold_by(h, v, s, bears_number);
  }
  case value_kind::boolean:
    return hold_boolean(h, v, std::exchange(v.segments, {}), words_of(f));
  case value_kind::datetime:
    return hold_moment(h, v, s);
  case value_kind::json:
    return hold_list(h, v, s);
  case value_kind::text:
    break;
  }
  if (f.what != field_kind::choice)
    return hold_by(h, v, s, bears_words);
  if (std::find(f.choices.begin(), f.choices.end(), v.text) == f.choices.end())
    return false;
  if (v.text == "yes" || v.text == "no") {
    auto answer = value{v.key, value_kind::boolean, v.text == "yes" ? "true" : "false", {}, {}, {}};
    bool held = hold_boolean(h, answer, v.segments, words_of(f));
    v.segments = answer.segments;
    return held;
  }
  auto said = v.text;
  std::replace(said.begin(), said.end(), '_', ' ');
  return keep(h, s, [&](const utterance& u) { return bears_words(u, said); }) &&
         (v.segments = s.segments, true);
}

bool hold(const hearing& h, value& v, std::span<const schema_field> schema) {
  auto s = find_support(h, v.segments);
  if (const auto* f = field_of(v, schema))
    return hold_field(h, v, s, *f);
  if (v.key == "price")
    return v.kind == value_kind::json && hold_price(h, v, s);
  if (v.key == "appointment")
    return v.kind == value_kind::json && hold_appointment(h, v, s);
  if (v.kind == value_kind::json)
    return hold_list(h, v, s);
  if (v.key == "confirmation_number")
    return hold_code(h, v, s);
  if (v.key == "phone_number")
    return hold_by(h, v, s, bears_phone);
  if (v.key == "business_name" || v.key == "person_name")
    return hold_by(h, v, s, bears_name);
  if (v.kind == value_kind::datetime)
    return hold_moment(h, v, s);
  if (v.kind == value_kind::number)
    return hold_by(h, v, s, bears_number);
  if (v.kind == value_kind::boolean)
    return hold_boolean(h, v, std::exchange(v.segments, {}), content_of(v.key));
  return hold_by(h, v, s, bears_words);
}

/// The same value said twice is one value.
void merge(std::vector<value>& all) {
  std::vector<value> out;
  for (auto& v : all) {
    auto same = std::find_if(out.begin(), out.end(), [&](const value& o) {
      auto about = [](const value& x) {
        auto parts = x.parts;
        std::erase_if(parts, [](const auto& p) { return p.first == "details"; });
        return parts;
      };
      return o.key == v.key && o.kind == v.kind && o.text == v.text && about(o) == about(v);
    });
    if (same == out.end()) {
      out.push_back(std::move(v));
      continue;
    }
    same->segments.insert(same->segments.end(), v.segments.begin(), v.segments.end());
    tidy(same->segments);
    if (same->contradiction.empty())
      same->contradiction = std::move(v.contradiction);
  }
  all = std::move(out);
}

bool is_machine(listener who) {
  return who == listener::voicemail || who == listener::menu || who == listener::screening ||
         who == listener::fax || who == listener::silence;
}

/// The callee agreed to something, or gave something.
bool is_borne(const hearing& h, const findings& f) {
  bool given = std::any_of(f.values.begin(), f.values.end(), [](const value& v) {
    return v.known() && v.key != "business_name" && v.key != "person_name" &&
           v.key != "callback_time";
  });
  if (given)
    return true;
  for (std::size_t i = 0; i < h.all().size(); ++i) {
    auto asked = h.before(i);
    const auto& e = h.all()[i];
    if (!e.is_callee || !asked || h.all()[*asked].said.who != speaker::assistant)
      continue;
    if (acknowledges(e.read) || settles(e.read))
      return true;
    auto question = content_of(h.all()[*asked].said.text);
    for (const auto& c : e.read.clauses())
      if (!c.negated && !c.asks && !hesitates(e.read) &&
          shared(content_of(e.read.words(), c.first, c.last), question) > 0)
        return true;
  }
  return false;
}

} // namespace

findings verify(
    findings from, std::span<const segment> transcript, listener who,
    std::span<const schema_field> schema) {
  hearing h{transcript};
  from.who = who;
  from.opt_out = from.wrong_number = false;
  for (const auto& s : transcript)
    if (s.who == speaker::human) {
      from.opt_out = from.opt_out || asks_to_stop(s.text);
      from.wrong_number = from.wrong_number || says_wrong_number(s.text);
    }
  // The schema has the last word on which results there are.
  std::erase_if(from.values, [&](const value& v) {
    return v.key.starts_with("result.") && !field_of(v, schema);
  });
  for (auto& v : from.values) {
    if (!v.known() || !hold(h, v, schema))
      forget(v);
    tidy(v.segments);
  }
  bool machine = is_machine(who);
  if (machine || h.words() < words_least) {
    std::erase_if(from.values, [&](const value& v) {
      return !v.key.starts_with("result.") && !(machine && v.key == "business_name" && v.known());
    });
    for (auto& v : from.values)
      if (v.key.starts_with("result."))
        forget(v);
    from.goal_achieved = verdict::unknown;
    from.follow_ups.clear();
  }
  for (const auto& f : schema) {
    auto key = "result." + f.name;
    auto has = [&](const value& v) { return v.key == key; };
    if (std::none_of(from.values.begin(), from.values.end(), has))
      from.values.push_back({key, kind_of(f), {}, {}, {}, {}});
  }
  merge(from.values);
  if (from.goal_achieved == verdict::yes) {
    if (from.opt_out || from.wrong_number)
      from.goal_achieved = verdict::no;
    else if (!is_borne(h, from))
      from.goal_achieved = verdict::unknown;
  }
  return from;
}

} // namespace ringmaster::talk
