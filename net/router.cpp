#include "net/router.hpp"

namespace ringmaster::net {

namespace {

/// Compares a path with a pattern, segment by segment.
bool fits(std::string_view pattern, std::string_view path, path_values& values) {
  std::size_t count = 0;
  while (true) {
    auto pattern_end = pattern.find('/', 1);
    auto path_end = path.find('/', 1);
    auto wanted = pattern.substr(0, pattern_end);
    auto given = path.substr(0, path_end);
    if (wanted.size() > 1 && wanted[1] == '{') {
      if (given.size() < 2 || given[0] != '/' || count == values.size())
        return false;
      values[count++] = given.substr(1);
    } else if (wanted != given) {
      return false;
    }
    if (pattern_end == std::string_view::npos || path_end == std::string_view::npos)
      return pattern_end == path_end;
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
  }
}

} // namespace

match find_route(std::span<const route> all, http::method verb, std::string_view path) {
  match m;
  auto wanted = verb == http::method::head ? http::method::get : verb;
  for (const auto& line : all) {
    path_values values{};
    if (!fits(line.pattern, path, values))
      continue;
    if (line.verb == wanted) {
      m.found = &line;
      m.values = values;
      m.allow.clear();
      return m;
    }
    m.allow += m.allow.empty() ? "" : ", ";
    m.allow += http::to_string(line.verb);
    if (line.verb == http::method::get)
      m.allow += ", HEAD";
  }
  return m;
}

} // namespace ringmaster::net
