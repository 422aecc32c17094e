#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "carrier/scenario.hpp"
#include "carrier/switchboard.hpp"
#include "http/websocket.hpp"

namespace ringmaster::telco {

/// The sockets of calls that talk by one: opens them with a signed handshake, sends what the
/// switchboard wants, and tells it what comes. Lives on one io_context and is destroyed before it.
class sockets {
 public:
  /// After each thing that was told, `happened` is called.
  sockets(
    boost::asio::io_context& io, const scenario& rules, switchboard& board,
    std::function<instant()> now, std::function<void()> happened)
    : io_(io), rules_(rules), board_(board), now_(std::move(now)), happened_(std::move(happened)) {}

  void perform(switchboard::call_socket what);

 private:
  using key = std::pair<std::uint32_t, std::uint32_t>; ///< call and session
  struct line {
    std::shared_ptr<http::websocket> socket; ///< none: it is being opened
    bool closing = false;                    ///< before it was open
  };
  boost::asio::awaitable<void> run(key which, std::string url);

  boost::asio::io_context& io_;
  const scenario& rules_;
  switchboard& board_;
  std::function<instant()> now_;
  std::function<void()> happened_;
  std::map<key, line> lines_;
};

} // namespace ringmaster::telco
