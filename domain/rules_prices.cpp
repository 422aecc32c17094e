// Prices in a text, and which of them is the most that may be paid.

#include <algorithm>
#include <array>
#include <utility>

#include "domain/rules_parts.hpp"

namespace ringmaster::rules {

namespace {

struct currency_word {
  std::string_view word, code;
};
constexpr auto currency_words = std::to_array<currency_word>({
    {"$",       "USD"},
    {"usd",     "USD"},
    {"dollar",  "USD"},
    {"dollars", "USD"},
    {"buck",    "USD"},
    {"bucks",   "USD"},
    {"eur€",  "EUR"},
    {"eur",     "EUR"},
    {"euro",    "EUR"},
    {"euros",   "EUR"},
    {"gbp£",   "GBP"},
    {"gbp",     "GBP"},
    {"pound",   "GBP"},
    {"pounds",  "GBP"},
    {"quid",    "GBP"},
    {"jpy¥",   "JPY"},
    {"jpy",     "JPY"},
    {"yen",     "JPY"},
    {"chf",     "CHF"},
    {"francs",  "CHF"},
    {"cad",     "CAD"},
    {"aud",     "AUD"},
    {"sek",     "SEK"},
    {"inr",     "INR"},
    {"rupees",  "INR"},
});

std::string_view currency_at(const reader& r, std::size_t i) {
  for (const auto& c : currency_words)
    if (r.low(i) == c.word)
      return c.code;
  return {};
}

/// The money of a place, for a price without a currency.
std::string currency_of(std::string_view region) {
  if (region == "GB")
    return "GBP";
  for (auto euro : {"DE", "FR", "ES", "IT", "NL", "BE", "AT", "IE", "PT", "FI", "GR", "LU"})
    if (region == euro)
      return "EUR";
  if (region == "CA")
    return "CAD";
  if (region == "AU")
    return "AUD";
  return region == "CH" ? "CHF" : "USD";
}

/// An amount as people write it: "1,250.00", "1.250,00", "80,50", "2k", "two hundred".
struct amount_reading {
  std::int64_t micros = 0;
  std::size_t length = 0;
};

std::optional<std::int64_t> micros_of(const std::string& whole, const std::string& fraction) {
  return parse_decimal(fraction.empty() ? whole : whole + '.' + fraction);
}

std::optional<amount_reading> digits_at(const reader& r, std::size_t i) {
  std::string whole = r.low(i), fraction;
  std::size_t at = i + 1;
  char grouping = 0;
  while (r[at].glued && r.is_number(at + 1) && r[at + 1].glued &&
         (r.low(at) == "," || r.low(at) == ".") && fraction.empty()) {
    char sign = r.low(at)[0];
    const auto& part = r.low(at + 1);
    bool goes_on = r[at + 2].glued && r.is_one_of(at + 2, {",", "."}) && r.is_number(at + 3);
    // Three digits behind a sign are thousands: always behind a comma, behind a point only in
    // "1.250,00" and "1.250.000".
    bool groups = part.size() == 3 && whole.size() <= 9 && (sign == ',' || goes_on) &&
                  (grouping == 0 || grouping == sign);
    if (groups) {
      grouping = sign;
      whole += part;
    } else if (part.size() <= 2 && sign != grouping) {
      fraction = part;
    } else if (part.size() == 3 && sign == '.' && grouping == 0 && !r.is_number(at + 3)) {
      // "EUR 1.250": a thousand, as there are no thousandths of a euro.
      whole += part;
    } else {
      return std::nullopt;
    }
    at += 2;
  }
  bool is_thousands = r.low(at) == "k" && r[at].glued;
  auto micros = micros_of(whole, fraction);
  if (!micros || *micros > 999'999'999'999'999 / (is_thousands ? 1000 : 1))
    return std::nullopt;
  return amount_reading{*micros * (is_thousands ? 1000 : 1), at + (is_thousands ? 1 : 0) - i};
}

std::optional<amount_reading> amount_at(const reader& r, std::size_t i) {
  if (r.is_number(i))
    return digits_at(r, i);
  auto count = read_count(r, i);
  if (!count)
    return std::nullopt;
  return amount_reading{count->value * 1'000'000, count->length};
}

/// An amount with its currency, before or behind.
struct plain_price {
  money amount;
  std::size_t length = 0;
  bool has_currency = false;
};

std::optional<plain_price> plain_price_at(const reader& r, std::size_t i, const std::string& home) {
  // "US$ 50", "EUR 45", "£30"
  auto at = i;
  if (r.is_one_of(at, {"us", "usd", "ca", "c", "a", "au"}) && r.low(at + 1) == "$")
    ++at;
  if (auto code = currency_at(r, at); !code.empty() && r.is_number(at + 1)) {
    auto amount = digits_at(r, at + 1);
    if (!amount)
      return std::nullopt;
    std::string currency{code};
    if (at > i && r.is_one_of(i, {"ca", "c"}))
      currency = "CAD";
    if (at > i && r.is_one_of(i, {"a", "au"}))
      currency = "AUD";
    auto length = at + 1 + amount->length - i;
    if (code == "USD" && r.is_one_of(i + length, {"cad", "aud"})) {
      currency = currency_at(r, i + length);
      ++length;
    } else if (code == "USD" && r.low(i + length) == "usd") {
      ++length;
    } else if (r.low(at) == "$" && at == i && (home == "CAD" || home == "AUD")) {
      currency = home;
    }
    return plain_price{
        {amount->micros, currency},
        length, true
    };
  }
  auto amount = amount_at(r, i);
  if (!amount)
    return std::nullopt;
  auto code = currency_at(r, i + amount->length);
  auto length = amount->length;
  if (r.is_one_of(i + length, {"us", "canadian", "australian"}) &&
      !currency_at(r, i + length + 1).empty()) {
    code = r.low(i + length) == "us" ? "USD" : r.low(i + length) == "canadian" ? "CAD" : "AUD";
    ++length;
  }
  if (code.empty())
    return plain_price{
        {amount->micros, home},
        length, false
    };
  return plain_price{
      {amount->micros, std::string{code}},
      length + 1, true
  };
}

/// Words before an amount that make it the most that may be paid.
std::size_t limit_before(const reader& r, std::size_t i) {
  return r.says_any(
      i, {"under",
          "below",
          "less than",
          "no more than",
          "not more than",
          "at most",
          "up to",
          "max",
          "max .",
          "max of",
          "maximum",
          "maximum of",
          "a maximum of",
          "not over",
          "no higher than",
          "budget of",
          "budget is",
          "budget :",
          "budget",
          "spend up to",
          "must not exceed",
          "not exceed",
          "no greater than",
          "cheaper than",
          "max :",
          "limit of",
          "limit is",
          "not to exceed",
          "cap of",
          "should not exceed",
          "price limit",
          "maximum price",
          "max price",
          "don't pay more than",
          "do not pay more than",
          "down to",
          "lower than",
          "not above",
          "never above",
          "for at most",
          "no more then",
          "price cap of",
          "my limit is",
          "my budget is",
          "my max is",
          "not spend more than",
          "within",
          "can't exceed",
          "can spend",
          "willing to pay",
          "willing to pay up to",
          "pay at most",
          "pay up to",
          "reduce it to",
          "reduced to",
          "get it to",
          "maximum :",
          "limit :"});
}

std::size_t limit_behind(const reader& r, std::size_t i) {
  return r.says_any(
      i, {"or less", "max", "maximum", "at most", "tops", "or under", "or below", "limit",
          "or cheaper", "budget"});
}

/// A number without a currency is a price only behind a word that speaks of money.
bool speaks_of_money(const reader& r, std::size_t first, std::size_t last) {
  for (auto i = first; i < last; ++i)
    if (r.is_one_of(i, {"budget", "max", "maximum", "spend", "price", "pay", "cap", "cheaper"}))
      return true;
  return false;
}

bool is_unit(const reader& r, std::size_t i) {
  return r.is_one_of(i, {"people", "persons", "guests", "adults", "kids",   "minutes", "minute",
                         "min",    "hours",   "hour",   "days",   "day",    "weeks",   "week",
                         "months", "years",   "pm",     "am",     "miles",  "km",      "kilometers",
                         "%",      "percent", "stops",  "stop",   "nights", "night",   "pounds of",
                         "of",     "o'clock", ":",      "items",  "pieces", "seats",   "tickets",
                         "rooms",  "calls",   "times",  "/",      "-"});
}

/// Something is bought, so "for $30" is what may be paid.
bool buys(const reader& r) {
  auto what = find_intent(r);
  return what == intent::book || what == intent::order || what == intent::negotiate;
}

bool is_offer(const reader& r, std::size_t i) {
  if (r.is_one_of(i - 1, {"around", "about", "roughly"}))
    --i;
  return r.is_one_of(i - 1, {"for", "at", "spend", "pay", "costs"}) &&
         !r.is_one_of(i - 2, {"currently", "now", "i", "me", "was", "charged", "billed"});
}

std::optional<price_found> limit_at(const reader& r, std::size_t i, const std::string& home) {
  auto n = limit_before(r, i);
  // "from $120 to $90": down to the second.
  std::optional<plain_price> from;
  if (n == 0 && r.low(i) == "from") {
    from = plain_price_at(r, i + 1, home);
    if (from && from->has_currency && r.is_one_of(i + 1 + from->length, {"to", "down"}))
      n = 1 + from->length + (r.says(i + 1 + from->length, "down to") > 0 ? 2 : 1);
  }
  if (n == 0 || (r.is_one_of(i - 1, {"at", "no"}) && r.is_one_of(i, {"least"})))
    return std::nullopt;
  auto at = i + n;
  while (at < i + n + 3 &&
         r.is_one_of(at, {"about", "around", "of", "is", "a", "total", ":", "the"}) &&
         !r.says_any(at, {"a hundred", "a thousand"}))
    ++at;
  auto price = plain_price_at(r, at, home);
  bool fits = price && (price->has_currency ||
                        (speaks_of_money(r, i, at) && !is_unit(r, at + price->length)));
  if (!fits)
    return std::nullopt;
  if (r.is_one_of(i, {"within", "down", "limit"}) && !price->has_currency)
    return std::nullopt;
  return price_found{
      {i, at + price->length},
      price->amount, true
  };
}

std::optional<price_found>
plain_at(const reader& r, std::size_t i, const std::string& home, bool is_bought) {
  auto price = plain_price_at(r, i, home);
  if (!price)
    return std::nullopt;
  auto last = i + price->length;
  // "$50-$80", "50 to 80 dollars": up to the second.
  bool is_range =
      r.is_one_of(last, {"-", "to"}) || (r.low(last) == "and" && r.low(i - 1) == "between");
  if (auto upper = is_range ? plain_price_at(r, last + 1, home) : std::nullopt;
      upper && upper->has_currency && upper->amount.micros > price->amount.micros)
    return price_found{
        {i, last + 1 + upper->length},
        upper->amount, true
    };
  if (!price->has_currency)
    return std::nullopt;
  if (auto n = limit_behind(r, last))
    return price_found{
        {i, last + n},
        price->amount, true
    };
  bool is_least = r.says_any(i - 2, {"at least", "more than"}) > 0 ||
                  r.is_one_of(i - 1, {"over", "above", "minimum", "exceeding"});
  return price_found{
      {i, last},
      price->amount, !is_least && is_bought && is_offer(r, i)
  };
}

} // namespace

std::vector<price_found>
find_prices(const reader& r, std::string_view region, const std::vector<stretch>& taken) {
  constexpr std::size_t most = 20;
  const auto home = currency_of(region);
  const auto is_bought = buys(r);
  std::vector<price_found> out;
  for (std::size_t i = 0; i < r.size() && out.size() < most;) {
    auto price = limit_at(r, i, home);
    if (!price)
      price = plain_at(r, i, home, is_bought);
    bool is_taken = price && std::any_of(taken.begin(), taken.end(), [&](const stretch& t) {
                      return price->where.first < t.last && t.first < price->where.last;
                    });
    if (!price || is_taken) {
      ++i;
      continue;
    }
    i = price->where.last;
    out.push_back(std::move(*price));
  }
  return out;
}

} // namespace ringmaster::rules
