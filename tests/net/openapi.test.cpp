#define CAF_SUITE net_openapi

#include <caf/test/unit_test.hpp>

#include <functional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "domain/embedded.hpp"
#include "net/routes.hpp"
#include "tests/net/actor_toys.hpp"
#include "tests/net/console_rig.hpp"
#include "tests/net/knowledge_rig.hpp"
#include "tests/net/schema.hpp"
#include "tests/net/trial_toys.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;

namespace {

const json& document() {
  static const auto doc = json::parse(embedded::openapi().front().text);
  return doc;
}

std::string verb_of(const route& line) {
  std::string name(http::to_string(line.verb));
  for (auto& c : name)
    c = static_cast<char>(c - 'A' + 'a');
  return name;
}

/// Every answer of this rig is held against the document.
struct checked_rig : knowledge_rig {
  /// `pattern` is the route's; answers the status.
  int call(
    method verb, const std::string& pattern, const std::string& target, const std::string& body = "",
    headers extra = {}) {
    auto answer = send(verb, target, body, std::move(extra));
    const route* line = nullptr;
    for (const auto& each : routes())
      if (each.verb == verb && each.pattern == pattern)
        line = &each;
    CAF_REQUIRE(line != nullptr);
    const auto& operation = document()["paths"][pattern][verb_of(*line)];
    seen.insert(operation["operationId"].get<std::string>());
    auto code = std::to_string(answer.status);
    const auto& responses = operation["responses"];
    CAF_REQUIRE(responses.contains(code) || responses.contains("default"));
    schema_checker checker(document());
    const auto& told = checker.resolve(responses.contains(code) ? responses[code] : responses["default"]);
    if (!told.contains("content")) {
      CAF_CHECK(answer.body.empty());
      return answer.status;
    }
    auto type = answer.content_type.substr(0, answer.content_type.find(';'));
    CAF_MESSAGE(pattern << " " << code << " " << type);
    CAF_REQUIRE(told["content"].contains(type));
    // Lines of JSON are a text to the document.
    if (type.ends_with("json") && type != "application/x-ndjson") {
      auto wrong = checker.check(told["content"][type]["schema"], json::parse(answer.body));
      for (const auto& mistake : wrong)
        CAF_ERROR(pattern << " answers " << code << ": " << mistake);
      CAF_CHECK(wrong.empty());
    }
    return answer.status;
  }
  std::set<std::string> seen;
};

using namespace std::string_literals;

/// The console's door, held against the document.
void call_console(checked_rig& r) {
  memory_accounts accounts(r.desk);
  accounts.people.push_back({{r.ann, "ann@example.com", account::role::operator_, r.desk.now, {}, false, true}, "hash of four words in a row"});
  net::console door{accounts};
  r.services.console = &door;
  const auto right = R"({"email":"ann@example.com","password":"four words in a row"})"s;
  CAF_CHECK_EQUAL(r.call(method::post, "/api/session", "/api/session", right), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/session", "/api/session", R"({"email":"a"})"), 422);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/session/welcome", "/api/session/welcome", R"({"token":"x","password":"y"})"), 401);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/session", "/api/session"), 404); // a key has none
  CAF_CHECK_EQUAL(r.call(method::delete_, "/api/session", "/api/session"), 404);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/overview", "/api/overview"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/users", "/api/users"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/users", "/api/users", R"({"email":"eve@example.com","role":"user"})"), 201);
  auto eve = "/api/users/" + to_string(accounts.people.back().view.id);
  CAF_CHECK_EQUAL(r.call(method::patch, "/api/users/{id}", eve, R"({"role":"operator"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/users/{id}/password-link", eve + "/password-link"), 201);
  r.services.console = nullptr;
}

/// The lists that hold for everybody.
void call_installation(checked_rig& r) {
  const auto house = "/api/admin/suppressions"s;
  const auto lists = "/api/admin/registries"s;
  const headers csv{{"Content-Type", "text/csv"}};
  CAF_CHECK_EQUAL(r.call(method::post, house, house, R"({"phone_number":"+14155550100"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, house, house, "phone;reason\n+14155550101;no\nx;y\n", csv), 200);
  CAF_CHECK_EQUAL(r.call(method::get, house, house), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, house, house + "?phone_number=%2B14155550100"), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, house, house + "?phone_number=%2B14155550100"), 404);
  CAF_CHECK_EQUAL(r.call(method::delete_, house, house), 422);
  const auto ftc = lists + "?name=ftc&jurisdiction=US-DNC&as_of=2026-05-20";
  CAF_CHECK_EQUAL(r.call(method::post, lists, ftc + "&more=true", "+14155550101\n+14155550102\n", csv), 200);
  auto id = to_string(r.desk.house.lists.back().view.id);
  CAF_CHECK_EQUAL(r.call(method::post, lists, ftc + "&registry=" + id, "+14155550101\n4155550103\n", csv), 201);
  CAF_CHECK_EQUAL(r.call(method::post, lists, lists + "?name=F&jurisdiction=us&as_of=x", "", csv), 422);
  CAF_CHECK_EQUAL(r.call(method::get, lists, lists), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, lists + "/{id}", lists + "/" + id), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, lists + "/{id}", lists + "/" + id), 404);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/suppressions", "/api/suppressions", "+14155550101,no\n", csv), 200);
}

/// The trials of carrier and models.
void call_trials(checked_rig& r) {
  toy_line line;
  toy_minds minds;
  r.services.line = &line;
  r.services.minds = &minds;
  CAF_CHECK_EQUAL(r.call(method::get, "/api/carrier", "/api/carrier"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/carrier/test", "/api/carrier/test"), 200);
  line.carrier->callers = {{"+14155550199", inspection::caller::standing::owned}};
  line.carrier->ahead = std::chrono::milliseconds(-20);
  line.self->ours = true;
  CAF_CHECK_EQUAL(r.call(method::post, "/api/carrier/test", "/api/carrier/test"), 200);
  line.carrier = fail(error{.code = errc::unavailable, .detail = "away"});
  line.self = fail(error{.code = errc::unavailable, .detail = "away"});
  CAF_CHECK_EQUAL(r.call(method::post, "/api/carrier/test", "/api/carrier/test"), 200);
  inspection::model_view house;
  house.name = "house";
  house.kind = "openai";
  minds.all = {house};
  minds.told->provider = "house";
  CAF_CHECK_EQUAL(r.call(method::get, "/api/models", "/api/models"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/models/{name}/test", "/api/models/house/test"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/models/{name}/test", "/api/models/none/test"), 404);
  r.services.line = nullptr;
  r.services.minds = nullptr;
}

/// Every route of tasks and of what stands around them, held against the document.
void call_tasks(checked_rig& r) {
  const auto tasks = "/api/call-tasks"s;
  const auto one = tasks + "/{id}";
  r.plan_with({{"phone_number", "Which number shall I call?", true}}, money{80'000'000});
  auto instruction = R"({"raw_instruction":"Call my dentist"})"s;
  CAF_CHECK_EQUAL(r.call(method::post, tasks, tasks, instruction), 201);
  CAF_CHECK_EQUAL(r.call(method::post, tasks, tasks, R"({"raw_instruction":""})"), 422);
  auto id = r.desk.data.tasks.back().task.id;
  auto path = tasks + "/" + to_string(id);
  CAF_CHECK_EQUAL(r.call(method::get, tasks, tasks + "?status=waiting_for_user&limit=1"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, tasks, tasks + "?status=x"), 422);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/approve", path + "/approve"), 409);
  CAF_CHECK_EQUAL(r.call(method::patch, one, path, R"({"target_phone_number":"+14155550100","answers":{"date":"Monday"}})"), 200);
  CAF_CHECK_EQUAL(r.call(method::patch, one, path, R"({"status":"completed"})"), 409);
  CAF_CHECK_EQUAL(r.call(method::patch, one, path, R"({"priority":"low"})", {{"If-Match", "\"999\""}}), 412);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/approve", path + "/approve"), 200);
  r.engine.start = [&](const start_task& m) -> result<task_started> {
    task_started out;
    out.task = r.act(r.ann, id, task::call_begun{campaign_id{r.desk.make_id()}}).value();
    out.script.introduction = "This is an automated call.";
    out.script.fallback_answers = {{"asked to hold", "I hold."}};
    out.pass = {1, permit::refusal::none, "", {}};
    call::view call;
    call.id = attempt_id{r.desk.make_id()};
    call.task = m.task.value;
    call.to = phone_number::from_canonical("+14155550100");
    call.from = phone_number::from_canonical("+14155550199");
    r.desk.data.calls.emplace_back(r.ann, call);
    out.call = call;
    return out;
  };
  CAF_CHECK_EQUAL(r.call(method::post, one + "/start-call", path + "/start-call"), 200);
  r.engine.start = [&](const start_task& m) -> result<task_started> {
    task_started out;
    out.task = r.desk.data.tasks.back().task;
    out.pass = {0, permit::refusal::window_closed, "", r.time.wall};
    CAF_CHECK(m.task == id);
    return out;
  };
  CAF_CHECK_EQUAL(r.call(method::post, one + "/start-call", path + "/start-call"), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, one, path), 409);
  CAF_CHECK_EQUAL(r.call(method::get, one, path), 200);
  CAF_CHECK_EQUAL(r.call(method::get, one, tasks + "/x"), 404);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-sessions", "/api/call-sessions?call_task_id=" + to_string(id)), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/notifications", "/api/notifications?unread"), 200);
  auto said = to_string(r.desk.data.notifications.at(0).view.id);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/notifications/{id}/read", "/api/notifications/" + said + "/read"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/notifications/read-all", "/api/notifications/read-all"), 200);
}

/// Every route of a call that is talked on, and of what is kept for it.
void call_live(checked_rig& r) {
  const auto one = "/api/call-sessions/{id}"s;
  const auto words = R"({"text":"Hello"})"s;
  r.ask_question();
  r.stored().view.recording = {"RE1", "https://api.example.com/RE1", "completed", 31};
  CAF_CHECK_EQUAL(r.call(method::get, one, r.path()), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/hangup", r.path("/hangup")), 503);
  r.take_controls();
  r.take_processing();
  r.allow_transfer("+14155550123");
  CAF_CHECK_EQUAL(r.call(method::post, one + "/say", r.path("/say"), words), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/say", r.path("/say"), "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/whisper", r.path("/whisper"), words), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/transfer", r.path("/transfer"), R"({"phone_number":"+14155550123"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/answer", r.path("/answer"), R"({"question":1,"approve":true,"note":"n"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/answer", r.path("/answer"), R"({"question":1,"approve":true})"), 409);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/hangup", r.path("/hangup")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, one + "/transcript", r.path("/transcript?after=1")), 200);
  r.end_call();
  CAF_CHECK_EQUAL(r.call(method::post, one + "/say", r.path("/say"), words), 409);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/process", r.path("/process")), 200);
  r.find_results();
  CAF_CHECK_EQUAL(r.call(method::get, one, r.path()), 200);
  r.plan_with({});
  CAF_CHECK_EQUAL(r.call(method::post, "/api/call-tasks", "/api/call-tasks", R"({"raw_instruction":"Call again","result_schema":{"type":"object","properties":{"open":{"type":"boolean"}}}})"), 201);
  r.desk.data.tasks.back().task.parent_call = r.id;
  r.stored().view.follow_ups = {r.desk.data.tasks.back().task.id};
  r.of_task = r.desk.data.tasks.back().task;
  CAF_CHECK_EQUAL(r.call(method::get, one, r.path()), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/process", r.path("/process")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-sessions", "/api/call-sessions?q=A-17"), 200);
  const auto facts = "/api/identity-fields"s;
  CAF_CHECK_EQUAL(r.call(method::get, facts, facts), 200);
  CAF_CHECK_EQUAL(r.call(method::put, facts, facts, R"({"fields":{"name":"Ann"}})"), 200);
  CAF_CHECK_EQUAL(r.call(method::put, facts, facts, R"({"fields":{"x":"Ann"}})"), 422);
}

void call_webhooks(checked_rig& r) {
  const auto all = "/api/webhooks"s;
  CAF_CHECK_EQUAL(r.call(method::post, all, all, R"({"url":"https://hooks.example.com","topics":["call.completed"]})"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, all, all, R"({"url":"https://10.0.0.1"})"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, all, all), 200);
  const auto one = all + "/{id}";
  const auto at = all + "/" + to_string(r.desk.hooks.data.hooks.at(0).view.id);
  CAF_CHECK_EQUAL(r.call(method::get, one, at), 200);
  CAF_CHECK_EQUAL(r.call(method::patch, one, at, R"({"description":"d"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/rotate-secret", at + "/rotate-secret"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/test", at + "/test"), 202);
  CAF_CHECK_EQUAL(r.call(method::get, one + "/deliveries", at + "/deliveries?limit=1"), 200);
  const auto message = to_string(r.desk.hooks.data.messages.at(0).is.id);
  CAF_CHECK_EQUAL(r.call(method::get, one + "/deliveries/{delivery_id}", at + "/deliveries/" + message), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/replay", at + "/replay", R"({"delivery_id":")" + message + "\"}"), 202);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/replay", at + "/replay", "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::delete_, one, at), 200);
}

void call_people(checked_rig& r) {
  const auto contacts = "/api/contacts"s;
  CAF_CHECK_EQUAL(r.call(method::post, contacts, contacts, R"({"name":"Dr. Miller","phone_number":"+14155550100"})"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, contacts, contacts, "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, contacts, contacts + "?q=M"), 200);
  auto id = to_string(r.desk.data.contacts.at(0).view.id);
  CAF_CHECK_EQUAL(r.call(method::get, contacts + "/{id}", contacts + "/" + id), 200);
  CAF_CHECK_EQUAL(r.call(method::patch, contacts + "/{id}", contacts + "/" + id, R"({"notes":"n"})"), 200);
  auto task = R"({"raw_instruction":"Call her","contact_id":")" + id + "\"}";
  CAF_CHECK_EQUAL(r.call(method::post, "/api/call-tasks", "/api/call-tasks", task), 201);
  auto task_id = to_string(r.desk.data.tasks.back().task.id);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-tasks/{id}", "/api/call-tasks/" + task_id), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, "/api/call-tasks/{id}", "/api/call-tasks/" + task_id), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, contacts + "/{id}", contacts + "/" + id), 200);
  for (auto path : {"/api/assistant-settings"s, "/api/business-profile"s}) {
    CAF_CHECK_EQUAL(r.call(method::get, path, path), 200);
    CAF_CHECK_EQUAL(r.call(method::put, path, path, "{}"), 200);
    CAF_CHECK_EQUAL(r.call(method::get, path, path), 200);
    CAF_CHECK_EQUAL(r.call(method::put, path, path, R"({"x":1})"), 422);
  }
  const auto secret = "/api/credentials/{name}"s;
  CAF_CHECK_EQUAL(r.call(method::put, secret, "/api/credentials/openai", R"({"api_key":"sk-0123456789abcdef"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::put, secret, "/api/credentials/openai", "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/credentials", "/api/credentials"), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, secret, "/api/credentials/openai"), 200);
  r.desk.data.usage[r.ann] = {{"2026-05-28", "openai", "gpt", "plan", 3, 1200, 300, 1'234'567}};
  CAF_CHECK_EQUAL(r.call(method::get, "/api/model-usage", "/api/model-usage"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/events", "/api/events"), 200);
}

/// Every route of what is known and asked.
void call_knowledge(checked_rig& r) {
  const auto chunks = "/api/knowledge"s;
  const auto gaps = "/api/knowledge-gaps"s;
  const auto one_gap = gaps + "/{id}";
  const auto chats = "/api/brain/conversations"s;
  CAF_CHECK_EQUAL(r.call(method::post, chunks, chunks, R"({"text":"Dogs are allowed."})"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, chunks, chunks, "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, chunks, chunks + "?q=dogs"), 200);
  auto chunk = chunks + "/" + to_string(r.desk.known.of(r.ann).chunks.at(0).id);
  CAF_CHECK_EQUAL(r.call(method::get, chunks + "/{id}", chunk), 200);
  CAF_CHECK_EQUAL(r.call(method::put, chunks + "/{id}", chunk, R"({"title":"Dogs"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, chunks + "/ask", chunks + "/ask", R"({"question":"Are dogs allowed?"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, chunks + "/{id}", chunk), 200);
  const auto parking = R"({"question":"Do you have parking?","metadata":{"page":"home"}})"s;
  CAF_CHECK_EQUAL(r.call(method::post, gaps, gaps, parking), 201);
  CAF_CHECK_EQUAL(r.call(method::post, gaps, gaps, parking), 200);
  CAF_CHECK_EQUAL(r.call(method::get, gaps, gaps + "?status=open"), 200);
  auto gap = gaps + "/" + to_string(r.desk.known.of(r.ann).gaps.at(0).id);
  CAF_CHECK_EQUAL(r.call(method::get, one_gap, gap), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one_gap + "/ignore", gap + "/ignore"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one_gap + "/ignore", gap + "/ignore"), 409);
  CAF_CHECK_EQUAL(r.call(method::post, one_gap + "/reopen", gap + "/reopen"), 200);
  const auto notes = R"({"resolution_notes":"Parking is free."})"s;
  CAF_CHECK_EQUAL(r.call(method::post, one_gap + "/resolve", gap + "/resolve", notes), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one_gap + "/reopen", gap + "/reopen"), 200);
  const auto answer = R"({"resolution_notes":"Parking is free.","add_to_knowledge_base":true})"s;
  CAF_CHECK_EQUAL(r.call(method::post, one_gap + "/resolve", gap + "/resolve", answer), 200);
  CAF_CHECK_EQUAL(r.call(method::post, chunks + "/check", chunks + "/check"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/brain", "/api/brain", R"({"message":"Do you have parking?"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/brain", "/api/brain", R"({"message":"Do you sell shoes?"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, chats, chats), 200);
  auto chat = chats + "/" + to_string(r.desk.known.of(r.ann).chats.at(0).chat.id);
  CAF_CHECK_EQUAL(r.call(method::get, chats + "/{id}", chat), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, chats + "/{id}", chat), 200);
}

/// Every route of the calendar.
void call_calendar(checked_rig& r) {
  const auto proposals = "/api/calendar/proposals"s;
  const auto one = proposals + "/{id}";
  const auto events = "/api/calendar/events"s;
  const auto subscription = "/api/calendar/subscription"s;
  const auto lunch = R"({"title":"Lunch","starts_at":"2026-11-24T12:00"})"s;
  CAF_CHECK_EQUAL(r.call(method::post, proposals, proposals, lunch), 201);
  CAF_CHECK_EQUAL(r.call(method::post, proposals, proposals, lunch), 201);
  CAF_CHECK_EQUAL(r.call(method::post, proposals, proposals, "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, proposals, proposals), 200);
  auto path = [&](std::size_t n) {
    return proposals + "/" + to_string(r.desk.known.of(r.ann).proposals.at(n).now.id);
  };
  CAF_CHECK_EQUAL(r.call(method::get, one, path(0)), 200);
  CAF_CHECK_EQUAL(r.call(method::patch, one, path(0), R"({"title":"Brunch"})"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/approve", path(0) + "/approve"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/approve", path(0) + "/approve"), 409);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/reject", path(1) + "/reject"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, events, events), 200);
  auto event = events + "/" + to_string(r.desk.known.of(r.ann).events.at(0).id);
  CAF_CHECK_EQUAL(r.call(method::get, events + "/{id}", event), 200);
  CAF_CHECK_EQUAL(r.call(method::get, events + "/{id}/ics", event + "/ics"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, subscription, subscription), 201);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/calendar.ics", "/api/calendar.ics?token=x"), 404);
  CAF_CHECK_EQUAL(r.call(method::delete_, subscription, subscription), 200);
}

/// Every route of the actor console.
void call_actors(checked_rig& r) {
  toy_engine toys;
  r.engine.board = toys.board;
  r.key = r.add_key(r.ann, 31); // every scope, and an operator
  const auto actors = "/api/admin/actors"s;
  const auto one = actors + "/{id}";
  const auto named = R"({"confirm":"campaign 00000007"})"s;
  call_installation(r);
  CAF_CHECK_EQUAL(r.call(method::get, actors, actors + "?limit=1"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, actors, actors + "?sort=x"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, one, toys.path(toys.campaign)), 200);
  CAF_CHECK_EQUAL(r.call(method::get, one, actors + "/0"), 404);
  const auto stop = toys.path(toys.campaign, "/stop");
  CAF_CHECK_EQUAL(r.call(method::post, one + "/stop", stop, R"({"confirm":"x"})"), 422);
  CAF_CHECK_EQUAL(r.call(method::post, one + "/stop", stop, named), 200);
  const auto restart = toys.path(toys.campaign, "/restart");
  CAF_CHECK_EQUAL(r.call(method::post, one + "/restart", restart, named), 200);
  r.engine.board = nullptr;
}

} // namespace

CAF_TEST(the document and the table of routes name the same operations) {
  std::set<std::string> documented;
  for (const auto& [path, verbs] : document()["paths"].items())
    for (const auto& [verb, operation] : verbs.items())
      documented.insert(verb + " " + path + " " + operation["operationId"].get<std::string>());
  std::set<std::string> served;
  for (const auto& line : routes())
    if (!line.operation.empty())
      served.insert(verb_of(line) + " " + std::string(line.pattern) + " " + std::string(line.operation));
  for (const auto& one : documented)
    if (!served.contains(one))
      CAF_ERROR("documented and not served: " << one);
  for (const auto& one : served)
    if (!documented.contains(one))
      CAF_ERROR("served and not documented: " << one);
  CAF_CHECK(documented == served);
}

CAF_TEST(the document says who may call what) {
  for (const auto& line : routes()) {
    if (line.operation.empty())
      continue;
    const auto& operation = document()["paths"][std::string(line.pattern)][verb_of(line)];
    bool open = operation.contains("security") && operation["security"].empty();
    bool signed_ = operation.contains("security") && !operation["security"].empty();
    CAF_CHECK_EQUAL(open, line.who == audience::everybody || line.who == audience::operators);
    CAF_CHECK_EQUAL(signed_, line.who == audience::carrier);
    bool body = operation.contains("requestBody");
    CAF_CHECK_EQUAL(body, line.body != body_kind::none);
  }
}

CAF_TEST(every reference leads somewhere) {
  std::size_t count = 0;
  std::function<void(const json&)> walk = [&](const json& at) {
    if (at.is_object() && at.contains("$ref")) {
      ++count;
      auto ref = at["$ref"].get<std::string>();
      CAF_CHECK(document().contains(json::json_pointer(ref.substr(1))));
    }
    if (at.is_structured())
      for (const auto& inner : at)
        walk(inner);
  };
  walk(document());
  CAF_CHECK(count > 100);
}

CAF_TEST(the checker of schemas finds what is wrong) {
  schema_checker checker(document());
  json schema = {{"$ref", "#/components/schemas/done"}};
  CAF_CHECK(checker.check(schema, {{"success", true}}).empty());
  CAF_CHECK(!checker.check(schema, {{"success", false}}).empty());
  CAF_CHECK(!checker.check(schema, {{"success", 1}}).empty());
  CAF_CHECK(!checker.check(schema, {{"success", true}, {"more", 1}}).empty());
  CAF_CHECK(!checker.check(schema, json::object()).empty());
  CAF_CHECK(!checker.check({{"patternProperties", {}}}, 1).empty());
}

CAF_TEST(the examples of the document are what it describes and are accepted) {
  std::size_t count = 0;
  for (const auto& line : routes()) {
    if (line.operation.empty() || line.body != body_kind::json)
      continue;
    const auto& operation = document()["paths"][std::string(line.pattern)][verb_of(line)];
    const auto& media = operation["requestBody"]["content"]["application/json"];
    if (!media.contains("example"))
      continue;
    ++count;
    for (const auto& wrong : schema_checker(document()).check(media["schema"], media["example"]))
      CAF_ERROR(line.operation << ": the example " << wrong);
    checked_rig r;
    r.plan_with({{"phone_number", "Which number shall I call?", true}});
    auto target = std::string(line.pattern);
    if (line.operation == "updateCallTask") {
      r.post("/api/call-tasks", R"({"raw_instruction":"Call"})");
      target = "/api/call-tasks/" + to_string(r.desk.data.tasks.back().task.id);
    }
    if (target.starts_with("/api/call-sessions/{id}")) {
      target.replace(0, std::string("/api/call-sessions/{id}").size(), r.path());
      r.allow_transfer("+14155550123");
      r.ask_question();
      r.take_controls();
    }
    for (std::string pattern : {"/api/knowledge-gaps/{id}", "/api/calendar/proposals/{id}"})
      if (target.starts_with(pattern)) {
        auto id = pattern.find("gaps") != std::string::npos ? r.log("Do you have parking?")
                                                            : r.propose("Lunch", "2026-11-24T12:00");
        target.replace(pattern.size() - 4, 4, id);
      }
    if (auto name = target.find("{name}"); name != std::string::npos)
      target.replace(name, 6, "openai");
    auto status = r.call(line.verb, std::string(line.pattern), target, media["example"].dump());
    CAF_MESSAGE(line.operation << " " << status);
    CAF_CHECK(status == 200 || status == 201);
  }
  CAF_CHECK(count >= 6);
}

CAF_TEST(real answers are as the document says) {
  checked_rig r;
  call_live(r);
  call_tasks(r);
  call_people(r);
  call_webhooks(r);
  call_knowledge(r);
  call_calendar(r);
  call_actors(r);
  call_console(r);
  call_trials(r);
  auto id = to_string(r.add_campaign(r.ann, campaign::status::scheduled));
  auto in = [&](const std::string& rest) { return "/api/campaigns/" + id + rest; };
  auto answer_view = [&](const change::steer_campaign&) {
    campaign_steered out;
    out.view = r.desk.data.campaigns[0].view;
    out.view.start_at = r.time.wall;
    return out;
  };
  r.engine.steer = answer_view;
  r.engine.execute = [](const execute_campaign&) { return execution{1, permit::refusal::none, "", {}}; };
  r.engine.wait = [&](const ask_waiting&) {
    return waiting{true, permit::refusal::rate_per_hour, "the hour is full", r.time.wall, 3};
  };
  r.engine.stop = [](const stop_everything& m) { return stop_report{m.stop, true, 0}; };
  call::view call;
  call.id = attempt_id{r.desk.make_id()};
  call.to = phone_number::from_canonical("+14155550100");
  call.from = phone_number::from_canonical("+14155550199");
  call.attempt_state = "accepted";
  r.desk.data.calls.emplace_back(r.ann, call);
  call.id = attempt_id{r.desk.make_id()};
  call.sid = call_sid{"CA0123456789abcdef0123456789abcdef"};
  call.state = call::status::no_answer;
  call.duration_seconds = 0;
  call.created_at = call.ended_at = r.time.wall;
  r.desk.data.calls.emplace_back(r.ann, call);
  auto call_id = to_string(call.id);

  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns", "/api/campaigns", R"({"name":"A","rate_limit_per_minute":5,"targets":[{"phone_number":"+14155550100"},{"phone_number":"1"}]})"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns", "/api/campaigns", R"({"nome":"A"})"), 422);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns", "/api/campaigns", "{"), 400);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns", "/api/campaigns?limit=1"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}", in("")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}", "/api/campaigns/x"), 404);
  CAF_CHECK_EQUAL(r.call(method::patch, "/api/campaigns/{id}", in(""), R"({"action":"cancel"})"), 200);
  r.engine.steer = [](const change::steer_campaign&) -> result<campaign_steered> {
    error why{.code = errc::wrong_state, .detail = "no"};
    why.current_status = "completed";
    return fail(why);
  };
  CAF_CHECK_EQUAL(r.call(method::patch, "/api/campaigns/{id}", in(""), R"({"action":"cancel"})"), 409);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/execute", in("/execute")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/why", in("/why")), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets", in("/targets"), R"([{"phone_number":"+14155550100"}])"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets", in("/targets"), R"([{"phone_number":"+14155550100"}])"), 200);
  const headers csv{{"Content-Type", "text/csv"}};
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets", in("/targets"), "phone_number\n+14155550101\nx\n", csv), 201);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/targets", in("/targets")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/calls", in("/calls")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/results.csv", in("/results.csv")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/results.ndjson", in("/results.ndjson")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/imports", in("/imports")), 200);
  auto report = in("/imports/" + to_string(r.desk.data.imports.back().view.id) + "/rejected.csv");
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/imports/{import_id}/rejected.csv", report), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/imports/{import_id}/rejected.csv", in("/imports/x/rejected.csv")), 404);
  auto target_in = [&](const std::string& rest) { return in("/targets/" + to_string(r.desk.data.targets.back().second.id) + rest); };
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets/{target_id}/skip", target_in("/skip")), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets/{target_id}/retry", target_in("/retry")), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets/{target_id}/retry", target_in("/retry")), 409);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/targets/retry", in("/targets/retry"), R"({"status":"failed","outcome":"busy"})"), 200);
  r.desk.data.targets.back().second.call_outcome = "busy";
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/redial", in("/redial"), R"({"outcomes":["busy"]})"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/campaigns/{id}/redial", in("/redial"), R"({"outcomes":["answered"]})"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/activity", in("/activity")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/campaigns/{id}/chart", in("/chart?bucket=hour")), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, "/api/campaigns/{id}", in("")), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-sessions", "/api/call-sessions"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-sessions/{id}", "/api/call-sessions/" + call_id), 200);
  std::string window = R"({"timezone":"UTC","allowed_call_start_time":"00:00","allowed_call_end_time":"24:00","allowed_days_of_week":["mon"],"count":3})";
  CAF_CHECK_EQUAL(r.call(method::post, "/api/call-window/check", "/api/call-window/check", window), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/call-window/check", "/api/call-window/check", "{}"), 422);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/timezones", "/api/timezones"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/stop", "/api/stop"), 200);
  CAF_CHECK_EQUAL(r.call(method::delete_, "/api/stop", "/api/stop"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/suppressions", "/api/suppressions", R"({"phone_number":"+14155550100"})"), 201);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/suppressions", "/api/suppressions", R"({"suppressions":[{"phone_number":"+14155550101"}]})"), 201);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/suppressions", "/api/suppressions"), 200);
  auto suppression = to_string(r.desk.data.suppressions[0].view.id);
  CAF_CHECK_EQUAL(r.call(method::delete_, "/api/suppressions/{id}", "/api/suppressions/" + suppression), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/audit", "/api/audit"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/audit/verify", "/api/audit/verify"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-sessions/{id}/webhooks", "/api/call-sessions/" + call_id + "/webhooks"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/call-sessions/{id}/webhooks", "/api/call-sessions/x/webhooks"), 404);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/api-keys", "/api/api-keys", R"({"name":"k","scopes":["read","dial"],"expires_at":"2030-01-01T00:00:00Z"})"), 201);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/api-keys", "/api/api-keys"), 200);
  auto key = to_string(r.desk.data.keys.back().view.id);
  CAF_CHECK_EQUAL(r.call(method::delete_, "/api/api-keys/{id}", "/api/api-keys/" + key), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/me", "/api/me"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/healthz", "/healthz"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/readyz", "/readyz?verbose"), 200);
  r.engine.tell_health = nullptr;
  CAF_CHECK_EQUAL(r.call(method::get, "/readyz", "/readyz"), 503);
  CAF_CHECK_EQUAL(r.call(method::get, "/metrics", "/metrics"), 200);
  CAF_CHECK_EQUAL(r.call(method::get, "/openapi.json", "/openapi.json"), 200);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/call-status/{token}", "/api/webhooks/call-status/x"), 403);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/voice/{token}", "/api/webhooks/voice/x"), 403);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/gather/{token}/{number}", "/api/webhooks/gather/x/1"), 403);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/amd/{token}", "/api/webhooks/amd/x"), 403);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/recording/{token}", "/api/webhooks/recording/x"), 403);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/relay-action/{token}", "/api/webhooks/relay-action/x"), 403);
  CAF_CHECK_EQUAL(r.call(method::get, "/api/relay/{token}", "/api/relay/x"), 403);
  CAF_CHECK_EQUAL(r.call(method::post, "/api/webhooks/echo/{token}", "/api/webhooks/echo/x"), 403);
  for (const auto& line : routes())
    if (!line.operation.empty())
      CAF_CHECK(r.seen.contains(std::string(line.operation)));
}
