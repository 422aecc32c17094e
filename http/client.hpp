#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"

namespace ringmaster::http {

namespace asio = boost::asio;

/// `scheme://host[:port]/path`: one parser for all outgoing URLs. http and https only, no
/// credentials, no fragment in `target`.
struct url {
  bool tls = false;
  std::string host;
  std::string port; ///< never empty
  std::string target = "/";
  std::string authority() const; ///< as it belongs into `Host`
};
result<url> parse_url(std::string_view text);

/// Filled member by member: g++ 12 destroys an aggregate twice that is made within a co_await, so
/// this is none.
struct outgoing {
  outgoing() = default;

  method verb = method::get;
  std::string target = "/";
  std::vector<header> headers; ///< without Host and Content-Length
  std::string body;
};

/// How far an exchange came: the difference between "certainly not sent" and "perhaps".
struct reply {
  enum class how : std::uint8_t {
    not_connected, ///< no connection: zero bytes of the request were written
    gated,         ///< the gate said no: zero bytes were written
    broken,        ///< at least one byte may have left; no complete answer came
    answered,
  } what = how::not_connected;
  int status = 0;
  std::vector<header> headers;
  std::string body;
  std::string detail; ///< why, when not answered
  /// `broken` by a body above its limit: the status and the headers came, and stand here.
  bool body_too_large = false;

  const std::string* find(std::string_view name) const;
};

struct client_options {
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds request_timeout{15000};
  std::size_t connections_max = 32;
  std::size_t body_max = 1024 * 1024;
  std::chrono::seconds idle_max{20}; ///< an older idle connection is not used again
  std::string ca_file;               ///< additional trust, for tests
  /// Where to connect to, in this order, instead of asking the resolver. Host and the name in the
  /// certificate stay the origin's.
  std::vector<asio::ip::address> addresses;
};

/// Keep-alive connections to one origin. TLS with SNI and host-name verification. No redirects,
/// no retries, no pipelining. Runs on one io_context; call it from that context's thread only.
class client {
 public:
  /// Throws if the options name a CA file that cannot be read.
  client(asio::io_context& io, url origin, client_options options);
  ~client();

  /// Asked when the connection stands and not one byte of the request has been written; false
  /// ends the exchange as `gated`. The first byte leaves directly after it.
  using gate = std::function<bool()>;

  /// One exchange. Waits for a free connection if all are busy (the wait counts against the
  /// request timeout and ends as `not_connected`). An idle connection is checked for a pending
  /// close before it is used; an answer that is cut on a used connection is still `broken`.
  asio::awaitable<reply> send(outgoing what, gate before_first_byte = {});

  /// Opens connections until `count` stand, so that the next requests need not wait for a handshake.
  /// Answers how many stand now.
  asio::awaitable<std::size_t> warm(std::size_t count);

  /// Lets go of idle connections, and keeps none from now on.
  void close();

  std::size_t open_connections() const;
  std::size_t busy_connections() const;

 private:
  friend class exchange; // http/exchange.hpp
  std::shared_ptr<class pool> pool_;
};

} // namespace ringmaster::http
