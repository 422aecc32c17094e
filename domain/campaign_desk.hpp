#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/audit.hpp"
#include "domain/call.hpp"
#include "domain/campaign.hpp"
#include "domain/page.hpp"
#include "domain/target.hpp"

// What a person does to single targets of a campaign, and what a campaign shows of its past.

namespace ringmaster {

/// Which targets are to be tried once more: ended ones of `status`, and of this last outcome.
struct retry_filter {
  target::status status = target::status::failed;
  std::optional<call::outcome> outcome;
};

struct retried {
  std::int64_t moved = 0;
  /// They match and stay: their number is never to be called, or a call to it may still be going on.
  /// Counted with the last part only.
  std::int64_t left_out = 0;
  bool more = false; ///< there were more than one transaction should take
};

struct redialed {
  campaign::view made; ///< a draft; nothing dials before a person starts it
  std::int64_t targets = 0;
};

/// Calls of a campaign over time. Empty buckets stand between full ones.
struct chart_request {
  std::chrono::seconds step{60};
  std::optional<instant> from, to; ///< else its first and its last call
};
struct chart {
  static constexpr std::int64_t buckets_most = 500;
  struct bucket {
    instant at{};
    std::int64_t started = 0, answered = 0;
  };
  std::vector<bucket> buckets;
  bool cut = false; ///< earlier ones are left out
};

/// Each act holds the campaign's lock, as permits do. A campaign of a task is `not_found`.
class campaign_book {
public:
  virtual ~campaign_book() = default;

  /// Back to pending, with one more attempt. `wrong_state` for what has not ended, for a campaign
  /// that is over (it is redialed instead), for a number that is never to be called, and while an
  /// attempt may still ring.
  virtual result<target::view> retry(const campaign_id& of, const target_id& id) = 0;
  /// At most `most` at a time.
  virtual result<retried>
  retry_all(const campaign_id& of, const retry_filter& which, std::int64_t most) = 0;
  /// Sets a pending target aside. `wrong_state` for any other.
  virtual result<target::view> skip(const campaign_id& of, const target_id& id) = 0;

  /// A new draft with the same settings and those numbers whose last outcome is among `outcomes`,
  /// without the reached ones, those of the suppression lists and those that this campaign will
  /// still call by itself. `invalid` if there is none. An empty `name`: the old one, marked.
  virtual result<redialed> redial(
      const campaign_id& of, const std::vector<call::outcome>& outcomes,
      const std::string& name) = 0;

  /// What was done to the campaign and to its targets, by people and by the engine; newest first.
  /// Attempts are not in it: they are the campaign's calls.
  virtual result<page<audit_view>> activity(const campaign_id& of, const page_request& p) = 0;
  virtual result<chart> draw(const campaign_id& of, const chart_request& what) = 0;
};

} // namespace ringmaster
