#include "config/values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <utility>

namespace ringmaster::config {

using milliseconds = std::chrono::milliseconds;

std::string show(std::size_t x) { return std::to_string(x); }
std::string show(milliseconds x) { return format_duration(x); }
std::string show(double x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

// -- one value from the environment ----------------------------------------------------------------

mistake take(std::string_view raw, std::string& into, text_check check) {
  if (auto wrong = check(raw))
    return wrong;
  into = raw;
  return std::nullopt;
}

mistake take(std::string_view raw, secret& into, text_check check) {
  if (auto wrong = check(raw))
    return wrong;
  into = secret{std::string{raw}};
  return std::nullopt;
}

mistake take(std::string_view raw, std::size_t& into, const bounds<std::size_t>& b) {
  std::size_t x = 0;
  auto [end, problem] = std::from_chars(raw.data(), raw.data() + raw.size(), x);
  if (problem != std::errc{} || end != raw.data() + raw.size())
    return "must be a whole number from " + show(b.low) + " to " + show(b.high);
  if (auto wrong = within(x, b))
    return wrong;
  into = x;
  return std::nullopt;
}

mistake take(std::string_view raw, double& into, const bounds<double>& b) {
  double x = 0;
  auto [end, problem] = std::from_chars(raw.data(), raw.data() + raw.size(), x);
  if (problem != std::errc{} || end != raw.data() + raw.size() || !std::isfinite(x))
    return "must be a number from " + show(b.low) + " to " + show(b.high);
  if (auto wrong = within(x, b))
    return wrong;
  into = x;
  return std::nullopt;
}

mistake take(std::string_view raw, milliseconds& into, const bounds<milliseconds>& b) {
  auto x = parse_duration(raw);
  if (!x)
    return x.error().detail;
  if (auto wrong = within(*x, b))
    return wrong;
  into = *x;
  return std::nullopt;
}

mistake take(std::string_view raw, std::vector<std::string>& into, text_check check) {
  std::vector<std::string> members;
  while (!raw.empty()) {
    auto comma = std::min(raw.find(','), raw.size());
    auto member = raw.substr(0, comma);
    raw.remove_prefix(std::min(comma + 1, raw.size()));
    while (!member.empty() && member.front() == ' ')
      member.remove_prefix(1);
    while (!member.empty() && member.back() == ' ')
      member.remove_suffix(1);
    if (auto wrong = check(member))
      return wrong;
    members.emplace_back(member);
  }
  into = std::move(members);
  return std::nullopt;
}

mistake take(std::string_view raw, bool& into, yes_or_no) {
  if (raw != "true" && raw != "false")
    return "must be true or false";
  into = raw == "true";
  return std::nullopt;
}

// -- one value for people --------------------------------------------------------------------------

std::string tell(const std::string& x) { return x; }
std::string tell(const secret& x) { return x.empty() ? "" : "***"; }
std::string tell(bool x) { return x ? "true" : "false"; }
std::string tell(std::size_t x) { return show(x); }
std::string tell(double x) { return show(x); }
std::string tell(milliseconds x) { return show(x); }
std::string tell(const std::vector<std::string>& x) {
  std::string text;
  for (const auto& member : x) {
    if (!text.empty())
      text += ',';
    text += member;
  }
  return text;
}

} // namespace ringmaster::config
