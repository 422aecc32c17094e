// Phone numbers in a text, and the numbers that are none.

#include <algorithm>
#include <utility>

#include "domain/phone_number.hpp"
#include "domain/rules_parts.hpp"

namespace ringmaster::rules {

namespace {

constexpr std::size_t most_candidates = 8;

/// Digits and the signs that people put between them.
struct candidate {
  stretch where;
  std::size_t digits = 0;
  bool is_international = false;
};

/// From `i` on: "+44 (0)20 7946-0018", "(415) 555-0100", "415.555.0100".
std::optional<candidate> candidate_at(const reader& r, std::size_t i) {
  const auto& first = r.low(i);
  bool opens = first == "+" || first == "(";
  if (!r.is_number(i) && !(opens && (r.is_number(i + 1) || r.low(i + 1) == "(")))
    return std::nullopt;
  candidate c{
      {i, i},
      0, first == "+"
  };
  std::size_t signs = 0; // in a row
  for (std::size_t at = i; at < r.size() && at < i + 20; ++at) {
    const auto& t = r[at];
    if (t.what == token::kind::number) {
      if (c.digits + t.low.size() > 16)
        break;
      c.digits += t.low.size();
      c.where.last = at + 1;
      signs = 0;
      continue;
    }
    bool joins = t.low == "-" || t.low == "." || t.low == "(" || t.low == ")" || t.low == "/" ||
                 (t.low == "+" && at == i);
    if (!joins || ++signs > 2 || (t.low == "." && !r[at + 1].glued))
      break;
  }
  if (c.digits < 7 || c.digits > 15)
    return std::nullopt;
  return c;
}

/// The words before a number say what it is.
enum class role : std::uint8_t { unknown, phone, own, other };

role role_of(const reader& r, std::size_t first) {
  auto is_own = [&](std::size_t i) {
    return r.says_any(
               i, {"my number", "my phone", "my cell", "my mobile", "call me", "reach me",
                   "call me back", "my callback number", "my phone number", "my cell phone",
                   "call back at", "callback number", "text me", "my own number"}) > 0;
  };
  constexpr std::size_t look_back = 6;
  auto from = first > look_back ? first - look_back : 0;
  bool has_word_between = false;
  for (auto i = first; i-- > from;) {
    // A number in between has taken the word for itself: "member id 88213, number (415) …".
    bool is_digits = r.is_number(i);
    if (r.ends_sentence(i) || (is_digits && has_word_between))
      break;
    has_word_between = has_word_between || !is_digits;
    if (is_own(i))
      return role::own;
    if (r.is_one_of(
            i, {"call", "phone", "dial", "ring", "tel", "telephone", "cell", "mobile", "landline",
                "on", "at", "calling"})) {
      for (auto k = i; k-- > from;)
        if (is_own(k))
          return role::own;
      return role::phone;
    }
    if (r.is_one_of(
            i, {"order",        "account",     "invoice", "reference",  "ref",      "policy",
                "confirmation", "booking",     "case",    "ticket",     "claim",    "#",
                "id",           "card",        "member",  "membership", "tracking", "customer",
                "serial",       "vin",         "iban",    "fax",        "meter",    "contract",
                "ssn",          "reservation", "flight",  "part",       "$",        "eur€",
                "gbp£"}))
      return role::other;
  }
  return role::unknown;
}

bool overlaps(const stretch& a, const std::vector<time_found>& taken) {
  return std::any_of(taken.begin(), taken.end(), [&](const auto& t) {
    return a.first < t.where.last && t.where.first < a.last;
  });
}

/// Without its country a number is taken for one only if it is written like one.
bool looks_national(std::string_view text, std::size_t digits) {
  return digits >= 9 && (text.find_first_of("-.( ") != std::string_view::npos ||
                         text.front() == '0' || digits == 10 || digits == 11);
}

std::string without_trunk_zero(std::string text) {
  // "+44 (0)20 …": the zero is not dialed from abroad.
  if (auto at = text.find("(0)"); text.starts_with('+') && at != std::string::npos)
    text.erase(at, 3);
  return text;
}

std::optional<number_found> judge(const reader& r, const candidate& c, std::string_view region) {
  auto what = role_of(r, c.where.first);
  if (what == role::other)
    return std::nullopt;
  number_found n;
  n.where = c.where;
  n.text = without_trunk_zero(std::string{r.text(c.where.first, c.where.last)});
  n.is_own = what == role::own;
  auto number = read_callable(n.text, region);
  if (number && (c.is_international || number->kind != number_class::unknown ||
                 what == role::phone || c.digits >= 10))
    return n;
  bool country_is_missing =
      !c.is_international && region.empty() && looks_national(n.text, c.digits);
  if (!country_is_missing)
    return std::nullopt;
  n.lacks_country = true;
  return n;
}

} // namespace

std::vector<number_found>
find_numbers(const reader& r, std::string_view region, const std::vector<time_found>& taken) {
  std::vector<number_found> out;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < r.size() && tried < most_candidates; ++i) {
    auto c = candidate_at(r, i);
    if (!c)
      continue;
    ++tried;
    if (!overlaps(c->where, taken))
      if (auto number = judge(r, *c, region))
        out.push_back(std::move(*number));
    i = c->where.last - 1;
  }
  return out;
}

std::string find_uncallable(
    const reader& r, std::string_view region, const std::vector<time_found>& taken) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < r.size() && tried < most_candidates; ++i) {
    auto c = candidate_at(r, i);
    if (!c)
      continue;
    ++tried;
    auto text = without_trunk_zero(std::string{r.text(c->where.first, c->where.last)});
    bool like_one = c->is_international || looks_national(text, c->digits);
    if (like_one && !overlaps(c->where, taken) && role_of(r, c->where.first) != role::other &&
        !read_callable(text, region))
      return text;
    i = c->where.last - 1;
  }
  return {};
}

bool has_reference(const reader& r) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!r.is_one_of(
            i, {"order", "account", "invoice", "reference", "ref", "policy", "booking",
                "confirmation", "case", "ticket", "claim", "member", "membership", "customer",
                "tracking", "contract", "#", "reservation"}))
      continue;
    for (auto k = i + 1; k < i + 6 && k < r.size() && !r.ends_sentence(k); ++k)
      if (r.is_number(k) && (r[k].low.size() >= 3 || (r[k].glued && r.is_word(k - 1))))
        return true;
  }
  return false;
}

} // namespace ringmaster::rules
