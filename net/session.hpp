#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/account.hpp"
#include "domain/ports.hpp"
#include "http/message.hpp"

// Sessions of the web console: a cookie with a secret id of 256 bits, kept as its digest.

namespace ringmaster::net {

namespace asio = boost::asio;
struct services;

// -- secrets that travel -------------------------------------------------------------------------------

/// 256 random bits as 43 characters, and their digest: of sessions and of one-time links.
struct secret_text {
  std::string text;
  std::string sha256;
};
secret_text make_secret(random_source& random);
/// Exact form only.
std::optional<secret_text> read_secret(std::string_view text);

/// What a write of this session has to carry in X-CSRF-Token. It follows from the session's id.
std::string csrf_token(const std::string& session_text);

// -- the cookie ---------------------------------------------------------------------------------------

/// `__Host-rm_session` where others reach the engine by https, else `rm_session`.
/// Behind a path it is kept for that path, which `__Host-` does not allow: `__Secure-rm_session`.
std::string cookie_name(const services& svc, const http::request& req);
std::string
set_cookie(const services& svc, const http::request& req, const std::string& session_text);
std::string drop_cookie(const services& svc, const http::request& req);
/// The session's cookie of a request; nothing if there is none, `unauthenticated` for one that
/// cannot be ours and `malformed` for two of them or for a bearer beside it.
result<std::optional<secret_text>> read_session(const services& svc, const http::request& req);

/// Was this request sent by a page of our own? By Sec-Fetch-Site and Origin; without either of them
/// it is not known to be.
bool is_same_origin(const services& svc, const http::request& req);
/// The same, but lets a request through that says nothing of where it comes from.
bool is_foreign(const services& svc, const http::request& req);
/// `forbidden` for a write by cookie that a page of ours has not sent.
result<void> check_write(const services& svc, const http::request& req, const secret_text& session);

// -- who it is -----------------------------------------------------------------------------------------

using session_ptr = std::shared_ptr<const account::session>;

/// What was read about sessions in the last seconds, also about some that do not exist. Safe from
/// any thread, bounded.
class session_cache {
 public:
  static constexpr std::chrono::seconds ttl{5};
  /// How often it is written down that a session is in use.
  static constexpr std::chrono::seconds touch_every{60};

  struct entry {
    session_ptr session; ///< null: there is none
    std::chrono::nanoseconds loaded_at{};
    bool fresh(std::chrono::nanoseconds now) const { return now - loaded_at < ttl; }
  };
  std::optional<entry> find(const std::string& sha256) const;
  /// Taken before a session is read and given back with it, as in `key_cache`.
  std::uint64_t generation() const;
  void remember(const std::string& sha256, entry what, std::uint64_t read_in);
  void forget(const std::string& sha256);
  void forget_all();

 private:
  static constexpr std::size_t entries_max_ = 10'000;
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, entry> entries_;
};

/// Whose session this is: `unauthenticated` if it is unknown or over.
asio::awaitable<result<session_ptr>> find_session(
  services& svc, const secret_text& session, bool stale_will_do);

/// The tries of the last hour, of addresses that have an account and of those that have none alike.
/// Safe from any thread, bounded.
class sign_in_guard {
 public:
  /// Zero, and the try counts; or how long to wait first. `now` is the clock's `boot`.
  std::chrono::seconds
  admit(const std::string& email, const std::string& from, std::chrono::nanoseconds now);
  /// It was the right password: tries of others elsewhere do not slow this place down.
  void welcome(const std::string& email, const std::string& from);

 private:
  using tries = std::unordered_map<std::string, std::deque<instant>>;
  static void prune(tries& all, instant before);

  std::mutex mutex_;
  tries pairs_, users_, places_;
  std::unordered_map<std::string, bool> trusted_;
};

/// The one-time link of a first start. Safe from any thread.
class first_link {
 public:
  void open(std::string sha256, instant until, std::string file);
  bool fits(const std::string& sha256, instant now) const;
  /// Nobody comes in by it any more; its file goes away.
  void close();

 private:
  mutable std::mutex mutex_;
  std::string sha256_, file_;
  instant until_{};
};

} // namespace ringmaster::net
