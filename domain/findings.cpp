#include "domain/findings.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "domain/words.hpp"

namespace ringmaster::talk {

namespace {

constexpr auto kinds = vocabulary_of<value_kind>("string", "number", "datetime", "boolean", "json");
static_assert(kinds.words.size() == static_cast<std::size_t>(value_kind::json) + 1);

constexpr auto verdicts = vocabulary_of<verdict>("unknown", "no", "yes");
static_assert(verdicts.words.size() == static_cast<std::size_t>(verdict::yes) + 1);

// -- showing --------------------------------------------------------------------------------------

std::string part(const value& v, std::string_view name) {
  for (const auto& [key, text] : v.parts)
    if (key == name)
      return text;
  return {};
}

/// "Tue 24 Nov 2026" of "2026-11-24"; what is no date stands as it is.
std::string show_date(const std::string& text) {
  int y = 0;
  unsigned m = 0, d = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u", &y, &m, &d) != 3)
    return text;
  std::chrono::year_month_day date{
      std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
  if (!date.ok())
    return text;
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto weekday = std::chrono::weekday{std::chrono::sys_days{date}}.c_encoding();
  return std::string{days[weekday]} + ' ' + std::to_string(d) + ' ' + months[m - 1] + ' ' +
         std::to_string(y);
}

/// "Tue 24 Nov 2026, 15:00" of "2026-11-24T15:00".
std::string show_moment(const std::string& text) {
  auto t = text.find('T');
  if (t == std::string::npos)
    return show_date(text);
  return show_date(text.substr(0, t)) + ", " + text.substr(t + 1, 5);
}

std::string show_price(const value& v) {
  auto amount = part(v, "amount"), currency = part(v, "currency"), details = part(v, "details");
  auto micros = parse_decimal(amount);
  auto out = micros && is_currency(currency) ? show(money{*micros, currency})
             : currency.empty()              ? amount
                                             : amount + ' ' + currency;
  return details.empty() ? out : out + " (" + details + ')';
}

std::string show_appointment(const value& v) {
  auto date = show_date(part(v, "date")), time = part(v, "time");
  auto number = part(v, "confirmation_number"), status = part(v, "status");
  auto out = date.empty() || time.empty() ? date + time : date + ", " + time;
  if (!number.empty())
    out += " (" + number + ')';
  return status.empty() || status == "booked" ? out : out + ", " + status;
}

/// A list stands as its items; other parts with their names.
std::string show_parts(const value& v) {
  std::string out;
  bool is_list = !v.parts.empty() && v.parts.front().first == "0";
  for (const auto& [key, text] : v.parts) {
    out += out.empty() ? "" : ", ";
    out += is_list ? text : key + ' ' + text;
  }
  return out;
}

} // namespace

std::string_view to_string(value_kind k) { return kinds[k]; }
std::optional<value_kind> parse_value_kind(std::string_view text) { return kinds.find(text); }

std::string_view to_string(verdict v) { return verdicts[v]; }
std::optional<verdict> parse_verdict(std::string_view text) { return verdicts.find(text); }

std::string show(const value& v) {
  if (!v.known())
    return "unknown";
  if (v.kind == value_kind::datetime)
    return show_moment(v.text);
  if (v.kind == value_kind::boolean)
    return v.text == "true" ? "yes" : v.text == "false" ? "no" : v.text;
  if (v.kind != value_kind::json)
    return v.text;
  if (v.key == "price")
    return show_price(v);
  return v.key == "appointment" ? show_appointment(v) : show_parts(v);
}

} // namespace ringmaster::talk
