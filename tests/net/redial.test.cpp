#define CAF_SUITE net_redial

#include <caf/test/unit_test.hpp>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;
using json = nlohmann::ordered_json;

namespace {

struct redial_rig : rig {
  redial_rig() : id(add_campaign(ann, campaign::status::running)), path("/api/campaigns/" + to_string(id)) {
    for (auto outcome : {"busy", "busy", "no_answer"}) {
      target::view t;
      t.id = target_id{desk.make_id()};
      t.campaign = id;
      t.number = phone_number::from_canonical("+1415555010" + std::to_string(desk.data.targets.size()));
      t.state = target::status::failed;
      t.call_outcome = outcome;
      t.attempt_count = t.max_attempts = 1;
      desk.data.targets.emplace_back(ann, t);
    }
  }
  std::string target(std::size_t i) {
    return path + "/targets/" + to_string(desk.data.targets[i].second.id);
  }
  campaign_id id;
  std::string path;
};

json read(const http::response& r) { return json::parse(r.body); }

} // namespace

CAF_TEST(a retry is answered with the target and told to the engine) {
  redial_rig r;
  auto done = r.post(r.target(0) + "/retry", "");
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK(read(done)["target"]["status"] == "pending");
  CAF_CHECK(read(done)["target"]["max_attempts"] == 2);
  CAF_REQUIRE_EQUAL(r.engine.added.size(), 1u);
  CAF_CHECK(r.engine.added[0] == r.id);
  CAF_CHECK_EQUAL(r.post(r.target(0) + "/retry", "").status, 409);
  CAF_CHECK_EQUAL(r.engine.added.size(), 1u);
  CAF_CHECK_EQUAL(r.post(r.path + "/targets/" + to_string(r.id) + "/retry", "").status, 404);
  CAF_CHECK_EQUAL(r.post(r.path + "/targets/x/retry", "").status, 404);
}

CAF_TEST(the same retry with the same key moves once) {
  redial_rig r;
  headers key;
  key.push_back({"Idempotency-Key", "again-1"});
  CAF_CHECK_EQUAL(r.post(r.target(0) + "/retry", "", key).status, 200);
  auto again = r.post(r.target(0) + "/retry", "", key);
  CAF_CHECK_EQUAL(again.status, 200);
  CAF_CHECK_EQUAL(header_of(again, "Idempotency-Replayed"), "true");
}

CAF_TEST(only a key that may dial tries again) {
  redial_rig r;
  auto token = r.add_key(r.ann, std::uint8_t{3});
  headers auth;
  auth.push_back({"Authorization", "Bearer " + token});
  auto as = [&](const std::string& where, const std::string& body) {
    return r.send(method::post, where, body, auth, false).status;
  };
  CAF_CHECK_EQUAL(as(r.target(0) + "/retry", ""), 403);
  CAF_CHECK_EQUAL(as(r.path + "/targets/retry", "{}"), 403);
  CAF_CHECK_EQUAL(as(r.path + "/redial", R"({"outcomes":["busy"]})"), 201);
}

CAF_TEST(a set of retries is counted) {
  redial_rig r;
  auto done = r.post(r.path + "/targets/retry", R"({"status":"failed","outcome":"busy"})");
  CAF_REQUIRE_EQUAL(done.status, 200);
  CAF_CHECK(read(done)["retried"] == 2);
  CAF_CHECK_EQUAL(r.engine.added.size(), 1u);
  CAF_CHECK_EQUAL(r.post(r.path + "/targets/retry", R"({"status":"completed"})").status, 422);
  CAF_CHECK_EQUAL(r.post(r.path + "/targets/retry", R"({"outcome":"luck"})").status, 422);
  CAF_CHECK_EQUAL(r.post(r.path + "/targets/retry", R"({"colour":"red"})").status, 422);
  auto none = r.post(r.path + "/targets/retry", R"({"status":"skipped"})");
  CAF_CHECK(read(none)["retried"] == 0);
  CAF_CHECK_EQUAL(r.engine.added.size(), 1u); // there is nothing to look for
}

CAF_TEST(a campaign that is over names redial) {
  redial_rig r;
  r.desk.data.campaigns[0].view.state = campaign::status::completed;
  auto refused = r.post(r.target(0) + "/retry", "");
  CAF_CHECK_EQUAL(refused.status, 409);
  CAF_CHECK(read(refused)["allowed_transitions"][0] == "redial");
  CAF_CHECK_EQUAL(r.post(r.path + "/targets/retry", "{}").status, 409);
  auto made = r.post(r.path + "/redial", R"({"outcomes":["busy"],"name":" Once more "})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  CAF_CHECK(read(made)["targets"] == 2);
  CAF_CHECK(read(made)["campaign"]["status"] == "draft");
  CAF_CHECK(read(made)["campaign"]["name"] == "Once more");
  CAF_CHECK(read(made)["campaign"]["redial_of"] == to_string(r.id));
}

CAF_TEST(a redial of the reached or of nothing is refused) {
  redial_rig r;
  for (auto body : {R"({"outcomes":["answered"]})", R"({"outcomes":[]})", R"({"outcomes":["none"]})", "{}",
                    R"({"outcomes":["voicemail"]})"})
    CAF_CHECK_EQUAL(r.post(r.path + "/redial", body).status, 422);
  CAF_CHECK_EQUAL(r.desk.data.campaigns.size(), 1u);
}

CAF_TEST(what is called is not skipped) {
  redial_rig r;
  r.desk.data.targets[0].second.state = target::status::calling;
  r.desk.data.targets[1].second.state = target::status::pending;
  CAF_CHECK_EQUAL(r.post(r.target(0) + "/skip", "").status, 409);
  CAF_CHECK(read(r.post(r.target(1) + "/skip", ""))["target"]["status"] == "skipped");
}

CAF_TEST(a chart wants a known bucket and real times) {
  redial_rig r;
  auto drawn = r.get(r.path + "/chart?bucket=hour&from=2026-06-01T00:00:00Z");
  CAF_REQUIRE_EQUAL(drawn.status, 200);
  CAF_CHECK(read(drawn)["buckets"][0]["at"] == "2026-06-01T00:00:00Z");
  CAF_CHECK_EQUAL(r.get(r.path + "/chart?bucket=day").status, 422);
  CAF_CHECK_EQUAL(r.get(r.path + "/chart?from=yesterday").status, 422);
}
