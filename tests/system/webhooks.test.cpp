#define CAF_SUITE system.webhooks

#include "tests/support/model_server.hpp"
#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

using namespace ringmaster;
using namespace ringmaster::support;
using test::model_server;
using test::raw_socket;
using test::whole;

// Outgoing webhooks of the real program: a receiver on the loopback, which the configuration
// allows.

namespace {

const engine_settings allowing{
    {"WEBHOOKS_ALLOW_PRIVATE", "127.0.0.1/32"}
};

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size))));
  return out;
}

/// The bytes of "whsec_...".
std::string secret_of(const std::string& shown) {
  if (!shown.starts_with("whsec_"))
    throw std::runtime_error("not a secret");
  const auto text = shown.substr(6);
  std::string out(text.size(), '\0');
  const auto size = EVP_DecodeBlock(
      reinterpret_cast<unsigned char*>(out.data()),
      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(
      static_cast<std::size_t>(size) -
      static_cast<std::size_t>(std::count(text.begin(), text.end(), '=')));
  return out;
}

struct office {
  stage s;
  api ann;

  explicit office(const engine_settings& settings = allowing, const carrier_flags& flags = {})
      : s(settings, flags) {
    s.start_carrier();
    start();
    ann = s.add_user("ann@example.com");
  }
  void start() {
    s.start_engine();
    if (!s.ready_within(seconds(20)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    if (!ann.key().empty())
      ann = api(s.authority(), ann.key());
  }
  void restart() {
    s.kill_engine();
    start();
  }

  struct made {
    std::string id, secret;
  };
  made hook(const std::string& url, const json& more = json::object()) {
    json wish{
        {"url", url}
    };
    wish.update(more);
    const auto got = ann.post("/api/webhooks", wish);
    if (got.status != 201)
      throw std::runtime_error("webhook: " + got.summary());
    return {text(got.json["webhook"], "id"), secret_of(text(got.json, "secret"))};
  }
  /// A fact: a question that nobody could answer.
  void ask(const std::string& question) {
    const auto got = ann.post(
        "/api/knowledge-gaps", {
                                   {"question", question}
    });
    if (!got.ok())
      throw std::runtime_error("gap: " + got.summary());
  }
  json deliveries(const std::string& hook) {
    return ann.get("/api/webhooks/" + hook + "/deliveries").json.value("deliveries", json::array());
  }
  answer act(const std::string& hook, const std::string& what) {
    return ann.call("POST", "/api/webhooks/" + hook + "/" + what, "");
  }
  json view(const std::string& hook) {
    return ann.get("/api/webhooks/" + hook).json.value("webhook", json::object());
  }
  bool
  becomes(const std::string& hook, const std::string& status, milliseconds patience = seconds(20)) {
    return wait_until(
        patience,
        [&] {
          const auto all = deliveries(hook);
          return !all.empty() && text(all[0], "status") == status;
        },
        milliseconds(50));
  }
};

std::string header(const model_server::asked& one, const std::string& name) {
  auto at = one.head.find("\r\n" + name + ": ");
  if (at == std::string::npos)
    return {};
  at += name.size() + 4;
  return one.head.substr(at, one.head.find("\r\n", at) - at);
}

/// As a receiver would check it, without any code of the sender.
bool signed_by(const model_server::asked& one, const std::string& secret) {
  const auto text =
      header(one, "webhook-id") + "." + header(one, "webhook-timestamp") + "." + one.body;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(
      EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  const auto expected = "v1," + base64(mac, size);
  return (" " + header(one, "webhook-signature") + " ").find(" " + expected + " ") !=
         std::string::npos;
}

bool recent(const model_server::asked& one) {
  const auto sent = std::stoll(header(one, "webhook-timestamp"));
  return std::llabs(sent - wall_us() / 1'000'000) < 60;
}

} // namespace

CAF_TEST(a message that was refused comes again with the same id and a good signature) {
  model_server receiver([](raw_socket& to, const model_server::asked& what) {
    return to.send(whole(what.number == 0 ? 500 : 200, "{}"));
  });
  office o;
  const auto hook = o.hook(receiver.url("/in"));
  o.ask("Are dogs allowed in the waiting room?");
  CAF_REQUIRE(o.becomes(hook.id, "delivered"));
  const auto got = receiver.requests();
  CAF_REQUIRE_EQUAL(got.size(), 2u);
  CAF_CHECK_EQUAL(header(got[0], "webhook-id"), header(got[1], "webhook-id"));
  CAF_CHECK_EQUAL(got[0].body, got[1].body);
  for (const auto& one : got) {
    CAF_CHECK(one.head.starts_with("POST /in HTTP/1.1\r\n"));
    CAF_CHECK(signed_by(one, hook.secret));
    CAF_CHECK(!signed_by(one, std::string(32, 'x')));
    CAF_CHECK(recent(one));
  }
  const auto body = json::parse(got[0].body);
  CAF_CHECK_EQUAL(text(body, "type"), "knowledge_gap.opened");
  CAF_CHECK_EQUAL(text(body["data"], "question"), "Are dogs allowed in the waiting room?");
  const auto log = o.deliveries(hook.id);
  CAF_CHECK_EQUAL(text(log[0], "id"), header(got[0], "webhook-id"));
  CAF_CHECK_EQUAL(log[0]["attempts"], 2);
  CAF_CHECK_EQUAL(log[0]["response_code"], 200);
  // By hand once more: the same id, signed by the new secret and by the old one.
  const auto turned = o.act(hook.id, "rotate-secret");
  CAF_CHECK(turned.ok());
  const auto next = secret_of(text(turned.json, "secret"));
  const auto again = o.ann.post(
      "/api/webhooks/" + hook.id + "/replay", {
                                                  {"delivery_id", text(log[0], "id")}
  });
  CAF_CHECK_EQUAL(again.status, 202);
  CAF_REQUIRE(wait_until(seconds(10), [&] { return receiver.count() == 3; }));
  const auto third = receiver.requests()[2];
  CAF_CHECK_EQUAL(header(third, "webhook-id"), header(got[0], "webhook-id"));
  CAF_CHECK(signed_by(third, next));
  CAF_CHECK(signed_by(third, hook.secret));
}

CAF_TEST(what was committed is delivered although the engine is killed) {
  std::atomic<bool> hangs{false};
  std::atomic<int> status{500};
  model_server receiver([&](raw_socket& to, const model_server::asked&) {
    return hangs ? true : to.send(whole(status, "{}"));
  });
  office o;
  const auto hook = o.hook(receiver.url());
  // Killed between the first try and the second.
  o.ask("Is there a ramp for wheelchairs?");
  CAF_REQUIRE(wait_until(seconds(10), [&] { return receiver.count() == 1; }));
  CAF_REQUIRE(o.becomes(hook.id, "pending"));
  status = 200;
  o.restart();
  CAF_REQUIRE(o.becomes(hook.id, "delivered"));
  const auto first = receiver.requests();
  CAF_REQUIRE_EQUAL(first.size(), 2u);
  CAF_CHECK_EQUAL(header(first[0], "webhook-id"), header(first[1], "webhook-id"));
  // Killed at once after the answer that the fact is stored.
  o.ask("How much is a haircut for kids?");
  o.restart();
  CAF_REQUIRE(wait_until(seconds(10), [&] { return receiver.count() >= 3; }));
  CAF_REQUIRE(o.becomes(hook.id, "delivered"));
  CAF_CHECK_EQUAL(o.deliveries(hook.id).size(), 2u);
  // Killed while the message was on its way; its lease is made to have run out.
  hangs = true;
  const auto before = receiver.count();
  o.ask("Which bus goes to your office?");
  CAF_REQUIRE(wait_until(seconds(10), [&] { return receiver.count() == before + 1; }));
  o.s.kill_engine();
  hangs = false;
  o.start();
  CAF_CHECK_EQUAL(text(o.deliveries(hook.id)[0], "status"), "sending");
  o.s.database()->rows(
      "update ringmaster.webhook_deliveries set next_attempt_at = now() where status = 'sending'");
  CAF_REQUIRE(o.becomes(hook.id, "delivered"));
  const auto all = receiver.requests();
  CAF_REQUIRE_EQUAL(all.size(), before + 2);
  CAF_CHECK_EQUAL(header(all[before], "webhook-id"), header(all[before + 1], "webhook-id"));
  CAF_CHECK(signed_by(all[before + 1], hook.secret));
}

CAF_TEST(an address that says it is gone is switched off) {
  model_server receiver(
      [](raw_socket& to, const model_server::asked&) { return to.send(whole(410, "")); });
  office o;
  const auto hook = o.hook(receiver.url());
  CAF_CHECK_EQUAL(o.act(hook.id, "test").status, 202);
  CAF_REQUIRE(o.becomes(hook.id, "failed"));
  const auto view = o.view(hook.id);
  CAF_CHECK_EQUAL(view["active"], false);
  CAF_CHECK(text(view, "disabled_reason").find("410") != std::string::npos);
  o.ask("Are dogs allowed in the waiting room?");
  CAF_CHECK_EQUAL(o.deliveries(hook.id).size(), 1u);
  CAF_CHECK_EQUAL(receiver.count(), 1u);
}

CAF_TEST(a redirect is not followed) {
  model_server elsewhere(
      [](raw_socket& to, const model_server::asked&) { return to.send(whole(200, "{}")); });
  model_server receiver([&](raw_socket& to, const model_server::asked&) {
    return to.send(whole(302, "", "text/plain", "Location: " + elsewhere.url() + "\r\n"));
  });
  office o;
  const auto hook = o.hook(receiver.url());
  o.act(hook.id, "test");
  CAF_REQUIRE(wait_until(seconds(10), [&] {
    const auto log = o.deliveries(hook.id);
    return !log.empty() && !text(log[0], "last_error").empty();
  }));
  const auto log = o.deliveries(hook.id);
  CAF_CHECK_EQUAL(log[0]["response_code"], 302);
  CAF_CHECK(text(log[0], "last_error").find("redirects are not followed") != std::string::npos);
  CAF_CHECK_EQUAL(elsewhere.count(), 0u);
}

CAF_TEST(nothing goes to a private address that the configuration does not allow) {
  model_server receiver(
      [](raw_socket& to, const model_server::asked&) { return to.send(whole(200, "{}")); });
  office o;
  const auto hook = o.hook(receiver.url());
  const auto inner = o.ann.post(
      "/api/webhooks", {
                           {"url", "https://10.0.0.1/"}
  });
  CAF_CHECK_EQUAL(inner.status, 422);
  // The operator takes the permission back: what was added before stays and is not told anything.
  CAF_CHECK(o.s.stop_engine().has_value());
  o.s.settings().erase("WEBHOOKS_ALLOW_PRIVATE");
  o.start();
  CAF_CHECK_EQUAL(
      o.ann
          .post(
              "/api/webhooks",
              {
                  {"url", receiver.url()}
  })
          .status,
      422);
  CAF_CHECK_EQUAL(
      o.ann
          .post(
              "/api/webhooks",
              {
                  {"url", "https://127.0.0.1/"}
  })
          .status,
      422);
  o.act(hook.id, "test");
  CAF_REQUIRE(wait_until(seconds(10), [&] {
    const auto log = o.deliveries(hook.id);
    return !log.empty() && !text(log[0], "last_error").empty();
  }));
  CAF_CHECK(
      text(o.deliveries(hook.id)[0], "last_error").find("not public (loopback)") !=
      std::string::npos);
  CAF_CHECK_EQUAL(receiver.connections(), 0);
}

CAF_TEST(a campaign tells the end of each call and its own end once) {
  model_server receiver(
      [](raw_socket& to, const model_server::asked&) { return to.send(whole(204, "")); });
  office o(
      allowing, {"--ring", "20ms..60ms", "--talk", "50ms..150ms", "--seed", "5", "--mix",
                 "answered=1,busy=1"});
  const auto bob = o.s.add_user("bob@example.com");
  const auto hook = o.hook(
      receiver.url(), {
                          {"topics", {"call.completed", "campaign.completed"}}
  });
  const auto id = make_campaign(o.ann, open_campaign("told"), targets(0, 8));
  const auto silent = make_campaign(bob, open_campaign("of another user"), targets(20, 3));
  CAF_CHECK(o.ann.act(id, "start").ok());
  CAF_CHECK(bob.act(silent, "start").ok());
  CAF_REQUIRE(wait_until(seconds(40), [&] {
    const auto all = receiver.requests();
    return std::any_of(
        all.begin(), all.end(), [](const auto& one) { return one.has("campaign.completed"); });
  }));
  std::map<std::string, int> told;
  std::set<std::string> calls;
  for (const auto& one : receiver.requests()) {
    const auto body = json::parse(one.body);
    ++told[text(body, "type")];
    CAF_CHECK_EQUAL(text(body["data"], "campaign_id"), id);
    CAF_CHECK(signed_by(one, hook.secret));
    if (text(body, "type") == "call.completed")
      CAF_CHECK(calls.insert(text(body["data"], "call_id")).second);
  }
  const auto made = o.ann.all("/api/campaigns/" + id + "/calls", "calls");
  CAF_CHECK_EQUAL(calls.size(), made.size());
  CAF_CHECK_EQUAL(told["campaign.completed"], 1);
}
