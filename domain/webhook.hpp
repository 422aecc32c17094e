#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/network.hpp"

// Webhooks: addresses of a user's that are told what happens, and the life of one message to one
// of them. Messages are those of Standard Webhooks 1.0.

namespace ringmaster {

using webhook_id = id<struct webhook_tag>;
using delivery_id = id<struct delivery_tag>;

namespace webhook {

/// What may be told, "call.completed" and so on, in the order of docs/webhooks.md.
std::span<const std::string_view> topics();
bool is_topic(std::string_view text);
/// What a message is that a user asks for to try the address; goes whatever the topics are.
inline constexpr std::string_view test_topic = "webhook.test";

/// As read from a URL.
struct destination {
  bool tls = false;
  std::string host; ///< without brackets
  std::string port; ///< never empty
};

struct draft {
  std::string url;                 ///< 1..2,000 characters
  std::string description;         ///< up to 200
  std::vector<std::string> topics; ///< empty: all
  bool active = true;
};
/// All mistakes together, pointers like "/url". `to` is what stands in the URL.
result<draft> check(draft d, const destination& to, const std::vector<ip_network>& allowed);

/// Whether a message for `to` may go to `address`, to which its host resolved: https at port 443
/// or 8443 of a public address. What the operator has allowed may be anything. The refusal is a
/// sentence.
std::optional<std::string>
why_not(const destination& to, const ip_address& address, const std::vector<ip_network>& allowed);

struct view {
  webhook_id id;
  std::string url, description;
  std::vector<std::string> topics; ///< empty: all
  bool active = true;
  std::string disabled_reason; ///< by the engine; empty: by nobody, or by the user
  std::optional<instant> failing_since, last_success_at;
  std::optional<instant> previous_secret_until; ///< messages bear two signatures until then
  instant created_at{}, updated_at{};
};

// -- one message to one address -------------------------------------------------------------------

enum class status : std::uint8_t { pending, sending, delivered, failed };
std::string_view to_string(status s);
std::optional<status> parse_status(std::string_view text);

/// One step of a message's life, a line each; docs/states.md is made from it.
struct step {
  status from;
  std::string_view on; ///< "claim", "accept", "refuse", "give_up", "replay"
  status to;
};
std::span<const step> steps();

struct delivery {
  delivery_id id; ///< also the `webhook-id` of the message, however often it is sent
  webhook_id to;
  std::string type;
  status state = status::pending;
  std::int32_t attempts = 0;
  std::optional<std::int32_t> response_code;
  std::string last_error;
  std::optional<std::int32_t> took_ms;
  std::optional<instant> next_attempt_at, last_attempt_at, delivered_at;
  instant created_at{};
  std::string payload; ///< the body, byte by byte; only where one message is shown
};

/// A claimed message, with everything that it takes to send it.
struct parcel {
  user_id user;
  delivery_id id;
  webhook_id to;
  std::string url;
  std::string type;
  std::string payload;
  std::int32_t attempt = 1;             ///< this one, since it was written or replayed
  std::int32_t claim = 1;               ///< how often it was claimed in all
  std::vector<std::string> secrets;     ///< as bytes; the newest first
  std::optional<instant> failing_since; ///< the address, not the message
};

/// What came of sending it.
struct answer {
  int status = 0;    ///< 0: no answer came
  std::string error; ///< why not, for the address's owner
  std::optional<std::chrono::seconds> retry_after;
  std::chrono::milliseconds took{0};
};

/// What is to be stored.
struct verdict {
  status to = status::delivered;
  std::optional<instant> next_attempt_at;
  std::string error;
  std::string disable; ///< the reason to disable the address; empty: it stays as it is
};

/// A message is sent at once and then after each of these; the last failure gives it up.
std::span<const std::chrono::seconds> delays();
/// An address that took nothing for so long is disabled.
inline constexpr std::chrono::hours patience{5 * 24};
/// What a receiver may ask for with Retry-After.
inline constexpr std::chrono::hours retry_after_most{24};
/// How long a claimed message belongs to whoever claimed it.
inline constexpr std::chrono::seconds lease{60};
/// How long a message is kept after it was written.
inline constexpr std::chrono::hours retention{30 * 24};
/// How long messages are signed with the old secret, too, after a new one was made.
inline constexpr std::chrono::hours rotation{24};

/// Judges an answer at `now`. `random` spreads the next try by up to a tenth of its delay.
verdict judge(const parcel& sent, const answer& what, instant now, std::uint64_t random);

} // namespace webhook
} // namespace ringmaster
