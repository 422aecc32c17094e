#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "domain/page.hpp"
#include "persistence/desk_rows.hpp"

// Lists whose order changes while somebody turns their pages (by rank, by time of change): their
// cursors are places, not keys.

namespace ringmaster {

/// From where on and how many, one more than is shown: it tells whether the list goes on.
struct stretch {
  char kind;
  std::int64_t offset;
  std::int64_t limit;
  std::int64_t wanted() const { return limit + 1; }
};
result<stretch> stretch_of(char kind, const page_request& p);

template <class T, class Read>
page<T> page_of(const stretch& s, const db::rows& rows, Read read) {
  page<T> out;
  auto shown = std::min(rows.size(), static_cast<std::size_t>(s.limit));
  for (std::size_t i = 0; i < shown; ++i)
    out.items.push_back(read(rows[i]));
  if (rows.size() > shown)
    out.next_cursor = make_cursor(s.kind, std::to_string(s.offset + s.limit));
  return out;
}

} // namespace ringmaster
