// Findings held against the transcript: see findings.hpp for what is promised.

#include <algorithm>
#include <utility>

#include "domain/findings.hpp"
#include "domain/findings_hold.hpp"

namespace ringmaster::talk {

namespace {

using field_kind = schema_field::kind;

void forget(value& v) {
  v.text.clear();
  v.parts.clear();
  v.segments.clear();
  v.contradiction.clear();
}

void tidy(std::vector<std::int32_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
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

/// What makes two values the same: an offer that was booked is one appointment.
std::vector<std::pair<std::string, std::string>> essence(const value& v) {
  auto parts = v.parts;
  std::erase_if(parts, [](const auto& p) {
    return p.first == "details" || p.first == "status" || p.first == "confirmation_number";
  });
  return parts;
}

/// The same value said twice is one value.
void merge(std::vector<value>& all) {
  std::vector<value> out;
  for (auto& v : all) {
    auto same = std::find_if(out.begin(), out.end(), [&](const value& o) {
      return o.key == v.key && o.kind == v.kind && o.text == v.text && essence(o) == essence(v);
    });
    if (same == out.end()) {
      out.push_back(std::move(v));
      continue;
    }
    auto* status = part(*same, "status");
    if (auto* other = part(v, "status"); status && other && *other == "booked")
      *status = "booked";
    for (auto& p : v.parts)
      if (!part(*same, p.first))
        same->parts.push_back(std::move(p));
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
