#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "domain/counters.hpp"
#include "domain/inspection.hpp"
#include "domain/ports.hpp"
#include "http/server.hpp"
#include "net/auth.hpp"
#include "net/checkers.hpp"
#include "net/engine.hpp"
#include "net/hook_log.hpp"
#include "net/trial_guard.hpp"

namespace ringmaster::net {

struct console; // net/console.hpp

/// What the edge counts about the carrier's webhooks.
struct hook_counters {
  using count = std::atomic<std::uint64_t>;
  count accepted{0};       ///< stored, answered 2xx
  count bad_token{0};      ///< the path was not made by us
  count bad_signature{0};  ///< wrong or missing
  count malformed{0};      ///< signed, but not of the shape that the carrier sends
  count unknown_status{0}; ///< stored, with a status that we do not know
  count unavailable{0};    ///< the store was away: the carrier has to come again
  // Of the stored ones, by what they tell.
  count status{0}, voice{0}, gather{0}, amd{0}, recording{0}, relay{0};
  count unanswered{0};     ///< a live call whose engine said nothing in time
  count sockets{0};        ///< relay sockets that were taken
  count sockets_refused{0}; ///< for their token, signature, first frame or call
  count sockets_garbled{0}; ///< closed for what came through them
};

/// Everything that a handler may use; made once by main and alive as long as the servers.
struct services {
  net::engine& engine;
  const config::settings& settings;
  const clock& time;
  random_source& random;
  const engine_counters& counters;
  std::string callback_key; ///< makes and checks the tokens in callback URLs

  /// Shown by /metrics, each under a name ("main", "webhooks", "admin").
  std::vector<std::pair<std::string, const http::statistics*>> edges{};

  /// How long the answer to a new task waits for its plan.
  std::chrono::milliseconds plan_patience{4'000};
  /// How long the answer to a request for processing waits for it: less than the edge gives a
  /// handler.
  std::chrono::milliseconds process_patience{25'000};
  /// How long an answer of an agent is waited for, and how long one that is streamed; and how long
  /// one request goes on asking what is known. With the last answer's patience that must be less
  /// than the edge gives a handler.
  std::chrono::milliseconds brain_patience{25'000};
  std::chrono::milliseconds brain_stream_patience{120'000};
  std::chrono::milliseconds check_patience{4'000};
  /// How often a stream of events says that it is alive, and how many events may wait for a
  /// reader that does not keep up.
  std::chrono::milliseconds heartbeat{15'000};
  std::size_t events_waiting_max = 1'000;

  hook_counters hooks{};
  net::hook_log hook_log{};
  /// The heads of audit chains that were written down beside the database; may be null.
  std::function<result<std::vector<audit_head>>()> audit_heads{};
  key_cache keys{};
  /// The web console's accounts, sessions and files; null where there is none: then API keys are
  /// the only credentials.
  net::console* console = nullptr;

  /// Looks at the carrier and the public URL, and at the models; null where there is nothing to.
  inspection::line* line = nullptr;
  inspection::minds* minds = nullptr;
  trial_guard trials{};
  /// Where the rows of uploads are checked.
  checkers row_checkers{};

  /// The region in which national numbers are read: that of the first caller id, or the only
  /// country that may be called. Empty: numbers need their country code.
  std::string region() const;
  /// The auth tokens that a carrier's signature may be made with.
  std::vector<std::string> hook_tokens() const;
};

} // namespace ringmaster::net
