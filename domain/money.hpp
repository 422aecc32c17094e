#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringmaster {

/// An amount in millionths of a currency's unit: exact for every price that people say, and for
/// what a model charges for a token. Never negative.
struct money {
  std::int64_t micros = 0;
  std::string currency = "USD"; ///< ISO 4217, upper case

  friend bool operator==(const money&, const money&) = default;
};

/// "12.50": two decimals at least, as many as are needed.
std::string to_decimal(std::int64_t micros);
/// Reads "12", "12.5", "1250.00"; at most nine digits before the point and six after it. No sign,
/// no grouping, no currency: what an API sends.
std::optional<std::int64_t> parse_decimal(std::string_view text);
/// Three upper-case letters.
bool is_currency(std::string_view text);
/// For people: "$12.50", "€80", "1,200 JPY".
std::string show(const money& m);

/// Reads what a person types into a field for a price: "120", "$1,250.50", "80 EUR", "GBP 45". USD
/// where no currency is named.
std::optional<money> parse_price(std::string_view text);

/// Amounts of two currencies are not comparable: no rate of exchange is known here.
std::optional<std::strong_ordering> compare(const money& a, const money& b);

} // namespace ringmaster
