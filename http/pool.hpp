#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "http/connection.hpp"
#include "http/deadlines.hpp"

namespace ringmaster::http {

/// The connections of one client: those that stand idle, and the queue of those who wait for one.
/// Outlives its client while an exchange is under way.
class pool : public std::enable_shared_from_this<pool> {
public:
  using time_point = deadlines::time_point;

  pool(asio::io_context& io, url origin, client_options options);

  /// A connection that stands: an idle one that still lives, or a new one, or the next that becomes
  /// free. Null with the reason in `why`. While a connection is being made, `opening` points to it,
  /// so that it can be shut.
  asio::awaitable<std::unique_ptr<connection>> acquire(
      time_point deadline, std::chrono::milliseconds connect_timeout, std::string& why,
      connection** opening = nullptr);

  /// Takes the place of a connection, or of one that is given up, to whoever waits first.
  void give_back(std::unique_ptr<connection> one, bool reusable);

  static asio::awaitable<std::size_t> warm(std::shared_ptr<pool> self, std::size_t count);

  /// Lets go of what is idle and keeps nothing from now on.
  void close();

  std::size_t open() const { return open_; }
  std::size_t idle() const { return idle_.size(); }

  const std::string& authority() const { return authority_; }
  const client_options& options() const { return options_; }

private:
  struct waiter;

  void forget_old();
  asio::awaitable<std::unique_ptr<connection>>
  connect(time_point deadline, std::string& why, connection** opening);

  asio::io_context& io_;
  const url origin_;
  const std::string authority_;
  const client_options options_;
  std::optional<asio::ssl::context> tls_;
  deadlines late_;
  std::deque<std::unique_ptr<connection>> idle_; ///< the longest idle first
  std::deque<waiter*> waiters_;
  std::size_t open_ = 0; ///< connections that stand or are being opened
  bool closed_ = false;
};

/// Trust as every connection of ours has it: the system's and, if named, one more file; TLS 1.2 and
/// newer. Throws if the file cannot be read.
asio::ssl::context client_tls(const std::string& ca_file);
/// The addresses of a host; none if there are none, or none in time.
asio::awaitable<std::vector<asio::ip::tcp::endpoint>> find_addresses(
    asio::io_context& io, std::string host, std::string port, deadlines::time_point deadline);

/// True if the request can be written without being read as something else.
bool writable(const outgoing& what);
std::string write_request(const outgoing& what, const std::string& authority);

} // namespace ringmaster::http
