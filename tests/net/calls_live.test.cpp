#define CAF_SUITE net_calls_live

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/net/live_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;
using json = nlohmann::ordered_json;

namespace {

json read(const http::response& r) { return json::parse(r.body); }

headers key_of(rig& r, user_id user, std::uint8_t scopes) {
  return {
      {"Authorization", "Bearer " + r.add_key(user, scopes)}
  };
}

} // namespace

// -- reading --------------------------------------------------------------------------------------

CAF_TEST(a call is read with what was said and what it came to) {
  live_rig r;
  r.end_call();
  r.find_results();
  auto doc = read(r.get(r.path()));
  CAF_CHECK_EQUAL(doc["call_session"]["id"], to_string(r.id));
  CAF_CHECK_EQUAL(doc["conversation"]["listener"], "human");
  CAF_CHECK_EQUAL(doc["conversation"]["disclosed"], true);
  CAF_CHECK_EQUAL(doc["conversation"]["processed_by"], "rules");
  CAF_CHECK(doc["conversation"]["recording"].is_null());
  CAF_CHECK_EQUAL(doc["segments"].size(), 3u);
  CAF_CHECK_EQUAL(doc["segments"][1]["speaker"], "human");
  CAF_CHECK_EQUAL(doc["segments"][1]["start_ms"], 4100);
  CAF_CHECK_EQUAL(doc["transcript"], talk::write_transcript(r.stored().said));
  CAF_CHECK_EQUAL(doc["summary"], "An appointment was made.");
  CAF_CHECK_EQUAL(doc["goal_achieved"], "yes");
  CAF_CHECK_EQUAL(doc["sentiment"], "positive");
  CAF_CHECK_EQUAL(doc["follow_up_tasks"].size(), 0u);
  auto values = doc["extracted_data"];
  CAF_REQUIRE_EQUAL(values.size(), 3u);
  CAF_CHECK_EQUAL(values[0]["key"], "appointment");
  CAF_CHECK_EQUAL(values[0]["type"], "json");
  CAF_CHECK_EQUAL(values[0]["value"]["time"], "15:00");
  CAF_CHECK_EQUAL(values[0]["segments"], json::array({1, 2}));
  CAF_CHECK_EQUAL(values[0]["fragment"], "Tuesday at three, the code is A-17.");
  CAF_CHECK(values[0]["contradiction"].is_null());
  CAF_CHECK(values[0]["text"].get<std::string>().find("15:00") != std::string::npos);
  CAF_CHECK_EQUAL(values[1]["value"], 2);
  CAF_CHECK_EQUAL(values[1]["contradiction"], "the callee said 2 and later 3");
  CAF_CHECK(values[2]["value"].is_null());
  CAF_CHECK(values[2]["text"].is_null());
  CAF_CHECK(values[2]["fragment"].is_null());
}

CAF_TEST(a call that never was a conversation has nothing to show) {
  live_rig r;
  r.desk.data.talks.clear();
  auto doc = read(r.get(r.path()));
  CAF_CHECK_EQUAL(doc["call_session"]["id"], to_string(r.id));
  for (const char* name : {"conversation", "summary", "goal_achieved", "sentiment"})
    CAF_CHECK(doc.at(name).is_null());
  for (const char* name : {"segments", "extracted_data", "follow_up_tasks"})
    CAF_CHECK(doc.at(name).is_array() && doc.at(name).empty());
  CAF_CHECK_EQUAL(doc["transcript"], "");
}

CAF_TEST(a conversation shows its price and questions and recording) {
  live_rig r;
  auto& known = r.stored().view.known;
  known.agreed = money{80'000'000, "USD"};
  known.ended = "the goal is reached";
  r.ask_question();
  r.stored().view.recording = {"RE1", "https://api.example.com/RE1", "completed", 31};
  auto c = read(r.get(r.path()))["conversation"];
  CAF_CHECK_EQUAL(c["agreed_price"]["amount"], "80.00");
  CAF_CHECK_EQUAL(c["ended"], "the goal is reached");
  CAF_CHECK_EQUAL(c["questions"][0]["question"], 1);
  CAF_CHECK_EQUAL(c["questions"][0]["state"], "open");
  CAF_CHECK_EQUAL(c["questions"][0]["amount"]["amount"], "95.00");
  CAF_CHECK_EQUAL(c["recording"]["duration_seconds"], 31);
  CAF_CHECK(!c["recording"].contains("sid"));
  CAF_CHECK(c["processed_at"].is_null());
}

CAF_TEST(follow ups are named with where they stand) {
  live_rig r;
  r.plan_with({});
  r.post("/api/call-tasks", R"({"raw_instruction":"Call back tomorrow after three"})");
  auto& task = r.desk.data.tasks.back().task;
  task.parent_call = r.id;
  r.stored().view.follow_ups = {task.id, task_id{r.desk.make_id()}};
  auto shown = read(r.get(r.path()))["follow_up_tasks"];
  CAF_REQUIRE_EQUAL(shown.size(), 1u); // the other one is gone
  CAF_CHECK_EQUAL(shown[0]["id"], to_string(task.id));
  CAF_CHECK_EQUAL(shown[0]["raw_instruction"], "Call back tomorrow after three");
  auto of_task = read(r.get("/api/call-tasks/" + to_string(task.id)))["call_task"];
  CAF_CHECK_EQUAL(of_task["parent_call_id"], to_string(r.id));
}

CAF_TEST(a transcript is read on from where a reader stands) {
  live_rig r;
  auto all = read(r.get(r.path("/transcript")));
  CAF_CHECK_EQUAL(all["segments"].size(), 3u);
  CAF_CHECK_EQUAL(all["last"], 3);
  CAF_CHECK_EQUAL(all["call_ended"], false);
  auto rest = read(r.get(r.path("/transcript?after=2")));
  CAF_REQUIRE_EQUAL(rest["segments"].size(), 1u);
  CAF_CHECK_EQUAL(rest["segments"][0]["n"], 3);
  r.end_call();
  auto none = read(r.get(r.path("/transcript?after=3")));
  CAF_CHECK_EQUAL(none["segments"].size(), 0u);
  CAF_CHECK_EQUAL(none["last"], 3);
  CAF_CHECK_EQUAL(none["call_ended"], true);
  CAF_CHECK_EQUAL(r.get(r.path("/transcript?after=-1")).status, 422);
  CAF_CHECK_EQUAL(r.get(r.path("/transcript?after=4294967296")).status, 422);
}

CAF_TEST(calls are found by what was said) {
  live_rig r;
  auto found = read(r.get("/api/call-sessions?q=A-17"));
  CAF_CHECK_EQUAL(found["total"], 1);
  CAF_CHECK_EQUAL(found["call_sessions"][0]["id"], to_string(r.id));
  CAF_CHECK_EQUAL(field(r.get("/api/call-sessions?q=zebra"), "/total"), 0);
  auto both = r.get("/api/call-sessions?q=A-17&call_task_id=" + to_string(r.id));
  CAF_CHECK_EQUAL(both.status, 422);
  CAF_CHECK_EQUAL(field(both, "/errors/0/pointer"), "?q");
}

CAF_TEST(what another user talks about is not there) {
  live_rig r;
  r.ask_question();
  r.take_controls();
  r.take_processing();
  auto bobs = key_of(r, r.bob, 15);
  CAF_CHECK_EQUAL(r.get(r.path(), bobs).status, 404);
  CAF_CHECK_EQUAL(r.get(r.path("/transcript"), bobs).status, 404);
  CAF_CHECK_EQUAL(field(r.get("/api/call-sessions?q=A-17", bobs), "/total"), 0);
  CAF_CHECK_EQUAL(r.post(r.path("/process"), "", bobs).status, 404);
  CAF_CHECK_EQUAL(r.post(r.path("/hangup"), "", bobs).status, 404);
  CAF_CHECK_EQUAL(r.post(r.path("/say"), R"({"text":"x"})", bobs).status, 404);
  CAF_CHECK_EQUAL(r.post(r.path("/whisper"), R"({"text":"x"})", bobs).status, 404);
  CAF_CHECK_EQUAL(
      r.post(r.path("/transfer"), R"({"phone_number":"+14155550123"})", bobs).status, 404);
  CAF_CHECK_EQUAL(r.post(r.path("/answer"), R"({"question":1,"approve":true})", bobs).status, 404);
  CAF_CHECK_EQUAL(r.post("/api/call-sessions/x/say", R"({"text":"x"})").status, 404);
  CAF_CHECK(r.taken.empty());
  CAF_CHECK(r.processed.empty());
  CAF_CHECK(r.desk.data.audit.empty());
}

// -- control --------------------------------------------------------------------------------------

CAF_TEST(what a person does is in the trail before the call is told) {
  live_rig r;
  r.allow_transfer("+14155550123");
  std::vector<std::string> actions;
  r.engine.control_call_ = [&](const control_call& m) -> result<control_taken> {
    CAF_CHECK(m.attempt == r.id);
    CAF_CHECK(m.who.user == r.ann);
    actions.push_back(r.desk.data.audit.empty() ? "" : r.desk.data.audit.back().second.action);
    r.taken.push_back(m.what);
    return control_taken{r.stored().view.known};
  };
  auto said = r.post(r.path("/say"), R"({"text":"  We can do Friday.  "})");
  CAF_CHECK_EQUAL(said.status, 200);
  CAF_CHECK_EQUAL(field(said, "/call_session_id"), to_string(r.id));
  CAF_CHECK_EQUAL(field(said, "/listener"), "human");
  CAF_CHECK_EQUAL(r.post(r.path("/whisper"), R"({"text":"Be brief."})").status, 200);
  CAF_CHECK_EQUAL(r.post(r.path("/transfer"), R"({"phone_number":"(415) 555-0123"})").status, 200);
  CAF_CHECK_EQUAL(r.post(r.path("/hangup"), "").status, 200);
  CAF_CHECK(
      actions ==
      (std::vector<std::string>{"call.say", "call.whisper", "call.transfer", "call.hangup"}));
  CAF_REQUIRE_EQUAL(r.taken.size(), 4u);
  CAF_CHECK_EQUAL(std::get<talk::owner_says>(r.taken[0]).text, "We can do Friday.");
  CAF_CHECK_EQUAL(std::get<talk::owner_whispers>(r.taken[1]).text, "Be brief.");
  CAF_CHECK_EQUAL(std::get<talk::owner_transfers>(r.taken[2]).to.reveal(), "+14155550123");
  CAF_CHECK(std::holds_alternative<talk::owner_hangs_up>(r.taken[3]));
  auto trail = read(r.get(r.path()))["audit"];
  CAF_CHECK_EQUAL(trail.size(), 4u);
}

CAF_TEST(a call that nobody talks on takes no control and leaves no trail) {
  live_rig r;
  r.take_controls();
  r.ring_only();
  auto ringing = r.post(r.path("/say"), R"({"text":"Hello"})");
  CAF_CHECK_EQUAL(ringing.status, 409);
  CAF_CHECK_EQUAL(field(ringing, "/code"), "wrong_state");
  CAF_CHECK_EQUAL(field(ringing, "/current_status"), "ringing");
  r.end_call();
  for (const char* act : {"/hangup", "/say", "/whisper"}) {
    auto ended = r.post(r.path(act), R"({"text":"Hello"})");
    CAF_CHECK_EQUAL(ended.status, 409);
    CAF_CHECK_EQUAL(field(ended, "/current_status"), "completed");
  }
  CAF_CHECK(r.taken.empty());
  CAF_CHECK(r.desk.data.audit.empty());
}

CAF_TEST(what the engine refuses is told as it says it) {
  live_rig r;
  r.engine.control_call_ = [](const control_call&) -> result<control_taken> {
    return fail(error{.code = errc::wrong_state, .detail = "an announcement is being read"});
  };
  auto refused = r.post(r.path("/say"), R"({"text":"Hello"})");
  CAF_CHECK_EQUAL(refused.status, 409);
  CAF_CHECK_EQUAL(field(refused, "/detail"), "an announcement is being read");
  r.engine.control_call_ = nullptr;
  CAF_CHECK_EQUAL(r.post(r.path("/hangup"), "").status, 503);
}

CAF_TEST(a call is handed to pinned numbers only) {
  live_rig r;
  r.take_controls();
  r.allow_transfer("+14155550123");
  auto other = r.post(r.path("/transfer"), R"({"phone_number":"+14155550124"})");
  CAF_CHECK_EQUAL(other.status, 422);
  CAF_CHECK_EQUAL(field(other, "/errors/0/pointer"), "/phone_number");
  CAF_CHECK_EQUAL(field(other, "/errors/0/code"), "not_allowed");
  CAF_CHECK_EQUAL(r.post(r.path("/transfer"), R"({"phone_number":"911"})").status, 422);
  CAF_CHECK_EQUAL(r.post(r.path("/transfer"), "{}").status, 422);
  CAF_CHECK(r.taken.empty());
  CAF_CHECK(r.desk.data.audit.empty());
}

CAF_TEST(words have a length and bodies no other members) {
  live_rig r;
  r.take_controls();
  auto say = [&](const json& body) { return r.post(r.path("/say"), body.dump()).status; };
  CAF_CHECK_EQUAL(
      say({
          {"text", std::string(1000, 'a')}
  }),
      200);
  CAF_CHECK_EQUAL(
      say({
          {"text", std::string(1001, 'a')}
  }),
      422);
  CAF_CHECK_EQUAL(
      say({
          {"text", ""}
  }),
      422);
  CAF_CHECK_EQUAL(
      say({
          {"text", "   "}
  }),
      422);
  CAF_CHECK_EQUAL(
      say({
          {"text", 7}
  }),
      422);
  CAF_CHECK_EQUAL(
      say({
          {"text", "a"},
          {"more", 1  }
  }),
      422);
  CAF_CHECK_EQUAL(r.post(r.path("/say"), "").status, 400);
  CAF_CHECK_EQUAL(r.taken.size(), 1u);
}

CAF_TEST(words sent twice under one key are said once) {
  live_rig r;
  r.take_controls();
  headers once{
      {"Idempotency-Key", "k1"}
  };
  CAF_CHECK_EQUAL(r.post(r.path("/say"), R"({"text":"Hello"})", once).status, 200);
  auto again = r.post(r.path("/say"), R"({"text":"Hello"})", once);
  CAF_CHECK_EQUAL(again.status, 200);
  CAF_CHECK_EQUAL(header_of(again, "Idempotency-Replayed"), "true");
  CAF_CHECK_EQUAL(r.post(r.path("/say"), R"({"text":"Other"})", once).status, 422);
  CAF_CHECK_EQUAL(r.taken.size(), 1u);
}

CAF_TEST(control needs the scope to dial and processing the scope to write) {
  live_rig r;
  r.take_controls();
  r.take_processing();
  r.ask_question();
  auto writes = key_of(r, r.ann, 3);
  auto dials = key_of(r, r.ann, 5);
  CAF_CHECK_EQUAL(r.post(r.path("/say"), R"({"text":"x"})", writes).status, 403);
  CAF_CHECK_EQUAL(r.post(r.path("/whisper"), R"({"text":"x"})", writes).status, 403);
  CAF_CHECK_EQUAL(r.post(r.path("/hangup"), "", writes).status, 403);
  CAF_CHECK_EQUAL(
      r.post(r.path("/transfer"), R"({"phone_number":"+14155550123"})", writes).status, 403);
  CAF_CHECK_EQUAL(
      r.post(r.path("/answer"), R"({"question":1,"approve":true})", writes).status, 403);
  CAF_CHECK_EQUAL(r.post(r.path("/process"), "", dials).status, 403);
  CAF_CHECK_EQUAL(r.post(r.path("/say"), R"({"text":"x"})", dials).status, 200);
  CAF_CHECK_EQUAL(
      r.send(method::put, "/api/identity-fields", R"({"fields":{"name":"Ann"}})", dials).status,
      403);
}

// -- approval during a call -----------------------------------------------------------------------

CAF_TEST(a yes is decided once and the call is told) {
  live_rig r;
  r.take_controls();
  r.ask_question();
  auto yes =
      r.post(r.path("/answer"), R"({"question":1,"approve":true,"note":" up to 100 then "})");
  CAF_CHECK_EQUAL(yes.status, 200);
  CAF_CHECK_EQUAL(field(yes, "/question/state"), "yes");
  CAF_CHECK_EQUAL(field(yes, "/question/note"), "up to 100 then");
  CAF_CHECK_EQUAL(field(yes, "/delivered"), true);
  CAF_REQUIRE_EQUAL(r.taken.size(), 1u);
  const auto& told = std::get<talk::owner_answer>(r.taken[0]);
  CAF_CHECK_EQUAL(told.question, 1);
  CAF_CHECK_EQUAL(told.yes, true);
  CAF_CHECK_EQUAL(told.note, "up to 100 then");
  CAF_CHECK_EQUAL(r.desk.data.audit.back().second.action, "call.approve");
  auto late = r.post(r.path("/answer"), R"({"question":1,"approve":false})");
  CAF_CHECK_EQUAL(late.status, 409);
  CAF_CHECK_EQUAL(r.taken.size(), 1u);
  CAF_CHECK_EQUAL(r.post(r.path("/answer"), R"({"question":2,"approve":true})").status, 404);
}

CAF_TEST(an answer stands where the call cannot be told) {
  live_rig r;
  r.ask_question();
  auto no = r.post(r.path("/answer"), R"({"question":1,"approve":false})");
  CAF_CHECK_EQUAL(no.status, 200);
  CAF_CHECK_EQUAL(field(no, "/delivered"), false);
  CAF_CHECK_EQUAL(field(no, "/question/state"), "no");
  CAF_CHECK(field(no, "/question/note").is_null());
}

CAF_TEST(an answer says which question and what) {
  live_rig r;
  r.ask_question();
  for (const char* body :
       {"{}", R"({"question":1})", R"({"approve":true})", R"({"question":0,"approve":true})",
        R"({"question":"1","approve":true})", R"({"question":1,"approve":"yes"})",
        R"({"question":1,"approve":true,"note":7})", R"({"question":1,"approve":true,"x":1})"})
    CAF_CHECK_EQUAL(r.post(r.path("/answer"), body).status, 422);
  json longer{
      {"question", 1},
      {      "approve",      true },
      { "note",      std::string(501,       'a')}
  };
  CAF_CHECK_EQUAL(r.post(r.path("/answer"), longer.dump()).status, 422);
  CAF_CHECK(r.stored().view.known.questions[0].now == talk::owner_question::state::open);
}

// -- processing -----------------------------------------------------------------------------------

CAF_TEST(processing answers what was found and made) {
  live_rig r;
  r.end_call();
  r.take_processing();
  auto done = read(r.post(r.path("/process"), ""));
  CAF_CHECK_EQUAL(done["summary"], "An appointment was made.");
  CAF_CHECK_EQUAL(done["extracted_data_count"], 2); // the third is not known
  CAF_CHECK_EQUAL(done["follow_up_tasks_created"], 1);
  CAF_CHECK(done["task_status"].is_null());
  CAF_CHECK_EQUAL(done["call_session_id"], to_string(r.id));
  r.plan_with({});
  r.post("/api/call-tasks", R"({"raw_instruction":"Call","target_phone_number":"+14155550100"})");
  r.of_task = r.desk.data.tasks.back().task;
  CAF_CHECK_EQUAL(field(r.post(r.path("/process"), ""), "/task_status"), "ready_to_call");
}

CAF_TEST(processing under one key is done once and a refusal leaves the key free) {
  live_rig r;
  headers once{
      {"Idempotency-Key", "p1"}
  };
  r.engine.process_call_ = [](const process_call&) -> result<talk::wrapped> {
    return fail(error{.code = errc::wrong_state, .detail = "the call goes on"});
  };
  CAF_CHECK_EQUAL(r.post(r.path("/process"), "", once).status, 409);
  r.end_call();
  r.take_processing();
  auto first = r.post(r.path("/process"), "", once);
  CAF_CHECK_EQUAL(first.status, 200);
  auto second = r.post(r.path("/process"), "", once);
  CAF_CHECK_EQUAL(second.body, first.body);
  CAF_CHECK_EQUAL(header_of(second, "Idempotency-Replayed"), "true");
  CAF_CHECK_EQUAL(r.processed.size(), 1u);
  CAF_CHECK_EQUAL(r.post(r.path("/process"), "").status, 200);
  CAF_CHECK_EQUAL(r.processed.size(), 2u);
}

// -- the export -----------------------------------------------------------------------------------

CAF_TEST(the table of a campaign has what its calls found) {
  live_rig r;
  r.end_call();
  r.find_results();
  auto id = r.add_campaign(r.ann);
  r.desk.data.campaigns.back().view.settings.talk.result_schema =
      R"({"type":"object","properties":{"guests":{"type":"integer"},"note":{"type":"string"}}})";
  auto add = [&](const char* number, const char* outcome, bool with_call) {
    target::view t;
    t.id = target_id{r.desk.make_id()};
    t.campaign = id;
    t.number = phone_number::from_canonical(number);
    t.call_outcome = outcome;
    if (with_call)
      t.last_call = r.id;
    r.desk.data.targets.emplace_back(r.ann, t);
  };
  add("+14155550100", "answered", true);
  add("+14155550101", "busy", true);
  add("+14155550102", "", false);
  auto body = r.get("/api/campaigns/" + to_string(id) + "/results.csv").body;
  CAF_CHECK(
      body.find(",last_call_id,goal_achieved,opt_out,result.guests,result.note\r\n") !=
      std::string::npos);
  CAF_CHECK(body.find(to_string(r.id) + ",yes,no,2,\r\n") != std::string::npos);
  CAF_CHECK(body.find(to_string(r.id) + ",,,,\r\n") != std::string::npos); // not reached
  CAF_CHECK_EQUAL(std::count(body.begin(), body.end(), '\n'), 4);
}
