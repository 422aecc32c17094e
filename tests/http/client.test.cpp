#define CAF_SUITE http_client

#include <caf/test/unit_test.hpp>

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <signal.h>

#include "http/client.hpp"
#include "tests/http/test_application.hpp"
#include "tests/http/tls_server.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;
using how = http::reply::how;

namespace {

/// A client on an io_context that runs only while a test waits for an answer.
struct caller {
  explicit caller(std::string port, http::client_options options = {}, bool tls = false, std::string host = "127.0.0.1")
    : one(std::make_unique<http::client>(io, origin(tls, std::move(host), std::move(port)), std::move(options))) {
    ::signal(SIGPIPE, SIG_IGN);
  }

  static http::url origin(bool tls, std::string host, std::string port) {
    http::url made;
    made.tls = tls;
    made.host = std::move(host);
    made.port = std::move(port);
    return made;
  }

  /// Starts an exchange; `answers` grows when it ends.
  void start(http::outgoing what, http::client::gate before = {}) {
    ++running;
    asio::co_spawn(io, one->send(std::move(what), std::move(before)), [this](std::exception_ptr failed, http::reply got) {
      --running;
      CAF_CHECK(!failed);
      answers.push_back(std::move(got));
    });
  }

  void wait(std::size_t leave = 0) {
    io.restart();
    auto deadline = std::chrono::steady_clock::now() + 8s;
    while (running > leave && std::chrono::steady_clock::now() < deadline)
      io.run_one_for(10ms);
    CAF_CHECK(running <= leave);
  }

  http::reply ask(http::outgoing what, http::client::gate before = {}) {
    start(std::move(what), std::move(before));
    wait();
    auto got = answers.empty() ? http::reply{} : std::move(answers.back());
    answers.clear();
    return got;
  }

  http::reply get(std::string target, http::client::gate before = {}) {
    http::outgoing what;
    what.target = std::move(target);
    return ask(std::move(what), std::move(before));
  }

  asio::io_context io{1};
  std::unique_ptr<http::client> one;
  std::vector<http::reply> answers;
  std::size_t running = 0;
};

http::outgoing post(std::string target, std::string body) {
  http::outgoing what;
  what.verb = http::method::post;
  what.target = std::move(target);
  what.body = std::move(body);
  return what;
}

http::client_options quick() {
  http::client_options o;
  o.connect_timeout = 150ms;
  o.request_timeout = 150ms;
  return o;
}

/// Plays `script` with each of so many connections, one after the other.
class raw_server {
 public:
  raw_server(int connections, std::function<void(raw_socket&)> script)
    : listener_(raw_socket::listen()), thread_([this, connections, script = std::move(script)] {
        for (int i = 0; i < connections; ++i) {
          auto socket = listener_.accept();
          if (!socket)
            return;
          ++accepted;
          script(*socket);
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

/// What a client concludes from these bytes, after which the connection ends.
http::reply told(const std::string& bytes, bool reset = false) {
  raw_server server(1, [&](raw_socket& peer) {
    peer.read_until("\r\n\r\n");
    peer.send(bytes);
    if (reset)
      peer.reset();
  });
  caller client(server.port(), quick());
  return client.get("/");
}

} // namespace

// -- addresses ---------------------------------------------------------------------------------------

CAF_TEST(URLs are read by one strict parser) {
  auto plain = http::parse_url("http://example.com");
  CAF_REQUIRE(plain);
  CAF_CHECK(!plain->tls);
  CAF_CHECK_EQUAL(plain->host, "example.com");
  CAF_CHECK_EQUAL(plain->port, "80");
  CAF_CHECK_EQUAL(plain->target, "/");
  CAF_CHECK_EQUAL(plain->authority(), "example.com");
  auto full = http::parse_url("HTTPS://[::1]:8443/a/b?x=1#part");
  CAF_REQUIRE(full);
  CAF_CHECK(full->tls);
  CAF_CHECK_EQUAL(full->host, "::1");
  CAF_CHECK_EQUAL(full->port, "8443");
  CAF_CHECK_EQUAL(full->target, "/a/b?x=1");
  CAF_CHECK_EQUAL(full->authority(), "[::1]:8443");
  auto query = http::parse_url("https://a?b");
  CAF_REQUIRE(query);
  CAF_CHECK_EQUAL(query->target, "/?b");
  CAF_CHECK_EQUAL(query->authority(), "a");
  for (std::string_view bad :
       {"", "a", "a.com/x", "ftp://a", "http://", "http:///x", "http://a:", "http://a:0", "http://a:65536",
        "http://a:8x", "http://user@a", "http://u:p@a/", "http://a b", "http://a/\r\nX: 1", "http://a\\b", "http://[::1",
        "http://[a]", "http://[]", "http://a:1:2", "http://[::1]x"})
    CAF_CHECK(!http::parse_url(bad));
}

// -- exchanges ---------------------------------------------------------------------------------------

CAF_TEST(requests use one connection after the other) {
  test_server served;
  caller client(std::to_string(served.port));
  for (int i = 0; i < 20; ++i) {
    auto got = client.ask(post("/echo", "body " + std::to_string(i)));
    CAF_CHECK(got.what == how::answered);
    CAF_CHECK_EQUAL(got.status, 200);
    CAF_CHECK_EQUAL(got.body, "body " + std::to_string(i));
    CAF_REQUIRE(got.find("content-type"));
    CAF_CHECK_EQUAL(*got.find("content-type"), "text/plain");
  }
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 1u);
  CAF_CHECK_EQUAL(client.one->open_connections(), 1u);
  CAF_CHECK_EQUAL(client.one->busy_connections(), 0u);
}

CAF_TEST(what is sent is what was meant) {
  std::string seen;
  raw_server server(1, [&](raw_socket& peer) {
    seen = peer.read_until("\r\n\r\n");
    seen += peer.read_exactly(3);
    peer.send(ok);
  });
  caller client(server.port());
  auto what = post("/a?b=c", "xyz");
  what.headers.push_back({"Accept", "application/json"});
  CAF_CHECK_EQUAL(client.ask(what).body, "ok");
  CAF_CHECK_EQUAL(
    seen, "POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
            "\r\nAccept: application/json\r\nContent-Length: 3\r\n\r\nxyz");
}

CAF_TEST(a request that would split is not sent) {
  test_server served;
  caller client(std::to_string(served.port));
  http::outgoing evil;
  evil.target = "/ HTTP/1.1\r\nX: 1";
  CAF_CHECK(client.ask(evil).what == how::not_connected);
  evil.target = "/";
  evil.headers.push_back({"X-A", "1\r\nX-B: 2"});
  CAF_CHECK(client.ask(evil).what == how::not_connected);
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 0u);
}

CAF_TEST(bodies come by length and by chunk and until the end) {
  CAF_CHECK_EQUAL(told("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").body, "hello");
  CAF_CHECK_EQUAL(told("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n").body, "hello");
  CAF_CHECK_EQUAL(told("HTTP/1.0 200 OK\r\n\r\nhello").body, "hello");
  CAF_CHECK_EQUAL(told("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" + ok).body, "ok");
  auto empty = told("HTTP/1.1 204 No Content\r\n\r\n");
  CAF_CHECK(empty.what == how::answered);
  CAF_CHECK_EQUAL(empty.status, 204);
}

CAF_TEST(redirects are answers and not followed) {
  auto got = told("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
  CAF_CHECK(got.what == how::answered);
  CAF_CHECK_EQUAL(got.status, 302);
}

CAF_TEST(HEAD has no body) {
  test_server served;
  caller client(std::to_string(served.port));
  http::outgoing what;
  what.verb = http::method::head;
  what.target = "/hello";
  for (int i = 0; i < 2; ++i) {
    auto got = client.ask(what);
    CAF_CHECK(got.what == how::answered);
    CAF_CHECK_EQUAL(got.body, "");
  }
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 1u);
}

// -- what broke ----------------------------------------------------------------------------------------

CAF_TEST(anything but a whole answer is broken) {
  for (std::string bytes :
       {"", "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "<html>nonsense</html>\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBroken Header\r\n\r\n"}) {
    auto got = told(bytes);
    CAF_CHECK(got.what == how::broken);
    CAF_CHECK(!got.detail.empty());
    CAF_CHECK(told(bytes, true).what == how::broken);
  }
  std::string endless = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 5000; ++i)
    endless += "X-A: aaaaaaaaaaaaaaaa\r\n";
  CAF_CHECK(told(endless).what == how::broken);
  std::string informational;
  for (int i = 0; i < 100; ++i)
    informational += "HTTP/1.1 103 Early Hints\r\n\r\n";
  CAF_CHECK(told(informational + ok).what == how::broken);
}

CAF_TEST(a body above the limit is broken) {
  const std::string x(2000, 'x');
  for (std::string bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + x,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + x + "\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n" + x}) {
    for (std::size_t limit : {1999u, 2000u}) {
      raw_server server(1, [&](raw_socket& peer) {
        peer.read_until("\r\n\r\n");
        peer.send(bytes);
      });
      http::client_options options;
      options.body_max = limit;
      caller client(server.port(), options);
      auto got = client.get("/");
      CAF_CHECK(got.what == (limit == 2000 ? how::answered : how::broken));
      // The head came in either case.
      CAF_CHECK_EQUAL(got.body_too_large, limit == 1999);
      CAF_CHECK_EQUAL(got.status, 200);
    }
  }
}

CAF_TEST(silence is broken after the request timeout) {
  raw_server server(1, [&](raw_socket& peer) {
    peer.read_until("\r\n\r\n");
    peer.read_to_end();
  });
  caller client(server.port(), quick());
  auto begin = std::chrono::steady_clock::now();
  auto got = client.get("/");
  CAF_CHECK(got.what == how::broken);
  auto took = std::chrono::steady_clock::now() - begin;
  CAF_CHECK(took >= 140ms);
  CAF_CHECK(took < 2s);
  CAF_CHECK_EQUAL(client.one->open_connections(), 0u);
}

CAF_TEST(an answer that drips is broken after the request timeout) {
  raw_server server(1, [&](raw_socket& peer) {
    peer.read_until("\r\n\r\n");
    while (peer.send("H"))
      ::poll(nullptr, 0, 5);
  });
  caller client(server.port(), quick());
  CAF_CHECK(client.get("/").what == how::broken);
}

CAF_TEST(a peer that takes no bytes is broken) {
  raw_server server(1, [](raw_socket&) { ::poll(nullptr, 0, 400); });
  caller client(server.port(), quick());
  CAF_CHECK(client.ask(post("/", std::string(20'000'000, 'x'))).what == how::broken);
}

CAF_TEST(nobody there is not connected) {
  std::string port;
  {
    auto taken = raw_socket::listen();
    port = std::to_string(taken.port());
  }
  caller client(port, quick());
  auto asked = 0;
  auto got = client.get("/", [&] { return ++asked > 0; });
  CAF_CHECK(got.what == how::not_connected);
  CAF_CHECK(!got.detail.empty());
  CAF_CHECK_EQUAL(asked, 0);
  CAF_CHECK_EQUAL(client.one->open_connections(), 0u);
}

CAF_TEST(an unknown host is not connected) {
  caller client("80", quick(), false, "no-such-host.invalid");
  CAF_CHECK(client.get("/").what == how::not_connected);
}

// -- the gate ------------------------------------------------------------------------------------------

CAF_TEST(the gate is asked with a connection and before any byte) {
  auto listener = raw_socket::listen();
  caller client(std::to_string(listener.port()));
  auto asked = 0;
  std::optional<raw_socket> peer;
  auto got = client.get("/", [&] {
    ++asked;
    peer = listener.accept();
    CAF_CHECK(peer.has_value());
    // Connected, and nothing was written.
    char byte;
    CAF_CHECK(::recv(peer->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0);
    return false;
  });
  CAF_CHECK(got.what == how::gated);
  CAF_CHECK_EQUAL(asked, 1);
  char byte;
  CAF_CHECK(::recv(peer->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0);
  // The connection is as good as before.
  CAF_CHECK_EQUAL(client.one->open_connections(), 1u);
  client.start(http::outgoing{}, [&] { return ++asked == 2; });
  client.io.restart();
  client.io.run_for(50ms);
  CAF_CHECK(peer->read_until("\r\n\r\n").starts_with("GET / HTTP/1.1\r\n"));
  peer->send(ok);
  client.wait();
  CAF_CHECK(client.answers.back().what == how::answered);
  CAF_CHECK_EQUAL(asked, 2);
}

CAF_TEST(a gate that throws is closed) {
  test_server served;
  caller client(std::to_string(served.port));
  auto got = client.get("/hello", []() -> bool { throw std::runtime_error("no"); });
  CAF_CHECK(got.what == how::gated);
  CAF_CHECK_EQUAL(served.app.handled.load(), 0);
}

// -- the pool --------------------------------------------------------------------------------------------

CAF_TEST(a connection that was closed while idle is not used again) {
  raw_server server(2, [&](raw_socket& peer) {
    peer.read_until("\r\n\r\n");
    peer.send(ok);
    // The end of the script closes the connection although it was kept alive.
  });
  caller client(server.port());
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
  CAF_CHECK(eventually([&] {
    client.io.restart();
    client.io.poll();
    return client.one->open_connections() == 1;
  }));
  ::poll(nullptr, 0, 20);
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
  CAF_CHECK_EQUAL(server.accepted.load(), 2);
}

CAF_TEST(a connection with stray bytes is not used again) {
  raw_server server(2, [&](raw_socket& peer) {
    peer.read_until("\r\n\r\n");
    peer.send(ok + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
    ::poll(nullptr, 0, 20);
  });
  caller client(server.port());
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
}

CAF_TEST(an old idle connection is not used again) {
  test_server served;
  http::client_options options;
  options.idle_max = 0s;
  caller client(std::to_string(served.port), options);
  client.get("/hello");
  ::poll(nullptr, 0, 2);
  client.get("/hello");
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 2u);
  CAF_CHECK_EQUAL(client.one->open_connections(), 1u);
}

CAF_TEST(requests wait their turn when all connections are busy) {
  test_server served;
  http::client_options options;
  options.connections_max = 2;
  caller client(std::to_string(served.port), options);
  for (int i = 0; i < 50; ++i)
    client.start(post("/echo", std::to_string(i)));
  client.wait();
  CAF_CHECK_EQUAL(client.answers.size(), 50u);
  for (const auto& got : client.answers)
    CAF_CHECK(got.what == how::answered);
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 2u);
  CAF_CHECK_EQUAL(client.one->busy_connections(), 0u);
}

CAF_TEST(waiting in vain is not connected) {
  test_server served;
  auto options = quick();
  options.connections_max = 1;
  caller client(std::to_string(served.port), options);
  http::outgoing slow;
  slow.target = "/wait";
  client.start(slow);
  client.start(post("/echo", "x"));
  client.wait();
  CAF_REQUIRE_EQUAL(client.answers.size(), 2u);
  auto broken = client.answers[0].what == how::broken ? 0u : 1u;
  CAF_CHECK(client.answers[broken].what == how::broken);
  CAF_CHECK(client.answers[1 - broken].what == how::not_connected || client.answers[1 - broken].what == how::answered);
  served.app.release = true;
  CAF_CHECK_EQUAL(client.ask(post("/echo", "again")).body, "again");
}

CAF_TEST(connections can be opened ahead) {
  test_server served;
  http::client_options options;
  options.connections_max = 3;
  caller client(std::to_string(served.port), options);
  std::size_t opened = 0;
  asio::co_spawn(client.io, client.one->warm(10), [&](std::exception_ptr, std::size_t n) { opened = n; });
  client.io.run_for(100ms);
  CAF_CHECK_EQUAL(opened, 3u);
  CAF_CHECK(eventually([&] { return served.server.counters().open == 3; }));
  CAF_CHECK_EQUAL(client.get("/hello").body, "hello");
  CAF_CHECK_EQUAL(served.server.counters().accepted.load(), 3u);
}

CAF_TEST(a client may go before its exchanges end) {
  test_server served;
  caller client(std::to_string(served.port));
  http::outgoing slow;
  slow.target = "/wait";
  client.start(slow);
  client.io.run_for(20ms);
  client.one.reset();
  served.app.release = true;
  client.wait();
  CAF_CHECK(client.answers.back().what == how::answered);
}

// -- TLS ---------------------------------------------------------------------------------------------------

namespace {

http::client_options trusting(const self_made_certificate& who) {
  http::client_options options;
  options.ca_file = who.file;
  options.connect_timeout = options.request_timeout = 3000ms;
  return options;
}

} // namespace

CAF_TEST(TLS names the host and keeps the connection) {
  self_made_certificate own("DNS:localhost");
  std::string name;
  tls_server server(own, 1, [&](tls_peer& peer) {
    name = peer.server_name();
    for (int i = 0; i < 3; ++i) {
      peer.read_head();
      peer.write(ok);
    }
  });
  {
    caller client(server.port(), trusting(own), true, "localhost");
    int asked = 0;
    for (int i = 0; i < 3; ++i) {
      auto got = client.get("/", [&] { return ++asked > 0; });
      CAF_CHECK(got.what == how::answered);
      CAF_CHECK_EQUAL(got.body, "ok");
    }
    CAF_CHECK_EQUAL(asked, 3);
    CAF_CHECK_EQUAL(client.one->open_connections(), 1u);
  }
  CAF_CHECK_EQUAL(name, "localhost");
}

CAF_TEST(an address in the certificate is accepted) {
  self_made_certificate own("IP:127.0.0.1");
  tls_server server(own, 1, [&](tls_peer& peer) {
    peer.read_head();
    peer.write(ok);
  });
  caller client(server.port(), trusting(own), true);
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
}

CAF_TEST(a certificate for another name is refused before any byte) {
  for (std::string names : {"DNS:elsewhere.example", "DNS:*.localhost", "IP:127.0.0.2"}) {
    self_made_certificate own(names);
    std::atomic<int> heads{0};
    tls_server server(own, 1, [&](tls_peer& peer) { heads += !peer.read_head().empty(); });
    {
      caller client(server.port(), trusting(own), true, "localhost");
      int asked = 0;
      auto got = client.get("/", [&] { return ++asked > 0; });
      CAF_CHECK(got.what == how::not_connected);
      CAF_CHECK_EQUAL(asked, 0);
    }
    CAF_CHECK_EQUAL(heads.load(), 0);
  }
}

CAF_TEST(a certificate that nobody vouches for is refused) {
  self_made_certificate own("DNS:localhost"), other("DNS:localhost");
  tls_server server(own, 1, [](tls_peer&) {});
  caller client(server.port(), trusting(other), true, "localhost");
  CAF_CHECK(client.get("/").what == how::not_connected);
}

CAF_TEST(TLS before 1.2 is refused) {
  self_made_certificate own("DNS:localhost");
  tls_server server(own, 1, [](tls_peer& peer) { peer.read_head(); }, TLS1_1_VERSION);
  caller client(server.port(), trusting(own), true, "localhost");
  CAF_CHECK(client.get("/").what == how::not_connected);
}

CAF_TEST(a TLS peer that says nothing is not connected) {
  auto listener = raw_socket::listen();
  auto options = quick();
  caller client(std::to_string(listener.port()), options, true);
  CAF_CHECK(client.get("/").what == how::not_connected);
}

CAF_TEST(a TLS answer without a length that is cut is broken) {
  self_made_certificate own("DNS:localhost");
  for (bool orderly : {false, true}) {
    tls_server server(own, 1, [&](tls_peer& peer) {
      peer.read_head();
      peer.write("HTTP/1.0 200 OK\r\n\r\nhel");
      if (orderly)
        peer.close_notify();
    });
    caller client(server.port(), trusting(own), true, "localhost");
    CAF_CHECK(client.get("/").what == (orderly ? how::answered : how::broken));
  }
}

CAF_TEST(a TLS connection that was closed while idle is not used again) {
  self_made_certificate own("DNS:localhost");
  std::atomic<int> served{0};
  tls_server server(own, 2, [&](tls_peer& peer) {
    peer.read_head();
    peer.write(ok);
    ++served;
  });
  caller client(server.port(), trusting(own), true, "localhost");
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
  ::poll(nullptr, 0, 20);
  CAF_CHECK_EQUAL(client.get("/").body, "ok");
  CAF_CHECK_EQUAL(served.load(), 2);
}

CAF_TEST(addresses that are given are connected to and the name stays the origins) {
  self_made_certificate own("DNS:hooks.example");
  std::string name, head;
  tls_server server(own, 1, [&](tls_peer& peer) {
    name = peer.server_name();
    head = peer.read_head();
    peer.write(ok);
  });
  auto options = trusting(own);
  options.addresses = {boost::asio::ip::make_address("127.0.0.1")};
  {
    // A name that no resolver knows.
    caller client(server.port(), options, true, "hooks.example");
    CAF_CHECK_EQUAL(client.get("/").body, "ok");
  }
  CAF_CHECK_EQUAL(name, "hooks.example");
  CAF_CHECK(head.find("Host: hooks.example:" + server.port() + "\r\n") != std::string::npos);
}

CAF_TEST(a certificate for another name is refused at a given address too) {
  self_made_certificate own("DNS:elsewhere.example,IP:127.0.0.1");
  tls_server server(own, 1, [](tls_peer& peer) { peer.read_head(); });
  auto options = trusting(own);
  options.addresses = {boost::asio::ip::make_address("127.0.0.1")};
  caller client(server.port(), options, true, "hooks.example");
  CAF_CHECK(client.get("/").what == how::not_connected);
}
