#define CAF_SUITE net_events

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "http/server.hpp"
#include "tests/net/rig.hpp"
#include "tests/support/raw_socket.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;

namespace asio = boost::asio;

namespace {

/// A client that reads until it has seen enough.
struct client final : http::body_writer {
  explicit client(std::function<bool(const std::string&)> e) : enough(std::move(e)) {}
  asio::awaitable<bool> write(std::string piece) override {
    text += piece;
    co_return !drained && !enough(text);
  }
  std::function<bool(const std::string&)> enough;
  std::string text;
  std::atomic<bool> drained{false};
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++n;
  return n;
}

auto until(std::string part, std::size_t times = 1) {
  return [=](const std::string& text) { return count(text, part) >= times; };
}

feed_entry entry(std::uint64_t seq, std::string kind, std::string data = R"({"id":"x"})") {
  return {
      seq, notice{{}, std::move(kind), "x", std::move(data)},
       77
  };
}

/// Reads the stream of events to its end; answers what the client has got.
std::string
read_events(rig& r, std::function<bool(const std::string&)> enough, headers extra = {}) {
  http::request req;
  req.verb = http::method::get;
  req.target = req.path = "/api/events";
  req.headers = std::move(extra);
  req.headers.push_back({"Authorization", "Bearer " + r.key});
  req.id = "req-1";
  client to(std::move(enough));
  asio::io_context io;
  auto run = [&]() -> asio::awaitable<void> {
    auto answer = co_await r.app.handle(req, nullptr);
    CAF_REQUIRE_EQUAL(answer.status, 200);
    CAF_REQUIRE(answer.stream != nullptr);
    CAF_CHECK_EQUAL(answer.content_type, "text/event-stream; charset=utf-8");
    CAF_CHECK_EQUAL(header_of(answer, "Cache-Control"), "no-store");
    co_await answer.stream->run(to);
  };
  asio::co_spawn(io, run, [](std::exception_ptr e) {
    if (e)
      std::rethrow_exception(e);
  });
  // A stream that does not end is a mistake; the tests shall end nevertheless.
  io.run_for(std::chrono::seconds(20));
  CAF_CHECK(io.stopped());
  return to.text;
}

} // namespace

CAF_TEST(a new reader is greeted with its place and then told what happens) {
  rig r;
  r.engine.follow = [&](const follow_feed& f) {
    CAF_CHECK(f.user == r.ann);
    CAF_CHECK((*f.deliver)(entry(41, "reset", "{}"))); // where the FEED stands
    CAF_CHECK((*f.deliver)(entry(42, "task", R"({"id":"t","status":"ready_to_call"})")));
  };
  auto text = read_events(r, until("event: task"));
  CAF_CHECK_EQUAL(
      text, "retry: 2000\n\n"
            "id: 77-41\nevent: hello\ndata: {}\n\n"
            "id: 77-42\nevent: task\ndata: {\"id\":\"t\",\"status\":\"ready_to_call\"}\n\n");
  CAF_CHECK(!(*r.engine.followers.at(0).deliver)(entry(43, "task"))); // the FEED lets go of it
}

CAF_TEST(a reader that comes back says where it was) {
  rig r;
  r.engine.follow = [&](const follow_feed& f) { (*f.deliver)(entry(8, "call")); };
  auto text = read_events(
      r, until("event: call"),
      {
          {"Last-Event-ID", "77-7"}
  });
  const auto& asked = r.engine.followers.at(0);
  CAF_CHECK_EQUAL(asked.epoch, 77u);
  CAF_CHECK_EQUAL(asked.after, 7u);
  CAF_CHECK_NOT_EQUAL(text.find("id: 77-8\nevent: call\n"), std::string::npos);
  CAF_CHECK_EQUAL(text.find("hello"), std::string::npos);
}

CAF_TEST(a place that is gone is told by a reset) {
  for (const char* id :
       {"76-7", "nonsense", "77", "77-", "-7", "0-7", "99999999999999999999999-1"}) {
    rig r;
    r.engine.follow = [&](const follow_feed& f) {
      CAF_CHECK(f.epoch != 0 && f.epoch != 77); // what the FEED answers with a reset
      (*f.deliver)(entry(50, "reset", "{}"));
    };
    auto text = read_events(
        r, until("event: reset"),
        {
            {"Last-Event-ID", id}
    });
    CAF_CHECK_NOT_EQUAL(text.find("id: 77-50\nevent: reset\n"), std::string::npos);
  }
}

CAF_TEST(a quiet stream shows that it is alive) {
  rig r;
  r.services.heartbeat = std::chrono::milliseconds(5);
  auto text = read_events(r, until(": alive\n\n", 3));
  CAF_CHECK_EQUAL(count(text, ": alive\n\n"), 3u);
  CAF_CHECK_EQUAL(count(text, "event:"), 0u);
}

CAF_TEST(a reader that does not keep up is cut) {
  rig r;
  r.services.events_waiting_max = 3;
  r.engine.follow = [&](const follow_feed& f) {
    for (std::uint64_t i = 1; i <= 3; ++i)
      CAF_CHECK((*f.deliver)(entry(i, "call")));
    CAF_CHECK(!(*f.deliver)(entry(4, "call")));
    CAF_CHECK(!(*f.deliver)(entry(5, "call")));
  };
  auto text = read_events(r, until("never"));
  CAF_CHECK_EQUAL(text, "retry: 2000\n\n"); // it comes back with the last id it has seen
}

CAF_TEST(news from another thread come in their order) {
  rig r;
  constexpr std::uint64_t all = 500;
  std::thread teller;
  r.engine.follow = [&](const follow_feed& f) {
    teller = std::thread([deliver = f.deliver] {
      for (std::uint64_t i = 1; i <= all; ++i)
        (*deliver)(entry(i, "call"));
    });
  };
  auto text = read_events(
      r, until("event: call", all),
      {
          {"Last-Event-ID", "77-0"}
  });
  teller.join();
  std::size_t at = 0;
  for (std::uint64_t i = 1; i <= all; ++i) {
    auto next = text.find("id: 77-" + std::to_string(i) + "\n", at);
    CAF_REQUIRE(next != std::string::npos);
    at = next;
  }
}

CAF_TEST(data of several lines stay within their event) {
  rig r;
  r.engine.follow = [&](const follow_feed& f) {
    (*f.deliver)(entry(1, "call", "{\n\"id\":\r\"event: x\"}"));
  };
  auto text = read_events(
      r, until("event: call"),
      {
          {"Last-Event-ID", "77-0"}
  });
  CAF_CHECK_NOT_EQUAL(
      text.find("data: {\ndata: \"id\":\ndata: \"event: x\"}\n\n"), std::string::npos);
}

CAF_TEST(a deleted key ends its stream) {
  rig r;
  r.services.heartbeat = std::chrono::milliseconds(5);
  r.engine.follow = [&](const follow_feed&) {
    r.desk.data.keys.clear();
    r.run_out_of_cache();
  };
  auto text = read_events(r, until("never"));
  CAF_CHECK_EQUAL(count(text, "event:"), 0u);
}

CAF_TEST(a database that is away ends no stream) {
  rig r;
  r.services.heartbeat = std::chrono::milliseconds(5);
  r.engine.follow = [&](const follow_feed&) {
    r.desk.away = true;
    r.run_out_of_cache();
  };
  auto text = read_events(r, until(": alive\n\n", 2));
  CAF_CHECK_EQUAL(count(text, ": alive\n\n"), 2u);
}

CAF_TEST(only readers may follow) {
  rig r;
  headers writes{
      {"Authorization", "Bearer " + r.add_key(r.ann, 2)}
  };
  CAF_CHECK_EQUAL(r.get("/api/events", writes).status, 403);
  CAF_CHECK_EQUAL(r.send(http::method::get, "/api/events", "", {}, false).status, 401);
  CAF_CHECK(r.engine.followers.empty());
}

CAF_TEST(a draining server ends its streams soon) {
  rig r;
  r.engine.follow = [&](const follow_feed& f) { (*f.deliver)(entry(1, "reset", "{}")); };
  http::server server(r.app, {}, 1);
  auto bound = server.start("127.0.0.1:0");
  CAF_REQUIRE(bound);
  auto port = static_cast<std::uint16_t>(std::stoi(bound->substr(bound->rfind(':') + 1)));
  auto socket = test::raw_socket::connect(port);
  CAF_REQUIRE(socket.good());
  socket.send(
      "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + r.key + "\r\n\r\n");
  auto begun = socket.read_until("event: hello\ndata: {}\n\n");
  CAF_CHECK_NOT_EQUAL(begun.find("HTTP/1.1 200"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(begun.find("Transfer-Encoding: chunked"), std::string::npos);
  auto started = std::chrono::steady_clock::now();
  server.drain(std::chrono::seconds(15));
  CAF_CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(10));
  CAF_CHECK(!(*r.engine.followers.at(0).deliver)(entry(2, "task")));
}
