#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/deadlines.hpp"
#include "http/websocket.hpp"

namespace ringmaster::http {

/// The bytes below a socket: a session of the server, or a connection of ours.
class byte_line {
public:
  virtual ~byte_line() = default;

  /// Appends at least one byte. False at the end, however it came.
  virtual asio::awaitable<bool> read(std::string& into) = 0;
  /// False if not all of it went out. Runs beside `read`.
  virtual asio::awaitable<bool> write(std::string_view bytes) = 0;
  /// Whatever waits fails; nothing more is read or written.
  virtual void shut() = 0;
};

/// A socket after its handshake. What any thread may touch is behind the mutex; all else belongs to
/// the context's thread, and is gone after `let_go`, whoever still holds the socket.
class socket_core final : public websocket, public std::enable_shared_from_this<socket_core> {
public:
  socket_core(asio::io_context& on, bool server_side, websocket_limits numbers);
  ~socket_core() override;

  /// Begins; `already` are bytes that came with the handshake.
  void stand_on(deadlines& keeper, std::unique_ptr<byte_line> line, std::string already);
  /// Closes, if nobody has yet, and waits until the other side has closed too or has had its time.
  asio::awaitable<void> finish();
  /// Takes the line away. Later sends are refused.
  void let_go();

  asio::awaitable<incoming> read() override;
  bool send(std::string text) override;
  void close(close_code code, std::string_view reason) override;

private:
  class standing;

  void schedule(); // with the mutex
  void start_pump();
  asio::awaitable<void> pump();
  /// The next frame to be sent; `last`: it is the close.
  bool take_next(std::string& frame, bool& last);
  void append(std::string& frame, std::uint8_t kind, std::string_view payload) const;
  void close_with(std::string payload, bool at_once);
  void answer_ping(std::string payload);
  void send_ping();
  bool closing();

  asio::io_context& io_;
  const bool server_side_;
  const websocket_limits numbers_;

  std::mutex mutex_;
  std::deque<std::string> waiting_;
  std::optional<std::string> pong_;  ///< only the latest ping is answered
  std::optional<std::string> close_; ///< the payload of the close that is to be sent
  bool ping_ = false;
  bool closing_ = false;   ///< nothing more is taken
  bool scheduled_ = false; ///< the context was told to send
  bool over_ = false;

  std::unique_ptr<standing> standing_; ///< the context's thread only
};

} // namespace ringmaster::http
