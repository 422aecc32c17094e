#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "domain/money.hpp"
#include "net/json.hpp"

// Money as the API writes it: {"amount": "12.50", "currency": "USD"}. Amounts are texts, so that
// nobody's floating point gets at them.

namespace ringmaster::net {

nlohmann::ordered_json show_money(const money& m);
nlohmann::ordered_json show_money(const std::optional<money>& m);

/// Reads an amount of money: the object (without a currency: USD), or a bare number of dollars. A
/// number is taken digit by digit as it was written. Absent or wrong is `nullopt`.
std::optional<money> take_money(object_reader& r, std::string_view name);
/// The outer is whether it was given; `null` is a value.
std::optional<std::optional<money>> take_money_or_null(object_reader& r, std::string_view name);

} // namespace ringmaster::net
