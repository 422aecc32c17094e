#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "http/message.hpp"

// WebSocket (RFC 6455), text frames, no extensions: the server's side behind a request of the edge,
// and a client for the other end of the same wire.

namespace ringmaster::http {

namespace asio = boost::asio;

/// Close codes that are used here.
enum class close_code : std::uint16_t {
  normal = 1000, going_away = 1001, protocol = 1002, unacceptable = 1003, bad_payload = 1007,
  policy = 1008, too_big = 1009, trouble = 1011,
};

struct websocket_limits {
  websocket_limits() = default;

  std::size_t message_max = 64 * 1024; ///< more: closed with 1009, never read into memory
  std::chrono::milliseconds ping{20'000};
  std::chrono::milliseconds idle{60'000};     ///< nothing came, no pong either: the peer is dead
  std::chrono::milliseconds write{10'000};
  std::size_t queue_max = 256;                ///< messages that wait to be sent; more: closed with 1008
};

/// One socket that stands. Reading is one coroutine's; `send` and `close` may be called from any
/// thread and return at once.
class websocket {
 public:
  virtual ~websocket() = default;

  struct incoming {
    incoming() = default;

    enum class kind { text, closed } what = kind::closed;
    std::string text;          ///< valid UTF-8
    std::uint16_t code = 1006; ///< of a close; 1006: without one
    std::string detail;
  };
  /// The next message. After `closed` it is called no more. A binary message closes with 1003, text
  /// that is no UTF-8 with 1007, a frame that is none with 1002.
  virtual asio::awaitable<incoming> read() = 0;
  /// Messages are sent whole and in order. False: the socket is closing or too much waits.
  virtual bool send(std::string text) = 0;
  virtual void close(close_code code, std::string_view reason = {}) = 0;
};

/// Hung into `response::upgrade`: the answer is 101, then `run` has the socket until it returns.
/// The edge refuses with 400 or 426 what is no proper handshake, before `run` is called, and counts
/// the connection as exempt. A drain closes sockets with 1001.
class socket_upgrade {
 public:
  websocket_limits numbers;
  std::function<asio::awaitable<void>(std::shared_ptr<websocket>)> run;
};
response upgraded(websocket_limits numbers, std::function<asio::awaitable<void>(std::shared_ptr<websocket>)> run);

/// Opens a socket to `url` (ws:// or wss://, the certificate's name is checked); `headers` go along
/// with the handshake. Belongs to the context it is opened on. `invalid` for what is no such URL, or
/// for ws:// to another machine; `unavailable` if nobody is there or TLS fails; `forbidden` if the
/// server answers something else than the socket. `ca_file` is additional trust, for tests.
///
/// The handle is let go of on the context's thread, when nobody reads any more.
asio::awaitable<result<std::shared_ptr<websocket>>> open_websocket(
  asio::io_context& on, std::string url, std::vector<header> headers, websocket_limits numbers,
  std::chrono::milliseconds patience, std::string ca_file = {});

} // namespace ringmaster::http
