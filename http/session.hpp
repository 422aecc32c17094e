#pragma once

#include "http/shard.hpp"

#include "http/handshake.hpp"
#include "http/head.hpp"
#include "http/socket_core.hpp"

namespace ringmaster::http {

/// One connection: reads a head, refuses or asks the application, answers, and again. Lives as
/// long as its coroutine.
class session final : public std::enable_shared_from_this<session>, private deadlines::entry {
 public:
  session(shard& home, tcp::socket socket, std::string address);
  ~session() override;

  asio::awaitable<void> run();

  /// Closes the connection if it waits for a request.
  void close_if_idle();
  /// Closes it, whatever it does.
  void close_now();

 private:
  class reader;
  class writer;
  class line;

  enum class phase : std::uint8_t {
    idle,     ///< nothing of a request has come
    head, body, write,
    handler,  ///< the application has it
    abandoned, ///< the application took too long; 503 was sent
    socket     ///< it has become a WebSocket
  };

  asio::awaitable<void> serve();
  /// Reads more bytes to the end of `pending_`. False when the connection is over or late.
  asio::awaitable<bool> read_more();
  asio::awaitable<bool> read_body(std::string& body, std::size_t length);
  asio::awaitable<bool> write_all();
  asio::awaitable<void> refuse(const request* head, int status, error why);
  // Takes the parts: g++ 12 destroys an aggregate twice that is made within a co_await.
  asio::awaitable<void> refuse(const request* head, int status, errc code, std::string detail);
  asio::awaitable<bool> answer(response made, const parsed_head& asked, bool close);
  asio::awaitable<bool> answer_stream(response made, const parsed_head& asked, bool close);
  /// The rest of the connection's life as a WebSocket.
  asio::awaitable<void> become_socket(response made, const std::string& key);
  /// Keeps the connection's account of its address. False: too many.
  bool admit(bool exempt);
  void late() override;
  void enter(phase next, std::chrono::steady_clock::duration allowed);
  void extend_for(std::size_t bytes_so_far);
  std::string_view date();
  /// Lets the peer read the last answer although bytes of it are still unread by us.
  asio::awaitable<void> linger();

  shard& home_;
  tcp::socket socket_;
  const std::string address_;
  std::size_t index_;           ///< in home_.sessions
  std::string pending_;         ///< bytes that came and are not used up
  std::string out_;             ///< bytes to be sent
  std::string request_id_;
  deadlines::time_point phase_began_{};
  std::size_t requests_ = 0;
  socket_core* socket_up_ = nullptr; ///< while it is a WebSocket
  phase phase_ = phase::idle;
  bool late_ = false;
  bool counted_ = true;         ///< in the book of addresses
  bool probation_ = false;      ///< came above its address's limit: the first request decides
};

} // namespace ringmaster::http
