#define CAF_SUITE http_exchange

#include <caf/test/unit_test.hpp>

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/exchange.hpp"
#include "tests/http/test_application.hpp"
#include "tests/http/tls_server.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;
using how = http::reply::how;
using kind = http::exchange::piece::kind;

namespace {

/// What became of an exchange.
struct story {
  http::reply head;
  std::vector<std::string> pieces;
  http::exchange::piece last;
  bool ended = false;

  std::string body() const {
    std::string all;
    for (const auto& one : pieces)
      all += one;
    return all;
  }
};

struct reader {
  explicit reader(std::string port, http::client_options options = {}, bool tls = false) {
    http::url origin;
    origin.tls = tls;
    origin.host = tls ? "localhost" : "127.0.0.1";
    origin.port = std::move(port);
    client = std::make_unique<http::client>(io, origin, std::move(options));
  }

  /// `on_piece` sees the exchange after each piece.
  story run(
    http::outgoing what, http::exchange_limits numbers = {}, std::chrono::milliseconds patience = 2000ms,
    std::function<void(http::exchange&)> on_piece = {}) {
    auto told = std::make_shared<story>();
    asio::co_spawn(io, play(*client, std::move(what), numbers, patience, std::move(on_piece), told), asio::detached);
    auto deadline = std::chrono::steady_clock::now() + 8s;
    io.restart();
    while (!told->ended && std::chrono::steady_clock::now() < deadline)
      io.run_one_for(10ms);
    CAF_CHECK(told->ended);
    return *told;
  }

  story get(std::string target, http::exchange_limits numbers = {}, std::chrono::milliseconds patience = 2000ms) {
    http::outgoing what;
    what.target = std::move(target);
    return run(std::move(what), numbers, patience);
  }

  static asio::awaitable<void> play(
    http::client& over, http::outgoing what, http::exchange_limits numbers, std::chrono::milliseconds patience,
    std::function<void(http::exchange&)> on_piece, std::shared_ptr<story> told) {
    http::exchange one(over);
    told->head = co_await one.begin(std::move(what), numbers);
    if (told->head.what == how::answered) {
      while (true) {
        auto got = co_await one.read(patience);
        told->last = got;
        if (got.what != kind::bytes)
          break;
        told->pieces.push_back(got.bytes);
        if (on_piece)
          on_piece(one);
      }
    }
    told->ended = true;
  }

  asio::io_context io{1};
  std::unique_ptr<http::client> client;
};

/// Plays `script` with each of so many connections, one after the other.
class raw_server {
 public:
  raw_server(int connections, std::function<void(raw_socket&, int)> script)
    : listener_(raw_socket::listen()), thread_([this, connections, script = std::move(script)] {
        for (int i = 0; i < connections; ++i) {
          auto socket = listener_.accept();
          if (!socket)
            return;
          ++accepted;
          script(*socket, i);
        }
      }) {}
  ~raw_server() {
    ::shutdown(listener_.fd(), SHUT_RDWR);
    thread_.join();
  }
  std::string port() const { return std::to_string(listener_.port()); }
  std::atomic<int> accepted{0};

 private:
  raw_socket listener_;
  std::thread thread_;
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

} // namespace

CAF_TEST(an answer comes in pieces while it is made and the connection is kept) {
  test_server served;
  reader r(std::to_string(served.port));
  for (int i = 0; i < 3; ++i) {
    auto told = r.get("/stream");
    CAF_CHECK(told.head.what == how::answered);
    CAF_CHECK_EQUAL(told.head.status, 200);
    CAF_CHECK(told.last.what == kind::end);
    CAF_CHECK_EQUAL(told.body(), "onetwothree");
  }
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 1u);
  CAF_CHECK_EQUAL(r.client->busy_connections(), 0u);
}

CAF_TEST(every way of ending a body is read) {
  for (auto [bytes, body] : std::vector<std::pair<std::string, std::string>>{
         {ok, "ok"},
         {chunked + "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", "hello"},
         {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
         {"HTTP/1.1 204 No Content\r\n\r\n", ""},
         {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
         {"HTTP/1.1 103 Early Hints\r\n\r\n" + ok, "ok"}}) {
    for (std::size_t cut = 0; cut <= bytes.size(); cut += 3) {
      raw_server server(1, [&, all = bytes](raw_socket& peer, int) {
        peer.read_until("\r\n\r\n");
        peer.send(all.substr(0, cut));
        ::poll(nullptr, 0, 2);
        peer.send(all.substr(cut));
      });
      reader r(server.port());
      auto told = r.get("/");
      CAF_CHECK(told.last.what == kind::end);
      CAF_CHECK_EQUAL(told.body(), body);
    }
  }
}

CAF_TEST(a cut body is told as failed after its pieces) {
  raw_server server(1, [&](raw_socket& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send(chunked + "5\r\nhello\r\n5\r\nwo");
  });
  reader r(server.port());
  auto told = r.get("/");
  CAF_CHECK_EQUAL(told.body().substr(0, 5), "hello");
  CAF_CHECK(told.last.what == kind::failed);
  CAF_CHECK(!told.last.late);
  CAF_CHECK_EQUAL(r.client->open_connections(), 0u);
}

CAF_TEST(silence between two pieces is late) {
  raw_server server(1, [&](raw_socket& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send(chunked + "5\r\nhello\r\n");
    peer.read_to_end();
  });
  http::client_options quick;
  quick.connect_timeout = quick.request_timeout = 100ms;
  reader r(server.port(), quick);
  auto told = r.get("/", {}, 100ms);
  CAF_CHECK_EQUAL(told.body(), "hello");
  CAF_CHECK(told.last.what == kind::failed);
  CAF_CHECK(told.last.late);
}

CAF_TEST(a head that does not come is broken in time) {
  raw_server server(1, [&](raw_socket& peer, int) { peer.read_to_end(); });
  reader r(server.port());
  http::exchange_limits numbers;
  numbers.head = 100ms;
  CAF_CHECK(r.get("/", numbers).head.what == how::broken);
}

CAF_TEST(a body above its cap is cut off whatever its form) {
  for (std::string head :
       {std::string("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\n\r\n"),
        chunked + "2faf080\r\n"}) {
    std::atomic<std::size_t> sent{0};
    raw_server server(1, [&](raw_socket& peer, int) {
      peer.read_until("\r\n\r\n");
      peer.send(head);
      std::string block(64 * 1024, 'x');
      while (sent < 50'000'000u && peer.send(block))
        sent += block.size();
    });
    reader r(server.port());
    http::exchange_limits numbers;
    numbers.body_max = 100'000;
    auto told = r.get("/", numbers);
    CAF_CHECK(told.head.what != how::answered || told.last.what == kind::failed);
    CAF_CHECK(told.body().size() <= 100'000u);
  }
}

CAF_TEST(canceling closes the connection) {
  std::atomic<bool> closed{false};
  raw_server server(1, [&](raw_socket& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send(chunked + "5\r\nhello\r\n");
    closed = peer.ends();
  });
  {
    reader r(server.port());
    http::outgoing what;
    auto told = r.run(what, {}, 2000ms, [](http::exchange& one) { one.cancel(); });
    CAF_CHECK(told.last.what == kind::failed);
    CAF_CHECK(!told.last.late);
    CAF_CHECK_EQUAL(told.last.detail, "canceled");
    CAF_CHECK(eventually([&] { return closed.load(); }));
  }
}

CAF_TEST(a kept connection that ends without a byte is tried once more where that is harmless) {
  for (bool repeat : {false, true}) {
    std::atomic<int> heads{0};
    raw_server server(2, [&](raw_socket& peer, int i) {
      heads += !peer.read_until("\r\n\r\n").empty();
      peer.send(ok);
      if (i == 0) {
        heads += !peer.read_until("\r\n\r\n").empty();
        peer.reset();
      }
    });
    reader r(server.port());
    http::exchange_limits numbers;
    numbers.repeat = repeat;
    CAF_CHECK_EQUAL(r.get("/", numbers).body(), "ok");
    auto again = r.get("/", numbers);
    CAF_CHECK((again.head.what == how::answered) == repeat);
    CAF_CHECK_EQUAL(again.body(), repeat ? "ok" : "");
    CAF_CHECK_EQUAL(heads.load(), repeat ? 3 : 2);
  }
}

CAF_TEST(an answer that began is not asked for again) {
  std::atomic<int> heads{0};
  raw_server server(2, [&](raw_socket& peer, int) {
    heads += !peer.read_until("\r\n\r\n").empty();
    peer.send(ok);
    heads += !peer.read_until("\r\n\r\n").empty();
    peer.send("HTTP/1.1 2");
  });
  reader r(server.port());
  http::exchange_limits numbers;
  numbers.repeat = true;
  CAF_CHECK_EQUAL(r.get("/", numbers).body(), "ok");
  CAF_CHECK(r.get("/", numbers).head.what == how::broken);
  CAF_CHECK_EQUAL(heads.load(), 2);
}

CAF_TEST(a new connection that ends without a byte is not tried again) {
  raw_server server(2, [&](raw_socket& peer, int) { peer.read_until("\r\n\r\n"); });
  reader r(server.port());
  http::exchange_limits numbers;
  numbers.repeat = true;
  CAF_CHECK(r.get("/", numbers).head.what == how::broken);
  CAF_CHECK_EQUAL(server.accepted.load(), 1);
}

CAF_TEST(pieces come over TLS and a cut without a goodbye is failed) {
  self_made_certificate own("DNS:localhost");
  for (bool orderly : {false, true}) {
    tls_server server(own, 1, [&](tls_peer& peer) {
      peer.read_head();
      peer.write("HTTP/1.0 200 OK\r\n\r\nhel");
      peer.write("lo");
      if (orderly)
        peer.close_notify();
    });
    http::client_options options;
    options.ca_file = own.file;
    reader r(server.port(), options, true);
    auto told = r.get("/");
    CAF_CHECK_EQUAL(told.body(), "hello");
    CAF_CHECK(told.last.what == (orderly ? kind::end : kind::failed));
  }
}
