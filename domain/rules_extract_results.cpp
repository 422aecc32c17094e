// The fields of a result schema, from the answers to what the assistant asked.

#include <algorithm>
#include <utility>

#include "domain/rules_extract.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

using talk::schema_field;
using talk::utterance;
using talk::value;
using talk::value_kind;
using kind = schema_field::kind;
using words = std::set<std::string>;

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

/// Pieces of the callee's that speak of the field: they answer a question that shares words with
/// it, or share words themselves.
std::vector<std::size_t> answers_to(const call_reading& c, const words& about) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < c.all().size(); ++i) {
    if (!c.all()[i].is_callee)
      continue;
    auto question = talk::content_of(c.question_before(i));
    if (talk::shared(question, about) > 0 ||
        talk::shared(talk::content_of(c.all()[i].said.text), about) > 0)
      out.push_back(i);
  }
  return out;
}

std::optional<value>
read_boolean(const call_reading& c, const std::string& key, const words& about) {
  std::optional<value> out;
  for (std::size_t i = 0; i < c.all().size(); ++i)
    if (auto answer = talk::answer_at(c.heard, i, about)) {
      auto text = *answer ? "true" : "false";
      if (out && out->text == text)
        out->segments.push_back(c.all()[i].said.n);
      else
        out = value{key, value_kind::boolean, text, {}, {c.all()[i].said.n}, {}};
    }
  return out;
}

bool is_price_field(const words& about) {
  for (auto word : {"price", "cost", "costs", "fee", "rate", "amount", "charg", "charge"})
    if (about.count(talk::content_of(word).empty() ? word : *talk::content_of(word).begin()) > 0)
      return true;
  return false;
}

std::optional<value> read_number_field(
    const call_reading& c, const std::string& key, const schema_field& f, const words& about,
    const std::vector<std::size_t>& answers) {
  for (auto i : answers) {
    const auto& u = c.all()[i].read;
    const auto& r = u.words();
    auto n = c.all()[i].said.n;
    auto prices = talk::read_prices(u, c.region, is_price_field(about));
    if (is_price_field(about)) {
      for (const auto& p : prices)
        if (!p.superseded) {
          auto text = to_decimal(p.amount.micros);
          if (text.ends_with(".00"))
            text.erase(text.size() - 3);
          if (f.what != kind::integer || text.find('.') == std::string::npos)
            return value{key, value_kind::number, text, {}, {n}, {}};
        }
      continue;
    }
    auto times = find_times(r, c.dates);
    for (std::size_t at = 0; at < r.size(); ++at) {
      auto in = [&](const auto& x) { return at >= x.first && at < x.last; };
      bool taken = std::any_of(prices.begin(), prices.end(), in) ||
                   std::any_of(times.begin(), times.end(), [&](const auto& t) {
                     return t.where.covers(at);
                   });
      auto count = taken || u.around(at).negated ? std::nullopt : read_count(r, at);
      if (!count ||
          (r.low(at) == "one" && r.is_word(at + 1) && !r.is_one_of(at + 1, {"is", "left"})))
        continue;
      auto last = at + count->length;
      bool corrected = false;
      for (auto k = last; k < std::min(last + 3, r.size()); ++k)
        corrected = corrected || talk::correction_at(r, k) > 0;
      if (corrected)
        continue;
      auto text = std::to_string(count->value);
      if (r.low(last) == "." && r[last].glued && r.is_number(last + 1) && r[last + 1].glued)
        text += '.' + r.low(last + 1);
      if (f.what == kind::integer && text.find('.') != std::string::npos)
        continue;
      return value{key, value_kind::number, text, {}, {n}, {}};
    }
  }
  return std::nullopt;
}

std::optional<value> read_moment_field(
    const call_reading& c, const std::string& key, const schema_field& f,
    const std::vector<std::size_t>& answers) {
  std::optional<value> out;
  for (auto i : answers) {
    const auto& u = c.all()[i].read;
    for (const auto& t : find_times(u.words(), c.dates)) {
      auto date = date_of(t);
      if (date.empty() || u.around(t.where.first).negated)
        continue;
      auto time = time_of(u.words(), t);
      if (f.what == kind::datetime && !time.empty())
        date += 'T' + time;
      out = value{key, value_kind::datetime, date, {}, {c.all()[i].said.n}, {}};
      break;
    }
    if (out)
      return out;
  }
  return out;
}

std::optional<value> read_choice(
    const call_reading& c, const std::string& key, const schema_field& f,
    const std::vector<std::size_t>& answers, const words& about) {
  bool yes_no = std::find(f.choices.begin(), f.choices.end(), "yes") != f.choices.end();
  if (yes_no)
    if (auto answer = read_boolean(c, key, about)) {
      std::string text = answer->text == "true" ? "yes" : "no";
      if (std::find(f.choices.begin(), f.choices.end(), text) != f.choices.end())
        return value{key, value_kind::text, text, {}, answer->segments, {}};
    }
  std::optional<value> out;
  for (auto i : answers)
    for (const auto& choice : f.choices)
      if (talk::bears_words(c.all()[i].read, spaced(choice)) && !(out && out->text == choice))
        out = value{key, value_kind::text, choice, {}, {c.all()[i].said.n}, {}};
  return out;
}

bool is_item_word(const reader& r, std::size_t i) {
  return r.is_word(i) && !r.is_one_of(
                             i, {"and", "or", "in", "is", "are", "we", "it", "have", "comes",
                                 "come", "the", "a", "an", "with", "also", "for"});
}

/// "red, green and navy": words between commas and an "and".
std::optional<value>
read_list(const call_reading& c, const std::string& key, const std::vector<std::size_t>& answers) {
  for (auto i : answers) {
    const auto& u = c.all()[i].read;
    const auto& r = u.words();
    for (std::size_t at = 1; at + 1 < r.size(); ++at) {
      if (r.low(at) != "and" || !is_item_word(r, at - 1) || !is_item_word(r, at + 1) ||
          u.around(at).negated)
        continue;
      std::vector<std::string> items{std::string{r.text(at + 1, at + 2)}};
      auto k = at;
      while (k > 0 && is_item_word(r, k - 1)) {
        auto first = k - 1;
        while (first > 0 && is_item_word(r, first - 1) && k - first < 2)
          --first;
        items.insert(items.begin(), std::string{r.text(first, k)});
        if (first == 0 || r.low(first - 1) != ",")
          break;
        k = first - 1;
      }
      if (items.size() < 2)
        continue;
      value v{key, value_kind::json, {}, {}, {c.all()[i].said.n}, {}};
      for (auto& item : items)
        v.parts.emplace_back(std::to_string(v.parts.size()), std::move(item));
      return v;
    }
  }
  return std::nullopt;
}

std::size_t lead_in(const reader& r, std::size_t i) {
  return r.says_any(i, {"it's",         "it is",       "that's",    "that is",    "that would be",
                        "they're",      "they are",    "yes",       "sure",       ",",
                        "oh",           "well",        "uh",        "um",         "okay",
                        "i'd say",      "it would be", "of course", "let me see", ".",
                        "the answer is"});
}

std::optional<value> read_text(
    const call_reading& c, const std::string& key, const schema_field& f,
    const std::vector<std::size_t>& answers) {
  reader described{f.description + ' ' + spaced(f.name)};
  for (auto i : answers) {
    const auto& e = c.all()[i];
    const auto& r = e.read.words();
    if (talk::hesitates(e.read) || (r.size() > 0 && e.read.around(0).asks))
      continue;
    if (described.has_any({"when", "time", "hour", "hours", "opens", "closes", "open", "close"})) {
      for (std::size_t at = 0; at < r.size(); ++at)
        if (r.is_one_of(at, {"at", "until", "till", "from", "by"}) && !e.read.around(at).negated)
          if (auto clock = read_clock(r, at + 1, c.dates, true))
            return value{key, value_kind::text, std::string{r.text(at + 1, at + 1 + clock->length)},
                         {},  {e.said.n},       {}};
      for (const auto& t : find_times(r, c.dates))
        if (!e.read.around(t.where.first).negated)
          return value{key, value_kind::text, t.said.text, {}, {e.said.n}, {}};
    }
    if (described.has_any({"number", "phone", "fax"}))
      for (const auto& n : find_numbers(r, c.region.empty() ? "US" : c.region, {}))
        return value{key, value_kind::text, n.text, {}, {e.said.n}, {}};
    if (talk::denies(e.read))
      continue;
    std::size_t first = 0;
    while (auto n = lead_in(r, first))
      first += n;
    auto end = first;
    while (end < r.size() && !r.ends_sentence(end))
      ++end;
    auto text = std::string{trimmed(r.text(first, end))};
    if (!text.empty() && text.size() <= 300 && talk::content_of(text).size() > 0)
      return value{key, value_kind::text, std::move(text), {}, {e.said.n}, {}};
  }
  return std::nullopt;
}

} // namespace

void find_results(const call_reading& c, std::vector<value>& out) {
  for (const auto& f : c.request.schema) {
    auto key = "result." + f.name;
    auto about = talk::content_of(spaced(f.name) + ' ' + f.description);
    auto answers = answers_to(c, about);
    std::optional<value> found;
    switch (f.what) {
    case kind::boolean:
      found = read_boolean(c, key, about);
      break;
    case kind::number:
    case kind::integer:
      found = read_number_field(c, key, f, about, answers);
      break;
    case kind::date:
    case kind::datetime:
      found = read_moment_field(c, key, f, answers);
      break;
    case kind::choice:
      found = read_choice(c, key, f, answers, about);
      break;
    case kind::list:
      found = read_list(c, key, answers);
      break;
    case kind::text:
      found = read_text(c, key, f, answers);
      break;
    }
    if (found)
      out.push_back(std::move(*found));
  }
}

} // namespace ringmaster::rules
