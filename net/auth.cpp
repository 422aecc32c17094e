#include "net/auth.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "net/ask.hpp"
#include "net/console.hpp"
#include "net/services.hpp"

namespace ringmaster::net {

namespace {

error no_credentials() {
  return error{.code = errc::unauthenticated,
               .detail = "send `Authorization: Bearer rm_...` with a valid API key"};
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// What a session may do: all that its user may.
key_record key_of(const account::session& s) {
  api_key_record as;
  as.user = s.user;
  as.user_email = s.email;
  as.scopes = scope::read | scope::write;
  as.scopes |= scope::dial | scope::admin;
  if (s.as == account::role::operator_)
    as.scopes |= account::operator_mark;
  as.expires_at = account::session_end(s.created_at, s.seen_at);
  return std::make_shared<const api_key_record>(std::move(as));
}

} // namespace

// -- the cache ------------------------------------------------------------------------------------

std::optional<key_cache::entry> key_cache::find(const api_key_id& id) const {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(id);
  if (found == entries_.end())
    return std::nullopt;
  return found->second;
}

std::uint64_t key_cache::generation() const {
  std::lock_guard lock(mutex_);
  return generation_;
}

void key_cache::remember(const api_key_id& id, entry what, std::uint64_t read_in) {
  std::lock_guard lock(mutex_);
  if (read_in != generation_)
    return;
  if (entries_.size() >= entries_max_) {
    // Guessed ids must not push out keys that exist.
    std::erase_if(entries_, [](const auto& e) { return !e.second.record; });
    if (entries_.size() >= entries_max_)
      entries_.clear();
  }
  entries_.insert_or_assign(id, std::move(what));
}

void key_cache::forget(const api_key_id& id) {
  std::lock_guard lock(mutex_);
  ++generation_;
  entries_.erase(id);
}

// -- a request --------------------------------------------------------------------------------------

result<api_key_text> read_credentials(const http::request& req) {
  const std::string* value = nullptr;
  for (const auto& h : req.headers) {
    if (!same_name(h.name, "authorization"))
      continue;
    if (value)
      return fail(no_credentials());
    value = &h.value;
  }
  constexpr std::string_view scheme = "bearer ";
  if (!value || value->size() < scheme.size() ||
      !same_name(std::string_view(*value).substr(0, scheme.size()), scheme))
    return fail(no_credentials());
  auto text = std::string_view(*value).substr(scheme.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  auto key = read_api_key(text);
  if (!key)
    return fail(no_credentials());
  return *key;
}

asio::awaitable<result<key_record>> authenticate(
  services& svc, const http::request& req, bool stale_will_do) {
  auto cookie = read_session(svc, req);
  if (!cookie)
    co_return fail(cookie.error());
  if (*cookie) {
    auto found = co_await find_session(svc, **cookie, stale_will_do);
    if (!found)
      co_return fail(found.error());
    co_return key_of(**found);
  }
  auto credentials = read_credentials(req);
  if (!credentials)
    co_return fail(credentials.error());
  auto id = credentials->id;
  auto started = svc.time.boot();
  auto known = svc.keys.find(id);
  if (!known || !known->fresh(started)) {
    auto generation = svc.keys.generation();
    auto touched_at = known ? known->touched_at : std::chrono::nanoseconds{};
    auto now = svc.time.now();
    bool due = touched_at == std::chrono::nanoseconds{} ||
               started - touched_at >= key_cache::touch_every;
    auto work = [=, secret = credentials->secret](desk& d) mutable -> result<key_cache::entry> {
      auto found = d.find_api_key(id);
      if (!found)
        return fail(found.error());
      key_cache::entry entry;
      entry.loaded_at = started;
      entry.touched_at = touched_at;
      if (*found) {
        entry.record = std::make_shared<const api_key_record>(std::move(**found));
        // A last use that cannot be written down is no reason to refuse the request.
        if (due && fits(*entry.record, secret) && d.touch_api_key(entry.record->user, id, now))
          entry.touched_at = started;
      }
      return entry;
    };
    auto loaded = co_await on_desk<key_cache::entry>(svc.engine, std::move(work));
    if (loaded) {
      known = *loaded;
      svc.keys.remember(id, std::move(*loaded), generation);
    } else if (!known || !stale_will_do || loaded.error().code != errc::unavailable) {
      co_return fail(loaded.error());
    }
  }
  const auto& record = known->record;
  bool right = record && fits(*record, credentials->secret);
  if (!right || (record->expires_at && *record->expires_at <= svc.time.now()))
    co_return fail(no_credentials());
  co_return record;
}

result<void> permit(std::uint8_t scopes, std::uint8_t any_of) {
  if (any_of == 0 || (scopes & any_of) != 0)
    return {};
  std::string wanted;
  for (const auto& name : scope_names(any_of))
    wanted += (wanted.empty() ? "" : " or ") + name;
  return fail(errc::forbidden, "this API key lacks the scope " + wanted);
}

} // namespace ringmaster::net
