#define CAF_SUITE net_api

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
std::string path_of(const campaign_id& id) { return "/api/campaigns/" + to_string(id); }

const std::string sound_window =
  R"("timezone":"America/New_York","allowed_call_start_time":"09:00","allowed_call_end_time":"18:00",)"
  R"("allowed_days_of_week":["mon","tue"])";

} // namespace

CAF_TEST(a campaign is created with its targets and read again) {
  rig r;
  auto made = r.post(
    "/api/campaigns",
    R"({"name":"Spring","rate_limit_per_minute":10,)" + sound_window +
      R"(,"targets":[{"phone_number":"+14155550100","contact_name":"Ann"},{"phone_number":"12"}]})");
  CAF_CHECK_EQUAL(made.status, 201);
  auto doc = read(made);
  CAF_CHECK_EQUAL(doc["success"], true);
  CAF_CHECK_EQUAL(doc["campaign"]["status"], "draft");
  CAF_CHECK_EQUAL(doc["campaign"]["progress"]["pending"], 1);
  CAF_CHECK_EQUAL(doc["targets"]["accepted"], 1);
  CAF_CHECK_EQUAL(doc["targets"]["rejected"][0]["line"], 2);
  auto id = doc["campaign"]["id"].get<std::string>();
  CAF_CHECK_EQUAL(header_of(made, "Location"), "/api/campaigns/" + id);
  auto again = r.get("/api/campaigns/" + id);
  CAF_CHECK_EQUAL(again.status, 200);
  CAF_CHECK_EQUAL(field(again, "/campaign"), doc["campaign"]);
  CAF_CHECK_EQUAL(r.get("/api/campaigns/" + id, {{"If-None-Match", header_of(again, "ETag")}}).status, 304);
  auto targets = read(r.get("/api/campaigns/" + id + "/targets"));
  CAF_CHECK_EQUAL(targets["targets"][0]["phone_number"], "+14155550100");
}

CAF_TEST(a broken create leaves nothing behind) {
  rig r;
  CAF_CHECK_EQUAL(r.post("/api/campaigns", R"({"name":"","max_attempts":0})").status, 422);
  CAF_CHECK_EQUAL(r.post("/api/campaigns", R"({"name":"A")").status, 400);
  CAF_CHECK(r.desk.data.campaigns.empty());
}

CAF_TEST(the same key and body has one effect and the same answer) {
  rig r;
  std::string body = R"({"name":"Spring"})";
  auto first = r.post("/api/campaigns", body, {{"Idempotency-Key", "\"k-1\""}});
  auto again = r.post("/api/campaigns", body, {{"Idempotency-Key", "k-1"}}); // bare is the same key
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK_EQUAL(again.body, first.body);
  CAF_CHECK_EQUAL(header_of(first, "Idempotency-Replayed"), "");
  CAF_CHECK_EQUAL(header_of(again, "Idempotency-Replayed"), "true");
  CAF_CHECK_EQUAL(r.desk.data.campaigns.size(), 1u);
  auto other = r.post("/api/campaigns", R"({"name":"Autumn"})", {{"Idempotency-Key", "k-1"}});
  CAF_CHECK_EQUAL(other.status, 422);
  CAF_CHECK_EQUAL(field(other, "/code"), "key_reused");
  auto bad = r.post("/api/campaigns", body, {{"Idempotency-Key", "a b"}});
  CAF_CHECK_EQUAL(bad.status, 400);
}

CAF_TEST(an execute with a key dials once) {
  rig r;
  auto id = r.add_campaign(r.ann, campaign::status::running);
  int passes = 0;
  r.engine.execute = [&](const execute_campaign&) {
    ++passes;
    return execution{3, permit::refusal::rate_per_minute, "", r.time.wall};
  };
  auto first = r.post(path_of(id) + "/execute", "", {{"Idempotency-Key", "go"}});
  CAF_CHECK_EQUAL(first.status, 200);
  CAF_CHECK_EQUAL(field(first, "/dialed"), 3);
  CAF_CHECK_EQUAL(field(first, "/why"), "rate_per_minute");
  auto again = r.post(path_of(id) + "/execute", "", {{"Idempotency-Key", "go"}});
  CAF_CHECK_EQUAL(again.body, first.body);
  CAF_CHECK_EQUAL(passes, 1);
  r.desk.data.claims.begin()->second.answered = false; // as if the engine had died in between
  CAF_CHECK_EQUAL(r.post(path_of(id) + "/execute", "", {{"Idempotency-Key", "go"}}).status, 409);
  CAF_CHECK_EQUAL(passes, 1);
}

CAF_TEST(a refusal of the engine reaches the client with all it says) {
  rig r;
  auto id = r.add_campaign(r.ann);
  r.engine.steer = [&](const change::steer_campaign& m) -> result<campaign_steered> {
    CAF_CHECK(m.who.user == r.ann);
    CAF_CHECK_EQUAL(m.who.request_id, "req-1");
    CAF_CHECK(m.who.actor.starts_with("key:"));
    error why{.code = errc::window_closed, .detail = "sunday is not an allowed day"};
    why.next_open_at = r.time.wall;
    return fail(why);
  };
  auto answer = r.send(method::patch, path_of(id), R"({"action":"start"})");
  CAF_CHECK_EQUAL(answer.status, 409);
  CAF_CHECK_EQUAL(field(answer, "/code"), "window_closed");
  CAF_CHECK(field(answer, "/next_open_at").is_string());
}

CAF_TEST(a stale version is refused before anything happens) {
  rig r;
  auto id = r.add_campaign(r.ann);
  int steps = 0;
  r.engine.steer = [&](const change::steer_campaign&) {
    ++steps;
    return campaign_steered{};
  };
  auto etag = header_of(r.get(path_of(id)), "ETag");
  CAF_CHECK(etag.starts_with("W/\"3-"));
  std::string body = R"({"action":"pause"})";
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), body, {{"If-Match", etag}}).status, 200);
  CAF_CHECK_EQUAL(r.send(method::patch, path_of(id), body, {{"If-Match", "\"3\""}}).status, 200);
  r.desk.data.campaigns[0].view.version = 4;
  auto stale = r.send(method::patch, path_of(id), body, {{"If-Match", etag}});
  CAF_CHECK_EQUAL(stale.status, 412);
  CAF_CHECK_EQUAL(field(stale, "/code"), "precondition_failed");
  CAF_CHECK_EQUAL(r.send(method::delete_, path_of(id), "", {{"If-Match", etag}}).status, 412);
  CAF_CHECK_EQUAL(steps, 2);
  CAF_CHECK_EQUAL(r.desk.data.campaigns.size(), 1u);
}

CAF_TEST(an update is checked as a whole before it is asked for) {
  rig r;
  auto id = r.add_campaign(r.ann);
  auto answer = r.send(
    method::patch, path_of(id), R"({"action":"update","timezone":"Mars/Base","max_attempts":2})");
  CAF_CHECK_EQUAL(answer.status, 422);
  CAF_CHECK_EQUAL(field(answer, "/errors/0/pointer"), "/timezone");
}

CAF_TEST(another users things are not there) {
  rig r;
  auto id = r.add_campaign(r.bob);
  r.engine.execute = [](const execute_campaign&) { return execution{1, {}, "", {}}; };
  r.engine.wait = [](const ask_waiting&) { return waiting{}; };
  for (const auto& path : {path_of(id), path_of(id) + "/why", path_of(id) + "/targets",
                           path_of(id) + "/calls", path_of(id) + "/results.csv"}) {
    auto theirs = r.get(path);
    auto absent = path;
    absent.replace(absent.find(to_string(id)), 36, "00000000-0000-7000-8000-00000000ffff");
    CAF_CHECK_EQUAL(theirs.status, 404);
    CAF_CHECK_EQUAL(theirs.body, r.get(absent).body);
  }
  CAF_CHECK_EQUAL(r.post(path_of(id) + "/execute", "").status, 404);
  CAF_CHECK_EQUAL(r.post(path_of(id) + "/targets", "[]").status, 404);
  CAF_CHECK_EQUAL(r.send(method::delete_, path_of(id)).status, 404);
  CAF_CHECK_EQUAL(field(r.get("/api/campaigns"), "/total"), 0);
  CAF_CHECK_EQUAL(r.get("/api/campaigns/no-id").status, 404);
}

CAF_TEST(lists page by cursor and by offset) {
  rig r;
  for (int i = 0; i < 5; ++i)
    r.add_campaign(r.ann);
  auto first = r.get("/api/campaigns?limit=2&status=draft");
  auto doc = read(first);
  CAF_CHECK_EQUAL(doc["campaigns"].size(), 2u);
  CAF_CHECK_EQUAL(doc["total"], 5);
  CAF_CHECK_EQUAL(doc["limit"], 2);
  auto cursor = doc["next_cursor"].get<std::string>();
  CAF_CHECK_EQUAL(
    header_of(first, "Link"), "</api/campaigns?limit=2&status=draft&cursor=" + cursor + ">; rel=\"next\"");
  CAF_CHECK(field(r.get("/api/campaigns?limit=2&offset=4"), "/next_cursor").is_null());
  for (auto query : {"limit=0", "limit=501", "limit=x", "offset=-1", "status=flying", "colour=red", "limit=1&limit=2"})
    CAF_CHECK_EQUAL(r.get(std::string("/api/campaigns?") + query).status, 422);
  CAF_CHECK_EQUAL(r.get("/api/campaigns?q=%zz").status, 400);
  CAF_CHECK_EQUAL(r.get("/api/campaigns?q=%ff").status, 400);
}

CAF_TEST(the window check answers and fails closed) {
  rig r;
  auto open = r.post("/api/call-window/check", "{" + sound_window + R"(,"at":"2026-06-01T14:00:00Z","count":2})");
  CAF_CHECK_EQUAL(open.status, 200);
  CAF_CHECK_EQUAL(field(open, "/allowed"), true);
  CAF_CHECK_EQUAL(field(open, "/closes_at"), "2026-06-01T22:00:00Z");
  CAF_CHECK_EQUAL(field(open, "/next_openings").size(), 2u);
  auto closed = r.post("/api/call-window/check", "{" + sound_window + R"(,"at":"2026-06-01T22:00:00Z"})");
  CAF_CHECK_EQUAL(field(closed, "/allowed"), false);
  CAF_CHECK_EQUAL(field(closed, "/next_open_at"), "2026-06-02T13:00:00Z");
  for (auto body : {R"({"timezone":"Mars/Base","allowed_call_start_time":"9","allowed_call_end_time":"9","allowed_days_of_week":[]})",
                    R"({})", R"({"timezone":7})", R"({broken)", R"([])"}) {
    auto wrong = r.post("/api/call-window/check", body);
    CAF_CHECK(wrong.status == 422 || wrong.status == 400);
    CAF_CHECK_EQUAL(field(wrong, "/allowed"), false);
    CAF_CHECK(!field(wrong, "/reason").get<std::string>().empty());
  }
}

CAF_TEST(numbers are suppressed one or many and all or none) {
  rig r;
  auto one = r.post("/api/suppressions", R"({"phone_number":"+1 415 555 0100","reason":"asked"})");
  CAF_CHECK_EQUAL(one.status, 201);
  CAF_CHECK_EQUAL(field(one, "/suppression/phone_number"), "+14155550100");
  auto many = r.post(
    "/api/suppressions", R"({"suppressions":[{"phone_number":"+14155550101"},{"phone_number":"x"}]})");
  CAF_CHECK_EQUAL(many.status, 422);
  CAF_CHECK_EQUAL(field(many, "/errors/0/pointer"), "/suppressions/1/phone_number");
  CAF_CHECK_EQUAL(r.desk.data.suppressions.size(), 1u);
  auto id = field(one, "/suppression/id").get<std::string>();
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/suppressions/" + id).status, 200);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/suppressions/" + id).status, 404);
}

CAF_TEST(a full or a lost desk is told with a time to come back) {
  rig r;
  r.get("/api/me");
  r.engine.desk_full = true;
  auto full = r.get("/api/campaigns");
  CAF_CHECK_EQUAL(full.status, 503);
  CAF_CHECK_EQUAL(header_of(full, "Retry-After"), "1");
  r.engine.desk_full = false;
  r.engine.desk_drops = true;
  CAF_CHECK_EQUAL(r.get("/api/campaigns").status, 503);
}

CAF_TEST(readiness follows the engine) {
  rig r;
  CAF_CHECK_EQUAL(r.get("/readyz").status, 200);
  CAF_CHECK(field(r.get("/readyz?verbose"), "/checks/database") == true);
  r.engine.tell_health = [](const ask_health&) { return health{true, false, true, false, true, ""}; };
  auto away = r.get("/readyz");
  CAF_CHECK_EQUAL(away.status, 503);
  CAF_CHECK_EQUAL(field(away, "/detail"), "the database is away");
  CAF_CHECK_EQUAL(r.get("/healthz").status, 200);
}

CAF_TEST(metrics name what happened and nobody) {
  rig r;
  r.counters.permits_granted = 5;
  r.counters.permits_refused[static_cast<std::size_t>(permit::refusal::window_closed)] = 2;
  auto text = r.get("/metrics").body;
  CAF_CHECK_NOT_EQUAL(text.find("ringmaster_permits_granted_total 5\n"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(
    text.find("ringmaster_permits_refused_total{reason=\"window_closed\"} 2\n"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(text.find("# TYPE ringmaster_calls_live gauge"), std::string::npos);
}

CAF_TEST(answers carry the headers that browsers and caches need) {
  rig r;
  for (auto path : {"/api/me", "/", "/docs", "/nowhere"}) {
    auto answer = r.get(path);
    CAF_CHECK_EQUAL(header_of(answer, "Cache-Control"), "no-store");
    CAF_CHECK_EQUAL(header_of(answer, "X-Content-Type-Options"), "nosniff");
    CAF_CHECK(header_of(answer, "Content-Security-Policy").starts_with("default-src 'none'"));
    CAF_CHECK_EQUAL(header_of(answer, "Strict-Transport-Security"), "max-age=31536000");
    CAF_CHECK_EQUAL(header_of(answer, "Access-Control-Allow-Origin"), "");
  }
}

CAF_TEST(pages bring nothing from elsewhere and run no script) {
  rig r;
  for (auto path : {"/", "/docs"}) {
    auto body = r.get(path).body;
    CAF_CHECK_EQUAL(body.find("<script"), std::string::npos);
    CAF_CHECK_EQUAL(body.find("://"), std::string::npos);
    CAF_CHECK_EQUAL(body.find("style="), std::string::npos);
  }
  CAF_CHECK_NOT_EQUAL(r.get("/docs").body.find("POST /api/call-window/check"), std::string::npos);
}

CAF_TEST(each listener serves its own routes and no others) {
  rig r;
  r.settings.http.webhooks_listen = "127.0.0.1:1";
  r.settings.http.admin_listen = "127.0.0.1:2";
  auto all = net::listeners_of(r.settings);
  CAF_REQUIRE_EQUAL(all.size(), 3u);
  auto served = [&](const net::listener& l, method verb, const std::string& path) {
    net::application app(r.services, l.what);
    http::request head;
    head.verb = verb;
    head.path = head.target = path;
    head.headers.push_back({"Authorization", "Bearer " + r.key});
    auto policy = app.policy(head);
    return policy || policy.error().code != errc::not_found;
  };
  for (const auto& l : all) {
    CAF_CHECK_EQUAL(served(l, method::post, "/api/webhooks/voice/x"), l.name == "webhooks");
    CAF_CHECK_EQUAL(served(l, method::get, "/metrics"), l.name == "admin");
    CAF_CHECK_EQUAL(served(l, method::get, "/api/me"), l.name == "main");
    CAF_CHECK_EQUAL(served(l, method::get, "/healthz"), l.name != "webhooks");
  }
  r.settings.http.webhooks_listen = r.settings.http.admin_listen = "";
  CAF_CHECK_EQUAL(net::listeners_of(r.settings).size(), 1u);
}
