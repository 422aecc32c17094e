// Prices, codes, people, numbers, instructions and calls back, as the callee named them.

#include <algorithm>
#include <utility>

#include "domain/phone_number.hpp"
#include "domain/rules_extract.hpp"
#include "domain/text.hpp"

namespace ringmaster::rules {

namespace {

using talk::utterance;
using talk::value;
using talk::value_kind;

bool is_plain(const reader& r, std::size_t i) {
  return r.is_word(i) && r[i].capital &&
         !r.is_one_of(
             i, {"i",        "i'm",    "i'll",      "i've",     "hello",     "hi",       "hey",
                 "yes",      "no",     "yeah",      "okay",     "ok",        "sure",     "oh",
                 "the",      "this",   "good",      "thank",    "thanks",    "you",      "you've",
                 "we",       "we're",  "it",        "it's",     "welcome",   "please",   "how",
                 "what",     "who",    "monday",    "tuesday",  "wednesday", "thursday", "friday",
                 "saturday", "sunday", "january",   "february", "march",     "april",    "june",
                 "july",     "august", "september", "october",  "november",  "december", "for",
                 "to",       "our",    "press",     "there",    "that",      "not",      "well",
                 "uh",       "um",     "all",       "great",    "fine",      "perfect",  "sorry",
                 "speaking", "doctor", "dr",        "mr",       "mrs",       "ms",       "and",
                 "my",       "at",     "in",        "on",       "is",        "are"});
}

/// A name in capital letters: "Harbor Dental", "Miller's Garage", "the Olive Tree", "Angela
/// Morton".
stretch name_at(const reader& r, std::size_t i) {
  auto first = i;
  if (r.low(i) == "the" && is_plain(r, i + 1))
    ++i;
  if (!is_plain(r, i))
    return {};
  auto at = i + 1;
  while (at < i + 8 &&
         (is_plain(r, at) || (r.is_one_of(at, {"&", "of", "and"}) && is_plain(r, at + 1))))
    ++at;
  // "and" joins parts of a firm's name, not two people.
  return {first, at};
}

bool is_title(const reader& r, std::size_t i) {
  return r.is_one_of(i, {"mr", "mrs", "ms", "dr", "doctor", "miss"});
}

std::string text_of(const reader& r, const stretch& s) {
  return std::string{r.text(s.first, s.last)};
}

bool is_firm(const reader& r, const stretch& s) {
  if (s.last - s.first >= 2 && r.low(s.first) == "the")
    return true;
  for (auto i = s.first; i < s.last; ++i)
    if (r.low(i).ends_with("'s") || r[i].low == "&" ||
        r.is_one_of(i, {"dental",   "clinic",   "pharmacy",  "garage",   "trattoria",  "restaurant",
                        "hardware", "physio",   "gym",       "power",    "hotel",      "salon",
                        "bakery",   "bank",     "auto",      "repair",   "shop",       "store",
                        "office",   "hospital", "surgery",   "smiles",   "pizzeria",   "cafe",
                        "bistro",   "company",  "insurance", "airlines", "library",    "school",
                        "center",   "services", "service",   "medical",  "veterinary", "grill",
                        "kitchen",  "florist",  "plumbing",  "motors",   "spa",        "studio",
                        "health",   "care",     "practice",  "group",    "inn",        "bar"}))
      return true;
  return false;
}

void add(std::vector<value>& out, const char* key, std::string text, std::int32_t n) {
  for (auto& v : out)
    if (v.key == key && v.text == text) {
      v.segments.push_back(n);
      return;
    }
  out.push_back({key, value_kind::text, std::move(text), {}, {n}, {}});
}

/// Words behind which a business, a person, or one of both says its name.
struct introduction {
  std::size_t length = 0;
  bool person = false, firm = false;
};
introduction introduction_at(const reader& r, std::size_t i) {
  if (auto n = r.says_any(
          i, {"you've reached", "you have reached", "thank you for calling", "thanks for calling",
              "welcome to"}))
    return {n, false, true};
  if (auto n = r.says_any(
          i, {"my name is", "ask for", "talk to", "speak to", "speaking with", "name's",
              "speak with", "you're speaking with"}))
    return {n, true, false};
  if (auto n = r.says_any(i, {"this is", "it's", "i'm", "i am"}))
    return {n, true, true};
  return {};
}

/// True if the assistant has said the name before: the client's own, or one it asked for.
bool was_said(const call_reading& c, std::size_t at, const std::string& name) {
  for (std::size_t i = 0; i < at; ++i)
    if (c.is_assistant(i) && talk::bears_name(c.all()[i].read, name))
      return true;
  return false;
}

void find_people_at(const call_reading& c, std::size_t place, std::vector<value>& out) {
  const auto& u = c.all()[place].read;
  const auto& r = u.words();
  auto n = c.all()[place].said.n;
  auto take = [&](const stretch& s, bool person, bool firm) {
    if (s.last <= s.first)
      return;
    auto name = text_of(r, s);
    if (firm && is_firm(r, s))
      add(out, "business_name", name, n);
    else if (firm && !person)
      add(out, "business_name", name, n);
    else if (person && s.last - s.first <= 3 && r.low(s.first) != "the")
      add(out, "person_name", name, n);
  };
  for (std::size_t i = 0; i < r.size(); ++i) {
    bool begins = i == 0 || r.ends_sentence(i - 1) || r.low(i - 1) == ",";
    auto name = name_at(r, i);
    // "Harbor Dental, this is Kim", "Miller's Garage.", "Bright Smiles, my name is …"
    bool is_first = i == 0 || (r.ends_sentence(i - 1) && place < 2);
    if (is_first && place < 3 && name.last > name.first &&
        (r.ends_sentence(name.last) || r.low(name.last) == ",")) {
      bool introduced = r.low(name.last) == "," &&
                        (introduction_at(r, name.last + 1).length > 0 ||
                         r.is_one_of(name.last + 1, {"good", "hello", "how"}) ||
                         (is_plain(r, name.last + 1) && r.low(name.last + 2) == "speaking"));
      if (is_firm(r, name) || (introduced && name.last - name.first >= 2))
        take(name, false, true);
    }
    if (name.last > name.first && r.low(name.last) == "speaking")
      take(name, true, false);
    if (auto how = introduction_at(r, i);
        how.length > 0 && (begins || r[i].capital || how.length > 1)) {
      auto at = i + how.length;
      auto title = is_title(r, at) ? at + 1 + (r.low(at + 1) == "." ? 1 : 0) : at;
      auto behind = name_at(r, title);
      if (behind.last > behind.first && !was_said(c, place, text_of(r, behind)))
        take(behind, how.person, how.firm);
      else if (behind.last > behind.first && r.is_one_of(i, {"this", "my"}))
        take(behind, how.person, how.firm);
    } else if (is_title(r, i) && !begins) {
      auto behind = name_at(r, i + 1 + (r.low(i + 1) == "." ? 1 : 0));
      if (behind.last > behind.first && !was_said(c, place, text_of(r, behind)))
        take(behind, true, false);
    } else if (is_title(r, i)) {
      auto behind = name_at(r, i + 1 + (r.low(i + 1) == "." ? 1 : 0));
      if (behind.last > behind.first && !was_said(c, place, text_of(r, behind)))
        take(behind, true, false);
    }
  }
  // "Who is responsible?" "That would be Angela Morton."
  reader question{std::string{c.question_before(place)}};
  if (question.has_any({"who", "whom"}))
    for (std::size_t i = 0; i < r.size(); ++i)
      if (auto cue = r.says_any(i, {"that would be", "that's", "that is", "it's", "it is"})) {
        auto name = name_at(r, i + cue);
        if (name.last > name.first)
          take(name, true, false);
      }
}

} // namespace

void find_people(const call_reading& c, std::vector<value>& out) {
  std::vector<value> found;
  for (std::size_t i = 0; i < c.all().size(); ++i)
    if (c.all()[i].is_callee)
      find_people_at(c, i, found);
  // "Okafor" and "Dr. Okafor" are one.
  for (auto& v : found)
    out.push_back(std::move(v));
}

// -- prices ---------------------------------------------------------------------------------------

namespace {

void add_price(
    std::vector<value>& out, const money& amount, std::string details,
    std::vector<std::int32_t> segments) {
  value v{"price", value_kind::json, {}, {}, std::move(segments), {}};
  v.parts.emplace_back("amount", to_decimal(amount.micros));
  v.parts.emplace_back("currency", amount.currency);
  if (!details.empty())
    v.parts.emplace_back("details", std::move(details));
  out.push_back(std::move(v));
}

/// The clause of a price, as what it is for: without what only leads to it.
std::string details_of(const utterance& u, const talk::price_heard& p) {
  const auto& c = u.around(p.first);
  auto about = talk::content_of(u.words(), c.first, c.last);
  if (about.empty())
    return {};
  auto text = std::string{trimmed(u.words().text(c.first, c.last))};
  return text.size() <= 120 ? text : std::string{};
}

} // namespace

void find_called_prices(const call_reading& c, std::vector<value>& out) {
  for (std::size_t i = 0; i < c.all().size(); ++i) {
    const auto& e = c.all()[i];
    if (e.is_callee) {
      for (const auto& p : talk::read_prices(e.read, c.region, c.asks_price(i)))
        if (!p.superseded)
          add_price(out, p.amount, details_of(e.read, p), {e.said.n});
      continue;
    }
    // The assistant's own offer, agreed to with nothing else named.
    auto answer = c.is_assistant(i) && e.read.words().has("?") ? c.heard.next(i) : std::nullopt;
    if (!answer || !c.all()[*answer].is_callee || !talk::agrees(c.all()[*answer].read) ||
        !talk::read_prices(c.all()[*answer].read, c.region, false).empty())
      continue;
    for (const auto& p : talk::read_prices(e.read, c.region, false))
      add_price(out, p.amount, {}, {e.said.n, c.all()[*answer].said.n});
  }
}

void find_codes(const call_reading& c, std::vector<value>& out) {
  for (const auto& e : c.all())
    if (e.is_callee)
      for (auto& code : talk::read_codes(e.read))
        add(out, "confirmation_number", std::move(code.text), e.said.n);
}

void find_called_numbers(const call_reading& c, std::vector<value>& out) {
  for (const auto& e : c.all()) {
    if (!e.is_callee)
      continue;
    const auto& r = e.read.words();
    auto region = c.region.empty() ? std::string_view{"US"} : std::string_view{c.region};
    for (const auto& n : find_numbers(r, region, {})) {
      if (e.read.around(n.where.first).asks || e.read.around(n.where.first).negated)
        continue;
      auto number = read_callable(n.text, region);
      add(out, "phone_number", number ? number->number.reveal() : n.text, e.said.n);
    }
  }
}

// -- instructions ---------------------------------------------------------------------------------

namespace {

/// What a sentence that tells somebody to do something begins with.
std::size_t order_at(const reader& r, std::size_t i) {
  auto at = i;
  while (r.is_one_of(at, {"please", "and", "just", "so", ",", "also", "then", "okay", "but"}))
    ++at;
  if (r.says_any(
          at, {"bring",      "arrive",        "make sure",     "don't forget", "do not forget",
               "don't eat",  "do not eat",    "don't drink",   "do not drink", "be on time",
               "be there",   "be here",       "wear",          "fill out",     "fill in",
               "send",       "email",         "write to",      "park",         "avoid",
               "ring the",   "remember",      "have your",     "take your",    "show your",
               "come early", "come a bit",    "come fifteen",  "come ten",     "use the",
               "check in",   "print",         "don't be late", "go to",        "sign",
               "pay",        "enter through", "keep",          "stay"}) > 0)
    return at;
  if (r.says_any(
          at, {"you need to", "you have to", "you must", "you'd have to", "you would have to",
               "you'll need to", "you will need to", "you should", "she should", "he should",
               "they should", "she needs to", "he needs to", "somebody has to", "someone has to",
               "somebody must", "she has to", "he has to", "we need you to"}) > 0)
    return at;
  if (r.says_any(at, {"for that you have to", "i can't do that over the phone"}) > 0)
    return at;
  return static_cast<std::size_t>(-1);
}

/// What is asked of the caller during the call, not of the client.
bool is_for_caller(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i)
    if (r.says_any(
            i, {"hold", "wait", "wrong number", "talk to", "speak to", "press", "your name",
                "leave a message", "call back", "call again", "stop calling", "list", "let us know",
                "let me know", "try again", "speak up", "repeat"}) > 0)
      return true;
  return false;
}

} // namespace

void find_orders(const call_reading& c, std::vector<value>& out) {
  for (const auto& e : c.all()) {
    if (!e.is_callee || talk::asks_to_stop(e.said.text))
      continue;
    const auto& r = e.read.words();
    for (std::size_t first = 0; first < r.size();) {
      auto end = first;
      while (end < r.size() && !r.ends_sentence(end))
        ++end;
      auto found = static_cast<std::size_t>(-1);
      for (auto i = first; i < end && found == static_cast<std::size_t>(-1); ++i)
        if (i == first || r.is_one_of(i - 1, {",", "and", "but", "please"}))
          found = order_at(r, i);
      // "Bring your card and arrive early" are two.
      while (found < end && r.low(end) != "?") {
        auto next = end;
        for (auto i = found + 2; i + 1 < end && next == end; ++i)
          if (r.low(i) == "and" && order_at(r, i) < end)
            next = i;
        auto comma = found;
        while (comma < next && r.low(comma) != ",")
          ++comma;
        if (auto text = std::string{r.text(found, next)};
            text.size() <= 300 && !is_for_caller(r, found, comma))
          add(out, "instruction", std::move(text), e.said.n);
        found = next < end ? order_at(r, next) : end;
      }
      first = end + 1;
    }
  }
}

// -- calls back -----------------------------------------------------------------------------------

bool is_about_calling(const utterance& u, std::size_t token) {
  const auto& r = u.words();
  auto first = token, last = token;
  while (first > 0 && !r.ends_sentence(first - 1))
    --first;
  while (last < r.size() && !r.ends_sentence(last))
    ++last;
  for (auto i = first; i < last; ++i)
    if (r.says_any(
            i, {"call back", "call again", "call me", "call us", "try again", "try later",
                "call tomorrow", "ring back", "call later", "ring me", "phone me", "ring again",
                "call on", "call in", "try us", "try me", "call after", "call at",
                "call you back"}) > 0)
      return true;
  return false;
}

void find_callbacks(const call_reading& c, std::vector<value>& out) {
  for (const auto& e : c.all()) {
    if (!e.is_callee)
      continue;
    const auto& u = e.read;
    const auto& r = u.words();
    if (r.has_any(
            {"i'll call", "we'll call", "i will call", "we will call", "she'll call", "he'll call",
             "they'll call"}))
      continue;
    for (const auto& t : find_times(r, c.dates)) {
      if (u.around(t.where.first).negated || !is_about_calling(u, t.where.first))
        continue;
      auto date = date_of(t);
      auto time = time_of(r, t);
      const auto& meaning = t.said.meaning;
      // "After three" is as good as three.
      if (time.empty() && t.has_clock && !meaning.starts_with(".."))
        if (auto at = meaning.find('T'); at != std::string::npos)
          time = meaning.substr(at + 1, 5);
      if (date.empty() && !time.empty()) {
        auto minutes = std::stoi(time.substr(0, 2)) * 60 + std::stoi(time.substr(3, 2));
        time_found day;
        day.from = day.to = c.dates.today + std::chrono::days{minutes > c.dates.minute_now ? 0 : 1};
        date = date_of(day);
      }
      if (date.empty())
        continue;
      out.push_back(
          {"callback_time",
           value_kind::datetime,
           time.empty() ? date : date + 'T' + time,
           {},
           {e.said.n},
           {}});
      break;
    }
  }
}

} // namespace ringmaster::rules
