#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "domain/desk.hpp"
#include "http/message.hpp"
#include "net/api_key.hpp"

namespace ringmaster::net {

namespace asio = boost::asio;
struct services;

using key_record = std::shared_ptr<const api_key_record>;

/// What was read about API keys in the last seconds, also about keys that do not exist. Safe from
/// any thread, bounded.
class key_cache {
 public:
  static constexpr std::chrono::seconds ttl{5};
  /// How often a key's last use is written down.
  static constexpr std::chrono::seconds touch_every{60};

  struct entry {
    key_record record;                     ///< null: there is no such key
    std::chrono::nanoseconds loaded_at{};  ///< by the clock's `boot`
    std::chrono::nanoseconds touched_at{}; ///< zero: not yet
    bool fresh(std::chrono::nanoseconds now) const { return now - loaded_at < ttl; }
  };

  std::optional<entry> find(const api_key_id& id) const;
  /// Taken before a key is read and given back with it: what was read before a `forget` is not
  /// remembered after it.
  std::uint64_t generation() const;
  void remember(const api_key_id& id, entry what, std::uint64_t read_in);
  /// The key was deleted here: it ends at once, not after `ttl`.
  void forget(const api_key_id& id);

 private:
  static constexpr std::size_t entries_max_ = 10'000;
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<api_key_id, entry> entries_;
};

/// `Authorization: Bearer rm_...`, by its form alone; no look-up. Exactly one such header.
result<api_key_text> read_credentials(const http::request& req);

/// Who sends this request, by an API key or by the cookie of a console's session (which comes back
/// as a key without an id, with every scope); both together are refused. One and the same refusal
/// for keys that are unknown, wrong or expired. `stale_will_do` accepts what was known earlier
/// while the database is away, and is no sign of life for a session: for the global stop, and for
/// streams that look whether they are still welcome.
asio::awaitable<result<key_record>> authenticate(
  services& svc, const http::request& req, bool stale_will_do);

/// `forbidden` unless the key has one of the scopes in `any_of` (0: every key will do).
result<void> permit(std::uint8_t scopes, std::uint8_t any_of);

constexpr std::uint8_t operator|(scope a, scope b) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}

} // namespace ringmaster::net
