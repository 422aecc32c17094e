#include <charconv>
#include <utility>

#include <spdlog/spdlog.h>

#include "http/client.hpp"
#include "net/ask.hpp"
#include "net/twilio/hooks.hpp"
#include "net/twilio/webhook.hpp"

namespace ringmaster::net::twilio {

namespace {

/// An address that may be shown to the owner as that of a recording: TLS, at the carrier.
bool is_the_carriers(const services& svc, std::string_view text) {
  constexpr std::string_view home = "api.twilio.com";
  auto to = http::parse_url(text);
  if (!to || !to->tls)
    return false;
  auto carrier = http::parse_url(svc.settings.carrier.base_url);
  return to->host == home || (carrier && to->host == carrier->host);
}

bool plain(std::string_view text) {
  return text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
         std::string_view::npos;
}

bool read_recording(const services& svc, verified& seen, talk::recording& into) {
  constexpr std::size_t sid_max = 64, url_max = 1'000, word_max = 32;
  into.sid = seen.value("RecordingSid", sid_max);
  into.url = seen.value("RecordingUrl", url_max);
  into.status = seen.value("RecordingStatus", word_max);
  auto seconds = seen.value("RecordingDuration", word_max);
  bool known =
      into.status == "in-progress" || into.status == "completed" || into.status == "absent";
  if (seen.why != doubt::none || !known || into.sid.empty() || !plain(into.sid))
    return false;
  if (!into.url.empty() && !is_the_carriers(svc, into.url))
    return false;
  if (seconds.empty() || seconds == "-1") // not known while it runs
    return true;
  auto [stopped, code] =
      std::from_chars(seconds.data(), seconds.data() + seconds.size(), into.duration_seconds);
  return code == std::errc() && stopped == seconds.data() + seconds.size() &&
         into.duration_seconds >= 0;
}

} // namespace

asio::awaitable<http::response> take_recording(exchange& x) {
  auto seen = verify(x, x.values[0], "recording");
  if (seen.why != doubt::none)
    co_return turn_away(x.svc, seen.why);
  talk::recording what;
  if (!read_recording(x.svc, seen, what))
    co_return turn_away(x.svc, doubt::shape);
  auto attempt = seen.news.attempt;
  x.who.user = seen.news.user;
  x.who.actor = "engine";
  bool gone = false;
  auto failed = co_await store(x.svc, std::move(seen.news), gone);
  if (failed)
    co_return std::move(*failed);
  http::response out;
  out.status = 204;
  if (gone)
    co_return out;
  std::function<result<void>(desk_work&)> note = [&](desk_work& w) {
    return w.conversations().note_recording(attempt, what);
  };
  auto noted = co_await transact(x, std::move(note));
  // A call that never was a conversation has no place for it.
  if (!noted && noted.error().code != errc::not_found) {
    spdlog::warn(
        "attempt {}: a recording was not noted: {}", to_string(attempt), noted.error().detail);
    co_return not_stored(x.svc, noted.error());
  }
  co_return out;
}

} // namespace ringmaster::net::twilio
