#define CAF_SUITE net_knowledge

#include <caf/test/unit_test.hpp>

#include <string>

#include "tests/net/knowledge_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using namespace std::string_literals;
using http::method;

namespace {

const auto parking = R"({"title":"Parking","text":"Parking is free behind the house.",
  "source":"web site","category":"location"})"s;
const auto nobody = "0192f0c4-0000-7000-8000-00000000dead"s;

} // namespace

CAF_TEST(a chunk is added and read and changed and deleted) {
  knowledge_rig r;
  auto made = r.post("/api/knowledge", parking);
  CAF_REQUIRE_EQUAL(made.status, 201);
  CAF_CHECK_EQUAL(word(made, "/chunk/title"), "Parking"s);
  CAF_CHECK_EQUAL(word(made, "/chunk/source"), "web site"s);
  CAF_CHECK_EQUAL(word(made, "/chunk/category"), "location"s);
  CAF_CHECK(word(made, "/chunk/added_by").starts_with("key:"));
  CAF_CHECK(field(made, "/chunk/knowledge_gap_id").is_null());
  auto path = header_of(made, "Location");
  CAF_CHECK_EQUAL(path, "/api/knowledge/" + word(made, "/chunk/id"));
  auto read = r.get(path);
  CAF_CHECK_EQUAL(read.status, 200);
  CAF_CHECK_EQUAL(
      r.get(
           path,
           {
               {"If-None-Match", header_of(read, "ETag")}
  })
          .status,
      304);
  auto changed = r.send(method::put, path, R"({"text":"Parking is two dollars an hour."})");
  CAF_CHECK_EQUAL(changed.status, 200);
  CAF_CHECK_EQUAL(word(changed, "/chunk/text"), "Parking is two dollars an hour."s);
  CAF_CHECK_EQUAL(word(changed, "/chunk/title"), "Parking"s);
  CAF_CHECK_EQUAL(word(changed, "/chunk/version"), "2"s);
  headers old{
      {"If-Match", header_of(made, "ETag")}
  };
  CAF_CHECK_EQUAL(r.send(method::put, path, R"({"text":"x"})", old).status, 412);
  CAF_CHECK_EQUAL(r.send(method::delete_, path, "", old).status, 412);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 200);
  CAF_CHECK_EQUAL(r.get(path).status, 404);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 404);
}

CAF_TEST(chunks are listed and searched) {
  knowledge_rig r;
  r.post("/api/knowledge", parking);
  r.post("/api/knowledge", R"({"text":"A haircut for kids costs 20 dollars."})");
  r.post("/api/knowledge", R"({"text":"Dogs are welcome.","category":"policies"})");
  CAF_CHECK_EQUAL(word(r.get("/api/knowledge"), "/total"), "3"s);
  auto one = r.get("/api/knowledge?limit=1");
  CAF_CHECK_EQUAL(field(one, "/chunks").size(), 1u);
  CAF_CHECK(header_of(one, "Link").find("rel=\"next\"") != std::string::npos);
  CAF_CHECK_EQUAL(word(r.get("/api/knowledge?category=policies"), "/total"), "1"s);
  auto found = r.get("/api/knowledge?q=parking");
  CAF_CHECK_EQUAL(word(found, "/chunks/0/title"), "Parking"s);
  CAF_CHECK_EQUAL(mistakes_of(r.get("/api/knowledge?category=x")), "?category unknown_category"s);
  CAF_CHECK_EQUAL(r.get("/api/knowledge?x=1").status, 422);
}

CAF_TEST(every mistake of a chunk is told) {
  knowledge_rig r;
  auto refused = r.post(
      "/api/knowledge", R"({"title":7,"text":"","source":"x","category":"weather","more":1})");
  CAF_CHECK_EQUAL(refused.status, 422);
  for (auto part : {"/title wrong_type", "/text", "/category unknown_category", "/more"})
    CAF_CHECK(mistakes_of(refused).find(part) != std::string::npos);
  CAF_CHECK_EQUAL(r.post("/api/knowledge", "{}").status, 422);
  CAF_CHECK_EQUAL(r.post("/api/knowledge", "{").status, 400);
  CAF_CHECK_EQUAL(r.post("/api/knowledge", "[]").status, 422);
  auto path = header_of(r.post("/api/knowledge", parking), "Location");
  CAF_CHECK_EQUAL(r.send(method::put, path, "{}").status, 422);
  CAF_CHECK_EQUAL(r.send(method::put, path, R"({"text":" "})").status, 422);
  CAF_CHECK_EQUAL(r.get("/api/knowledge/x").status, 404);
  CAF_CHECK_EQUAL(r.get("/api/knowledge/" + nobody).status, 404);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks.size(), 1u);
}

CAF_TEST(the same chunk sent twice is added once) {
  knowledge_rig r;
  headers key{
      {"Idempotency-Key", "c"}
  };
  auto first = r.post("/api/knowledge", parking, key);
  auto second = r.post("/api/knowledge", parking, key);
  CAF_CHECK_EQUAL(first.body, second.body);
  CAF_CHECK_EQUAL(header_of(second, "Idempotency-Replayed"), "true"s);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks.size(), 1u);
}

CAF_TEST(knowledge of others is not there) {
  knowledge_rig r;
  auto path = header_of(r.post("/api/knowledge", parking), "Location");
  r.key = r.add_key(r.bob, 15);
  CAF_CHECK_EQUAL(r.get(path).status, 404);
  CAF_CHECK_EQUAL(r.send(method::put, path, R"({"text":"x"})").status, 404);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 404);
  CAF_CHECK_EQUAL(word(r.get("/api/knowledge"), "/total"), "0"s);
}

CAF_TEST(a key that only reads writes nothing) {
  knowledge_rig r;
  auto path = header_of(r.post("/api/knowledge", parking), "Location");
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::read));
  CAF_CHECK_EQUAL(r.get(path).status, 200);
  CAF_CHECK_EQUAL(r.post("/api/knowledge", parking).status, 403);
  CAF_CHECK_EQUAL(r.send(method::put, path, R"({"text":"x"})").status, 403);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 403);
  CAF_CHECK_EQUAL(r.post("/api/knowledge/ask", R"({"question":"Parking?"})").status, 200);
  CAF_CHECK_EQUAL(r.send(method::post, "/api/knowledge/check").status, 200);
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::dial));
  CAF_CHECK_EQUAL(r.get(path).status, 403);
}

CAF_TEST(a question is tested without a trace) {
  knowledge_rig r;
  r.post("/api/knowledge", parking);
  auto known = r.post("/api/knowledge/ask", R"({"question":"Do you have parking?"})");
  CAF_CHECK_EQUAL(known.status, 200);
  CAF_CHECK_EQUAL(word(known, "/covered"), "true"s);
  CAF_CHECK(word(known, "/sources/0/reference").starts_with("chunk:"));
  CAF_CHECK_EQUAL(word(known, "/agent"), "aloha"s);
  auto unknown =
      r.post("/api/knowledge/ask", R"({"question":"Do you repair bicycles?","agent":"studio"})");
  CAF_CHECK_EQUAL(word(unknown, "/covered"), "false"s);
  CAF_CHECK_EQUAL(word(unknown, "/agent"), "studio"s);
  CAF_CHECK(field(unknown, "/sources").empty());
  CAF_CHECK(r.desk.known.of(r.ann).gaps.empty());
  CAF_CHECK(r.desk.known.of(r.ann).chats.empty());
  for (const auto& one : r.asked)
    CAF_CHECK(one.rehearsal);
  CAF_CHECK_EQUAL(
      mistakes_of(r.post("/api/knowledge/ask", R"({"question":"","agent":"eva"})")),
      "/question empty, /agent unknown_agent"s);
  CAF_CHECK_EQUAL(r.post("/api/knowledge/ask", R"({"conversation_id":"x"})").status, 422);
  r.engine.answer_ = nullptr;
  CAF_CHECK_EQUAL(r.post("/api/knowledge/ask", R"({"question":"Parking?"})").status, 503);
}

CAF_TEST(a check asks every resolved question again) {
  knowledge_rig r;
  auto none = r.send(method::post, "/api/knowledge/check");
  CAF_CHECK_EQUAL(word(none, "/checked"), "0"s);
  CAF_CHECK(field(none, "/next_offset").is_null());
  const auto answers = {
      std::pair{"Do you have parking?"s,        "Parking is free behind the house."s},
      std::pair{"Are dogs allowed?"s,           "Dogs are allowed on a leash."s     },
      std::pair{"Do you accept credit cards?"s, "We accept all credit cards."s      }
  };
  for (const auto& [question, answer] : answers) {
    auto id = r.log(question);
    auto done = r.post(
        "/api/knowledge-gaps/" + id + "/resolve",
        R"({"add_to_knowledge_base":true,"resolution_notes":")" + answer + "\"}");
    CAF_CHECK_EQUAL(word(done, "/still_open"), "false"s);
  }
  auto all = r.send(method::post, "/api/knowledge/check");
  CAF_CHECK_EQUAL(word(all, "/checked"), "3"s);
  CAF_CHECK_EQUAL(word(all, "/answered"), "3"s);
  CAF_CHECK_EQUAL(word(all, "/cases/0/question"), "Do you have parking?"s);
  // One is not answered any more.
  r.engine.answer_ = [&](const ask_brain& m) {
    auto answer = r.think(m);
    if (m.what.text == "Are dogs allowed?")
      answer->covered = false;
    return answer;
  };
  auto broken = r.send(method::post, "/api/knowledge/check");
  CAF_CHECK_EQUAL(word(broken, "/answered"), "2"s);
  CAF_CHECK_EQUAL(word(broken, "/cases/1/answered"), "false"s);
  // In pieces, when there is no time for more than one.
  r.services.check_patience = std::chrono::milliseconds(0);
  auto piece = r.send(method::post, "/api/knowledge/check?offset=1");
  CAF_CHECK_EQUAL(word(piece, "/checked"), "1"s);
  CAF_CHECK_EQUAL(word(piece, "/next_offset"), "2"s);
  CAF_CHECK_EQUAL(word(piece, "/total"), "3"s);
  auto past = r.send(method::post, "/api/knowledge/check?offset=9");
  CAF_CHECK_EQUAL(word(past, "/checked"), "0"s);
  CAF_CHECK(field(past, "/next_offset").is_null());
  CAF_CHECK_EQUAL(r.send(method::post, "/api/knowledge/check?offset=-1").status, 422);
}
