// The routes of webhooks: what they take, what they show, and to whom.

#define CAF_SUITE net_webhooks

#include <caf/test/unit_test.hpp>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/knowledge_rig.hpp"
#include "wire/webhook_signature.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;

namespace {

struct hooks_rig : knowledge_rig {
  std::string
  make(const std::string& url = "https://hooks.example.com/a", const std::string& more = "") {
    return word(post("/api/webhooks", R"({"url":")" + url + "\"" + more + "}"), "/webhook/id");
  }
  http::response patch(const std::string& target, const std::string& body) {
    return send(method::patch, target, body);
  }
  http::response erase(const std::string& target) { return send(method::delete_, target); }
};

std::string at(const std::string& id, const std::string& rest = "") {
  return "/api/webhooks/" + id + rest;
}

} // namespace

CAF_TEST(a webhook is added and its secret is shown once) {
  hooks_rig r;
  auto made = r.post(
      "/api/webhooks",
      R"({"url":"https://hooks.example.com/a","description":" billing ","topics":["call.completed"]})");
  CAF_CHECK_EQUAL(made.status, 201);
  auto id = word(made, "/webhook/id");
  CAF_CHECK_EQUAL(header_of(made, "Location"), at(id));
  CAF_CHECK_EQUAL(word(made, "/webhook/description"), "billing");
  CAF_CHECK_EQUAL(word(made, "/webhook/topics"), R"(["call.completed"])");
  CAF_CHECK_EQUAL(word(made, "/webhook/active"), "true");
  auto secret = wire::read_webhook_secret(word(made, "/secret"));
  CAF_REQUIRE(secret.has_value());
  CAF_CHECK_EQUAL(secret->size(), 32u);
  CAF_CHECK(r.desk.hooks.data.hooks.at(0).secret == *secret);
  CAF_CHECK_EQUAL(r.engine.nudges, 1);
  for (const auto& shown :
       {r.get(at(id)), r.get("/api/webhooks"), r.patch(at(id), R"({"active":true})")}) {
    CAF_CHECK_EQUAL(shown.status, 200);
    CAF_CHECK(shown.body.find("whsec_") == std::string::npos);
    CAF_CHECK(shown.body.find("\"secret\"") == std::string::npos);
  }
  auto list = r.get("/api/webhooks");
  CAF_CHECK_EQUAL(word(list, "/total"), "1");
  CAF_CHECK_EQUAL(word(list, "/webhooks/0/id"), id);
  CAF_CHECK_EQUAL(word(list, "/topics/0"), "call.completed");
}

CAF_TEST(a repeated request is answered without the secret) {
  hooks_rig r;
  const headers once{
      {"Idempotency-Key", "k1"}
  };
  const std::string body = R"({"url":"https://hooks.example.com/a"})";
  auto first = r.post("/api/webhooks", body, once);
  auto again = r.post("/api/webhooks", body, once);
  CAF_CHECK_EQUAL(again.status, 201);
  CAF_CHECK_EQUAL(word(again, "/webhook/id"), word(first, "/webhook/id"));
  CAF_CHECK(again.body.find("whsec_") == std::string::npos);
  CAF_CHECK_EQUAL(r.desk.hooks.data.hooks.size(), 1u);
}

CAF_TEST(addresses that may not be told anything are refused) {
  hooks_rig r;
  auto refused = [&](const std::string& url) {
    auto got = r.post("/api/webhooks", R"({"url":")" + url + "\"}");
    if (got.status != 422)
      CAF_ERROR(url << " is answered " << got.status);
    return mistakes_of(got);
  };
  for (auto url :
       {"http://hooks.example.com", "https://hooks.example.com:9000", "https://127.0.0.1/",
        "https://[::1]/", "https://10.0.0.1", "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/", "https://localhost/x"})
    CAF_CHECK_EQUAL(refused(url), "/url not_allowed");
  for (auto url :
       {"hooks.example.com", "ftp://hooks.example.com", "https://user:pass@hooks.example.com",
        "https://"})
    CAF_CHECK_EQUAL(refused(url), "/url not_a_url");
  CAF_CHECK_EQUAL(
      mistakes_of(r.post("/api/webhooks", R"({"url":"https://a.example","topics":["x"]})")),
      "/topics/0 unknown");
  CAF_CHECK_EQUAL(mistakes_of(r.post("/api/webhooks", "{}")), "/url required");
  CAF_CHECK_EQUAL(
      mistakes_of(r.post("/api/webhooks", R"({"url":"https://a.example","secret":"x"})")),
      "/secret unknown_field");
  CAF_CHECK(r.desk.hooks.data.hooks.empty());
}

CAF_TEST(what the operator has allowed is taken by file and not by the API) {
  hooks_rig r;
  r.settings.webhooks.allow_private = {"127.0.0.1/32"};
  CAF_CHECK_EQUAL(r.post("/api/webhooks", R"({"url":"http://127.0.0.1:9000/x"})").status, 201);
  CAF_CHECK_EQUAL(r.post("/api/webhooks", R"({"url":"http://127.0.0.2:9000/x"})").status, 422);
  CAF_CHECK_EQUAL(
      r.post("/api/webhooks", R"({"url":"https://a.example","allow_private":["10.0.0.0/8"]})")
          .status,
      422);
}

CAF_TEST(a change names what it changes and the rest stays) {
  hooks_rig r;
  auto id = r.make(
      "https://hooks.example.com/a", R"(,"description":"billing","topics":["campaign.paused"])");
  auto off = r.patch(at(id), R"({"active":false})");
  CAF_CHECK_EQUAL(off.status, 200);
  CAF_CHECK_EQUAL(word(off, "/webhook/active"), "false");
  CAF_CHECK_EQUAL(word(off, "/webhook/description"), "billing");
  CAF_CHECK_EQUAL(word(off, "/webhook/topics"), R"(["campaign.paused"])");
  auto moved = r.patch(at(id), R"({"url":"https://hooks.example.com:8443/b","topics":[]})");
  CAF_CHECK_EQUAL(word(moved, "/webhook/url"), "https://hooks.example.com:8443/b");
  CAF_CHECK_EQUAL(word(moved, "/webhook/topics"), "[]");
  CAF_CHECK_EQUAL(r.patch(at(id), R"({"url":"https://10.0.0.1"})").status, 422);
  CAF_CHECK_EQUAL(word(r.get(at(id)), "/webhook/url"), "https://hooks.example.com:8443/b");
  CAF_CHECK_EQUAL(r.erase(at(id)).status, 200);
  CAF_CHECK_EQUAL(r.get(at(id)).status, 404);
}

CAF_TEST(a new secret is shown once and replaces the old one) {
  hooks_rig r;
  auto id = r.make();
  auto before = r.desk.hooks.data.hooks.at(0).secret;
  auto turned = r.post(at(id, "/rotate-secret"), "");
  CAF_CHECK_EQUAL(turned.status, 200);
  CAF_CHECK(
      wire::read_webhook_secret(word(turned, "/secret")) == r.desk.hooks.data.hooks.at(0).secret);
  CAF_CHECK(r.desk.hooks.data.hooks.at(0).previous == before);
  CAF_CHECK(r.desk.hooks.data.hooks.at(0).secret != before);
  CAF_CHECK(!field(turned, "/webhook/previous_secret_until").is_null());
}

CAF_TEST(a test is written and shown in the log) {
  hooks_rig r;
  auto id = r.make();
  auto nudges = r.engine.nudges;
  auto sent = r.post(at(id, "/test"), "");
  CAF_CHECK_EQUAL(sent.status, 202);
  CAF_CHECK_EQUAL(word(sent, "/delivery/type"), "webhook.test");
  CAF_CHECK_EQUAL(word(sent, "/delivery/status"), "pending");
  CAF_CHECK_EQUAL(r.engine.nudges, nudges + 1);
  auto which = word(sent, "/delivery/id");
  auto log = r.get(at(id, "/deliveries"));
  CAF_CHECK_EQUAL(word(log, "/deliveries/0/id"), which);
  CAF_CHECK_EQUAL(word(log, "/deliveries/0/attempts"), "0");
  CAF_CHECK(field(log, "/deliveries/0/payload").is_null());
  CAF_CHECK_EQUAL(
      word(r.get(at(id, "/deliveries/" + which)), "/delivery/payload"),
      R"({"type": "webhook.test"})");
  CAF_CHECK_EQUAL(field(r.get(at(id, "/deliveries?status=delivered")), "/deliveries").size(), 0u);
  CAF_CHECK_EQUAL(r.get(at(id, "/deliveries?status=lost")).status, 422);
  r.patch(at(id), R"({"active":false})");
  CAF_CHECK_EQUAL(r.post(at(id, "/test"), "").status, 409);
}

CAF_TEST(messages are sent again one by one or since an instant) {
  hooks_rig r;
  auto id = r.make();
  auto which = word(r.post(at(id, "/test"), ""), "/delivery/id");
  auto* message = r.desk.hooks.find_message(*delivery_id::parse(which));
  CAF_CHECK_EQUAL(
      word(r.post(at(id, "/replay"), R"({"delivery_id":")" + which + "\"}"), "/replayed"), "0");
  message->state = webhook::status::delivered;
  auto again = r.post(at(id, "/replay"), R"({"delivery_id":")" + which + "\"}");
  CAF_CHECK_EQUAL(again.status, 202);
  CAF_CHECK_EQUAL(word(again, "/replayed"), "1");
  message = r.desk.hooks.find_message(*delivery_id::parse(which));
  CAF_CHECK(message->state == webhook::status::pending);
  message->state = webhook::status::failed;
  CAF_CHECK_EQUAL(
      word(r.post(at(id, "/replay"), R"({"since":"2000-01-01T00:00:00Z"})"), "/replayed"), "1");
  for (auto body : {"{}", R"({"delivery_id":"x"})", R"({"since":"yesterday"})", R"({"since":5})"})
    CAF_CHECK_EQUAL(r.post(at(id, "/replay"), body).status, 422);
  CAF_CHECK_EQUAL(r.post(at(id, "/replay"), R"({"delivery_id":")" + id + "\"}").status, 404);
}

CAF_TEST(the webhooks of another user do not exist and scopes hold) {
  hooks_rig r;
  auto id = r.make();
  auto which = word(r.post(at(id, "/test"), ""), "/delivery/id");
  const headers bob{
      {"Authorization", "Bearer " + r.add_key(r.bob, 15)}
  };
  auto as_bob = [&](method verb, const std::string& target, const std::string& body = "") {
    return r.send(verb, target, body, bob, false).status;
  };
  CAF_CHECK_EQUAL(word(r.send(method::get, "/api/webhooks", "", bob, false), "/total"), "0");
  CAF_CHECK_EQUAL(as_bob(method::get, at(id)), 404);
  CAF_CHECK_EQUAL(as_bob(method::patch, at(id), "{}"), 404);
  CAF_CHECK_EQUAL(as_bob(method::delete_, at(id)), 404);
  CAF_CHECK_EQUAL(as_bob(method::post, at(id, "/rotate-secret")), 404);
  CAF_CHECK_EQUAL(as_bob(method::post, at(id, "/test")), 404);
  CAF_CHECK_EQUAL(as_bob(method::get, at(id, "/deliveries")), 404);
  CAF_CHECK_EQUAL(as_bob(method::get, at(id, "/deliveries/" + which)), 404);
  CAF_CHECK_EQUAL(
      as_bob(method::post, at(id, "/replay"), R"({"delivery_id":")" + which + "\"}"), 404);
  CAF_CHECK_EQUAL(r.get(at("x")).status, 404);
  // Where data goes is decided with the scope admin.
  const headers writer{
      {"Authorization", "Bearer " + r.add_key(r.ann, 3)}
  };
  CAF_CHECK_EQUAL(
      r.send(method::post, "/api/webhooks", R"({"url":"https://a.example"})", writer, false).status,
      403);
  CAF_CHECK_EQUAL(r.send(method::patch, at(id), "{}", writer, false).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, at(id, "/test"), "", writer, false).status, 202);
}
