#pragma once

#include <chrono>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace ringmaster {

/// What is due when, earliest first. Nothing is ever taken out early: whoever is found due is
/// judged anew, and what has ended since is passed over.
template <class Key>
class agenda {
 public:
  using moment = std::chrono::nanoseconds;

  void add(moment due, const Key& key) { entries_.push({due, key}); }
  std::optional<moment> next() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.top().due);
  }
  std::optional<Key> take_due(moment now) {
    if (entries_.empty() || entries_.top().due > now)
      return std::nullopt;
    auto key = entries_.top().key;
    entries_.pop();
    return key;
  }
  std::size_t size() const { return entries_.size(); }

 private:
  struct entry {
    moment due;
    Key key;
    bool operator<(const entry& other) const { return due > other.due; }
  };
  std::priority_queue<entry> entries_;
};

} // namespace ringmaster
