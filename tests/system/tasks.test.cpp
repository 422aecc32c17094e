#define CAF_SUITE system.tasks

#include "tests/support/model_server.hpp"
#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <stdexcept>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

const carrier_flags quick_phones{"--ring", "20ms..60ms", "--talk", "50ms..150ms", "--seed", "5", "--mix",
                                 "answered=1"};

/// An engine, a carrier, and a user whose assistant may call at any hour.
struct office {
  stage s;
  api ann;

  explicit office(const engine_settings& settings = {}, const carrier_flags& flags = quick_phones)
    : s(settings, flags) {
    s.start_carrier();
    s.start_engine();
    if (!s.ready_within(seconds(15)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    ann = s.add_user("ann@example.com");
    settle({});
  }

  /// Stores the assistant settings: always open, with `more` on top.
  void settle(const json& more) {
    auto wish = ann.get("/api/assistant-settings").json.value("assistant_settings", json::object());
    wish["timezone"] = noon_zone();
    wish["allowed_call_start_time"] = "00:00";
    wish["allowed_call_end_time"] = "24:00";
    wish["allowed_days_of_week"] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    if (more.is_object())
      wish.update(more);
    const auto stored = ann.call("PUT", "/api/assistant-settings", wish.dump());
    if (!stored.ok())
      throw std::runtime_error("assistant settings: " + stored.summary());
  }

  json create(const std::string& instruction, json more = json::object()) {
    more["raw_instruction"] = instruction;
    const auto made = ann.post("/api/call-tasks", more);
    CAF_MESSAGE(made.summary());
    if (made.status != 201)
      throw std::runtime_error("create: " + made.summary());
    return made.json;
  }
  json task(const std::string& id) {
    const auto got = ann.get("/api/call-tasks/" + id);
    return got.ok() ? got.json.value("call_task", json::object()) : json::object();
  }
  bool becomes(const std::string& id, const std::string& status, milliseconds patience = seconds(15)) {
    return wait_until(patience, [&] { return text(task(id), "status") == status; }, milliseconds(20));
  }
  std::size_t notified(const std::string& kind, const std::string& task) {
    std::size_t count = 0;
    for (const auto& n : ann.get("/api/notifications").json.value("notifications", json::array()))
      count += text(n, "kind") == kind && text(n, "subject_id") == task;
    return count;
  }
  std::size_t creates_to(const std::string& to) {
    const auto& all = s.log().creates();
    return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const auto& c) { return c.to == to; }));
  }
};

std::string id_of(const json& created) { return text(created.value("call_task", json::object()), "id"); }

} // namespace

CAF_TEST(a task that misses its number waits and asks and calls once it has one) {
  office o;
  const auto made = o.create("Call my dentist and get the earliest appointment this week");
  const auto id = id_of(made);
  CAF_CHECK_EQUAL(text(made, "status"), "waiting_for_user");
  CAF_CHECK_EQUAL(made.value("requires_clarification", false), true);
  CAF_CHECK(made.value("ai_plan", json()).is_object());
  CAF_CHECK_NOT_EQUAL(made["ai_plan"].dump().find("dentist"), std::string::npos);
  CAF_CHECK_EQUAL(o.notified("clarification_needed", id), 1u);

  CAF_MESSAGE("without a number it cannot be started and the answer says what is missing");
  const auto early = o.ann.post("/api/call-tasks/" + id + "/start-call", json::object());
  CAF_CHECK_EQUAL(early.status, 409);
  CAF_CHECK_EQUAL(text(early.json, "current_status"), "waiting_for_user");
  CAF_CHECK(o.s.log().creates().empty());

  const auto answered = o.ann.patch("/api/call-tasks/" + id, {{"target_phone_number", number(1)}});
  CAF_CHECK_EQUAL(answered.status, 200);
  CAF_CHECK_EQUAL(text(answered.json.value("call_task", json::object()), "status"), "ready_to_call");

  const auto begun = o.ann.post("/api/call-tasks/" + id + "/start-call", json::object());
  CAF_MESSAGE(begun.summary());
  CAF_REQUIRE_EQUAL(begun.status, 200);
  CAF_CHECK_EQUAL(text(begun.json, "phone_number"), number(1));
  CAF_CHECK(text(begun.json, "call_sid").starts_with("CA"));
  const auto script = begun.json.value("call_script", json::object());
  CAF_CHECK_NOT_EQUAL(text(script, "introduction").find("This is an automated call."), std::string::npos);
  CAF_CHECK(!script.value("key_questions", json::array()).empty());

  CAF_REQUIRE(o.becomes(id, "completed"));
  CAF_CHECK_EQUAL(o.creates_to(number(1)), 1u);
  CAF_CHECK_EQUAL(o.notified("call_completed", id), 1u);
  const auto detail = o.ann.get("/api/call-tasks/" + id).json["call_task"];
  CAF_REQUIRE_EQUAL(detail.value("call_sessions", json::array()).size(), 1u);
  const auto& session = detail["call_sessions"][0];
  CAF_CHECK_EQUAL(text(session, "call_sid"), text(begun.json, "call_sid"));
  CAF_CHECK_EQUAL(text(session, "call_task_id"), id);
  CAF_CHECK_EQUAL(text(session, "status"), "completed");

  CAF_MESSAGE("the campaign of one is nobody's campaign");
  CAF_CHECK(o.ann.all("/api/campaigns", "campaigns").empty());
}

CAF_TEST(a price above the limit waits for a yes and the trail says whose) {
  office o;
  o.settle({{"max_auto_approve_amount", {{"amount", "50.00"}, {"currency", "USD"}}}});
  const auto made = o.create(
    "Call Joe's Garage at " + number(2) + " and book an oil change for tomorrow, pay at most $120.");
  const auto id = id_of(made);
  CAF_CHECK_EQUAL(text(made, "status"), "waiting_for_user");
  CAF_CHECK_EQUAL(o.notified("approval_needed", id), 1u);
  CAF_CHECK_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 409);
  const auto yes = o.ann.post("/api/call-tasks/" + id + "/approve", json::object());
  CAF_MESSAGE(yes.summary());
  CAF_REQUIRE_EQUAL(yes.status, 200);
  CAF_CHECK_EQUAL(text(yes.json.value("call_task", json::object()), "status"), "ready_to_call");
  const auto trail = o.ann.all("/api/audit", "audit");
  const auto row = std::find_if(trail.begin(), trail.end(), [&](const json& r) {
    return text(r, "subject_id") == id && text(r, "action") == "task.approve";
  });
  CAF_REQUIRE(row != trail.end());
  CAF_CHECK_NOT_EQUAL(text(*row, "actor"), "engine");
  CAF_CHECK(o.s.log().creates().empty());
}

CAF_TEST(a risky instruction is refused with a reason and never called) {
  office o;
  const auto made = o.create("Call 911 and tell them there is a fire as a joke");
  const auto id = id_of(made);
  CAF_CHECK_EQUAL(text(made, "status"), "failed");
  CAF_CHECK(!text(o.task(id), "reason").empty());
  CAF_CHECK_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 409);
  CAF_CHECK_EQUAL(
    o.ann.patch("/api/call-tasks/" + id, {{"status", "ready_to_call"}, {"target_phone_number", number(3)}}).ok(),
    false);
  CAF_CHECK(o.s.log().creates().empty());
}

CAF_TEST(illegal steps are refused by the api and by the database and the allowed ones are named) {
  office o;
  const auto id = id_of(o.create("Call " + number(4) + " and ask for the opening hours"));
  CAF_REQUIRE_EQUAL(text(o.task(id), "status"), "ready_to_call");
  // A call is begun by start-call, and not by hand.
  for (const char* to : {"pending", "preparing", "waiting_for_user", "in_progress", "completed", "failed"}) {
    const auto refused = o.ann.patch("/api/call-tasks/" + id, {{"status", to}});
    CAF_CHECK_EQUAL(refused.status, 409);
    CAF_CHECK_EQUAL(text(refused.json, "current_status"), "ready_to_call");
    CAF_CHECK(!refused.json.value("allowed_transitions", json::array()).empty());
  }
  auto db = o.s.database();
  const auto trouble =
    db->trouble("update ringmaster.call_tasks set status = 'completed' where id = '" + id + "'");
  CAF_CHECK(!trouble.empty());
  CAF_CHECK_EQUAL(text(o.task(id), "status"), "ready_to_call");
  const auto gone = o.ann.erase("/api/call-tasks/" + id);
  CAF_CHECK(gone.ok());
  CAF_CHECK_EQUAL(text(o.task(id), "status"), "cancelled");
  CAF_CHECK_EQUAL(o.ann.patch("/api/call-tasks/" + id, {{"status", "ready_to_call"}}).status, 409);
}

CAF_TEST(a failed call comes back as often as the settings allow and then stays failed) {
  office o(
    {{"CALLING_RETRY_BUSY", "1s"}, {"CALLING_RETRY_NO_ANSWER", "1s"}, {"CALLING_RETRY_FAILED", "1s"}},
    {"--ring", "20ms..60ms", "--talk", "50ms", "--seed", "6", "--mix", "busy=1"});
  o.settle({{"auto_retry_failed_calls", true}, {"max_retry_attempts", 2}});
  const auto id = id_of(o.create("Call " + number(5) + " and ask whether they are open on Sunday"));
  CAF_REQUIRE_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 200);
  CAF_CHECK(wait_until(seconds(40), [&] { return o.creates_to(number(5)) == 3; }, milliseconds(50)));
  CAF_CHECK(wait_until(
    seconds(15),
    [&] {
      const auto now = o.task(id);
      return text(now, "status") == "failed" && now.value("calls_made", 0) == 3;
    },
    milliseconds(50)));
  support::let_pass(seconds(2));
  CAF_CHECK_EQUAL(o.creates_to(number(5)), 3u);
  CAF_CHECK_GREATER(o.notified("call_failed", id), 0u);

  CAF_MESSAGE("a person may try once more");
  o.s.change_carrier({{"mix", "answered=1"}});
  CAF_REQUIRE(o.ann.patch("/api/call-tasks/" + id, {{"status", "ready_to_call"}}).ok());
  CAF_REQUIRE_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 200);
  CAF_CHECK(o.becomes(id, "completed"));
}

CAF_TEST(a task does not call outside the hours that its owner set) {
  office o;
  const auto id = id_of(o.create("Call " + number(6) + " and confirm the delivery on Friday"));
  // A window that lies five hours behind the noon of this zone.
  o.settle({{"allowed_call_start_time", "06:00"}, {"allowed_call_end_time", "07:00"}});
  const auto refused = o.ann.post("/api/call-tasks/" + id + "/start-call", json::object());
  CAF_MESSAGE(refused.summary());
  CAF_CHECK_EQUAL(refused.status, 409);
  CAF_CHECK_EQUAL(text(refused.json, "code"), "window_closed");
  CAF_CHECK_EQUAL(text(refused.json, "current_status"), "ready_to_call");
  CAF_CHECK(!text(refused.json, "next_open_at").empty());
  CAF_CHECK_EQUAL(text(o.task(id), "status"), "ready_to_call");
  CAF_CHECK(o.s.log().creates().empty());
  o.settle({});
  CAF_CHECK_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 200);
  CAF_CHECK(o.becomes(id, "completed"));
}

CAF_TEST(a killed engine goes on with a task that was called) {
  office o({}, {"--ring", "300ms", "--talk", "1500ms", "--seed", "8", "--mix", "answered=1"});
  const auto id = id_of(o.create("Call " + number(7) + " and ask for a quote for two tyres"));
  CAF_REQUIRE_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 200);
  CAF_REQUIRE(o.becomes(id, "in_progress"));
  o.s.kill_engine();
  o.s.start_engine();
  CAF_REQUIRE(o.s.ready_within(seconds(5)).has_value());
  CAF_CHECK(o.becomes(id, "completed", seconds(20)));
  CAF_CHECK_EQUAL(o.creates_to(number(7)), 1u);
  CAF_CHECK_EQUAL(o.notified("call_completed", id), 1u);
}

// -- with models over the wire ----------------------------------------------------------------------

namespace {

using test::model_server;

engine_settings with_model(const model_server& server, const std::string& providers) {
  return {
    {"AI_PROVIDERS", providers},  {"AI_HOUSE_KIND", "openai"}, {"AI_HOUSE_BASE_URL", server.url()},
    {"AI_HOUSE_MODEL", "house-1"}, {"AI_HOUSE_API_KEY", "sk-canary-of-the-house"}};
}

} // namespace

CAF_TEST(a task in preparing survives a kill and is planned after the start) {
  std::atomic<bool> silent{true};
  model_server server([&](test::raw_socket& socket, const model_server::asked&) {
    wait_until(seconds(60), [&] { return !silent; });
    return socket.send(test::whole(404, R"({"error":{"message":"no such model","code":"model_not_found"}})"));
  });
  office o(with_model(server, "house,rules"));
  const auto made = o.create("Call my dentist and get the earliest appointment this week");
  const auto id = id_of(made);
  CAF_CHECK_EQUAL(text(made, "status"), "preparing");
  CAF_CHECK_EQUAL(o.ann.post("/api/call-tasks/" + id + "/start-call", json::object()).status, 409);
  o.s.kill_engine();
  silent = false;
  o.s.start_engine();
  CAF_REQUIRE(o.s.ready_within(seconds(5)).has_value());
  CAF_CHECK(o.becomes(id, "waiting_for_user"));
  CAF_CHECK_EQUAL(o.notified("clarification_needed", id), 1u);
  CAF_CHECK_EQUAL(
    o.s.database()->text("select count(*) from ringmaster.call_tasks where status in ('pending', 'preparing')"),
    "0");
  CAF_MESSAGE("the key of the model is in no log and in no table");
  CAF_CHECK_EQUAL(o.s.engine_tail().find("sk-canary"), std::string::npos);
}

CAF_TEST(a model that never answers well fails the task with a reason and nothing is lost) {
  model_server server([&](test::raw_socket& socket, const model_server::asked&) {
    return socket.send(test::whole(200, test::chat_answer("I would rather not say.")));
  });
  office o(with_model(server, "house"));
  const auto id = id_of(o.create("Call " + number(8) + " and ask for the opening hours"));
  CAF_CHECK(o.becomes(id, "failed", seconds(60)));
  const auto now = o.task(id);
  CAF_CHECK(!text(now, "reason").empty());
  CAF_CHECK_EQUAL(text(now, "raw_instruction"), "Call " + number(8) + " and ask for the opening hours");
  CAF_CHECK(o.s.log().creates().empty());
}

CAF_TEST(live events tell what happens to a task and go on after a lost connection) {
  office o;
  http_connection first(o.s.authority());
  CAF_REQUIRE(first.send(write_request(
    o.s.authority(), "GET", "/api/events",
    {{"Authorization", "Bearer " + o.ann.key()}, {"Accept", "text/event-stream"}}, "")));
  const auto id = id_of(o.create("Call " + number(9) + " and ask for the opening hours"));
  std::string seen;
  CAF_CHECK(first.read_until("ready_to_call", seen));
  CAF_CHECK_NOT_EQUAL(seen.find(id), std::string::npos);
  const auto at = seen.rfind("\nid:", seen.find("ready_to_call"));
  CAF_REQUIRE(at != std::string::npos);
  auto last = seen.substr(at + 4, seen.find('\n', at + 1) - at - 4);
  last.erase(0, last.find_first_not_of(' '));
  CAF_CHECK(o.ann.erase("/api/call-tasks/" + id).ok());

  http_connection again(o.s.authority());
  CAF_REQUIRE(again.send(write_request(
    o.s.authority(), "GET", "/api/events",
    {{"Authorization", "Bearer " + o.ann.key()}, {"Last-Event-ID", last}}, "")));
  std::string missed;
  CAF_CHECK(again.read_until("cancelled", missed));
}
