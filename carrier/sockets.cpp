#include "carrier/sockets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <vector>

#include "wire/carrier_signature.hpp"

namespace ringmaster::telco {

namespace asio = boost::asio;

namespace {

/// Until the socket stands.
constexpr milliseconds patience{10000};

http::websocket_limits numbers() {
  http::websocket_limits n;
  // The carrier publishes no interval of pings: only dead peers are noticed.
  n.message_max = 1024 * 1024;
  n.queue_max = 4096;
  return n;
}

} // namespace

void sockets::perform(switchboard::call_socket what) {
  const key which{what.serial, what.order.session};
  using kind = socket_order::kind;
  if (what.order.what == kind::open) {
    lines_[which] = {};
    asio::co_spawn(io_, run(which, std::move(what.order.text)), asio::detached);
    return;
  }
  auto found = lines_.find(which);
  if (found == lines_.end())
    return;
  auto& l = found->second;
  if (what.order.what == kind::send) {
    if (l.socket)
      l.socket->send(std::move(what.order.text));
  } else if (l.socket) {
    l.socket->close(static_cast<http::close_code>(what.order.code), what.order.text);
  } else {
    l.closing = true;
  }
}

asio::awaitable<void> sockets::run(key which, std::string url) {
  std::vector<http::header> headers;
  headers.push_back({"User-Agent", "TwilioProxy/1.1"});
  headers.push_back({"X-Twilio-Signature", wire::sign(rules_.auth_token, url, {})});
  auto limits = numbers();
  auto opened = co_await http::open_websocket(io_, url, std::move(headers), limits, patience);
  auto& l = lines_[which];
  if (opened && l.closing)
    (*opened)->close(http::close_code::normal, "the call is over");
  if (!opened || l.closing) {
    lines_.erase(which);
    board_.socket_closed(which.first, which.second, now_());
    happened_();
    co_return;
  }
  auto socket = *std::move(opened);
  l.socket = socket;
  board_.socket_opened(which.first, which.second, now_());
  happened_();
  for (;;) {
    auto got = co_await socket->read();
    if (got.what == http::websocket::incoming::kind::closed)
      break;
    board_.socket_message(which.first, which.second, got.text, now_());
    happened_();
  }
  lines_.erase(which);
  board_.socket_closed(which.first, which.second, now_());
  happened_();
}

} // namespace ringmaster::telco
