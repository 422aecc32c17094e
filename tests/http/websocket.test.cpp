#define CAF_SUITE http_websocket

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>

#include "http/frames.hpp"
#include "http/server.hpp"
#include "http/websocket.hpp"
#include "tests/http/test_application.hpp"
#include "tests/http/tls_server.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;

namespace {

using http::close_code;
using http::websocket;
using incoming = websocket::incoming;

/// Sockets at /socket that give every text back; what they came to is told.
class echo_application final : public http::application {
public:
  http::websocket_limits numbers;
  std::atomic<int> running{0}, ended{0};
  std::atomic<int> last_code{0};
  std::mutex mutex;
  std::shared_ptr<websocket> last; ///< kept, as an engine would keep it
  bool plain = false;              ///< no socket, a common answer
  bool fails = false;

  std::shared_ptr<websocket> held() {
    std::lock_guard lock(mutex);
    return last;
  }

  result<http::body_policy> policy(const http::request&) override { return http::body_policy{}; }
  bool exempt(const http::request&) override { return false; }
  http::response refuse(const http::request*, int status, const error& why) override {
    http::response made;
    made.status = status;
    made.content_type = "text/plain";
    made.body = why.detail;
    return made;
  }
  asio::awaitable<http::response> handle(http::request, http::body_reader*) override {
    if (plain)
      co_return http::response{};
    co_return http::upgraded(
        numbers, [this](std::shared_ptr<websocket> s) { return echo(std::move(s)); });
  }

private:
  asio::awaitable<void> echo(std::shared_ptr<websocket> s) {
    {
      std::lock_guard lock(mutex);
      last = s;
    }
    ++running;
    if (fails)
      throw std::runtime_error("as asked");
    while (true) {
      auto got = co_await s->read();
      if (got.what == incoming::kind::closed) {
        last_code = got.code;
        break;
      }
      if (got.text == "flood") {
        while (s->send(std::string(60'000, 'x')))
          continue;
      } else if (got.text == "pour") {
        for (int i = 0; i < 500; ++i)
          s->send(std::string(60'000, 'x'));
      } else if (got.text == "bye") {
        s->send("good");
        s->send("bye");
        s->close(close_code::normal, "done");
      } else {
        s->send(std::move(got.text));
      }
    }
    --running;
    ++ended;
  }
};

const std::string open_line = "GET /socket HTTP/1.1\r\nHost: a\r\n";
const std::string handshake =
    open_line + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

struct fixture {
  echo_application app;
  std::optional<http::server> server;
  std::string address;
  std::uint16_t port = 0;

  void serve(http::limits numbers = {}) {
    server.emplace(app, numbers, 1);
    auto at = server->start("127.0.0.1:0");
    if (!at)
      throw std::runtime_error(at.error().detail);
    address = *at;
    port = static_cast<std::uint16_t>(std::stoi(at->substr(at->rfind(':') + 1)));
  }
  ~fixture() {
    if (server)
      server->drain(2000ms);
    app.last.reset();
  }

  /// A raw client after the handshake.
  raw_socket shake() {
    auto s = raw_socket::connect(port);
    s.send(handshake);
    auto got = s.read_answer(true);
    CAF_CHECK_EQUAL(got.status, 101);
    CAF_CHECK(got.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return s;
  }
  static std::string masked(http::frame_kind kind, std::string_view payload) {
    std::string out;
    http::append_frame(out, kind, payload, "\x11\x22\x33\x44");
    return out;
  }
  struct frame {
    int opcode = -1; ///< -1: the connection ended
    std::string payload;
    int code() const {
      return opcode == 8 && payload.size() >= 2 ? (static_cast<unsigned char>(payload[0]) << 8 |
                                                   static_cast<unsigned char>(payload[1]))
                                                : 0;
    }
  };
  static frame next(raw_socket& from) {
    auto head = from.read_exactly(2);
    frame f;
    if (head.size() < 2)
      return f;
    std::size_t size = static_cast<unsigned char>(head[1]) & 0x7f;
    if (size >= 126) {
      auto more = from.read_exactly(size == 126 ? 2 : 8);
      size = 0;
      for (auto c : more)
        size = size << 8 | static_cast<unsigned char>(c);
    }
    f.payload = from.read_exactly(size);
    f.opcode = static_cast<unsigned char>(head[0]) & 0x0f;
    return f;
  }
  /// The bytes make the server close with this code, and the connection ends.
  void closes(int code, std::string_view bytes) {
    auto before = app.ended.load();
    auto s = shake();
    s.send(bytes);
    CAF_CHECK_EQUAL(next(s).code(), code);
    s.finish_sending();
    CAF_CHECK(s.ends());
    CAF_CHECK(eventually([&] { return app.ended == before + 1 && server->counters().open == 0; }));
    CAF_CHECK_EQUAL(app.last_code.load(), code);
  }

  /// Runs one coroutine of a client to its end.
  template <class Work>
  void client(Work work) {
    asio::io_context io;
    std::exception_ptr failed;
    asio::co_spawn(
        io, [&]() -> asio::awaitable<void> { co_await work(io); },
        [&](std::exception_ptr e) { failed = e; });
    io.run_for(20s);
    if (failed)
      std::rethrow_exception(failed);
  }
  asio::awaitable<result<std::shared_ptr<websocket>>>
  open(asio::io_context& io, std::string url = {}, http::websocket_limits numbers = {}) {
    if (url.empty())
      url = "ws://" + address + "/socket";
    return http::open_websocket(
        io, std::move(url),
        {
            {"X-Test", "1"}
    },
        numbers, 5000ms);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(websocket_tests, fixture)

CAF_TEST(texts go both ways in order) {
  serve();
  bool done = false;
  client([&](asio::io_context& io) -> asio::awaitable<void> {
    auto s = co_await open(io);
    CAF_CHECK(s.has_value());
    if (!s)
      co_return;
    std::string long_one(60'000, 'z');
    for (int i = 0; i < 100; ++i)
      CAF_CHECK((*s)->send(std::to_string(i)));
    (*s)->send(long_one);
    for (int i = 0; i < 100; ++i) {
      auto got = co_await (*s)->read();
      CAF_CHECK_EQUAL(got.text, std::to_string(i));
    }
    auto last = co_await (*s)->read();
    CAF_CHECK_EQUAL(last.text.size(), long_one.size());
    CAF_CHECK_EQUAL(server->counters().sockets.load(), 1);
    (*s)->close(close_code::normal, "enough");
    auto end = co_await (*s)->read();
    CAF_CHECK(end.what == incoming::kind::closed);
    CAF_CHECK_EQUAL(end.code, 1000);
    CAF_CHECK(!(*s)->send("late"));
    done = true;
  });
  CAF_CHECK(done);
  CAF_CHECK(eventually([&] { return app.ended == 1 && server->counters().open == 0; }));
  CAF_CHECK_EQUAL(server->counters().sockets.load(), 0);
  CAF_CHECK_EQUAL(app.last_code.load(), 1000);
  // What outlives the connection takes nothing any more.
  CAF_CHECK(!app.held()->send("late"));
  app.held()->close(close_code::normal, "");
}

CAF_TEST(what was sent before a close comes before it) {
  serve();
  auto s = shake();
  s.send(masked(http::frame_kind::text, "bye"));
  CAF_CHECK_EQUAL(next(s).payload, "good");
  CAF_CHECK_EQUAL(next(s).payload, "bye");
  auto end = next(s);
  CAF_CHECK_EQUAL(end.code(), 1000);
  CAF_CHECK_EQUAL(end.payload.substr(2), "done");
  s.send(masked(http::frame_kind::close, http::close_payload(1000, "")));
  s.finish_sending();
  CAF_CHECK(s.ends());
}

CAF_TEST(what is no proper handshake is refused) {
  serve();
  auto ask = [&](const std::string& bytes) {
    auto s = raw_socket::connect(port);
    s.send(bytes);
    auto got = s.read_answer();
    CAF_CHECK(got.closes());
    return got;
  };
  auto got = ask(open_line + "\r\n");
  CAF_CHECK_EQUAL(got.status, 426);
  CAF_CHECK(got.field("Sec-WebSocket-Version") == "13");
  CAF_CHECK_EQUAL(
      ask(open_line + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
          .status,
      426);
  CAF_CHECK_EQUAL(
      ask(open_line +
          "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n")
          .status,
      400);
  CAF_CHECK_EQUAL(ask(handshake + "early").status, 400);
  CAF_CHECK_EQUAL(app.running.load(), 0);
  // A plain answer to a handshake is a plain answer.
  app.plain = true;
  auto s = raw_socket::connect(port);
  s.send(handshake);
  CAF_CHECK_EQUAL(s.read_answer().status, 200);
}

CAF_TEST(bad frames close with their codes) {
  app.numbers.message_max = 1000;
  serve();
  std::string unmasked;
  http::append_frame(unmasked, http::frame_kind::text, "hello", {});
  closes(1002, unmasked);
  closes(1007, masked(http::frame_kind::text, "\xc3\x28"));
  std::string binary = masked(http::frame_kind::text, "data");
  binary[0] = static_cast<char>(0x82);
  closes(1003, binary);
  closes(1009, masked(http::frame_kind::text, std::string(1001, 'a')));
}

CAF_TEST(ten megabytes are refused and not kept) {
  serve();
  auto s = shake();
  auto frame = masked(http::frame_kind::text, std::string(10 * 1024 * 1024, 'a'));
  std::thread sender([&] { s.send(frame); });
  CAF_CHECK(eventually([&] { return app.last_code == 1009; }));
  sender.join();
  CAF_CHECK_EQUAL(next(s).code(), 1009);
  // The same in fragments.
  auto t = shake();
  std::string piece = masked(http::frame_kind::text, std::string(60'000, 'a'));
  piece[0] = 1;
  auto more = piece;
  more[0] = 0;
  t.send(piece);
  t.send(more);
  CAF_CHECK_EQUAL(next(t).code(), 1009);
}

CAF_TEST(pings are answered and a close is given back) {
  serve();
  auto s = shake();
  s.send(masked(http::frame_kind::ping, "are you there"));
  auto pong = next(s);
  CAF_CHECK_EQUAL(pong.opcode, 10);
  CAF_CHECK_EQUAL(pong.payload, "are you there");
  s.send(masked(http::frame_kind::close, http::close_payload(4001, "mine")));
  CAF_CHECK_EQUAL(next(s).code(), 4001);
  CAF_CHECK(eventually([&] { return app.last_code == 4001; }));
}

CAF_TEST(a peer that is silent is pinged and then given up) {
  app.numbers.ping = 40ms;
  app.numbers.idle = 400ms;
  http::limits quick;
  quick.header_timeout = 80ms; // the deadlines are looked at more often
  serve(quick);
  auto s = shake();
  CAF_CHECK_EQUAL(next(s).opcode, 9);
  CAF_CHECK_EQUAL(next(s).opcode, 9);
  CAF_CHECK_EQUAL(app.ended.load(), 0);
  // It never answers: after the idle time the connection is gone, without a close.
  while (next(s).opcode == 9)
    continue;
  CAF_CHECK(eventually([&] { return app.ended == 1; }));
  CAF_CHECK_EQUAL(app.last_code.load(), 1006);
}

CAF_TEST(an answering peer outlives the idle time) {
  app.numbers.ping = 20ms;
  app.numbers.idle = 150ms;
  http::limits quick;
  quick.header_timeout = 80ms;
  quick.handler_timeout = 100ms; // a socket is no slow handler
  serve(quick);
  client([&](asio::io_context& io) -> asio::awaitable<void> {
    auto s = co_await open(io);
    CAF_CHECK(s.has_value());
    if (!s)
      co_return;
    // Reading answers pings; after some idle times the socket still stands.
    auto sender = *s;
    asio::steady_timer later(io, 600ms);
    later.async_wait([sender](boost::system::error_code) { sender->send("still there"); });
    auto got = co_await (*s)->read();
    CAF_CHECK_EQUAL(got.text, "still there");
  });
}

CAF_TEST(who does not take what is sent is given up) {
  app.numbers.write = 200ms;
  app.numbers.queue_max = 1000;
  http::limits quick;
  quick.header_timeout = 80ms;
  serve(quick);
  auto s = shake();
  s.send(masked(http::frame_kind::text, "pour"));
  CAF_CHECK(eventually([&] { return app.ended == 1 && server->counters().open == 0; }));
}

CAF_TEST(the queue of what waits is bounded) {
  app.numbers.queue_max = 4;
  serve();
  auto s = shake();
  s.send(masked(http::frame_kind::text, "x"));
  CAF_CHECK_EQUAL(next(s).payload, "x");
  s.send(masked(http::frame_kind::text, "flood"));
  frame f;
  while ((f = next(s)).opcode == 1)
    continue;
  CAF_CHECK_EQUAL(f.code(), 1008);
}

CAF_TEST(a lost connection is told at once) {
  serve();
  auto s = shake();
  s.reset();
  CAF_CHECK(eventually([&] { return app.ended == 1 && server->counters().open == 0; }));
  CAF_CHECK_EQUAL(app.last_code.load(), 1006);
}

CAF_TEST(a drain closes sockets and waits for them) {
  serve();
  auto s = shake();
  CAF_CHECK(eventually([&] { return app.running == 1; }));
  std::thread drain([&] { server->drain(5000ms); });
  CAF_CHECK_EQUAL(next(s).code(), 1001);
  CAF_CHECK_EQUAL(server->counters().open.load(), 1);
  s.send(masked(http::frame_kind::close, http::close_payload(1001, "")));
  s.finish_sending();
  drain.join();
  CAF_CHECK_EQUAL(app.ended.load(), 1);
  CAF_CHECK_EQUAL(server->counters().open.load(), 0);
}

CAF_TEST(a drain does not wait longer than it may) {
  serve();
  auto s = shake();
  CAF_CHECK(eventually([&] { return app.running == 1; }));
  auto began = std::chrono::steady_clock::now();
  server->drain(100ms);
  CAF_CHECK(std::chrono::steady_clock::now() - began < 2s);
  CAF_CHECK_EQUAL(server->counters().open.load(), 0);
}

CAF_TEST(sends from many threads arrive whole) {
  app.numbers.queue_max = 10'000;
  serve();
  auto s = shake();
  CAF_CHECK(eventually([&] { return app.running == 1; }));
  auto held = app.held();
  std::vector<std::thread> threads;
  for (char c : {'a', 'b', 'c', 'd'})
    threads.emplace_back([held, c] {
      for (int i = 0; i < 500; ++i)
        held->send(std::string(1, c) + std::to_string(i));
    });
  std::map<char, int> expected;
  for (int i = 0; i < 2000; ++i) {
    auto got = next(s).payload;
    CAF_REQUIRE(!got.empty());
    CAF_CHECK_EQUAL(got.substr(1), std::to_string(expected[got[0]]++));
  }
  for (auto& t : threads)
    t.join();
}

CAF_TEST(a handler that fails closes the socket) {
  app.fails = true;
  serve();
  auto s = shake();
  CAF_CHECK_EQUAL(next(s).code(), 1011);
  s.send(masked(http::frame_kind::close, http::close_payload(1011, "")));
  s.finish_sending();
  CAF_CHECK(eventually([&] { return server->counters().open == 0; }));
}

CAF_TEST(the client tells what keeps it from a socket) {
  serve();
  app.plain = true;
  client([&](asio::io_context& io) -> asio::awaitable<void> {
    auto refused = co_await open(io);
    CAF_CHECK(!refused && refused.error().code == errc::forbidden);
    auto nobody = co_await open(io, "ws://127.0.0.1:1/");
    CAF_CHECK(!nobody && nobody.error().code == errc::unavailable);
    for (std::string url :
         {"http://127.0.0.1/", "ws://192.0.2.1/", "ws://a@127.0.0.1/", "nonsense"}) {
      auto bad = co_await open(io, url);
      CAF_CHECK(!bad && bad.error().code == errc::invalid);
    }
  });
}

CAF_TEST(the client checks the name of the certificate) {
  auto script = [](tls_peer& peer) {
    auto head = peer.read_head();
    auto at = head.find("Sec-WebSocket-Key: ");
    if (at == std::string::npos)
      return;
    auto key = head.substr(at + 19, head.find("\r\n", at) - at - 19);
    std::string frame;
    http::append_frame(frame, http::frame_kind::text, "secret hello", {});
    // The first frame comes with the answer to the handshake.
    peer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        http::accept_key(key) + "\r\n\r\n" + frame);
    peer.read_head();
  };
  self_made_certificate right("IP:127.0.0.1"), wrong("DNS:other.example");
  auto to = [&](const self_made_certificate& who, const std::string& trusted) {
    tls_server peer(who, 1, script);
    std::optional<std::string> heard;
    client([&](asio::io_context& io) -> asio::awaitable<void> {
      auto url = "wss://127.0.0.1:" + peer.port() + "/x";
      auto s = co_await http::open_websocket(io, url, {}, {}, 5000ms, trusted);
      if (!s)
        co_return;
      auto got = co_await (*s)->read();
      heard = got.text;
    });
    return heard;
  };
  CAF_CHECK(to(right, right.file) == "secret hello");
  CAF_CHECK(to(wrong, wrong.file) == std::nullopt);
  CAF_CHECK(to(right, "") == std::nullopt);
}

CAF_TEST_FIXTURE_SCOPE_END()
