#include "net/session.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <span>
#include <vector>

#include "net/console.hpp"
#include "net/proxy.hpp"
#include "net/services.hpp"
#include "wire/digest.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t secret_length = 43; // of 32 bytes
constexpr std::size_t tracked_most = 20'000;
constexpr std::size_t tries_of_a_place = 30; ///< in a minute, whoever it tries to be

std::string digest(std::string_view text) {
  auto bytes = wire::sha256(text);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

std::string cookie(
    const services& svc, const http::request& req, const std::string& value, std::string_view more) {
  auto text = cookie_name(svc, req) + "=" + value + "; Path=" + outside_path(svc.settings, "/") +
              "; HttpOnly; SameSite=Strict";
  if (is_secure(svc.settings, req))
    text += "; Secure";
  return text + std::string(more);
}

/// scheme://host:port of an address.
std::string_view origin_of(std::string_view url) {
  auto host = url.find("://");
  return host == std::string_view::npos ? url : url.substr(0, url.find('/', host + 3));
}

error session_is_over() {
  return error{.code = errc::unauthenticated, .detail = "the session has ended; sign in again"};
}

bool is_there(const services& svc, const http::request& req) {
  auto origin = req.find("Origin");
  if (!origin)
    return true;
  if (lowered(*origin) == lowered(origin_of(svc.settings.http.public_url)))
    return true;
  auto host = req.find("Host");
  auto scheme = origin->find("://");
  return host && scheme != std::string::npos &&
         lowered(origin->substr(scheme + 3)) == lowered(*host);
}

} // namespace

// -- secrets --------------------------------------------------------------------------------------

secret_text make_secret(random_source& random) {
  std::array<std::uint8_t, 32> bytes{};
  random.fill(bytes);
  secret_text made;
  made.text = wire::to_base64url(bytes);
  made.sha256 = digest(made.text);
  return made;
}

std::optional<secret_text> read_secret(std::string_view text) {
  auto bytes = text.size() == secret_length ? wire::from_base64url(text) : std::nullopt;
  if (!bytes || bytes->size() != 32)
    return std::nullopt;
  return secret_text{std::string(text), digest(text)};
}

std::string csrf_token(const std::string& session_text) {
  return wire::to_base64url(wire::hmac_sha256(session_text, "token against forged requests"));
}

// -- the cookie
// -------------------------------------------------------------------------------------

std::string cookie_name(const services& svc, const http::request& req) {
  if (!is_secure(svc.settings, req))
    return "rm_session";
  return svc.settings.http.base_path.empty() ? "__Host-rm_session" : "__Secure-rm_session";
}

std::string
set_cookie(const services& svc, const http::request& req, const std::string& session_text) {
  return cookie(svc, req, session_text, "");
}

std::string drop_cookie(const services& svc, const http::request& req) {
  return cookie(svc, req, "", "; Max-Age=0");
}

result<std::optional<secret_text>> read_session(const services& svc, const http::request& req) {
  std::optional<std::string> value;
  if (!svc.console)
    return std::optional<secret_text>();
  const auto name = cookie_name(svc, req) + "=";
  for (const auto& h : req.headers) {
    if (lowered(h.name) != "cookie")
      continue;
    std::string_view rest = h.value;
    while (!rest.empty()) {
      auto end = std::min(rest.find(';'), rest.size());
      auto pair = rest.substr(0, end);
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!pair.starts_with(name))
        continue;
      if (value)
        return fail(errc::malformed, "two cookies of a session are one too many");
      value = std::string(pair.substr(name.size()));
    }
  }
  if (!value)
    return std::optional<secret_text>();
  if (req.find("Authorization"))
    return fail(errc::malformed, "send an API key or the cookie of a session, not both");
  auto session = read_secret(*value);
  if (!session)
    return fail(session_is_over());
  return session;
}

bool is_foreign(const services& svc, const http::request& req) {
  auto site = req.find("Sec-Fetch-Site");
  return (site && *site != "same-origin") || !is_there(svc, req);
}

bool is_same_origin(const services& svc, const http::request& req) {
  return (req.find("Sec-Fetch-Site") || req.find("Origin")) && !is_foreign(svc, req);
}

result<void>
check_write(const services& svc, const http::request& req, const secret_text& session) {
  using enum http::method;
  if (req.verb == get || req.verb == head)
    return {};
  if (!is_same_origin(svc, req))
    return fail(errc::forbidden, "this was not sent by a page of the console");
  auto token = req.find("X-CSRF-Token");
  if (!token || !wire::equal_constant_time(*token, csrf_token(session.text)))
    return fail(errc::forbidden, "X-CSRF-Token is missing or not the one of this session");
  return {};
}

// -- who it is
// --------------------------------------------------------------------------------------

std::optional<session_cache::entry> session_cache::find(const std::string& sha256) const {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(sha256);
  if (found == entries_.end())
    return std::nullopt;
  return found->second;
}

std::uint64_t session_cache::generation() const {
  std::lock_guard lock(mutex_);
  return generation_;
}

void session_cache::remember(const std::string& sha256, entry what, std::uint64_t read_in) {
  std::lock_guard lock(mutex_);
  if (read_in != generation_)
    return;
  if (entries_.size() >= entries_max_) {
    // Guessed ids must not push out sessions that exist.
    std::erase_if(entries_, [](const auto& e) { return !e.second.session; });
    if (entries_.size() >= entries_max_)
      entries_.clear();
  }
  entries_.insert_or_assign(sha256, std::move(what));
}

void session_cache::forget(const std::string& sha256) {
  std::lock_guard lock(mutex_);
  ++generation_;
  entries_.erase(sha256);
}

void session_cache::forget_all() {
  std::lock_guard lock(mutex_);
  ++generation_;
  entries_.clear();
}

asio::awaitable<result<session_ptr>>
find_session(services& svc, const secret_text& session, bool stale_will_do) {
  auto& at = *svc.console;
  auto started = svc.time.boot();
  auto now = svc.time.now();
  auto known = at.sessions.find(session.sha256);
  if (!known || !known->fresh(started)) {
    auto generation = at.sessions.generation();
    auto work = [sha256 = session.sha256, now,
                 stale_will_do](account::book& b) -> result<session_ptr> {
      auto found = b.find_session(sha256);
      if (!found)
        return fail(found.error());
      if (!*found)
        return session_ptr();
      auto& s = **found;
      // A life that cannot be written down is no reason to refuse the request.
      if (!stale_will_do && !is_over(s, now) && now - s.seen_at >= session_cache::touch_every)
        if (b.touch_session(s, now))
          s.seen_at = now;
      return std::make_shared<const account::session>(std::move(s));
    };
    auto loaded = co_await in_room<session_ptr>(at, std::move(work));
    if (loaded) {
      known = session_cache::entry{std::move(*loaded), started};
      at.sessions.remember(session.sha256, *known, generation);
    } else if (!known || !stale_will_do || loaded.error().code != errc::unavailable) {
      co_return fail(loaded.error());
    }
  }
  if (!known->session || is_over(*known->session, now))
    co_return fail(session_is_over());
  co_return known->session;
}

// -- tries
// ------------------------------------------------------------------------------------------

void sign_in_guard::prune(tries& all, instant before) {
  if (all.size() < tracked_most)
    return;
  std::erase_if(all, [&](const auto& e) { return e.second.empty() || e.second.back() < before; });
  if (all.size() >= tracked_most)
    all.erase(all.begin());
}

std::chrono::seconds sign_in_guard::admit(
    const std::string& email, const std::string& from, std::chrono::nanoseconds boot) {
  const instant now{std::chrono::duration_cast<instant::duration>(boot)};
  const auto user = digest(lowered(email));
  const auto pair = digest(user + from);
  std::lock_guard lock(mutex_);
  for (auto* all : {&pairs_, &users_, &places_})
    prune(*all, now - std::chrono::hours(1));
  auto recent = [&](std::deque<instant>& list, instant after, std::size_t most) {
    while (!list.empty() && (list.front() <= after || list.size() > most))
      list.pop_front();
    return std::vector<instant>(list.begin(), list.end());
  };
  auto& of_pair = pairs_[pair];
  auto& of_user = users_[user];
  auto& of_place = places_[from];
  auto here = recent(of_pair, now - std::chrono::hours(1), account::tries_an_hour);
  auto anywhere = recent(of_user, now - std::chrono::hours(1), account::tries_an_hour);
  auto place = recent(of_place, now - std::chrono::minutes(1), tries_of_a_place);
  if (trusted_.contains(pair))
    anywhere = here;
  auto wait = account::wait_for_try(here, anywhere, now);
  if (place.size() >= tries_of_a_place)
    wait = std::max(
        wait,
        std::chrono::ceil<std::chrono::seconds>(place.front() + std::chrono::minutes(1) - now));
  if (wait > std::chrono::seconds(0))
    return wait;
  for (auto* list : {&of_pair, &of_user, &of_place})
    list->push_back(now);
  return wait;
}

void sign_in_guard::welcome(const std::string& email, const std::string& from) {
  const auto pair = digest(digest(lowered(email)) + from);
  std::lock_guard lock(mutex_);
  pairs_.erase(pair);
  if (trusted_.size() >= tracked_most)
    trusted_.clear();
  trusted_[pair] = true;
}

// -- the first link
// ---------------------------------------------------------------------------------

void first_link::open(std::string sha256, instant until, std::string file) {
  std::lock_guard lock(mutex_);
  sha256_ = std::move(sha256);
  until_ = until;
  file_ = std::move(file);
}

bool first_link::fits(const std::string& sha256, instant now) const {
  std::lock_guard lock(mutex_);
  return !sha256_.empty() && now < until_ && wire::equal_constant_time(sha256, sha256_);
}

void first_link::close() {
  std::lock_guard lock(mutex_);
  sha256_.clear();
  std::error_code gone;
  if (!file_.empty())
    std::filesystem::remove(file_, gone);
}

} // namespace ringmaster::net
