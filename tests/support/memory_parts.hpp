#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/memory_knowledge.hpp"

// What the sources of memory_knowledge share.

namespace ringmaster::support {

/// A part of a list that stands in its order. Cursors are places in it.
template <class T>
result<page<T>> part_of(std::vector<T> all, const page_request& p) {
  auto begin = static_cast<std::size_t>(std::max<std::int64_t>(p.offset, 0));
  if (!p.cursor.empty()) {
    auto [end, problem] =
        std::from_chars(p.cursor.data(), p.cursor.data() + p.cursor.size(), begin);
    if (problem != std::errc{} || end != p.cursor.data() + p.cursor.size())
      return fail_field("/cursor", "invalid", "this cursor is not one of this list");
  }
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(p.limit, 1, 500));
  page<T> out;
  out.total = static_cast<std::int64_t>(all.size());
  for (auto i = begin; i < all.size() && out.items.size() < limit; ++i)
    out.items.push_back(std::move(all[i]));
  if (begin + out.items.size() < all.size() && !out.items.empty())
    out.next_cursor = std::to_string(begin + out.items.size());
  return out;
}

inline bool says(const std::string& text, const std::string& q) {
  auto same = [](char a, char b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
  };
  return std::search(text.begin(), text.end(), q.begin(), q.end(), same) != text.end();
}

template <class List, class Id>
auto* row_of(List& rows, const Id& id) {
  auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == id; });
  return at == rows.end() ? nullptr : &*at;
}

template <class T>
tl::unexpected<error> stale(const T& row) {
  return fail(
      errc::conflict,
      "somebody else changed it; it has version " + std::to_string(row.version) + " now");
}

inline tl::unexpected<error> users_only() {
  return fail(errc::forbidden, "only the user may do this, no agent");
}

struct memory_knowledge::part {
  memory_knowledge& home;
  identity who;

  shelf& mine() { return home.data[who.user]; }
  instant now() const { return home.around_.now(); }
  bool agent() const { return who.actor == "engine"; }
  void tell(const notification::draft& n) {
    if (home.around_.tell)
      home.around_.tell(who, n);
  }
  void trail(
      std::string action, std::string kind, const uuid& subject, std::string_view from = {},
      std::string_view to = {}, std::string reason = {}) {
    if (!home.around_.trail)
      return;
    audit_view row;
    row.at = now();
    row.actor = who.actor;
    row.action = std::move(action);
    row.subject_kind = std::move(kind);
    row.subject_id = to_string(subject);
    row.from_status = from;
    row.to_status = to;
    row.reason = std::move(reason);
    row.request_id = who.request_id;
    home.around_.trail(who, row);
  }
};

} // namespace ringmaster::support
