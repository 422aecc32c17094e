#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringmaster {

struct page_request {
  std::int64_t limit = 50; ///< 1..500
  std::int64_t offset = 0;
  std::string cursor; ///< opaque; wins over offset
};

template <class T>
struct page {
  std::vector<T> items;
  std::optional<std::int64_t> total;
  std::string next_cursor; ///< empty on the last page
};

} // namespace ringmaster
