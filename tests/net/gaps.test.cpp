#define CAF_SUITE net_gaps

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <string>

#include "tests/net/knowledge_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using namespace std::string_literals;
using http::method;

namespace {

const auto gaps = "/api/knowledge-gaps"s;
const auto nobody = "0192f0c4-0000-7000-8000-00000000dead"s;

std::string answer_with(const std::string& notes) {
  return R"({"add_to_knowledge_base":true,"resolution_notes":")" + notes + "\"}";
}

std::size_t told(const rig& r, const std::string& kind) {
  return static_cast<std::size_t>(
      std::count_if(r.engine.notices.begin(), r.engine.notices.end(), [&](const notice& n) {
        return n.kind == kind;
      }));
}

} // namespace

CAF_TEST(a gap is logged with all that is asked of it) {
  knowledge_rig r;
  auto made = r.post(gaps, R"({"question":"How much is a haircut for kids?","agent":"sync",
    "source":"task","requested_info":"the price for children","answered":"I do not know.",
    "context_id":"0192f0c4-0000-7000-8000-000000000001","metadata":{"page":"prices"}})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  CAF_CHECK_EQUAL(word(made, "/merged"), "false"s);
  for (auto [pointer, value] : {
           std::pair{"agent",               "sync"                                },
           std::pair{"source",              "task"                                },
           std::pair{"status",              "open"                                },
           std::pair{"question",            "How much is a haircut for kids?"     },
           std::pair{"requested_info",      "the price for children"              },
           std::pair{"suggested_category",  "prices"                              },
           std::pair{"last_answer",         "I do not know."                      },
           std::pair{"context_id",          "0192f0c4-0000-7000-8000-000000000001"},
           std::pair{"metadata/page",       "prices"                              },
           std::pair{"times_asked",         "1"                                   },
           std::pair{"resolved_at",         "null"                                },
           std::pair{"resolved_by_user_id", "null"                                },
           std::pair{"resolution_notes",    "null"                                },
           std::pair{"resolution_action",   "null"                                }
  }) {
    CAF_MESSAGE(pointer);
    CAF_CHECK_EQUAL(word(made, "/knowledge_gap/"s + pointer), std::string(value));
  }
  CAF_CHECK_EQUAL(word(made, "/knowledge_gap/user_id"), to_string(r.ann));
  // The user and everybody who follows are told.
  CAF_CHECK_EQUAL(told(r, "gap"), 1u);
  CAF_CHECK_EQUAL(told(r, "notification"), 1u);
  CAF_CHECK_EQUAL(word(r.get("/api/notifications"), "/notifications/0/kind"), "knowledge_gap"s);
  r.desk.now += std::chrono::seconds(1);
  auto again = r.post(gaps, R"({"question":"What does a kid's haircut cost?"})");
  CAF_CHECK_EQUAL(again.status, 200);
  CAF_CHECK_EQUAL(word(again, "/merged"), "true"s);
  CAF_CHECK_EQUAL(word(again, "/knowledge_gap/times_asked"), "2"s);
  CAF_CHECK_EQUAL(told(r, "notification"), 1u);
  auto detail = r.get(gaps + "/" + word(made, "/knowledge_gap/id"));
  CAF_CHECK_EQUAL(field(detail, "/askings").size(), 2u);
  CAF_CHECK_EQUAL(word(detail, "/askings/0/question"), "What does a kid's haircut cost?"s);
}

CAF_TEST(every mistake of a gap is told) {
  knowledge_rig r;
  auto refused = r.post(gaps, R"({"question":"","agent":"eva","source":"sky","category":"weather",
        "context_id":"x","metadata":[1],"more":1})");
  CAF_CHECK_EQUAL(refused.status, 422);
  for (auto part :
       {"/question", "/agent unknown_agent", "/source unknown_source", "/category unknown_category",
        "/context_id not_an_id", "/metadata wrong_type", "/more"}) {
    CAF_MESSAGE(part << " in " << mistakes_of(refused));
    CAF_CHECK(mistakes_of(refused).find(part) != std::string::npos);
  }
  CAF_CHECK_EQUAL(r.post(gaps, R"({"question":"???"})").status, 422);
  CAF_CHECK_EQUAL(r.post(gaps, "{").status, 400);
  CAF_CHECK(r.desk.known.of(r.ann).gaps.empty());
}

CAF_TEST(gaps are listed by how many ask and filtered) {
  knowledge_rig r;
  r.log("Do you have parking?");
  r.log("How much is a haircut?");
  r.log("What does a haircut cost?");
  auto all = r.get(gaps);
  CAF_CHECK_EQUAL(word(all, "/total"), "2"s);
  CAF_CHECK_EQUAL(word(all, "/knowledge_gaps/0/times_asked"), "2"s);
  CAF_CHECK_EQUAL(word(r.get(gaps + "?category=prices"), "/total"), "1"s);
  CAF_CHECK_EQUAL(word(r.get(gaps + "?status=resolved"), "/total"), "0"s);
  CAF_CHECK_EQUAL(word(r.get(gaps + "?agent=sync"), "/total"), "0"s);
  CAF_CHECK_EQUAL(word(r.get(gaps + "?q=parking&status=open&agent=aloha"), "/total"), "1"s);
  CAF_CHECK_EQUAL(
      mistakes_of(r.get(gaps + "?status=x&category=y&agent=z")),
      "?status unknown_status, ?category unknown_category, ?agent unknown_agent"s);
}

CAF_TEST(a gap that is resolved with an answer is answerable) {
  knowledge_rig r;
  r.post("/api/brain", R"({"message":"Do you have parking?"})");
  auto id = to_string(r.desk.known.of(r.ann).gaps.at(0).id);
  r.engine.notices.clear();
  auto done =
      r.post(gaps + "/" + id + "/resolve", answer_with("Parking is free behind the house."));
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(word(done, "/still_open"), "false"s);
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/status"), "resolved"s);
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/resolution_action"), "added_to_knowledge_base"s);
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/resolved_by_user_id"), to_string(r.ann));
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/chunk_id"), word(done, "/chunk/id"));
  CAF_CHECK_EQUAL(word(done, "/chunk/knowledge_gap_id"), id);
  CAF_CHECK_EQUAL(
      word(done, "/before/reply"), std::string(knowledge::does_not_know(knowledge::agent::aloha)));
  CAF_CHECK_EQUAL(word(done, "/after/covered"), "true"s);
  CAF_CHECK(word(done, "/after/reply").find("behind the house") != std::string::npos);
  CAF_CHECK_EQUAL(word(done, "/after/sources/0/reference"), "chunk:" + word(done, "/chunk/id"));
  CAF_CHECK(field(done, "/reason").is_null());
  CAF_CHECK_EQUAL(told(r, "gap"), 1u);
  auto now = r.post("/api/brain", R"({"message":"Is there a place to park?"})");
  CAF_CHECK_EQUAL(word(now, "/covered"), "true"s);
}

CAF_TEST(an answer that does not answer leaves the gap open) {
  knowledge_rig r;
  auto path = gaps + "/" + r.log("How much is a haircut?") + "/resolve";
  r.engine.answer_ = [](const ask_brain&) {
    brain::answered a;
    a.reply = "I do not know.";
    return a;
  };
  auto done = r.post(path, answer_with("Ask Joe about that."));
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/status"), "open"s);
  CAF_CHECK_EQUAL(word(done, "/still_open"), "true"s);
  CAF_CHECK_EQUAL(word(done, "/after/covered"), "false"s);
  CAF_CHECK(word(done, "/reason").find("does not cover") != std::string::npos);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks.size(), 1u);
  // The next try writes the gap's own chunk anew.
  r.engine.answer_ = [&](const ask_brain& m) { return r.think(m); };
  auto better = r.post(path, R"({"add_to_knowledge_base":true,"resolution_notes":"asked Joe",
        "title":"Haircuts","text":"A haircut costs 45 dollars.","category":"prices"})");
  CAF_CHECK_EQUAL(word(better, "/still_open"), "false"s);
  CAF_CHECK_EQUAL(word(better, "/chunk/id"), word(done, "/chunk/id"));
  CAF_CHECK_EQUAL(word(better, "/chunk/title"), "Haircuts"s);
  CAF_CHECK_EQUAL(word(better, "/knowledge_gap/resolution_notes"), "asked Joe"s);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks.size(), 1u);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks[0].text, "A haircut costs 45 dollars."s);
}

CAF_TEST(an engine that cannot ask again leaves the gap open with its answer) {
  knowledge_rig r;
  auto path = gaps + "/" + r.log("Do you have parking?") + "/resolve";
  r.engine.answer_ = nullptr;
  auto done = r.post(path, answer_with("Parking is free behind the house."));
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(word(done, "/still_open"), "true"s);
  CAF_CHECK(field(done, "/after").is_null());
  CAF_CHECK(word(done, "/reason").find("could not be asked again") != std::string::npos);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks.size(), 1u);
  r.engine.answer_ = [&](const ask_brain& m) { return r.think(m); };
  auto again = r.post(path, answer_with("Parking is free behind the house."));
  CAF_CHECK_EQUAL(word(again, "/still_open"), "false"s);
  CAF_CHECK_EQUAL(r.desk.known.of(r.ann).chunks.size(), 1u);
}

CAF_TEST(a gap may be settled by a note alone) {
  knowledge_rig r;
  auto id = r.log("Do you have parking?");
  auto done = r.post(gaps + "/" + id + "/resolve", R"({"resolution_notes":"told the caller"})");
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/status"), "resolved"s);
  CAF_CHECK_EQUAL(word(done, "/knowledge_gap/resolution_action"), "noted"s);
  CAF_CHECK(field(done, "/chunk").is_null());
  CAF_CHECK(field(done, "/after").is_null());
  CAF_CHECK(r.asked.empty());
  CAF_CHECK(r.desk.known.of(r.ann).chunks.empty());
  // It was not made answerable, so the next asking opens it again.
  auto again = r.post(gaps, R"({"question":"Do you have parking?"})");
  CAF_CHECK_EQUAL(word(again, "/reopened"), "true"s);
  CAF_CHECK_EQUAL(word(again, "/knowledge_gap/times_reopened"), "1"s);
}

CAF_TEST(gaps are ignored and opened again) {
  knowledge_rig r;
  auto path = gaps + "/" + r.log("Do you have parking?");
  auto ignored = r.send(method::post, path + "/ignore");
  CAF_CHECK_EQUAL(word(ignored, "/knowledge_gap/status"), "ignored"s);
  CAF_CHECK_EQUAL(word(ignored, "/knowledge_gap/resolution_action"), "ignored"s);
  CAF_CHECK_EQUAL(
      word(r.post(gaps, R"({"question":"Do you have parking?"})"), "/knowledge_gap/status"),
      "ignored"s);
  auto twice = r.post(path + "/ignore", R"({"resolution_notes":"n"})");
  CAF_CHECK_EQUAL(twice.status, 409);
  CAF_CHECK_EQUAL(word(twice, "/current_status"), "ignored"s);
  auto opened = r.post(path + "/reopen", R"({"reason":"it matters"})");
  CAF_CHECK_EQUAL(word(opened, "/knowledge_gap/status"), "open"s);
  CAF_CHECK_EQUAL(r.send(method::post, path + "/reopen").status, 409);
  r.post(path + "/resolve", R"({"resolution_notes":"n"})");
  CAF_CHECK_EQUAL(r.post(path + "/resolve", answer_with("Yes.")).status, 409);
  CAF_CHECK(r.desk.known.of(r.ann).chunks.empty());
}

CAF_TEST(acts on gaps are checked) {
  knowledge_rig r;
  auto path = gaps + "/" + r.log("Do you have parking?");
  CAF_CHECK_EQUAL(mistakes_of(r.post(path + "/resolve", "{}")), "/resolution_notes required"s);
  CAF_CHECK_EQUAL(
      mistakes_of(r.post(path + "/resolve", R"({"resolution_notes":" ","text":"x"})")),
      "/resolution_notes empty, /text without_effect"s);
  auto long_text = R"({"resolution_notes":"n","add_to_knowledge_base":true,"text":")" +
                   std::string(4'001, 'x') + "\"}";
  CAF_CHECK_EQUAL(mistakes_of(r.post(path + "/resolve", long_text)), "/text too_long"s);
  CAF_CHECK_EQUAL(r.post(path + "/ignore", R"({"reason":"n"})").status, 422);
  CAF_CHECK_EQUAL(
      r.post(path + "/reopen", R"({"reason":")" + std::string(501, 'x') + "\"}").status, 422);
  headers stale{
      {"If-Match", "\"999\""}
  };
  CAF_CHECK_EQUAL(r.post(path + "/resolve", answer_with("Yes."), stale).status, 412);
  CAF_CHECK_EQUAL(r.send(method::post, path + "/ignore", "", stale).status, 412);
  for (auto rest : {"", "/resolve", "/ignore", "/reopen"}) {
    auto verb = *rest ? method::post : method::get;
    auto body = rest == "/resolve"s ? R"({"resolution_notes":"n"})"s : ""s;
    CAF_CHECK_EQUAL(r.send(verb, gaps + "/" + nobody + rest, body).status, 404);
    CAF_CHECK_EQUAL(r.send(verb, gaps + "/x" + rest, body).status, 404);
  }
  CAF_CHECK_EQUAL(word(r.get(path), "/knowledge_gap/status"), "open"s);
}

CAF_TEST(gaps of others are not there and readers settle none) {
  knowledge_rig r;
  auto path = gaps + "/" + r.log("Do you have parking?");
  r.key = r.add_key(r.ann, static_cast<std::uint8_t>(scope::read));
  CAF_CHECK_EQUAL(r.get(path).status, 200);
  CAF_CHECK_EQUAL(r.post(gaps, R"({"question":"Dogs?"})").status, 403);
  CAF_CHECK_EQUAL(r.post(path + "/resolve", answer_with("Yes.")).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, path + "/ignore").status, 403);
  r.key = r.add_key(r.bob, 15);
  CAF_CHECK_EQUAL(r.get(path).status, 404);
  CAF_CHECK_EQUAL(r.post(path + "/resolve", answer_with("Yes.")).status, 404);
  CAF_CHECK_EQUAL(r.send(method::post, path + "/ignore").status, 404);
  CAF_CHECK_EQUAL(word(r.get(gaps), "/total"), "0"s);
}

CAF_TEST(a resolution sent twice is one) {
  knowledge_rig r;
  auto path = gaps + "/" + r.log("Do you have parking?") + "/resolve";
  headers key{
      {"Idempotency-Key", "k"}
  };
  auto first = r.post(path, answer_with("Parking is free behind the house."), key);
  auto second = r.post(path, answer_with("Parking is free behind the house."), key);
  CAF_CHECK_EQUAL(first.status, 200);
  CAF_CHECK_EQUAL(first.body, second.body);
  CAF_CHECK_EQUAL(r.asked.size(), 1u);
}
