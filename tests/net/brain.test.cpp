#define CAF_SUITE net_brain

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "http/server.hpp"
#include "tests/net/knowledge_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using namespace std::string_literals;
using http::method;

namespace asio = boost::asio;

namespace {

const auto nobody = "0192f0c4-0000-7000-8000-00000000dead"s;

/// A client of a stream that goes away after so many pieces.
struct client final : http::body_writer {
  asio::awaitable<bool> write(std::string piece) override {
    text += piece;
    if (!piece.empty())
      ++pieces;
    co_return pieces < pieces_most;
  }
  std::string text;
  std::size_t pieces = 0, pieces_most = SIZE_MAX;
};

/// Reads the reply as a stream to its end.
std::string stream(rig& r, const std::string& body, std::size_t pieces_most = SIZE_MAX) {
  auto answer = r.post(
      "/api/brain", body,
      {
          {"Accept", "text/event-stream"}
  });
  CAF_REQUIRE_EQUAL(answer.status, 200);
  CAF_CHECK_EQUAL(answer.content_type, "text/event-stream; charset=utf-8"s);
  CAF_REQUIRE(answer.stream != nullptr);
  client to;
  to.pieces_most = pieces_most;
  asio::io_context io;
  auto run = [&]() -> asio::awaitable<void> { co_await answer.stream->run(to); };
  asio::co_spawn(io, run, [](std::exception_ptr e) {
    if (e)
      std::rethrow_exception(e);
  });
  // A stream that does not end is a mistake; the tests shall end nevertheless.
  io.run_for(std::chrono::seconds(20));
  return to.text;
}

} // namespace

CAF_TEST(a question is answered with its sources) {
  knowledge_rig r;
  r.open_shop();
  auto said = r.post("/api/brain", R"({"message":"When are you open?"})");
  CAF_REQUIRE_EQUAL(said.status, 200);
  CAF_CHECK_EQUAL(word(said, "/covered"), "true"s);
  CAF_CHECK_EQUAL(word(said, "/sources/0/reference"), "profile:hours"s);
  CAF_CHECK_EQUAL(word(said, "/by"), "rules"s);
  CAF_CHECK(field(said, "/knowledge_gap").is_null());
  CAF_CHECK(field(said, "/calendar_proposal").is_null());
  CAF_CHECK(!r.asked.at(0).rehearsal);
  CAF_CHECK(r.asked.at(0).to == knowledge::agent::aloha);
}

CAF_TEST(what is not known is said and logged) {
  knowledge_rig r;
  auto said = r.post("/api/brain", R"({"message":"Do you have parking?","agent":"sync"})");
  CAF_CHECK_EQUAL(word(said, "/covered"), "false"s);
  CAF_CHECK_EQUAL(
      word(said, "/reply"), std::string(knowledge::does_not_know(knowledge::agent::sync)));
  auto gap = word(said, "/knowledge_gap/id");
  CAF_CHECK_EQUAL(r.get("/api/knowledge-gaps/" + gap).status, 200);
}

CAF_TEST(a conversation goes on and is listed and deleted) {
  knowledge_rig r;
  r.open_shop();
  auto first = r.post("/api/brain", R"({"message":"When are you open?"})");
  auto id = word(first, "/conversation_id");
  auto second =
      r.post("/api/brain", R"({"message":"Do you have parking?","conversation_id":")" + id + "\"}");
  CAF_CHECK_EQUAL(word(second, "/conversation_id"), id);
  auto all = r.get("/api/brain/conversations");
  CAF_CHECK_EQUAL(word(all, "/total"), "1"s);
  CAF_CHECK_EQUAL(word(all, "/conversations/0/id"), id);
  CAF_CHECK_EQUAL(word(all, "/conversations/0/message_count"), "4"s);
  auto path = "/api/brain/conversations/" + id;
  auto read = r.get(path);
  CAF_CHECK_EQUAL(word(read, "/messages/0/from"), "user"s);
  CAF_CHECK_EQUAL(word(read, "/messages/0/text"), "When are you open?"s);
  CAF_CHECK_EQUAL(word(read, "/messages/1/from"), "agent"s);
  CAF_CHECK_EQUAL(word(read, "/messages/1/sources/0/reference"), "profile:hours"s);
  CAF_CHECK_EQUAL(word(read, "/messages/3/knowledge_gap_id"), word(second, "/knowledge_gap/id"));
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 200);
  CAF_CHECK_EQUAL(r.get(path).status, 404);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 404);
  CAF_CHECK_EQUAL(r.get("/api/brain/conversations/x").status, 404);
  CAF_CHECK_EQUAL(r.get("/api/brain/conversations?x=1").status, 422);
}

CAF_TEST(every mistake of a message is told) {
  knowledge_rig r;
  CAF_CHECK_EQUAL(
      mistakes_of(
          r.post("/api/brain", R"({"message":" ","agent":"eva","conversation_id":"x","more":1})")),
      "/message empty, /agent unknown_agent, /conversation_id not_an_id, /more unknown_field"s);
  auto long_text = R"({"message":")" + std::string(2'001, 'x') + "\"}";
  CAF_CHECK_EQUAL(mistakes_of(r.post("/api/brain", long_text)), "/message too_long"s);
  CAF_CHECK_EQUAL(r.post("/api/brain", "{").status, 400);
  CAF_CHECK(r.asked.empty());
}

CAF_TEST(conversations of others are not there and readers say nothing) {
  knowledge_rig r;
  auto id = word(r.post("/api/brain", R"({"message":"Parking?"})"), "/conversation_id");
  auto more = R"({"message":"Parking?","conversation_id":")" + id + "\"}";
  auto path = "/api/brain/conversations/" + id;
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::read));
  CAF_CHECK_EQUAL(r.get(path).status, 200);
  CAF_CHECK_EQUAL(r.post("/api/brain", more).status, 403);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 403);
  r.key = r.add_key(r.bob, 15);
  CAF_CHECK_EQUAL(r.get(path).status, 404);
  CAF_CHECK_EQUAL(r.post("/api/brain", more).status, 404);
  CAF_CHECK_EQUAL(
      r.post(
           "/api/brain", more,
           {
               {"Accept", "text/event-stream"}
  })
          .status,
      404);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 404);
  CAF_CHECK_EQUAL(word(r.get("/api/brain/conversations"), "/total"), "0"s);
  auto unknown = R"({"message":"Parking?","conversation_id":")" + nobody + "\"}";
  CAF_CHECK_EQUAL(r.post("/api/brain", unknown).status, 404);
}

CAF_TEST(a message sent twice is answered once) {
  knowledge_rig r;
  headers key{
      {"Idempotency-Key", "k"}
  };
  auto first = r.post("/api/brain", R"({"message":"Parking?"})", key);
  auto second = r.post("/api/brain", R"({"message":"Parking?"})", key);
  CAF_CHECK_EQUAL(first.body, second.body);
  CAF_CHECK_EQUAL(r.asked.size(), 1u);
}

CAF_TEST(an agent that is away or slow is told as such) {
  knowledge_rig r;
  r.engine.answer_ = nullptr;
  CAF_CHECK_EQUAL(r.post("/api/brain", R"({"message":"Parking?"})").status, 503);
  std::vector<net::deliver<brain::answered>> never;
  r.engine.think_ = [&](const ask_brain&, net::deliver<brain::answered> then) {
    never.push_back(std::move(then));
  };
  r.services.brain_patience = std::chrono::milliseconds(10);
  auto late = r.post("/api/brain", R"({"message":"Parking?"})");
  CAF_CHECK_EQUAL(late.status, 503);
  CAF_CHECK_EQUAL(word(late, "/retry_after"), "5"s);
}

CAF_TEST(a reply streams in its pieces and ends with the whole) {
  knowledge_rig r;
  std::thread speaker;
  r.engine.think_ = [&](const ask_brain& m, net::deliver<brain::answered> then) {
    CAF_REQUIRE(m.on_text != nullptr);
    speaker = std::thread([on_text = m.on_text, then = std::move(then)] {
      for (auto piece : {"We are open", " from 9 to 6.", "\nLine \"two\""})
        (*on_text)(piece);
      brain::answered a;
      a.reply = "We are open from 9 to 6.\nLine \"two\"";
      a.covered = true;
      a.by = "model";
      then(std::move(a));
    });
  };
  auto text = stream(r, R"({"message":"When are you open?"})");
  speaker.join();
  // The pieces in their order, however they were put together.
  std::string said;
  std::size_t at = 0;
  while (text.compare(at, 13, "event: token\n") == 0) {
    auto begin = at + 19; // behind "data: "
    auto end = text.find("\n\n", begin);
    CAF_REQUIRE(end != std::string::npos);
    said +=
        nlohmann::ordered_json::parse(text.substr(begin, end - begin))["text"].get<std::string>();
    at = end + 2;
  }
  CAF_CHECK_EQUAL(said, "We are open from 9 to 6.\nLine \"two\""s);
  CAF_REQUIRE_EQUAL(text.compare(at, 18, "event: done\ndata: "), 0);
  auto doc = nlohmann::ordered_json::parse(text.substr(at + 18));
  CAF_CHECK_EQUAL(doc["success"].get<bool>(), true);
  CAF_CHECK_EQUAL(doc["reply"].get<std::string>(), said);
  CAF_CHECK_EQUAL(doc["by"].get<std::string>(), "model"s);
}

CAF_TEST(a stream that fails ends with the problem) {
  knowledge_rig r;
  r.engine.answer_ = nullptr;
  auto text = stream(r, R"({"message":"Parking?"})");
  CAF_REQUIRE(text.starts_with("event: problem\ndata: "));
  auto doc = nlohmann::ordered_json::parse(text.substr(21));
  CAF_CHECK_EQUAL(doc["code"].get<std::string>(), "unavailable"s);
  CAF_CHECK_EQUAL(doc["instance"].get<std::string>(), "req-1"s);
}

CAF_TEST(a stream does not wait for ever and shows that it lives) {
  knowledge_rig r;
  std::vector<net::deliver<brain::answered>> never;
  std::vector<std::shared_ptr<std::function<void(std::string_view)>>> mouths;
  r.engine.think_ = [&](const ask_brain& m, net::deliver<brain::answered> then) {
    mouths.push_back(m.on_text);
    never.push_back(std::move(then));
  };
  r.services.heartbeat = std::chrono::milliseconds(5);
  r.services.brain_stream_patience = std::chrono::milliseconds(40);
  auto text = stream(r, R"({"message":"Parking?"})");
  CAF_CHECK(text.starts_with(": alive\n\n"));
  CAF_CHECK(text.find("event: problem\n") != std::string::npos);
  (*mouths.at(0))("too late");
  never.at(0)(brain::answered{});
  // A client that goes away ends the stream, and what is said then is for the store alone.
  r.services.brain_stream_patience = std::chrono::minutes(1);
  auto cut = stream(r, R"({"message":"Parking?"})", 2);
  CAF_CHECK_EQUAL(cut, ": alive\n\n: alive\n\n"s);
  (*mouths.at(1))("too late");
  never.at(1)(brain::answered{});
}
