#define CAF_SUITE net_auth

#include <caf/test/unit_test.hpp>

#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "net/api_key.hpp"
#include "net/routes.hpp"
#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;

namespace {

std::string some_path(std::string_view pattern) {
  std::string path(pattern);
  if (auto at = path.find("{id}"); at != std::string::npos)
    path.replace(at, 4, "00000000-0000-7000-8000-000000000001");
  return path;
}

http::response send_as(rig& r, const route& line, const std::string& key) {
  std::string body = line.body == body_kind::json || line.body == body_kind::list ? "{}" : "";
  return r.send(line.verb, some_path(line.pattern), body, {{"Authorization", "Bearer " + key}});
}

} // namespace

CAF_TEST(a key has its form and comes back from its text) {
  seeded_random random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    auto made = make_api_key(instant(std::chrono::seconds(1'780'000'000)), random);
    CAF_CHECK_EQUAL(made.text.size(), 3u + 32u + 1u + 43u);
    auto read = read_api_key(made.text);
    CAF_REQUIRE(read);
    CAF_CHECK(read->id == made.id);
    CAF_CHECK_EQUAL(read->secret.substr(39), made.last_four);
    api_key_record record{made.id, {}, "", made.sha256, 1, {}};
    CAF_CHECK(fits(record, read->secret));
    CAF_CHECK(seen.insert(std::string(read->secret)).second);
  }
}

CAF_TEST(nearly a key is none) {
  seeded_random random;
  auto text = make_api_key(instant(std::chrono::seconds(1)), random).text;
  CAF_CHECK(!read_api_key(text + "x"));
  CAF_CHECK(!read_api_key(text.substr(1)));
  CAF_CHECK(!read_api_key("RM_" + text.substr(3)));
  auto upper = text;
  for (std::size_t i = 3; i < 35; ++i)
    upper[i] = 'F';
  CAF_CHECK(!read_api_key(upper));
  text[50] = '-';
  CAF_CHECK(!read_api_key(text));
}

CAF_TEST(every route of users needs a right key and says no in one way) {
  rig r;
  auto expired = r.add_key(r.ann, 15, r.time.wall);
  auto wrong = r.key;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  seeded_random other;
  other.state = 99;
  auto unknown = make_api_key(r.time.wall, other).text;
  for (const auto& line : routes()) {
    if (line.who != audience::users)
      continue;
    auto none = r.send(line.verb, some_path(line.pattern), "", {}, false);
    CAF_CHECK_EQUAL(none.status, 401);
    CAF_CHECK_EQUAL(header_of(none, "WWW-Authenticate"), "Bearer realm=\"ringmaster\"");
    for (const auto& key : {expired, wrong, unknown, std::string("rm_x")}) {
      auto answer = send_as(r, line, key);
      CAF_CHECK_EQUAL(answer.status, 401);
      CAF_CHECK_EQUAL(answer.body, none.body);
    }
  }
}

CAF_TEST(every route checks its scopes) {
  rig r;
  for (std::uint8_t scopes = 0; scopes < 16; ++scopes) {
    auto key = r.add_key(r.ann, scopes);
    for (const auto& line : routes()) {
      if (line.who != audience::users)
        continue;
      bool may = line.scopes == 0 || (line.scopes & scopes) != 0;
      auto answer = send_as(r, line, key);
      CAF_CHECK_EQUAL(answer.status == 403, !may);
    }
  }
}

CAF_TEST(only dial makes phones ring and every stopping hand may stop) {
  rig r;
  auto id = to_string(r.add_campaign(r.ann, campaign::status::paused));
  auto path = "/api/campaigns/" + id;
  r.engine.steer = [](const change::steer_campaign&) { return campaign_steered{}; };
  auto act = [&](scope s, const std::string& body) {
    auto key = r.add_key(r.ann, static_cast<std::uint8_t>(s));
    return r.send(method::patch, path, body, {{"Authorization", "Bearer " + key}}).status;
  };
  for (auto body : {R"({"action":"start"})", R"({"action":"resume"})",
                    R"({"action":"schedule","start_at":"2030-01-01T00:00:00Z"})"}) {
    CAF_CHECK_EQUAL(act(scope::write, body), 403);
    CAF_CHECK_EQUAL(act(scope::dial, body), 200);
  }
  for (auto body : {R"({"action":"pause"})", R"({"action":"cancel"})"}) {
    CAF_CHECK_EQUAL(act(scope::write, body), 200);
    CAF_CHECK_EQUAL(act(scope::dial, body), 200);
  }
  CAF_CHECK_EQUAL(act(scope::dial, R"({"action":"update","name":"x"})"), 403);
  CAF_CHECK_EQUAL(act(scope::write, R"({"action":"update","name":"x"})"), 200);
}

CAF_TEST(a key is read once in a while and its last use is written down now and then) {
  rig r;
  for (int i = 0; i < 5; ++i)
    CAF_CHECK_EQUAL(r.get("/api/me").status, 200);
  CAF_CHECK_EQUAL(r.desk.key_reads, 1);
  CAF_CHECK_EQUAL(r.desk.touches, 1);
  r.run_out_of_cache();
  r.get("/api/me");
  CAF_CHECK_EQUAL(r.desk.key_reads, 2);
  CAF_CHECK_EQUAL(r.desk.touches, 1);
  r.time.since_boot += std::chrono::seconds(61);
  r.get("/api/me");
  CAF_CHECK_EQUAL(r.desk.touches, 2);
}

CAF_TEST(a deleted key ends at once) {
  rig r;
  auto key = r.add_key(r.ann, 15);
  auto id = to_string(read_api_key(key)->id);
  headers as_it{{"Authorization", "Bearer " + key}};
  CAF_CHECK_EQUAL(r.get("/api/me", as_it).status, 200);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/api-keys/" + id).status, 200);
  CAF_CHECK_EQUAL(r.get("/api/me", as_it).status, 401);
}

CAF_TEST(the stop button works while the database is away) {
  rig r;
  bool stopped = false;
  r.engine.stop = [&](const stop_everything& m) {
    stopped = m.stop;
    return stop_report{m.stop, true, 2};
  };
  CAF_CHECK_EQUAL(r.get("/api/me").status, 200);
  r.run_out_of_cache();
  r.desk.away = true;
  CAF_CHECK_EQUAL(r.get("/api/me").status, 503);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/stop").status, 503);
  CAF_CHECK_EQUAL(r.post("/api/stop", "").status, 200);
  CAF_CHECK(stopped);
}

CAF_TEST(two authorization headers are one too many) {
  rig r;
  headers two{{"Authorization", "Bearer " + r.key}, {"authorization", "Bearer " + r.key}};
  CAF_CHECK_EQUAL(r.get("/api/me", two).status, 401);
}

CAF_TEST(a made key is shown once and gives no more than its maker has) {
  rig r;
  auto made = r.post("/api/api-keys", R"({"name":"reports"})", {{"Idempotency-Key", "k1"}});
  CAF_CHECK_EQUAL(made.status, 201);
  auto doc = nlohmann::json::parse(made.body);
  auto text = doc["key"].get<std::string>();
  CAF_CHECK(doc["api_key"]["scopes"] == nlohmann::json::array({"read"}));
  CAF_CHECK_EQUAL(r.get("/api/campaigns", {{"Authorization", "Bearer " + text}}).status, 200);
  auto again = r.post("/api/api-keys", R"({"name":"reports"})", {{"Idempotency-Key", "k1"}});
  CAF_CHECK_EQUAL(header_of(again, "Idempotency-Replayed"), "true");
  CAF_CHECK(field(again, "/key").is_null());
  auto admin = r.add_key(r.ann, static_cast<std::uint8_t>(scope::admin));
  auto more = r.post(
    "/api/api-keys", R"({"name":"x","scopes":["dial"]})", {{"Authorization", "Bearer " + admin}});
  CAF_CHECK_EQUAL(more.status, 403);
}
