#include "persistence/desk_pages.hpp"

#include <charconv>

namespace ringmaster {

result<stretch> stretch_of(char kind, const page_request& p) {
  auto bounds = bounds_of(p);
  stretch s{kind, bounds.offset, bounds.limit};
  if (p.cursor.empty())
    return s;
  auto key = read_cursor(kind, p.cursor);
  if (!key)
    return fail(key.error());
  auto [end, problem] = std::from_chars(key->data(), key->data() + key->size(), s.offset);
  if (problem != std::errc{} || end != key->data() + key->size() || s.offset < 0)
    return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  return s;
}

} // namespace ringmaster
