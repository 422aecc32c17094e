#include "tests/support/api.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <stdexcept>

#include "tests/support/waiting.hpp"

namespace ringmaster::support {

std::string answer::summary() const {
  return status == 0 ? "no answer: " + trouble
                     : std::to_string(status) + " " + body.substr(0, 600);
}

std::string text(const json& object, const std::string& name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

answer api::call(
  const std::string& method, const std::string& target, const std::string& body,
  const http_headers& more, milliseconds patience) const {
  auto headers = more;
  bool typed = false;
  for (const auto& [name, value] : headers)
    typed |= name == "Content-Type";
  if (!key_.empty())
    headers.emplace_back("Authorization", "Bearer " + key_);
  if (!body.empty() && !typed)
    headers.emplace_back("Content-Type", "application/json");
  answer out;
  out.sent_us = wall_us();
  static_cast<http_answer&>(out) =
    http_call(authority_, method, target, headers, body, patience);
  out.came_us = wall_us();
  out.json = nlohmann::json::parse(out.body, nullptr, false);
  if (out.json.is_discarded())
    out.json = nullptr;
  return out;
}

json api::campaign(const std::string& id) const {
  auto found = get("/api/campaigns/" + id);
  if (!found.ok() || !found.json.contains("campaign"))
    return json::object();
  return found.json["campaign"];
}

json api::all(const std::string& target, const std::string& name) const {
  auto out = json::array();
  const std::string join = target.find('?') == std::string::npos ? "?" : "&";
  std::string cursor;
  do {
    auto page = get(target + join + "limit=500" + (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page.ok() || !page.json.contains(name))
      throw std::runtime_error("GET " + target + ": " + page.summary());
    for (auto& item : page.json[name])
      out.push_back(std::move(item));
    cursor.clear();
    if (page.json.contains("next_cursor") && page.json["next_cursor"].is_string())
      cursor = page.json["next_cursor"].get<std::string>();
  } while (!cursor.empty());
  return out;
}

std::string number(std::size_t n) {
  static constexpr std::string_view areas[] = {"212", "312", "415", "512", "617",
                                               "702", "303", "206", "404", "713"};
  const auto exchange = 200 + (n / 10'000) % 700;
  const auto area = areas[(n / 7'000'000) % 10];
  char text[16];
  std::snprintf(
    text, sizeof text, "+1%.3s%03zu%04zu", area.data(), exchange, n % 10'000);
  return text;
}

std::string noon_zone() {
  const auto seconds = static_cast<std::time_t>(wall_us() / 1'000'000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  const int ahead = 13 - utc.tm_hour;
  // The names of these zones have the sign of POSIX: Etc/GMT-3 is three hours ahead of UTC.
  return ahead == 0 ? "Etc/UTC" : "Etc/GMT" + std::string(ahead > 0 ? "-" : "+") +
                                    std::to_string(ahead > 0 ? ahead : -ahead);
}

json open_campaign(const std::string& name) {
  return {
    {"name", name},
    {"type", "reminder"},
    {"script", "Good day. This is a reminder of your appointment."},
    {"timezone", "UTC"},
    {"allowed_call_start_time", "00:00"},
    {"allowed_call_end_time", "24:00"},
    {"allowed_days_of_week", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
    {"rate_limit_per_minute", nullptr},
    {"rate_limit_per_hour", nullptr},
    {"max_attempts", 1},
  };
}

json targets(std::size_t first, std::size_t count) {
  auto out = json::array();
  const auto zone = noon_zone();
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(
      {{"phone_number", number(first + i)},
       {"contact_name", "Contact " + std::to_string(i)},
       {"client_id", "row-" + std::to_string(first + i)},
       {"timezone", zone}});
  return out;
}

std::string make_campaign(const api& who, const json& settings, const json& rows) {
  auto made = who.post("/api/campaigns", settings);
  if (made.status != 201)
    throw std::runtime_error("create campaign: " + made.summary());
  const auto id = made.json["campaign"]["id"].get<std::string>();
  for (std::size_t at = 0; at < rows.size(); at += 5000) {
    std::string lines;
    for (std::size_t i = at; i < std::min(at + 5000, rows.size()); ++i)
      lines += rows[i].dump() + "\n";
    auto added = who.call(
      "POST", "/api/campaigns/" + id + "/targets", lines,
      {{"Content-Type", "application/x-ndjson"}});
    if (!added.ok())
      throw std::runtime_error("add targets: " + added.summary());
  }
  return id;
}

} // namespace ringmaster::support
