#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/call.hpp"

namespace ringmaster {

/// When so many calls fail that a campaign is paused by itself: something is wrong with the
/// carrier, the caller ids or the list, and more calls make it worse.
struct failure_rules {
  std::chrono::seconds span{std::chrono::minutes(10)}; ///< 1 s to 7 d
  std::int64_t calls_min = 20;                         ///< fewer calls in the span prove nothing
  std::int32_t percent_max = 50; ///< more failures than this pause it; 100: never
};

/// How an ended call counts.
enum class safety_count : std::uint8_t { none, call, failure };
/// Failed, refused by the carrier and of unknown fate are failures; what we canceled counts
/// nothing.
safety_count count_of(call::outcome what);

/// The ended calls of the last span, in bounded memory: 120 buckets that slide. A call counts until
/// the bucket in which it ended lies behind the span: up to a 120th longer, never shorter.
class failure_watch {
public:
  explicit failure_watch(failure_rules rules = {});

  /// A call that ended. News from before the span count nothing.
  void add(call::outcome what, instant ended_at);

  struct reading {
    std::int64_t calls = 0;
    std::int64_t failures = 0;
    bool tripped = false;
    std::string reason; ///< a sentence when tripped, else empty
  };
  reading read(instant now) const;

  /// After a person resumed the campaign: what was before counts no more.
  void forget();
  const failure_rules& rules() const { return rules_; }

private:
  struct bucket {
    std::int64_t number = -1; ///< which bucket since 1970; -1: empty
    std::uint32_t calls = 0;
    std::uint32_t failures = 0;
  };
  std::int64_t number_of(instant t) const;

  failure_rules rules_;
  std::chrono::microseconds width_{};
  std::vector<bucket> ring_;
};

} // namespace ringmaster
