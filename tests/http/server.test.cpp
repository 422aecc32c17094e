#define CAF_SUITE http_server

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/http/test_application.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  test_server served;

  /// What one connection gets for these bytes.
  raw_socket::answer ask(std::string_view bytes) {
    auto client = served.connect();
    client.send(bytes);
    return client.read_answer();
  }

  /// The edge refuses: this status, the connection closes, and the application saw nothing.
  void refuses(int status, std::string_view bytes) {
    auto before = served.app.handled.load();
    auto client = served.connect();
    client.send(bytes);
    auto got = client.read_answer();
    CAF_CHECK_EQUAL(got.status, status);
    CAF_CHECK(got.closes());
    CAF_CHECK(client.ends());
    CAF_CHECK_EQUAL(served.app.handled.load(), before);
  }
};

std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Limits that a test can wait for.
http::limits quick() {
  http::limits n;
  n.header_timeout = n.body_timeout = n.write_timeout = n.idle_timeout = n.handler_timeout = 80ms;
  return n;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(server_tests, fixture)

CAF_TEST(a request is answered with length and date and id) {
  auto got = ask(get("/hello"));
  CAF_CHECK_EQUAL(got.status, 200);
  CAF_CHECK_EQUAL(got.body, "hello");
  CAF_CHECK(got.field("Content-Type") == "text/plain");
  CAF_CHECK(got.field("Content-Length") == "5");
  CAF_CHECK(got.field("Date").value_or("").ends_with(" GMT"));
  CAF_CHECK_EQUAL(got.field("X-Request-Id").value_or("").size(), 13u);
  CAF_CHECK(!got.closes());
}

CAF_TEST(the application sees what was asked) {
  auto got = ask(get("/about?x=%41&y=1", "X-Request-Id: my-id.1\r\n"));
  CAF_CHECK_EQUAL(got.body, "GET|/about?x=%41&y=1|/about|x=%41&y=1|my-id.1|127.0.0.1");
  CAF_CHECK(got.field("X-Request-Id") == "my-id.1");
  got = ask(get("/about", "X-Request-Id: <script>\r\n"));
  CAF_CHECK(got.field("X-Request-Id") != "<script>");
  got = ask("GET http://A:80/about?q HTTP/1.1\r\nHost: a:80\r\nX-Request-Id: i\r\n\r\n");
  CAF_CHECK_EQUAL(got.body, "GET|/about?q|/about|q|i|127.0.0.1");
}

CAF_TEST(pipelined requests are answered in order) {
  auto client = served.connect();
  std::string bytes;
  for (int i = 0; i < 50; ++i)
    bytes += post("/echo", std::to_string(i)) + get("/hello") + "\r\n";
  client.send(bytes);
  for (int i = 0; i < 50; ++i) {
    CAF_CHECK_EQUAL(client.read_answer().body, std::to_string(i));
    CAF_CHECK_EQUAL(client.read_answer().body, "hello");
  }
}

CAF_TEST(a request may come byte by byte) {
  auto client = served.connect();
  for (auto c : post("/echo", "slow but fine"))
    client.send(std::string_view(&c, 1));
  CAF_CHECK_EQUAL(client.read_answer().body, "slow but fine");
}

CAF_TEST(any transfer encoding is refused) {
  const std::string line = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  refuses(501, line + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  refuses(501, line + "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nhello");
  refuses(501, line + "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n\r\nhello");
  refuses(501, line + "Transfer-Encoding: chunked, identity\r\nContent-Length: 5\r\n\r\nhello");
  refuses(501, line + "Transfer-Encoding: gzip\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(501, line + "Transfer-Encoding: xx\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  refuses(501, line + "transfer-encoding:\r\n\r\n");
  refuses(501, line + "Transfer-Encoding: chunked\r\n\r\n5;" + std::string(100000, 'x') + "\r\nhello\r\n0\r\n\r\n");
  refuses(
    501, line + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Twilio-Signature: forged\r\n\r\n");
  refuses(501, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

CAF_TEST(heads that two readers could understand differently are refused) {
  const std::string line = "GET /hello HTTP/1.1\r\n";
  refuses(400, line + "Host: a\r\nHost: a\r\n\r\n");
  refuses(400, line + "Host: a\r\nhost: b\r\n\r\n");
  refuses(400, line + "\r\n");
  refuses(400, line + "Host:\r\n\r\n");
  refuses(400, line + "Host: a b\r\n\r\n");
  refuses(400, line + "Host: a\r\nX-A: 1\r\n 2\r\n\r\n");
  refuses(400, line + "Host: a\r\nX-A: 1\r\n\t2\r\n\r\n");
  refuses(400, line + " Host: a\r\n\r\n");
  refuses(400, line + "Host: a\nX-A: 1\r\n\r\n");
  refuses(400, "GET /hello HTTP/1.1\nHost: a\n\n");
  refuses(400, line + "Host: a\r\nX-A : 1\r\n\r\n");
  refuses(400, line + "Host: a\r\n: 1\r\n\r\n");
  refuses(400, line + "Host: a\r\nX-A\r\n\r\n");
  refuses(400, line + "Host: a\r\nX-A: 1" + std::string(1, '\0') + "2\r\n\r\n");
  refuses(400, line + "Host: a\r\nX-A: 1\r2\r\n\r\n");
  refuses(400, line + "Host: a\r\nContent-Length: +5\r\n\r\nhello");
  refuses(400, line + "Host: a\r\nContent-Length: -5\r\n\r\n");
  refuses(400, line + "Host: a\r\nContent-Length: 5, 5\r\n\r\nhello");
  refuses(400, line + "Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
  refuses(400, line + "Host: a\r\nContent-Length:\r\n\r\n");
  refuses(400, line + "Host: a\r\nContent-Length: 0x5\r\n\r\nhello");
  refuses(400, line + "Host: a\r\nContent-Length: 99999999999999999999\r\n\r\n");
  refuses(400, line + "Host: a\r\nConnection: a b\r\n\r\n");
  refuses(400, "POST /echo HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
  refuses(400, "GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(400, "GET http://a@b/hello HTTP/1.1\r\nHost: b\r\n\r\n");
  refuses(400, "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(400, "GET /hello  HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(400, "GET /hello\r\nHost: a\r\n\r\n");
  refuses(400, "G(T /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(400, "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n");
  refuses(400, "GET /hello http/1.1\r\nHost: a\r\n\r\n");
  refuses(505, "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n");
  refuses(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  refuses(501, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");
  refuses(501, "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(501, "get /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  refuses(417, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: a miracle\r\nContent-Length: 1\r\n\r\nx");
}

CAF_TEST(paths that could mean another are refused) {
  for (std::string_view path :
       {"/a%00", "/a%2fb", "/a%2Fb", "/a%5cb", "/a%5Cb", "/a\\b", "//a", "/a//b", "/a//", "/.", "/..", "/a/../b",
        "/a/./b", "/a/..", "/%2e%2e/a", "/a/%2E", "/a%", "/a%2", "/a%zz", "/%ff", "/%c0%af", "/%0a", "/%7f", "/a#b",
        "a", "*", "?", "ftp://a/b"})
    refuses(400, get(path));
  for (std::string_view path : {"/", "/a", "/a/", "/...", "/a.b", "/%2525", "/%c3%a8", "/a%20b", "/a?//../%2f", "/.a/..b"})
    CAF_CHECK_EQUAL(ask(get(path)).status, 200);
}

CAF_TEST(heads above the limits are refused) {
  refuses(431, get("/hello", "X-A: " + std::string(12 * 1024, 'x') + "\r\n"));
  refuses(431, get("/hello", "X-A: " + std::string(8 * 1024, 'x') + "\r\n").substr(0, 8300));
  refuses(414, get("/" + std::string(2 * 1024, 'x')));
  refuses(414, get("/" + std::string(12 * 1024, 'x')));
  std::string fields;
  for (int i = 0; i < 63; ++i)
    fields += "X: 1\r\n";
  CAF_CHECK_EQUAL(ask(get("/hello", fields)).status, 200);
  refuses(431, get("/hello", fields + "X: 1\r\n"));
  // Exactly at the limits.
  CAF_CHECK_EQUAL(ask(get("/" + std::string(2 * 1024 - 1, 'x'))).status, 200);
  auto bytes = get("/hello", "X-A: 1\r\n");
  auto padded = get("/hello", "X-A: 1" + std::string(8 * 1024 - bytes.size(), 'x') + "\r\n");
  CAF_CHECK_EQUAL(padded.size(), 8u * 1024);
  CAF_CHECK_EQUAL(ask(padded).status, 200);
  refuses(431, get("/hello", "X-A: 12" + std::string(8 * 1024 - bytes.size(), 'x') + "\r\n"));
}

CAF_TEST(a body above the limit of its route is refused before it is read) {
  CAF_CHECK_EQUAL(ask(post("/echo", std::string(64 * 1024, 'x'))).body.size(), 64u * 1024);
  refuses(413, post("/echo", std::string(64 * 1024 + 1, 'x')));
  refuses(413, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
}

CAF_TEST(a client that sends all of a body that is too large still reads the refusal) {
  auto client = served.connect();
  CAF_CHECK(client.send(post("/echo", std::string(8 * 1024 * 1024, 'x'))));
  auto got = client.read_answer();
  CAF_CHECK_EQUAL(got.status, 413);
  CAF_CHECK(got.closes());
}

CAF_TEST(a refusal of the policy comes before the body) {
  auto client = served.connect();
  client.send("POST /denied HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  auto got = client.read_answer();
  CAF_CHECK_EQUAL(got.status, 401);
  CAF_CHECK(got.closes());
}

CAF_TEST(a client that waits for leave gets it) {
  auto client = served.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CAF_CHECK_EQUAL(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  CAF_CHECK_EQUAL(client.read_answer().body, "ok");
  refuses(
    413, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 999999\r\n\r\n");
}

CAF_TEST(HEAD gets the length but not the body) {
  auto client = served.connect();
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/hello"));
  auto first = client.read_answer(true);
  CAF_CHECK_EQUAL(first.status, 200);
  CAF_CHECK(first.field("Content-Length") == "5");
  CAF_CHECK_EQUAL(client.read_answer().body, "hello");
}

CAF_TEST(an answer without content has no length) {
  auto client = served.connect();
  client.send(get("/nothing") + get("/hello"));
  auto first = client.read_answer();
  CAF_CHECK_EQUAL(first.status, 204);
  CAF_CHECK(!first.field("Content-Length"));
  CAF_CHECK(!first.field("Content-Type"));
  CAF_CHECK_EQUAL(client.read_answer().body, "hello");
}

CAF_TEST(a header value cannot split the answer) {
  auto got = ask(get("/split"));
  CAF_CHECK_EQUAL(got.body, "ok");
  CAF_CHECK(got.field("X-A") == "1X-Evil: 2body");
  CAF_CHECK(!got.field("X-Evil"));
}

CAF_TEST(the connection closes when either side says so) {
  for (auto bytes : {get("/hello", "Connection: close\r\n"), get("/hello", "Connection: x, Close\r\n"), get("/bye"),
                     std::string("GET /hello HTTP/1.0\r\n\r\n")}) {
    auto client = served.connect();
    client.send(bytes + get("/hello"));
    auto got = client.read_answer();
    CAF_CHECK_EQUAL(got.status, 200);
    CAF_CHECK(got.closes());
    CAF_CHECK(client.ends());
  }
}

CAF_TEST(a handler that throws is answered with 500) {
  auto got = ask(get("/throw"));
  CAF_CHECK_EQUAL(got.status, 500);
  CAF_CHECK(got.body.find("as asked") == std::string::npos);
  CAF_CHECK_EQUAL(ask(get("/hello")).status, 200);
}

CAF_TEST(a streamed body is read piece by piece) {
  auto client = served.connect();
  const std::size_t size = 3'000'000;
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  for (std::size_t sent = 0; sent < size; sent += 30'000)
    client.send(std::string(30'000, 'x'));
  client.send(get("/hello"));
  CAF_CHECK_EQUAL(client.read_answer().body, std::to_string(size));
  CAF_CHECK_EQUAL(client.read_answer().body, "hello");
}

CAF_TEST(a handler may leave a body unread) {
  auto client = served.connect();
  client.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 'x'));
  auto got = client.read_answer();
  CAF_CHECK_EQUAL(got.body, "enough");
  CAF_CHECK(got.closes());
  CAF_CHECK(client.ends());
}

CAF_TEST(a streamed body that ends early is an error of the client) {
  auto client = served.connect();
  client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nxxx");
  client.finish_sending();
  auto got = client.read_answer();
  CAF_CHECK_EQUAL(got.status, 400);
  CAF_CHECK(got.body.find("ended") != std::string::npos);
}

CAF_TEST(a streamed answer is chunked) {
  auto client = served.connect();
  client.send(get("/stream") + get("/hello"));
  auto head = client.read_until("\r\n\r\n");
  CAF_CHECK(head.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos);
  CAF_CHECK(head.find("Content-Length") == std::string::npos);
  CAF_CHECK_EQUAL(client.read_until("0\r\n\r\n"), "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n");
  CAF_CHECK_EQUAL(client.read_answer().body, "hello");
  auto old = served.connect();
  old.send("GET /stream HTTP/1.0\r\n\r\n");
  auto all = old.read_to_end();
  CAF_CHECK(all.ends_with("\r\n\r\nonetwothree"));
}

CAF_TEST(a stream ends when its client is gone) {
  auto client = served.connect();
  client.send(get("/flood"));
  client.read_until("\r\n\r\n");
  client.reset();
  CAF_CHECK(eventually([&] { return served.app.floods_ended == 1; }));
}

CAF_TEST(connections are counted) {
  {
    auto client = served.connect();
    client.send(get("/hello"));
    client.read_answer();
    CAF_CHECK_EQUAL(served.server.counters().open.load(), 1);
    client.send("nonsense\r\n\r\n");
    client.read_answer();
  }
  CAF_CHECK(eventually([&] { return served.server.counters().open == 0; }));
  const auto& n = served.server.counters();
  CAF_CHECK_EQUAL(n.accepted.load(), 1u);
  CAF_CHECK_EQUAL(n.requests.load(), 1u);
  CAF_CHECK_EQUAL(n.bad_heads.load(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- deadlines -------------------------------------------------------------------------------------

CAF_TEST(a head that comes too slowly is given up) {
  test_server served(quick());
  auto client = served.connect();
  client.send("GET /hello HTTP/1.1\r\nHo");
  auto got = client.read_answer();
  CAF_CHECK_EQUAL(got.status, 408);
  CAF_CHECK(client.ends());
  CAF_CHECK_EQUAL(served.app.handled.load(), 0);
  CAF_CHECK_EQUAL(served.server.counters().timeouts.load(), 1u);
}

CAF_TEST(bytes that drip do not extend the deadline of a head) {
  auto numbers = quick();
  test_server served(numbers);
  auto client = served.connect();
  auto begin = std::chrono::steady_clock::now();
  std::string bytes = get("/hello", "X-A: " + std::string(4000, 'x') + "\r\n");
  std::size_t sent = 0;
  for (; sent < bytes.size() && client.send(bytes.substr(sent, 1)); ++sent)
    ::poll(nullptr, 0, 2);
  CAF_CHECK(sent < bytes.size());
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

CAF_TEST(an idle connection is closed without a word) {
  test_server served(quick());
  auto client = served.connect();
  CAF_CHECK(client.ends());
  auto second = served.connect();
  second.send(get("/hello"));
  CAF_CHECK_EQUAL(second.read_answer().status, 200);
  CAF_CHECK(second.ends());
}

CAF_TEST(a body that comes too slowly is given up) {
  test_server served(quick());
  auto client = served.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  CAF_CHECK_EQUAL(client.read_answer().status, 408);
  CAF_CHECK(client.ends());
  CAF_CHECK_EQUAL(served.app.handled.load(), 0);
  auto second = served.connect();
  second.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  auto got = second.read_answer();
  CAF_CHECK_EQUAL(got.status, 400);
  CAF_CHECK(got.body.find("too slowly") != std::string::npos);
}

CAF_TEST(a handler that takes too long is answered with 503) {
  test_server served(quick());
  auto client = served.connect();
  client.send(get("/wait", "X-Request-Id: late-one\r\n"));
  auto got = client.read_answer();
  CAF_CHECK_EQUAL(got.status, 503);
  CAF_CHECK(got.closes());
  CAF_CHECK(got.field("X-Request-Id") == "late-one");
  CAF_CHECK(client.ends());
  CAF_CHECK_EQUAL(served.app.waiting.load(), 1);
  // The late handler comes to its end without harm.
  served.app.release = true;
  CAF_CHECK(eventually([&] { return served.app.waiting == 0 && served.server.counters().open == 0; }));
  auto second = served.connect();
  second.send(get("/hello"));
  CAF_CHECK_EQUAL(second.read_answer().status, 200);
}

CAF_TEST(a client that does not read is given up) {
  test_server served(quick());
  auto client = served.connect();
  client.send(get("/flood"));
  CAF_CHECK(eventually([&] { return served.app.floods_ended == 1; }));
}

// -- limits of connections ---------------------------------------------------------------------------

CAF_TEST(the connection closes after its last request) {
  http::limits numbers;
  numbers.requests_per_connection = 3;
  test_server served(numbers);
  auto client = served.connect();
  for (int i = 1; i <= 3; ++i) {
    for (int k = 0; k < 5; ++k) { // exempt ones do not count
      client.send(get("/hook"));
      CAF_CHECK(!client.read_answer().closes());
    }
    client.send(get("/hello"));
    CAF_CHECK_EQUAL(client.read_answer().closes(), i == 3);
  }
  CAF_CHECK(client.ends());
}

CAF_TEST(an address holds so many connections and no more) {
  http::limits numbers;
  numbers.connections_per_address = 2;
  test_server served(numbers);
  auto ok = [&](raw_socket& client, std::string_view path) {
    client.send(get(path));
    return client.read_answer().status;
  };
  std::vector<raw_socket> first(2);
  for (auto& client : first) {
    client = served.connect();
    CAF_CHECK_EQUAL(ok(client, "/hello"), 200);
  }
  auto third = served.connect();
  CAF_CHECK_EQUAL(ok(third, "/hello"), 429);
  CAF_CHECK(third.ends());
  // The first two go on; exempt routes are open to all.
  CAF_CHECK_EQUAL(ok(first[0], "/hello"), 200);
  std::vector<raw_socket> hooks(5);
  for (auto& client : hooks) {
    client = served.connect();
    CAF_CHECK_EQUAL(ok(client, "/hook"), 200);
  }
  // A connection that was exempt counts from its first other request.
  CAF_CHECK_EQUAL(ok(hooks[0], "/hello"), 429);
  CAF_CHECK_EQUAL(ok(hooks[1], "/hook"), 200);
  first[0].close();
  CAF_CHECK(eventually([&] { return served.server.counters().open == 5; }));
  CAF_CHECK_EQUAL(ok(hooks[1], "/hello"), 200);
  CAF_CHECK_EQUAL(ok(hooks[2], "/hello"), 429);
  // Back to exempt routes: its place is free again.
  CAF_CHECK_EQUAL(ok(hooks[1], "/hook"), 200);
  CAF_CHECK_EQUAL(ok(hooks[3], "/hello"), 200);
}

CAF_TEST(the server holds so many connections and no more) {
  http::limits numbers;
  numbers.connections = 2;
  test_server served(numbers);
  auto first = served.connect();
  auto second = served.connect();
  second.send(get("/hello"));
  CAF_CHECK_EQUAL(second.read_answer().status, 200);
  auto third = served.connect();
  CAF_CHECK(third.ends());
  CAF_CHECK_EQUAL(served.server.counters().refused_connections.load(), 1u);
  first.close();
  CAF_CHECK(eventually([&] { return served.server.counters().open == 1; }));
  auto fourth = served.connect();
  fourth.send(get("/hello"));
  CAF_CHECK_EQUAL(fourth.read_answer().status, 200);
}

// -- start and end -------------------------------------------------------------------------------------

CAF_TEST(a taken address is named) {
  test_server served;
  for (std::size_t threads : {1u, 2u}) {
    http::server second(served.app, {}, threads);
    auto at = second.start(served.address);
    CAF_REQUIRE(!at);
    CAF_CHECK_EQUAL(at.error().code, errc::unavailable);
    CAF_CHECK(at.error().detail.find(served.address) != std::string::npos);
  }
}

CAF_TEST(an address that is none is invalid) {
  test_application app;
  for (std::string listen : {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1"}) {
    http::server one(app, {}, 1);
    CAF_CHECK(!one.start(listen));
  }
}

CAF_TEST(several threads share one port) {
  test_server served({}, 3);
  std::vector<raw_socket> clients(30);
  for (auto& client : clients) {
    client = served.connect();
    client.send(get("/hello"));
  }
  for (auto& client : clients)
    CAF_CHECK_EQUAL(client.read_answer().status, 200);
  CAF_CHECK_EQUAL(served.server.counters().requests.load(), 30u);
}

CAF_TEST(draining lets a request finish and closes the idle) {
  for (std::size_t threads : {1u, 2u}) {
    test_server served({}, threads);
    auto idle = served.connect();
    idle.send(get("/hello"));
    CAF_CHECK_EQUAL(idle.read_answer().status, 200);
    auto fresh = served.connect();
    auto busy = served.connect();
    busy.send(get("/wait"));
    auto half = served.connect();
    half.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
    CAF_REQUIRE(eventually([&] { return served.app.waiting == 1 && served.server.counters().requests == 3; }));
    std::thread drainer([&] { served.server.drain(5s); });
    CAF_CHECK(idle.ends());
    CAF_CHECK(fresh.ends());
    CAF_CHECK(eventually([&] { return !served.connect().good(); }));
    half.send("cd");
    auto echoed = half.read_answer();
    CAF_CHECK_EQUAL(echoed.body, "abcd");
    CAF_CHECK(echoed.closes());
    served.app.release = true;
    auto done = busy.read_answer();
    CAF_CHECK_EQUAL(done.body, "done");
    CAF_CHECK(done.closes());
    CAF_CHECK(busy.ends());
    auto begin = std::chrono::steady_clock::now();
    drainer.join();
    CAF_CHECK(std::chrono::steady_clock::now() - begin < 1s);
    CAF_CHECK_EQUAL(served.server.counters().open.load(), 0);
  }
}

CAF_TEST(draining ends streams) {
  test_server served;
  auto client = served.connect();
  client.send(get("/ticks"));
  client.read_until("tick");
  served.server.drain(5s);
  CAF_CHECK_EQUAL(served.app.floods_ended.load(), 1);
  CAF_CHECK(!client.read_to_end().ends_with("0\r\n\r\n"));
}

CAF_TEST(draining gives up a handler after its patience) {
  test_server served;
  auto client = served.connect();
  client.send(get("/wait"));
  CAF_REQUIRE(eventually([&] { return served.app.waiting == 1; }));
  auto begin = std::chrono::steady_clock::now();
  served.server.drain(50ms);
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 2s);
  CAF_CHECK(client.ends());
}
