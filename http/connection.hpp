#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "http/deadlines.hpp"

namespace ringmaster::http {

/// One outgoing connection, plain or TLS. When its deadline passes, the socket is closed and
/// whatever waits on it fails.
class connection final : public deadlines::entry {
 public:
  using tcp = asio::ip::tcp;
  using error_code = boost::system::error_code;

  connection(deadlines& keeper, asio::io_context& io);

  /// TCP to the first of `to` that answers, then TLS if there is a context. The deadline is the
  /// caller's, and covers all of it.
  asio::awaitable<error_code> open(
    const std::vector<tcp::endpoint>& to, deadlines::time_point deadline, asio::ssl::context* tls,
    const std::string& host);

  /// False if the peer has closed, or has sent something that nobody asked for. Does not wait.
  bool alive();

  asio::awaitable<error_code> write(std::string_view bytes);
  /// Reads at least one byte to the end of `buffer`. `eof` is an orderly end.
  asio::awaitable<error_code> read();

  bool too_late() const { return late_; }
  /// Closes the socket; whatever waits on it fails.
  void shut() { late(); }
  boost::beast::flat_buffer& buffer() { return buffer_; }

  deadlines::time_point idle_since{};

 private:
  void late() override;
  asio::awaitable<error_code> handshake(asio::ssl::context& context, const std::string& host);

  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  boost::beast::flat_buffer buffer_;
  bool late_ = false;
};

} // namespace ringmaster::http
