#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include "http/websocket.hpp"
#include "net/ask.hpp"
#include "net/twilio/heard.hpp"
#include "net/twilio/hooks.hpp"
#include "net/twilio/relay_frames.hpp"
#include "net/twilio/webhook.hpp"
#include "wire/callback_token.hpp"
#include "wire/carrier_signature.hpp"

namespace ringmaster::net::twilio {

namespace {

using http::close_code;
using incoming = http::websocket::incoming;

/// The carrier speaks first, and at once.
constexpr std::chrono::milliseconds setup_patience{5'000};
/// So many frames that say nothing in a row are no conversation.
constexpr int senseless_max = 10;
constexpr std::size_t frame_max = 64 * 1024;

/// The way back: the CALL's orders, in their order. After the end of the session nothing follows.
class relay_mouth {
public:
  explicit relay_mouth(std::shared_ptr<http::websocket> to) : to_(std::move(to)) {}

  void obey(const line_order& order) {
    if (std::holds_alternative<line_closed>(order)) {
      to_->close(close_code::normal);
      return;
    }
    if (ended_)
      return;
    ended_ = std::holds_alternative<talk::hang_up>(order) ||
             std::holds_alternative<talk::connect>(order);
    if (auto frame = write_relay_order(order); !frame.empty())
      to_->send(std::move(frame));
  }

private:
  std::shared_ptr<http::websocket> to_;
  std::atomic<bool> ended_ = false;
};

/// Closes the socket unless the first frame came in time.
asio::awaitable<incoming> read_first(http::websocket& from, std::shared_ptr<http::websocket> self) {
  asio::steady_timer timer(co_await asio::this_coro::executor, setup_patience);
  timer.async_wait([self](boost::system::error_code canceled) {
    if (!canceled)
      self->close(close_code::policy, "nothing was said in time");
  });
  auto first = co_await from.read();
  timer.cancel();
  co_return first;
}

/// One socket from its first frame to its end.
asio::awaitable<void>
serve(services& svc, wire::relay_subject who, std::shared_ptr<http::websocket> socket) {
  auto refuse = [&](close_code code, std::string_view why) {
    svc.hooks.sockets_refused.fetch_add(1, std::memory_order_relaxed);
    spdlog::warn(
        "attempt {}: the socket of a live call is refused: {}", to_string(who.attempt), why);
    socket->close(code, why);
  };
  auto first = co_await read_first(*socket, socket);
  if (first.what == incoming::kind::closed) {
    svc.hooks.sockets_refused.fetch_add(1, std::memory_order_relaxed);
    co_return;
  }
  auto setup = read_relay_frame(first.text);
  const auto& account = svc.settings.carrier.account_sid;
  if (setup.what != relay_frame::kind::setup ||
      (!setup.account.empty() && setup.account != account)) {
    refuse(close_code::policy, "the first frame is not the setup of a call of ours");
    co_return;
  }

  attach_line attach;
  attach.user = who.user;
  attach.attempt = who.attempt;
  attach.session = who.session;
  attach.sid = call_sid{setup.call};
  auto mouth = std::make_shared<relay_mouth>(socket);
  attach.deliver = std::make_shared<std::function<void(const line_order&)>>(
      [mouth](const line_order& order) { mouth->obey(order); });
  auto attached = co_await ask_within<line_attached>(svc.engine, std::move(attach), line_patience);
  if (!attached || !*attached) {
    bool away = !attached || attached->error().code == errc::unavailable;
    refuse(
        away ? close_code::trouble : close_code::policy,
        away ? "the engine takes no calls now" : "this socket was not promised to this call");
    co_return;
  }
  svc.hooks.sockets.fetch_add(1, std::memory_order_relaxed);
  auto tell = std::move((*attached)->tell);
  for (int senseless = 0;;) {
    auto got = co_await socket->read();
    if (got.what == incoming::kind::closed) {
      spdlog::debug(
          "attempt {}: the socket is closed: {} {}", to_string(who.attempt), got.code, got.detail);
      break;
    }
    auto frame = read_relay_frame(got.text);
    switch (frame.what) {
    case relay_frame::kind::event:
      senseless = 0;
      tell(std::move(*frame.tells));
      break;
    case relay_frame::kind::passing:
      senseless = 0;
      if (!frame.detail.empty())
        spdlog::warn(
            "attempt {}: the carrier says of the socket: {}", to_string(who.attempt), frame.detail);
      break;
    case relay_frame::kind::setup: // once only
    case relay_frame::kind::unknown:
    case relay_frame::kind::unreadable:
      if (++senseless == senseless_max) {
        svc.hooks.sockets_garbled.fetch_add(1, std::memory_order_relaxed);
        socket->close(close_code::bad_payload, "ten frames in a row that say nothing");
      }
      break;
    }
  }
  tell(talk::line_lost{});
}

} // namespace

asio::awaitable<http::response> open_relay(exchange& x) {
  auto& svc = x.svc;
  auto who = wire::read_relay_token(svc.callback_key, x.values[0]);
  auto signature = x.req.header_or("X-Twilio-Signature");
  auto url = public_url(svc) + x.req.target;
  if (url.starts_with("http"))
    url.replace(0, 4, "ws"); // https becomes wss
  bool ours = who && x.req.target.find('?') == std::string::npos;
  bool theirs = !signature.empty() && wire::verify(svc.hook_tokens(), url, {}, signature);
  if (!ours || !theirs) {
    svc.hooks.sockets_refused.fetch_add(1, std::memory_order_relaxed);
    co_return turn_away(svc, ours ? doubt::signature : doubt::token);
  }
  http::websocket_limits numbers;
  numbers.message_max = frame_max;
  auto subject = *who;
  co_return http::upgraded(numbers, [&svc, subject](std::shared_ptr<http::websocket> socket) {
    return serve(svc, subject, std::move(socket));
  });
}

} // namespace ringmaster::net::twilio
