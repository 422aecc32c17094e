#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/limits.hpp"
#include "http/message.hpp"

namespace ringmaster::http {

namespace asio = boost::asio;

/// Pulls the body of a streamed request piece by piece, within the edge's deadlines and the
/// route's limit. An empty piece is the end.
class body_reader {
 public:
  virtual ~body_reader() = default;
  virtual asio::awaitable<result<std::string>> read_some() = 0;
};

/// Sends a long answer piece by piece: server-sent events, exports. Uses chunked encoding.
class body_writer {
 public:
  virtual ~body_writer() = default;
  /// False when the client is gone or too slow, or when the server drains: come to an end.
  virtual asio::awaitable<bool> write(std::string piece) = 0;
};

/// A body that is made while it is sent; hung into `response::stream` by `streamed`. When `run`
/// returns, the answer is complete.
class body_stream {
 public:
  std::function<asio::awaitable<void>(body_writer&)> run;
};

/// `head` (status, content type, headers) with a body that `run` writes piece by piece.
response streamed(response head, std::function<asio::awaitable<void>(body_writer&)> run);

/// What a connection asks of the application. Called on the connection's io thread.
class application {
 public:
  virtual ~application() = default;
  /// Once for each request, before everything else, with its head as it was read: may set right what
  /// a proxy in front of us has changed.
  virtual void arrived(request& head) { static_cast<void>(head); }
  /// After the head was read: what body does this route take? An error refuses at once.
  virtual result<body_policy> policy(const request& head) = 0;
  /// `body` is null unless the policy said `stream`.
  virtual asio::awaitable<response> handle(request req, body_reader* body) = 0;
  /// Turns a refusal into an answer. `status` is what the edge decided (400, 408, 413, 414, 417,
  /// 429, 431, 500, 501, 503, 505); 0 leaves it to `why`, which came from `policy`. `head` is null
  /// while there is none that can be trusted. The edge closes the connection afterwards.
  virtual response refuse(const request* head, int status, const error& why) = 0;
  /// True if `path` belongs to routes exempt from the per-address connection limit.
  virtual bool exempt(const request& head) = 0;
};

/// Counters of the edge, for /metrics.
struct statistics {
  std::atomic<std::uint64_t> accepted{0}, refused_connections{0}, requests{0}, bad_heads{0}, timeouts{0};
  std::atomic<std::int64_t> open{0};
  std::atomic<std::int64_t> sockets{0}; ///< of these, WebSockets
};

/// An HTTP/1.1 server of coroutines, one io_context and one acceptor (SO_REUSEPORT) per thread.
/// Refuses: any Transfer-Encoding (501, close), two or no Host, obs-fold, HTTP/1.0 with a body,
/// absolute-form to another authority, lists in Content-Length, `%00 %2f %5c //` and dot segments
/// in the path. Always answers with Content-Length (but for `body_writer`).
class server {
 public:
  server(application& app, limits numbers, std::size_t threads);
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Binds and starts the threads. `host:port`; port 0 takes any. `unavailable` names the address
  /// that is taken. Answers the bound address as `127.0.0.1:8080`.
  result<std::string> start(const std::string& listen);
  /// Stops accepting at once, closes idle connections, lets the others finish their request within
  /// `patience` (with `Connection: close`), then closes them and joins the threads. The io_contexts
  /// live on, without a thread, until the server is destroyed: whoever may still complete a handler
  /// from outside must be gone by then. Called from a thread that is not the server's.
  void drain(std::chrono::milliseconds patience);

  const statistics& counters() const;
  /// The io_contexts, so that others can run timers or clients on them.
  asio::io_context& context(std::size_t i);
  std::size_t threads() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster::http
