#define CAF_SUITE net_call_tasks

#include <caf/test/unit_test.hpp>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;
using json = nlohmann::ordered_json;

namespace {

json read(const http::response& r) { return json::parse(r.body); }

const std::string dentist = R"({"raw_instruction":"Call my dentist and get the earliest slot"})";
const std::string absent = "/api/call-tasks/00000000-0000-7000-8000-00000000ffff";

/// A rig with one task of ann's.
struct task_rig : rig {
  explicit task_rig(
      std::vector<assistant::question> missing = {},
      const std::string& body =
          R"({"raw_instruction":"Call them","target_phone_number":"+14155550100"})") {
    plan_with(std::move(missing));
    made = post("/api/call-tasks", body);
    CAF_REQUIRE_EQUAL(made.status, 201);
    id = task_id::parse(field(made, "/call_task/id").get<std::string>()).value();
    engine.changed.clear();
    engine.notices.clear();
  }
  std::string path(const std::string& rest = "") const {
    return "/api/call-tasks/" + to_string(id) + rest;
  }
  http::response change(const std::string& body, headers extra = {}) {
    return send(method::patch, path(), body, std::move(extra));
  }
  task::record& stored() { return desk.data.tasks.back().task; }
  /// A call that is under way.
  campaign_id begin_call() {
    campaign_id campaign{desk.make_id()};
    CAF_REQUIRE(act(ann, id, task::call_begun{campaign}));
    return campaign;
  }

  http::response made;
  task_id id;
};

const assistant::question asks_number{"phone_number", "Which number shall I call?", true};

} // namespace

CAF_TEST(a new task is answered with its plan) {
  rig r;
  r.plan_with({asks_number});
  auto made = r.post("/api/call-tasks", dentist);
  CAF_CHECK_EQUAL(made.status, 201);
  auto doc = read(made);
  CAF_CHECK_EQUAL(doc["success"], true);
  CAF_CHECK_EQUAL(doc["status"], "waiting_for_user");
  CAF_CHECK_EQUAL(doc["requires_clarification"], true);
  CAF_CHECK_EQUAL(doc["ai_plan"]["goal"], "Get it done.");
  CAF_CHECK_EQUAL(doc["call_task"]["planned_by"], "rules");
  CAF_CHECK_EQUAL(doc["call_task"]["questions"][0]["field"], "phone_number");
  CAF_CHECK_EQUAL(doc["call_task"]["priority"], "normal");
  auto id = doc["call_task"]["id"].get<std::string>();
  CAF_CHECK_EQUAL(header_of(made, "Location"), "/api/call-tasks/" + id);
  CAF_REQUIRE_EQUAL(r.engine.changed.size(), 1u);
  CAF_CHECK_EQUAL(to_string(r.engine.changed[0]), id);
  CAF_CHECK_EQUAL(r.engine.notices.at(0).kind, "task");
}

CAF_TEST(every field of a new task is kept) {
  rig r;
  r.plan_with({});
  auto made = r.post(
      "/api/call-tasks",
      R"({"raw_instruction":" Call the garage ","title":"Tyres","priority":"urgent","tone":"firm",)"
      R"("max_price":{"amount":"12.50","currency":"EUR"},"hard_constraints":["before noon"],)"
      R"("soft_preferences":["Mondays"],"target_phone_number":"(415) 555-0100",)"
      R"("needs_user_confirmation":true,"contact_id":null})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  auto t = read(made)["call_task"];
  CAF_CHECK_EQUAL(t["raw_instruction"], "Call the garage");
  CAF_CHECK_EQUAL(t["title"], "Tyres");
  CAF_CHECK_EQUAL(t["priority"], "urgent");
  CAF_CHECK_EQUAL(t["tone"], "firm");
  CAF_CHECK_EQUAL(
      t["max_price"], json({
                          {"amount",   "12.50"},
                          {"currency", "EUR"  }
  }));
  CAF_CHECK_EQUAL(t["hard_constraints"][0], "before noon");
  CAF_CHECK_EQUAL(t["soft_preferences"][0], "Mondays");
  CAF_CHECK_EQUAL(t["target_phone_number"], "+14155550100");
  CAF_CHECK_EQUAL(t["needs_user_confirmation"], true);
  CAF_CHECK(t["approval"]["reason"].is_string());
  CAF_CHECK_EQUAL(field(made, "/requires_clarification"), false); // a yes is no clarification
}

CAF_TEST(all mistakes of a new task are told together) {
  rig r;
  auto refused = r.post(
      "/api/call-tasks",
      R"({"priority":"now","tone":"sad","max_price":{"amount":"1,5","currency":"usd","x":1},)"
      R"("contact_id":"x","target_phone_number":"12","hard_constraints":[7],"colour":"red"})");
  CAF_CHECK_EQUAL(refused.status, 422);
  std::string told;
  const auto doc = read(refused);
  for (const auto& e : doc["errors"])
    told += e["pointer"].get<std::string>() + " ";
  for (const char* pointer :
       {"/raw_instruction", "/priority", "/tone", "/max_price/amount", "/max_price/currency",
        "/max_price/x", "/contact_id", "/target_phone_number", "/hard_constraints/0", "/colour"})
    CAF_CHECK_NOT_EQUAL(told.find(std::string(pointer) + " "), std::string::npos);
  CAF_CHECK_EQUAL(r.post("/api/call-tasks", "[]").status, 422);
  CAF_CHECK_EQUAL(r.post("/api/call-tasks", "{").status, 400);
  CAF_CHECK(r.desk.data.tasks.empty());
  auto unknown = r.post(
      "/api/call-tasks",
      R"({"raw_instruction":"Call","contact_id":"00000000-0000-7000-8000-00000000ffff"})");
  CAF_CHECK_EQUAL(unknown.status, 422);
  CAF_CHECK_EQUAL(field(unknown, "/errors/0/pointer"), "/contact_id");
}

CAF_TEST(a plan that takes long is told by the status and goes on) {
  rig r;
  r.services.plan_patience = std::chrono::milliseconds(10);
  r.engine.plan_hangs = true;
  r.desk.before_act = nullptr;
  auto made = r.post("/api/call-tasks", dentist);
  CAF_CHECK_EQUAL(made.status, 201);
  CAF_CHECK_EQUAL(field(made, "/status"), "pending");
  CAF_CHECK(field(made, "/ai_plan").is_null());
  CAF_CHECK_EQUAL(r.engine.hanging.size(), 1u);
  auto id = task_id::parse(field(made, "/call_task/id").get<std::string>()).value();
  CAF_REQUIRE(r.act(r.ann, id, task::begin_planning{}));
  CAF_CHECK_EQUAL(
      field(r.get("/api/call-tasks/" + to_string(id)), "/call_task/status"), "preparing");
}

CAF_TEST(a task is kept where nobody can plan) {
  rig r;
  auto made = r.post("/api/call-tasks", dentist); // TASKS are away
  CAF_CHECK_EQUAL(made.status, 201);
  CAF_CHECK_EQUAL(field(made, "/status"), "pending");
  CAF_CHECK_EQUAL(r.desk.data.tasks.size(), 1u);
}

CAF_TEST(the same key makes one task and its final answer is given again) {
  rig r;
  r.plan_with({asks_number});
  auto first = r.post(
      "/api/call-tasks", dentist,
      {
          {"Idempotency-Key", "t-1"}
  });
  auto again = r.post(
      "/api/call-tasks", dentist,
      {
          {"Idempotency-Key", "t-1"}
  });
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK_EQUAL(again.body, first.body);
  CAF_CHECK_EQUAL(field(again, "/status"), "waiting_for_user");
  CAF_CHECK_EQUAL(header_of(again, "Idempotency-Replayed"), "true");
  CAF_CHECK_EQUAL(r.desk.data.tasks.size(), 1u);
  auto other = r.post(
      "/api/call-tasks", R"({"raw_instruction":"x"})",
      {
          {"Idempotency-Key", "t-1"}
  });
  CAF_CHECK_EQUAL(field(other, "/code"), "key_reused");
}

CAF_TEST(an engine that dies while planning leaves the first answer to a repeat) {
  rig r;
  r.engine.plan = [&](const plan_task&) -> result<task::record> {
    r.desk.away = true;
    return fail(errc::unavailable, "gone");
  };
  CAF_CHECK_EQUAL(
      r.post(
           "/api/call-tasks", dentist,
           {
               {"Idempotency-Key", "t-1"}
  })
          .status,
      201);
  r.desk.away = false;
  auto again = r.post(
      "/api/call-tasks", dentist,
      {
          {"Idempotency-Key", "t-1"}
  });
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK_EQUAL(field(again, "/status"), "pending");
  CAF_CHECK_EQUAL(r.desk.data.tasks.size(), 1u);
}

CAF_TEST(tasks are listed by status and priority and text) {
  rig r;
  r.plan_with({asks_number});
  r.post("/api/call-tasks", R"({"raw_instruction":"Call the dentist","priority":"high"})");
  r.post("/api/call-tasks", R"({"raw_instruction":"Call the garage"})");
  r.post(
      "/api/call-tasks", R"({"raw_instruction":"Call them","target_phone_number":"+14155550100"})");
  auto count = [&](const std::string& query) {
    return field(r.get("/api/call-tasks" + query), "/total").get<int>();
  };
  CAF_CHECK_EQUAL(count(""), 3);
  CAF_CHECK_EQUAL(count("?status=waiting_for_user"), 2);
  CAF_CHECK_EQUAL(count("?status=ready_to_call"), 1);
  CAF_CHECK_EQUAL(count("?status=canceled"), 0);
  CAF_CHECK_EQUAL(count("?status=cancelled"), 0);
  CAF_CHECK_EQUAL(count("?priority=high"), 1);
  CAF_CHECK_EQUAL(count("?q=garage"), 1);
  auto page = read(r.get("/api/call-tasks?limit=1&offset=1"));
  CAF_CHECK_EQUAL(page["tasks"].size(), 1u);
  CAF_CHECK_EQUAL(page["limit"], 1);
  CAF_CHECK_EQUAL(page["offset"], 1);
  CAF_CHECK_EQUAL(page["tasks"][0]["raw_instruction"], "Call the garage");
  CAF_CHECK_EQUAL(r.get("/api/call-tasks?status=done").status, 422);
  CAF_CHECK_EQUAL(r.get("/api/call-tasks?priority=9").status, 422);
}

CAF_TEST(the detail carries contact and calls) {
  task_rig r;
  auto contact = r.post("/api/contacts", R"({"name":"Dr. Miller","phone_number":"+14155550111"})");
  auto contact_id = field(contact, "/contact/id").get<std::string>();
  CAF_CHECK_EQUAL(r.change(R"({"contact_id":")" + contact_id + "\"}").status, 200);
  call::view call;
  call.id = attempt_id{r.desk.make_id()};
  call.task = r.id.value;
  call.to = phone_number::from_canonical("+14155550100");
  call.from = phone_number::from_canonical("+14155550199");
  r.desk.data.calls.emplace_back(r.ann, call);
  auto found = r.get(r.path());
  CAF_CHECK_EQUAL(field(found, "/call_task/contact/name"), "Dr. Miller");
  CAF_CHECK_EQUAL(field(found, "/call_task/call_sessions/0/call_task_id"), to_string(r.id));
  CAF_CHECK(field(found, "/call_task/call_sessions/0/campaign_id").is_null());
  CAF_CHECK_EQUAL(
      r.get(
           r.path(),
           {
               {"If-None-Match", header_of(found, "ETag")}
  })
          .status,
      304);
  auto sessions = r.get("/api/call-sessions?call_task_id=" + to_string(r.id));
  CAF_CHECK_EQUAL(field(sessions, "/total"), 1);
  CAF_CHECK_EQUAL(field(sessions, "/call_sessions/0/id"), to_string(call.id));
  CAF_CHECK_EQUAL(r.get("/api/call-sessions?call_task_id=x").status, 422);
  CAF_CHECK_EQUAL(
      r.get("/api/call-sessions?call_task_id=" + to_string(r.id) + "&campaign_id=" + contact_id)
          .status,
      422);
  CAF_CHECK_EQUAL(r.get(absent.substr(0, 15) + "s/x").status, 404);
}

CAF_TEST(the missing number makes a waiting task ready) {
  task_rig r({asks_number}, dentist);
  auto answered = r.change(R"({"target_phone_number":"+14155550100"})");
  CAF_CHECK_EQUAL(answered.status, 200);
  CAF_CHECK_EQUAL(field(answered, "/call_task/status"), "ready_to_call");
  CAF_REQUIRE_EQUAL(r.engine.changed.size(), 1u);
  CAF_CHECK(r.engine.changed[0] == r.id);
}

CAF_TEST(answers go to questions by their field) {
  task_rig r({
      {"party_size", "For how many?", true}
  });
  CAF_CHECK_EQUAL(field(r.made, "/status"), "waiting_for_user");
  auto answered = r.change(R"({"answers":{"party_size":4}})");
  CAF_CHECK_EQUAL(answered.status, 200);
  CAF_CHECK_EQUAL(field(answered, "/call_task/status"), "ready_to_call");
  CAF_CHECK_EQUAL(field(answered, "/call_task/answers/party_size"), "4");
  CAF_CHECK_EQUAL(r.change(R"({"answers":["4"]})").status, 422);
  CAF_CHECK_EQUAL(field(r.change(R"({"answers":{"a":{}}})"), "/errors/0/pointer"), "/answers/a");
}

CAF_TEST(an edit that needs a yes says so at once) {
  task_rig r({asks_number}, dentist);
  auto waits = r.change(
      R"({"target_phone_number":"+14155550100","max_price":80})"); // nothing is approved by itself
  CAF_CHECK_EQUAL(field(waits, "/call_task/status"), "waiting_for_user");
  CAF_CHECK(field(waits, "/call_task/approval/reason").is_string());
  bool told = false;
  for (const auto& n : r.engine.notices)
    told =
        told || (n.kind == "notification" && n.data.find("approval_needed") != std::string::npos);
  CAF_CHECK(told);
  CAF_CHECK_EQUAL(r.post(r.path("/start-call"), "").status, 503); // nobody starts here
  auto yes = r.post(r.path("/approve"), "{}");
  CAF_CHECK_EQUAL(yes.status, 200);
  CAF_CHECK_EQUAL(field(yes, "/call_task/status"), "ready_to_call");
  CAF_CHECK(field(yes, "/call_task/approval/approved_by").get<std::string>().starts_with("key:"));
  CAF_CHECK_EQUAL(field(yes, "/call_task/approval/approved_price/amount"), "80.00");
  auto twice = r.post(r.path("/approve"), "");
  CAF_CHECK_EQUAL(twice.status, 409);
  CAF_CHECK_EQUAL(field(twice, "/code"), "wrong_state");
}

CAF_TEST(a step that the life of tasks does not know is refused with those it does) {
  task_rig r;
  for (const char* to :
       {"pending", "preparing", "waiting_for_user", "in_progress", "completed", "failed"}) {
    auto refused = r.change(std::string(R"({"status":")") + to + "\"}");
    CAF_CHECK_EQUAL(refused.status, 409);
    CAF_CHECK_EQUAL(field(refused, "/current_status"), "ready_to_call");
    CAF_CHECK_EQUAL(field(refused, "/allowed_transitions"), json({"in_progress", "cancelled"}));
  }
  CAF_CHECK_EQUAL(r.change(R"({"status":"done"})").status, 422);
  CAF_CHECK_EQUAL(r.change("{}").status, 422);
  CAF_CHECK_EQUAL(r.change("[]").status, 422);
  CAF_CHECK(r.engine.changed.empty());
}

CAF_TEST(both spellings cancel) {
  for (const char* word : {"canceled", "cancelled"}) {
    task_rig r;
    auto done = r.change(std::string(R"({"status":")") + word + "\"}");
    CAF_CHECK_EQUAL(done.status, 200);
    CAF_CHECK_EQUAL(field(done, "/call_task/status"), "cancelled");
  }
}

CAF_TEST(a call under way is canceled by its campaign) {
  task_rig r;
  auto campaign = r.begin_call();
  r.engine.steer = [&](const change::steer_campaign& m) -> result<campaign_steered> {
    CAF_CHECK(m.campaign == campaign);
    CAF_CHECK(m.on == campaign::action::cancel);
    CAF_CHECK(m.who.user == r.ann);
    campaign_steered out;
    out.task =
        r.act(r.ann, r.id, task::call_ended{campaign, call::outcome::none, "", true}).value();
    return out;
  };
  auto done = r.change(R"({"status":"cancelled"})");
  CAF_CHECK_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(field(done, "/call_task/status"), "cancelled");
  CAF_CHECK_EQUAL(r.engine.changed.size(), 1u);
}

CAF_TEST(a call that begins between reading and canceling is canceled by its campaign) {
  task_rig r;
  campaign_id campaign{r.desk.make_id()};
  int steered = 0;
  r.desk.before_act = [&](task::record& t) {
    if (t.state != task::status::ready_to_call)
      return;
    t.state = task::status::in_progress;
    t.campaign = campaign;
    ++t.version;
  };
  // What fails leaves nothing behind in the memory, so the call begins once more beside it.
  auto begin = [&] {
    auto& t = r.stored();
    t.state = task::status::in_progress;
    t.campaign = campaign;
    ++t.version;
  };
  r.engine.steer = [&](const change::steer_campaign&) -> result<campaign_steered> {
    ++steered;
    return fail(errc::unavailable, "later");
  };
  CAF_CHECK_EQUAL(r.change(R"({"status":"cancelled"})").status, 409);
  CAF_CHECK_EQUAL(steered, 0);
  begin();
  CAF_CHECK_EQUAL(r.change(R"({"status":"cancelled"})").status, 503);
  CAF_CHECK_EQUAL(steered, 1);
  CAF_CHECK(r.stored().state == task::status::in_progress);
}

CAF_TEST(a call that ended meanwhile is told by the task itself) {
  task_rig r;
  auto campaign = r.begin_call();
  r.engine.steer = [&](const change::steer_campaign&) -> result<campaign_steered> {
    CAF_CHECK(r.act(r.ann, r.id, task::call_ended{campaign, call::outcome::answered, "", false}));
    return fail(errc::wrong_state, "the campaign is completed");
  };
  auto refused = r.change(R"({"status":"cancelled"})");
  CAF_CHECK_EQUAL(refused.status, 409);
  CAF_CHECK_EQUAL(field(refused, "/current_status"), "completed");
}

CAF_TEST(other edits are refused while a call is under way) {
  task_rig r;
  r.begin_call();
  CAF_CHECK_EQUAL(r.change(R"({"priority":"high"})").status, 409);
  CAF_CHECK_EQUAL(r.send(method::delete_, r.path()).status, 409);
  CAF_CHECK(r.stored().state == task::status::in_progress);
}

CAF_TEST(a discarded task stays to be read) {
  task_rig r;
  auto gone = r.send(method::delete_, r.path());
  CAF_CHECK_EQUAL(gone.status, 200);
  CAF_CHECK_EQUAL(field(gone, "/call_task/status"), "cancelled");
  CAF_CHECK_EQUAL(field(r.get(r.path()), "/call_task/status"), "cancelled");
  CAF_CHECK_EQUAL(r.change(R"({"status":"ready_to_call"})").status, 409);
}

CAF_TEST(a stale version of a task is refused before anything happens) {
  task_rig r;
  auto etag = header_of(r.get(r.path()), "ETag");
  CAF_CHECK_EQUAL(
      r.change(
           R"({"priority":"high"})",
           {
               {"If-Match", etag}
  })
          .status,
      200);
  auto stale = r.change(
      R"({"priority":"low"})", {
                                   {"If-Match", etag}
  });
  CAF_CHECK_EQUAL(stale.status, 412);
  CAF_CHECK_EQUAL(field(stale, "/code"), "precondition_failed");
  CAF_CHECK_EQUAL(
      r.send(
           method::delete_, r.path(), "",
           {
               {"If-Match", etag}
  })
          .status,
      412);
  CAF_CHECK(r.stored().urgency == task::priority::high);
}

CAF_TEST(a started call is told with session and script) {
  task_rig r;
  int starts = 0;
  r.engine.start = [&](const start_task& m) -> result<task_started> {
    ++starts;
    CAF_CHECK(m.task == r.id);
    CAF_CHECK(m.who.actor.starts_with("key:"));
    task_started out;
    out.task = r.act(r.ann, r.id, task::call_begun{campaign_id{r.desk.make_id()}}).value();
    out.script.introduction = "This is an automated call.";
    out.script.key_questions = {"When?"};
    out.pass = {1, permit::refusal::none, "", {}};
    call::view call;
    call.id = attempt_id{r.desk.make_id()};
    call.task = m.task.value;
    call.to = phone_number::from_canonical("+14155550100");
    call.from = phone_number::from_canonical("+14155550199");
    call.sid = call_sid{"CA0123456789abcdef0123456789abcdef"};
    call.state = call::status::queued;
    out.call = call;
    return out;
  };
  auto begun = r.post(
      r.path("/start-call"), "{}",
      {
          {"Idempotency-Key", "go"}
  });
  CAF_CHECK_EQUAL(begun.status, 200);
  CAF_CHECK_EQUAL(field(begun, "/status"), "in_progress");
  CAF_CHECK_EQUAL(field(begun, "/call_sid"), "CA0123456789abcdef0123456789abcdef");
  CAF_CHECK_EQUAL(field(begun, "/phone_number"), "+14155550100");
  CAF_CHECK_EQUAL(field(begun, "/call_session/status"), "queued");
  CAF_CHECK_EQUAL(field(begun, "/call_script/key_questions/0"), "When?");
  auto again = r.post(
      r.path("/start-call"), "{}",
      {
          {"Idempotency-Key", "go"}
  });
  CAF_CHECK_EQUAL(again.body, begun.body);
  CAF_CHECK_EQUAL(starts, 1);
  r.desk.data.claims.begin()->second.answered = false; // as if the engine had died in between
  CAF_CHECK_EQUAL(
      r.post(
           r.path("/start-call"), "{}",
           {
               {"Idempotency-Key", "go"}
  })
          .status,
      409);
  CAF_CHECK_EQUAL(starts, 1);
  CAF_CHECK_EQUAL(
      r.post(
           r.path("/start-call"), "{}",
           {
               {"Idempotency-Key", "a b"}
  })
          .status,
      400);
}

CAF_TEST(a pass that dialed nothing says what it waits for) {
  task_rig r;
  r.engine.start = [&](const start_task&) -> result<task_started> {
    task_started out;
    out.task = r.act(r.ann, r.id, task::call_begun{campaign_id{r.desk.make_id()}}).value();
    out.pass = {0, permit::refusal::rate_per_minute, "", r.time.wall};
    return out;
  };
  auto begun = r.post(r.path("/start-call"), "");
  CAF_CHECK_EQUAL(begun.status, 200);
  CAF_CHECK_EQUAL(field(begun, "/status"), "in_progress");
  CAF_CHECK(field(begun, "/call_session").is_null());
  CAF_CHECK(field(begun, "/call_sid").is_null());
  CAF_CHECK_EQUAL(field(begun, "/phone_number"), "+14155550100");
  CAF_CHECK_EQUAL(field(begun, "/why"), "rate_per_minute");
  CAF_CHECK(!field(begun, "/reason").get<std::string>().empty());
  CAF_CHECK(field(begun, "/next_at").is_string());
}

CAF_TEST(a refused start passes all it says on) {
  task_rig r;
  r.engine.start = [&](const start_task&) -> result<task_started> {
    error why{.code = errc::window_closed, .detail = "sunday is not an allowed day"};
    why.next_open_at = r.time.wall;
    return fail(why);
  };
  auto refused = r.post(r.path("/start-call"), "");
  CAF_CHECK_EQUAL(refused.status, 409);
  CAF_CHECK_EQUAL(field(refused, "/code"), "window_closed");
  CAF_CHECK(field(refused, "/next_open_at").is_string());
}

CAF_TEST(tasks of others are not there) {
  task_rig r;
  auto key = r.add_key(r.bob, 15);
  headers bobs{
      {"Authorization", "Bearer " + key}
  };
  auto strange = [&](method verb, const std::string& path, const std::string& body = "") {
    auto theirs = r.send(verb, path, body, bobs);
    auto none = path;
    none.replace(none.find(to_string(r.id)), 36, absent.substr(absent.size() - 36));
    CAF_CHECK_EQUAL(theirs.body, r.send(verb, none, body, bobs).body);
    return theirs.status;
  };
  r.engine.start = [](const start_task&) -> result<task_started> {
    CAF_ERROR("a call was started for a stranger");
    return fail(errc::internal, "");
  };
  CAF_CHECK_EQUAL(strange(method::get, r.path()), 404);
  CAF_CHECK_EQUAL(strange(method::patch, r.path(), R"({"priority":"low"})"), 404);
  CAF_CHECK_EQUAL(strange(method::delete_, r.path()), 404);
  CAF_CHECK_EQUAL(strange(method::post, r.path("/approve")), 404);
  CAF_CHECK_EQUAL(strange(method::post, r.path("/start-call")), 404);
  CAF_CHECK_EQUAL(field(r.send(method::get, "/api/call-tasks", "", bobs), "/total"), 0);
  CAF_CHECK_EQUAL(
      r.send(method::get, "/api/call-sessions?call_task_id=" + to_string(r.id), "", bobs).status,
      404);
  CAF_CHECK(r.stored().state == task::status::ready_to_call);
}

CAF_TEST(only the scope dial makes a phone ring or says yes) {
  task_rig r;
  auto with = [&](scope s) {
    return headers{
        {"Authorization", "Bearer " + r.add_key(r.ann, static_cast<std::uint8_t>(s))}
    };
  };
  auto reads = with(scope::read);
  auto writes = with(scope::write);
  auto dials = with(scope::dial);
  CAF_CHECK_EQUAL(r.send(method::post, r.path("/start-call"), "", writes).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, r.path("/approve"), "", writes).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, "/api/call-tasks", dentist, dials).status, 403);
  CAF_CHECK_EQUAL(r.send(method::get, r.path(), "", writes).status, 403);
  CAF_CHECK_EQUAL(r.send(method::patch, r.path(), R"({"priority":"low"})", dials).status, 403);
  CAF_CHECK_EQUAL(r.send(method::patch, r.path(), R"({"priority":"low"})", reads).status, 403);
  // Whoever may dial may also stop.
  CAF_CHECK_EQUAL(r.send(method::patch, r.path(), R"({"status":"cancelled"})", dials).status, 200);
}
