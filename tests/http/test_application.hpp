#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "http/server.hpp"
#include "tests/support/raw_socket.hpp"

namespace ringmaster::test {

namespace asio = boost::asio;

/// An application with one route for everything that a connection can do.
class test_application : public http::application {
 public:
  std::atomic<int> handled{0}, waiting{0};
  std::atomic<bool> release{false};
  std::string last_error; ///< touched by the server's threads; read after an answer came

  result<http::body_policy> policy(const http::request& head) override {
    if (head.path == "/denied")
      return fail(errc::unauthenticated, "no");
    if (head.path == "/upload" || head.path == "/half")
      return http::body_policy{1 << 30, true};
    return http::body_policy{64 * 1024, false};
  }

  bool exempt(const http::request& head) override { return head.path == "/hook"; }

  http::response refuse(const http::request* head, int status, const error& why) override {
    http::response made;
    made.status = status != 0 ? status : why.code == errc::unauthenticated ? 401 : 400;
    made.content_type = "text/plain";
    made.body = std::string(to_text(why.code)) + (head ? " " + head->path : "") + ": " + why.detail;
    return made;
  }

  asio::awaitable<http::response> handle(http::request req, http::body_reader* body) override {
    ++handled;
    http::response made;
    made.content_type = "text/plain";
    if (req.path == "/echo") {
      made.body = std::move(req.body);
    } else if (req.path == "/about") {
      made.body = std::string(http::to_string(req.verb)) + "|" + req.target + "|" + req.path + "|" + req.query +
                  "|" + req.id + "|" + req.remote_address;
    } else if (req.path == "/nothing") {
      made.status = 204;
    } else if (req.path == "/split") {
      made.headers.push_back({"X-A", "1\r\nX-Evil: 2\r\n\r\nbody"});
      made.body = "ok";
    } else if (req.path == "/bye") {
      made.close = true;
      made.body = "bye";
    } else if (req.path == "/throw") {
      throw std::runtime_error("as asked");
    } else if (req.path == "/wait") {
      co_await wait();
      made.body = "done";
    } else if (req.path == "/upload") {
      std::size_t size = 0;
      while (true) {
        auto piece = co_await body->read_some();
        if (!piece) {
          made.status = 400;
          made.body = piece.error().detail;
          co_return made;
        }
        if (piece->empty())
          break;
        size += piece->size();
      }
      made.body = std::to_string(size);
    } else if (req.path == "/half") {
      co_await body->read_some();
      made.body = "enough";
    } else if (req.path == "/stream") {
      co_return http::streamed(std::move(made), [](http::body_writer& to) -> asio::awaitable<void> {
        for (std::string piece : {"one", "", "two", "three"})
          if (!co_await to.write(piece))
            co_return;
      });
    } else if (req.path == "/flood") {
      co_return http::streamed(std::move(made), [this](http::body_writer& to) -> asio::awaitable<void> {
        while (co_await to.write(std::string(1 << 16, 'x')))
          continue;
        ++floods_ended;
      });
    } else if (req.path == "/ticks") {
      co_return http::streamed(std::move(made), [this](http::body_writer& to) -> asio::awaitable<void> {
        while (co_await to.write("tick\n"))
          co_await pause();
        ++floods_ended;
      });
    } else {
      made.body = "hello";
    }
    co_return made;
  }

  std::atomic<int> floods_ended{0};

 private:
  static std::string_view to_text(errc code) {
    switch (code) {
      case errc::malformed: return "malformed";
      case errc::too_large: return "too_large";
      case errc::unavailable: return "unavailable";
      case errc::rate_limited: return "rate_limited";
      default: return "other";
    }
  }

  static asio::awaitable<void> pause() {
    boost::system::error_code ec;
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(2));
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }

  asio::awaitable<void> wait() {
    ++waiting;
    while (!release)
      co_await pause();
    --waiting;
  }
};

/// A server of one or more threads on a free port.
struct test_server {
  explicit test_server(http::limits numbers = {}, std::size_t threads = 1) : server(app, numbers, threads) {
    auto at = server.start("127.0.0.1:0");
    if (!at)
      throw std::runtime_error(at.error().detail);
    address = *at;
    port = static_cast<std::uint16_t>(std::stoi(at->substr(at->rfind(':') + 1)));
  }
  ~test_server() {
    app.release = true;
    server.drain(std::chrono::milliseconds(2000));
  }

  raw_socket connect() const { return raw_socket::connect(port); }

  test_application app;
  http::server server;
  std::string address;
  std::uint16_t port = 0;
};

/// Waits for a condition, at most five seconds.
template <class Condition>
bool eventually(Condition condition) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

} // namespace ringmaster::test
