#include "net/money_json.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace ringmaster::net {

using json = nlohmann::ordered_json;
using kind = json_value::kind;

namespace {

bool is_amount(const json_value& v) {
  return v.what == kind::integer || v.what == kind::real || v.what == kind::text;
}

/// The digits of a text or a number, as they were written.
std::string digits_of(const json_value& v) {
  return v.what == kind::integer ? std::to_string(v.integer) : v.text;
}

std::optional<std::int64_t>
read_amount(object_reader& r, std::string_view name, const json_value& v) {
  auto micros = parse_decimal(digits_of(v));
  if (!micros)
    r.mistake(
        name, "not_an_amount",
        "must be a decimal number that is not negative, with up to nine digits before the point "
        "and six after it");
  return micros;
}

std::optional<money> read_object(object_reader& r, std::string_view name, const json_value& v) {
  object_reader inner(v, r.at(name));
  money m;
  inner.require("amount");
  auto amount = inner.member("amount");
  if (amount && !is_amount(*amount))
    inner.wrong_type("amount", "a decimal number as a string", *amount);
  else if (amount)
    m.micros = read_amount(inner, "amount", *amount).value_or(0);
  if (auto currency = inner.text("currency")) {
    m.currency = *currency;
    if (!is_currency(m.currency))
      inner.mistake("currency", "not_a_currency", "must be three upper-case letters");
  }
  inner.finish();
  if (!inner.mistakes().empty()) {
    r.take(inner.mistakes());
    return std::nullopt;
  }
  return m;
}

} // namespace

json show_money(const money& m) {
  json j;
  j["amount"] = to_decimal(m.micros);
  j["currency"] = m.currency;
  return j;
}

json show_money(const std::optional<money>& m) { return m ? show_money(*m) : json(); }

std::optional<money> take_money(object_reader& r, std::string_view name) {
  auto value = r.member(name);
  if (!value)
    return std::nullopt;
  if (value->what == kind::object)
    return read_object(r, name, *value);
  if (value->what != kind::integer && value->what != kind::real) {
    r.wrong_type(name, "an object of amount and currency, or a number,", *value);
    return std::nullopt;
  }
  if (auto micros = read_amount(r, name, *value))
    return money{*micros};
  return std::nullopt;
}

std::optional<std::optional<money>> take_money_or_null(object_reader& r, std::string_view name) {
  auto value = r.member(name);
  if (value && value->what == kind::null)
    return std::optional<money>();
  if (auto given = take_money(r, name))
    return given;
  return std::nullopt;
}

} // namespace ringmaster::net
