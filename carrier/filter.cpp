// Reading the query of a list.
#include <charconv>
#include <chrono>
#include <cstdint>

#include "carrier/parameters.hpp"
#include "domain/time.hpp"

namespace ringmaster::telco {

namespace {

struct time_span {
  instant begin, end;
};

/// A day (`YYYY-MM-DD`, the whole of it) or a timestamp (that second).
std::optional<time_span> read_time(std::string_view text) {
  if (text.size() == 10) {
    auto midnight = parse_rfc3339(std::string(text) + "T00:00:00Z");
    if (!midnight)
      return std::nullopt;
    return time_span{*midnight, *midnight + std::chrono::hours(24)};
  }
  auto moment = parse_rfc3339(text);
  if (!moment)
    return std::nullopt;
  return time_span{*moment, *moment + std::chrono::seconds(1)};
}

/// `StartTime` is that day, `StartTime>` that day and later, `StartTime<` before it.
bool narrow(
  char comparison, const time_span& when, std::optional<instant>& from,
  std::optional<instant>& before) {
  if (comparison != '<')
    from = when.begin;
  if (comparison == '<')
    before = when.begin;
  else if (comparison != '>')
    before = when.end;
  return true;
}

std::optional<std::uint32_t> read_number(std::string_view text) {
  std::uint32_t value = 0;
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

bool take_time(std::string_view name, std::string_view value, call_filter& out) {
  const char last = name.back();
  if (last == '<' || last == '>')
    name.remove_suffix(1);
  if (name != "StartTime" && name != "EndTime")
    return false;
  auto when = read_time(value);
  if (!when)
    return false;
  return name == "StartTime" ? narrow(last, *when, out.start_from, out.start_before)
                             : narrow(last, *when, out.end_from, out.end_before);
}

bool take(const std::string& name, const std::string& value, call_filter& out) {
  if (name == "To")
    return !(out.to = value).empty();
  if (name == "From")
    return !(out.from = value).empty();
  if (name == "ParentCallSid")
    return call_sid::parse(out.parent = value).has_value();
  if (name == "Status") {
    out.status = call::parse_status(value);
    return out.status && out.status != call::status::initiated && value != "answered";
  }
  if (name == "PageSize") {
    auto size = read_number(value);
    out.page_size = size.value_or(0);
    return out.page_size >= 1 && out.page_size <= 1000;
  }
  if (name == "Page") {
    auto page = read_number(value);
    out.page = page.value_or(0);
    return page.has_value();
  }
  if (name == "PageToken") {
    out.before_serial = read_page_token(value);
    return out.before_serial.has_value();
  }
  return !name.empty() && take_time(name, value, out);
}

} // namespace

answer<call_filter> read_filter(const wire::fields& query) {
  call_filter out;
  for (std::size_t i = 0; i < query.size(); ++i) {
    const auto& [name, value] = query[i];
    for (std::size_t k = 0; k < i; ++k)
      if (query[k].first == name)
        return refuse(400, 20001, "Parameter " + name.substr(0, 64) + " is given twice");
    if (!take(name, value, out))
      return refuse(
        400, 20001, "Unknown parameter or invalid value: " + name.substr(0, 64) + "=" +
                      value.substr(0, 64));
  }
  if (out.page > 0 && !out.before_serial)
    return refuse(400, 20001, "Page needs the PageToken of next_page_uri");
  return out;
}

std::string write_page_token(std::uint32_t before_serial) {
  return "PA" + std::to_string(before_serial);
}

std::optional<std::uint32_t> read_page_token(std::string_view text) {
  if (!text.starts_with("PA"))
    return std::nullopt;
  return read_number(text.substr(2));
}

} // namespace ringmaster::telco
