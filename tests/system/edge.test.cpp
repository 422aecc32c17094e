#define CAF_SUITE system.edge

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

struct quiet_engine {
  stage s;
  api ann;
  quiet_engine() : s({{"LIMITS_HEADER_TIMEOUT", "1s"}, {"LIMITS_IDLE_TIMEOUT", "2s"}}, {}) {
    s.start_carrier();
    s.start_engine();
    if (!s.ready_within(seconds(15)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    ann = s.add_user("ann@example.com");
  }
};

} // namespace

CAF_TEST(requests that two readers could read in two ways are refused and the connection ends) {
  quiet_engine q;
  const auto host = "Host: " + q.s.authority() + "\r\n";
  struct bad {
    const char* what;
    std::string bytes;
    int status; ///< 0: any refusal
  };
  const std::vector<bad> all{
    {"chunked", "POST /api/campaigns HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
    {"both", "POST /api/campaigns HTTP/1.1\r\n" + host +
               "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 501},
    {"xchunked", "POST /healthz HTTP/1.1\r\n" + host +
                   "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\nab", 501},
    {"two hosts", "GET /healthz HTTP/1.1\r\n" + host + "Host: evil\r\n\r\n", 400},
    {"no host", "GET /healthz HTTP/1.1\r\n\r\n", 400},
    {"folded", "GET /healthz HTTP/1.1\r\n" + host + "X-A: b\r\n c\r\n\r\n", 400},
    {"two lengths", "POST /healthz HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\na", 400},
    {"length list", "POST /healthz HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\na", 400},
    {"http 1.0 with body", "POST /healthz HTTP/1.0\r\n" + host + "Content-Length: 1\r\n\r\na", 0},
    {"nul in the path", "GET /%00 HTTP/1.1\r\n" + host + "\r\n", 400},
    {"slash in a segment", "GET /api/campaigns/%2fx HTTP/1.1\r\n" + host + "\r\n", 400},
    {"dots", "GET /api/../healthz HTTP/1.1\r\n" + host + "\r\n", 400},
    {"empty segment", "GET //healthz HTTP/1.1\r\n" + host + "\r\n", 400},
    {"other authority", "GET http://evil.example/healthz HTTP/1.1\r\n" + host + "\r\n", 0},
    {"long head", "GET /healthz HTTP/1.1\r\n" + host + "X-A: " + std::string(9000, 'a') + "\r\n\r\n", 431},
    {"long path", "GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
    {"not http", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0},
  };
  for (const auto& b : all) {
    support::http_connection c(q.s.authority(), seconds(5));
    CAF_REQUIRE(c.connected());
    c.send(b.bytes);
    const auto got = c.read_answer();
    CAF_MESSAGE(b.what << ": " << got.status << " " << got.trouble);
    if (b.status != 0)
      CAF_CHECK_EQUAL(got.status, b.status);
    else
      CAF_CHECK(got.status == 0 || got.status >= 400);
    CAF_CHECK(c.closes_within(seconds(3)));
  }
  std::string many = "GET /healthz HTTP/1.1\r\n" + host;
  for (int i = 0; i < 70; ++i)
    many += "X-" + std::to_string(i) + ": 1\r\n";
  support::http_connection c(q.s.authority(), seconds(5));
  c.send(many + "\r\n");
  CAF_CHECK_EQUAL(c.read_answer().status, 431);

  CAF_MESSAGE("a head that does not come and an idle connection end by themselves");
  support::http_connection lame(q.s.authority(), seconds(10));
  lame.send("GET /healthz HTT");
  const auto answered = lame.read_answer();
  CAF_CHECK(answered.status == 0 || answered.status == 408);
  support::http_connection idle(q.s.authority(), seconds(10));
  CAF_CHECK_EQUAL(idle.exchange("GET", "/healthz").status, 200);
  CAF_CHECK(idle.closes_within(seconds(8)));
  CAF_CHECK_EQUAL(q.ann.get("/api/me").status, 200);
}

CAF_TEST(bodies are held to their type and size) {
  quiet_engine q;
  const auto post = [&](const std::string& target, const std::string& body, const char* type) {
    return q.ann.call("POST", target, body, {{"Content-Type", type}});
  };
  CAF_CHECK_EQUAL(post("/api/campaigns", "{", "application/json").status, 400);
  CAF_CHECK_EQUAL(post("/api/campaigns", "{}", "text/html").status, 415);
  CAF_CHECK_EQUAL(post("/api/campaigns", R"({"name":"a","name":"b"})", "application/json").status, 400);
  CAF_CHECK_EQUAL(post("/api/campaigns", R"({"name":"a\u0000b"})", "application/json").status, 400);
  CAF_CHECK_EQUAL(post("/api/campaigns", std::string(100, '['), "application/json").status, 400);
  const auto unknown = q.ann.post("/api/campaigns", {{"name", "a"}, {"nmae", "b"}});
  CAF_CHECK(unknown.status == 400 || unknown.status == 422);
  CAF_CHECK_EQUAL(post("/api/campaigns", std::string(2 << 20, ' '), "application/json").status, 413);
  CAF_CHECK_EQUAL(
    support::http_call(
      q.s.authority(), "POST", "/api/webhooks/call-status/x",
      {{"Content-Type", "application/x-www-form-urlencoded"}}, std::string(70'000, 'a'))
      .status,
    413);
  CAF_CHECK_EQUAL(q.ann.call("PUT", "/api/campaigns", "{}").status, 405);
}

CAF_TEST(one key and one body make one campaign however often and at once they come) {
  quiet_engine q;
  const auto body = open_campaign("Once");
  std::vector<answer> got(8);
  std::vector<std::thread> askers;
  for (auto& into : got)
    askers.emplace_back([&] {
      // A request that meets the first one still at work is told to come again.
      wait_until(seconds(10), [&] {
        into = q.ann.post("/api/campaigns", body, {{"Idempotency-Key", "key-1"}});
        return into.status != 409;
      }, milliseconds(10));
    });
  for (auto& asker : askers)
    asker.join();
  std::size_t replayed = 0;
  for (const auto& a : got) {
    CAF_CHECK_EQUAL(a.status, 201);
    CAF_CHECK_EQUAL(a.body, got[0].body);
    replayed += a.header("idempotency-replayed") == "true";
  }
  CAF_CHECK_EQUAL(replayed, got.size() - 1);
  CAF_CHECK_EQUAL(q.ann.get("/api/campaigns").json.value("total", -1), 1);
  const auto other = q.ann.post("/api/campaigns", open_campaign("Other"), {{"Idempotency-Key", "key-1"}});
  CAF_CHECK_EQUAL(other.status, 422);

  CAF_MESSAGE("the answer is kept over a kill");
  q.s.kill_engine();
  q.s.start_engine();
  CAF_REQUIRE(q.s.ready_within(seconds(5)).has_value());
  const auto again = q.ann.post("/api/campaigns", body, {{"Idempotency-Key", "key-1"}});
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK_EQUAL(again.body, got[0].body);

  CAF_MESSAGE("another user's equal key is another key");
  auto bob = q.s.add_user("bob@example.com");
  const auto bobs = bob.post("/api/campaigns", body, {{"Idempotency-Key", "key-1"}});
  CAF_CHECK_EQUAL(bobs.status, 201);
  CAF_CHECK(bobs.header("idempotency-replayed").empty());
}

CAF_TEST(a connection carries many requests and pipelined ones are answered in order) {
  quiet_engine q;
  support::http_connection c(q.s.authority());
  for (int i = 0; i < 50; ++i)
    CAF_REQUIRE_EQUAL(c.exchange("GET", "/healthz").status, 200);
  std::string two = support::write_request(q.s.authority(), "GET", "/healthz", {}, "") +
                    support::write_request(q.s.authority(), "GET", "/nothing", {}, "");
  CAF_REQUIRE(c.send(two));
  CAF_CHECK_EQUAL(c.read_answer().status, 200);
  const auto second = c.read_answer();
  CAF_CHECK(second.status == 404 || second.status == 401);
  const auto head = support::http_call(q.s.authority(), "HEAD", "/healthz");
  CAF_CHECK_EQUAL(head.status, 200);
  CAF_CHECK(head.body.empty());
}
