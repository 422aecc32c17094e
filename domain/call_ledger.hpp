#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/audit.hpp"
#include "domain/call.hpp"
#include "domain/money.hpp"

// What is known of a call beside the call itself: the carrier's requests about it, and what it cost.

namespace ringmaster {

/// One request of the carrier about a call, as it was answered. Told in the background: under a
/// load that is too much for it, some are left out.
struct hook_note {
  user_id user;
  attempt_id attempt;
  instant at{};
  std::string kind; ///< as change::record_callback::kind
  /// What makes it the event that was stored; without a call's name it was not.
  std::optional<call_sid> sid;
  std::optional<call::status> news;
  std::optional<std::int32_t> sequence;
  std::string verdict; ///< "accepted", "bad_signature", "malformed"
  std::int32_t answer_status = 0;
  std::chrono::microseconds took{};
  std::int64_t answer_bytes = 0;
  std::string body; ///< of one that was turned away; else the event keeps it
};

/// The same as its owner sees it. What was stored while nobody could note the answer has none.
struct hook_view {
  instant at{};
  std::string kind, verdict;
  std::optional<call::status> status;
  std::optional<std::int32_t> answer_status;
  std::optional<std::int64_t> took_us, answer_bytes;
  std::string body; ///< as it came
};

struct call_cost {
  std::optional<money> carrier; ///< none: the carrier has not told
  money models;                 ///< in dollars
};

/// A call whose price is to be asked for.
struct price_due {
  user_id user;
  attempt_id attempt;
  call_sid sid;
  std::int32_t tries = 0; ///< made before
};

/// Books that the engine keeps in the background, read for one user.
class ledger_book {
public:
  virtual ~ledger_book() = default;
  /// In the order in which they came, 500 at most. `not_found` for a call that is not the user's.
  virtual result<std::vector<hook_view>> webhooks(const attempt_id& of) = 0;
  virtual result<call_cost> cost(const attempt_id& of) = 0;
  /// What the carrier took for calls that have ended on the transaction's UTC day, as far as it has
  /// told, in millionths of a dollar.
  virtual result<std::int64_t> carrier_spent_today() = 0;
  /// Goes along the chain of the user's audit trail from its beginning, `rows_most` rows about.
  virtual result<audit_verdict>
  verify_audit(std::span<const audit_head> heads, std::int64_t rows_most) = 0;
};

} // namespace ringmaster
