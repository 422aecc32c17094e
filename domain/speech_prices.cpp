// Prices as they are named aloud.

#include <algorithm>
#include <utility>

#include "domain/rules_parts.hpp"
#include "domain/speech.hpp"
#include "domain/speech_letters.hpp"
#include "domain/speech_parts.hpp"

namespace ringmaster::talk {

namespace {

constexpr std::int64_t unit = 1'000'000;

/// "One twenty dollars" is 120, "twelve fifty dollars" at most 1,250: the number in front of a
/// spelled price belongs to it.
std::int64_t with_what_stands_before(
    const rules::reader& r, std::size_t first, std::size_t last, std::int64_t micros) {
  if (first == 0 || !r.is_word(first) || micros % unit != 0)
    return micros;
  auto count = rules::read_count(r, first);
  if (!count || first + count->length > last || count->value < 10 || count->value > 99)
    return micros;
  constexpr std::size_t look_back = 3;
  for (auto i = first > look_back ? first - look_back : 0; i < first; ++i) {
    if (r.is_one_of(i, {"and", "a", "an"}) || !(r.is_word(i) || r.is_number(i)))
      continue;
    auto before = rules::read_count(r, i);
    // Where the reader has taken more than the price begins with, it has read it all itself.
    if (before && i + before->length == first && before->value >= 1 && before->value <= 99)
      return (before->value * 100 + count->value) * unit;
  }
  return micros;
}

bool is_no_price(const rules::reader& r, std::size_t next) {
  return r.is_one_of(next, {"am",    "pm",        "o'clock", "minutes", "minute",  "hours", "hour",
                            "days",  "day",       "weeks",   "week",    "months",  "month", "years",
                            "year",  "people",    "persons", "guests",  "percent", "%",     ":",
                            "miles", "st",        "nd",      "rd",      "th",      "of",    "times",
                            "/",     "locations", "stores",  "moment",  "second",  "thing", "more",
                            "in",    "left"});
}

} // namespace

std::vector<money> prices_in(std::string_view text) {
  rules::reader r{std::string{text}};
  std::vector<money> out;
  for (auto& p : rules::find_prices(r, {}, {})) {
    p.amount.micros = with_what_stands_before(r, p.where.first, p.where.last, p.amount.micros);
    out.push_back(std::move(p.amount));
  }
  return out;
}

std::optional<money> bare_price_in(std::string_view text, const std::string& currency) {
  rules::reader r{std::string{text}};
  std::optional<money> most;
  for (std::size_t i = 0; i < r.size(); ++i) {
    auto count = rules::read_count(r, i);
    if (!count || r.is_one_of(i, {"a", "an"}))
      continue;
    auto next = i + count->length;
    auto micros = count->value * unit;
    // "95.50"
    if (r.low(next) == "." && r[next].glued && r.is_number(next + 1) && r[next + 1].glued)
      next += 2;
    constexpr std::int64_t hours = 12;
    bool is_time = count->value <= hours && r.is_one_of(i - 1, {"at", "by", "until", "around"});
    auto behind = rules::read_count(r, next);
    bool is_article = r.low(i) == "one" && count->length == 1 && !(behind && behind->value >= 10);
    if (!is_time && !is_article && !is_no_price(r, next)) {
      // "One twenty", "twelve fifty"
      if (auto rest = rules::read_count(r, next); rest && next == i + count->length &&
                                                  count->value <= 99 && rest->value >= 10 &&
                                                  rest->value <= 99) {
        micros = (count->value * 100 + rest->value) * unit;
        next += rest->length;
      }
      if (!most || micros > most->micros)
        most = money{micros, currency};
    }
    i = next - 1;
  }
  return most;
}

bool corrects(std::string_view text) {
  rules::reader r{std::string{text}};
  return r.has_any(
      {"instead of", "was", "normally", "usually", "down from", "not", "isn't", "used to be",
       "sorry", "actually", "i mean", "rather than", "regularly", "discounted"});
}

bool asks_for_price(std::string_view text) {
  rules::reader r{std::string{text}};
  return r.has_any(
      {"how much", "price", "cost", "costs", "charge", "fee", "total", "rate", "quote", "amount",
       "pay"});
}

} // namespace ringmaster::talk
