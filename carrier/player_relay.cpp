// Calls that talk by a socket.
#include <cstdio>
#include <utility>

#include "carrier/chance.hpp"
#include "carrier/player.hpp"

namespace ringmaster::telco {

namespace {

constexpr int bad_url = 64101, no_socket = 64102, socket_ended = 64105;

/// wss:// anywhere, ws:// on this machine only.
bool allowed(std::string_view url) {
  if (url.starts_with("wss://"))
    return url.size() > 6;
  if (!url.starts_with("ws://"))
    return false;
  url.remove_prefix(5);
  const auto authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos)
    return false;
  if (authority.starts_with("[::1]"))
    return true;
  const auto host = authority.substr(0, authority.find(':'));
  return host == "localhost" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::string session_id(const call_record& c, std::uint32_t session) {
  const auto a = mix(c.fate.seed ^ mix(c.serial)) ^ mix(session);
  char text[40];
  std::snprintf(
    text, sizeof text, "VX%016llx%016llx", static_cast<unsigned long long>(a),
    static_cast<unsigned long long>(mix(a)));
  return text;
}

} // namespace

player_wish player::connect(const verb::relay& r, instant now) {
  if (!callee_)
    meet(std::make_unique<phrase_mind>(rules_, call_.order.to, call_.fate), now);
  ++sessions_;
  relay_ = std::make_unique<relay_session>(r, session_id(call_, sessions_), *callee_);
  now_ = activity::relaying;
  due_.reset();
  if (!allowed(r.url))
    return relay_over("failed", bad_url, "a relay has a wss:// URL, or ws:// on this machine", now);
  sockets_.push_back({socket_order::kind::open, sessions_, r.url, 1000});
  return rest();
}

player_wish player::socket_opened(std::uint32_t session, instant now) {
  if (auto wish = live(now))
    return *std::move(wish);
  if (!relay_is(session))
    return rest();
  relay_->opened(phone_time(now), {rules_.account_sid, call_.sid, call_.order.from, call_.order.to});
  auto wish = relay_step(now);
  return wish ? *std::move(wish) : rest();
}

player_wish player::socket_message(std::uint32_t session, std::string_view message, instant now) {
  if (auto wish = live(now))
    return *std::move(wish);
  if (!relay_is(session))
    return rest();
  relay_->take(phone_time(now), message);
  auto wish = relay_step(now);
  return wish ? *std::move(wish) : rest();
}

player_wish player::socket_closed(std::uint32_t session, instant now) {
  if (auto wish = live(now))
    return *std::move(wish);
  if (!relay_is(session))
    return rest();
  return relay_->is_open() ? relay_over("failed", socket_ended, "the socket was closed by the other side", now)
                           : relay_over("failed", no_socket, "the socket could not be opened", now);
}

/// Passes on what the session has made; its end is the next thing to do.
std::optional<player_wish> player::relay_step(instant now) {
  collect_relay();
  if (relay_->lost_its_mind())
    return relay_over("failed", socket_ended, "ten messages in a row were not understood", now, 1007);
  if (relay_->handoff())
    return relay_over("ended", 0, {}, now);
  return std::nullopt;
}

void player::collect_relay() {
  for (auto& frame : std::exchange(relay_->frames, {}))
    sockets_.push_back({socket_order::kind::send, sessions_, std::move(frame), 1000});
  for (auto& line : std::exchange(relay_->lines, {}))
    lines_.push_back(std::move(line));
  for (auto& n : std::exchange(relay_->notices, {}))
    notices_.push_back(std::move(n));
}

/// The session is done with its socket; nothing of it is heard any more.
void player::close_socket(std::uint16_t code, std::string reason) {
  sockets_.push_back({socket_order::kind::close, sessions_, std::move(reason), code});
  relay_.reset();
}

wire::fields player::relay_fields(std::string_view status, instant now) const {
  const auto lasted = relay_->opened_at() > milliseconds(0) ? phone_time(now) - relay_->opened_at() : milliseconds(0);
  return {
    {"SessionId", relay_->id()},
    {"SessionStatus", std::string(status)},
    {"SessionDuration", std::to_string(lasted.count() / 1000)}};
}

player_wish player::relay_over(
  std::string_view status, int code, std::string why, instant now, std::uint16_t close) {
  relay_->stop(phone_time(now));
  collect_relay();
  auto extra = relay_fields(status, now);
  const auto asked = relay_->asked();
  const auto handoff = relay_->handoff().value_or("");
  if (code != 0)
    notices_.push_back({code, why});
  close_socket(close, code != 0 ? why : "the session is over");
  now_ = activity::none;
  if (asked.action.empty())
    return run(now);
  auto url = resolve_url(base_, asked.action);
  if (url.empty())
    return trouble(11100, "<Connect> has no absolute action", now);
  if (!handoff.empty())
    extra.emplace_back("HandoffData", handoff);
  if (code != 0) {
    extra.emplace_back("ErrorCode", std::to_string(code));
    extra.emplace_back("ErrorMessage", std::move(why));
  }
  return fetch({std::move(url), asked.post}, std::move(extra));
}

std::optional<player_wish> player::over(instant now) {
  if (callee_)
    callee_->leave();
  if (!relay_) {
    stop_sound(now);
    return std::nullopt;
  }
  auto extra = relay_fields("completed", now);
  const auto asked = relay_->asked();
  stop_sound(now);
  auto url = resolve_url(base_, asked.action);
  if (asked.action.empty() || url.empty())
    return std::nullopt;
  return fetch({std::move(url), asked.post}, std::move(extra));
}

} // namespace ringmaster::telco
