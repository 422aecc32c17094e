#include "net/row_options.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ringmaster::net {

namespace {

constexpr std::array<std::string_view, 5> ours{
  "phone_number", "contact_name", "client_id", "timezone", "max_attempts"};

} // namespace

row_options read_row_options(query_reader& query) {
  row_options out;
  if (auto named = query.text("header")) {
    if (*named == "yes" || *named == "no")
      out.header = *named == "yes";
    else
      query.mistake("header", "unknown", "is yes or no");
  }
  auto map = query.text("map", 2000);
  if (!map)
    return out;
  // The first colon parts the two names; a comma ends a pair only where another pair begins, so
  // that headers may have both.
  std::string_view rest = *map;
  while (!rest.empty()) {
    auto colon = rest.find(':');
    auto name = rest.substr(0, colon);
    if (colon == std::string_view::npos || std::find(ours.begin(), ours.end(), name) == ours.end()) {
      query.mistake(
        "map", "unknown_column",
        "pairs like phone_number:Telefon with a comma between them; to the left stands one of "
        "phone_number, contact_name, client_id, timezone, max_attempts");
      return out;
    }
    rest.remove_prefix(colon + 1);
    auto end = std::string_view::npos;
    for (auto comma = rest.find(','); comma != std::string_view::npos && end == std::string_view::npos;
         comma = rest.find(',', comma + 1)) {
      auto next = rest.substr(comma + 1);
      if (std::any_of(ours.begin(), ours.end(), [&](std::string_view o) {
            return next.starts_with(o) && next.substr(o.size()).starts_with(':');
          }))
        end = comma;
    }
    auto theirs = rest.substr(0, end);
    bool twice = std::any_of(out.map.begin(), out.map.end(), [&](const auto& m) { return m.first == name; });
    if (theirs.empty() || twice) {
      query.mistake("map", twice ? "duplicate" : "empty", std::string(name) + (twice ? " is named twice" : " has no column"));
      return out;
    }
    out.map.emplace_back(name, theirs);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return out;
}

} // namespace ringmaster::net
