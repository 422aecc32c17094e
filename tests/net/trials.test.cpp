#define CAF_SUITE net_trials

#include <caf/test/unit_test.hpp>

#include <string>

#include "net/auth.hpp"
#include "tests/net/rig.hpp"
#include "tests/net/trial_toys.hpp"
#include "wire/carrier_signature.hpp"
#include "wire/echo_token.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;
using standing = inspection::caller::standing;

namespace {

struct trial_rig : rig {
  trial_rig() {
    services.line = &line;
    services.minds = &minds;
    inspection::carrier_findings found;
    found.account_status = "active";
    found.took = std::chrono::milliseconds(40);
    found.callers = {
        {"+14155550199", standing::owned}
    };
    line.carrier = found;
    inspection::echo_findings echo;
    echo.ours = echo.signed_right = true;
    echo.status = 200;
    line.self = echo;
  }
  toy_line line;
  toy_minds minds;
};

} // namespace

CAF_TEST(the carrier is shown without its secrets) {
  trial_rig r;
  r.settings.carrier.previous_auth_token = config::secret("previous-token-0123456789");
  auto shown = r.get("/api/carrier");
  CAF_REQUIRE_EQUAL(shown.status, 200);
  CAF_CHECK(field(shown, "/carrier/configured") == true);
  CAF_CHECK(field(shown, "/carrier/simulated") == false);
  CAF_CHECK_EQUAL(field(shown, "/carrier/account"), "AC0123…cdef");
  CAF_CHECK_EQUAL(field(shown, "/carrier/credentials"), "auth_token");
  CAF_CHECK(field(shown, "/carrier/rotating") == true);
  CAF_CHECK_EQUAL(
      field(shown, "/carrier/webhooks/0/url"),
      "https://engine.example.com/api/webhooks/voice/{token}");
  for (std::string secret : {"0123456789abcdef0123456789abcdef", "previous-token"})
    CAF_CHECK(shown.body.find(secret) == std::string::npos);
  r.settings.carrier.account_sid.clear();
  CAF_CHECK(field(r.get("/api/carrier"), "/carrier/configured") == false);
  CAF_CHECK(field(r.get("/api/carrier"), "/carrier/account").is_null());
}

CAF_TEST(a trial of the carrier is fine only if everything in it is) {
  trial_rig r;
  auto fine = r.post("/api/carrier/test", "");
  CAF_REQUIRE_EQUAL(fine.status, 200);
  CAF_CHECK(field(fine, "/test/ok") == true);
  CAF_CHECK(field(fine, "/test/account/took_ms") == 40);
  CAF_CHECK_EQUAL(field(fine, "/test/caller_ids/0/standing"), "owned");
  CAF_CHECK(r.line.asked_for == r.settings.carrier.from);

  r.line.carrier->callers[0].is = standing::foreign;
  CAF_CHECK(field(r.post("/api/carrier/test", ""), "/test/ok") == false);
  r.line.carrier->callers[0].is = standing::unknown;
  CAF_CHECK(field(r.post("/api/carrier/test", ""), "/test/ok") == true);
  r.line.carrier->account_status = "suspended";
  CAF_CHECK(field(r.post("/api/carrier/test", ""), "/test/account/ok") == false);
  r.line.carrier->account_status = "active";
  r.line.self->signed_right = false;
  auto bent = r.post("/api/carrier/test", "");
  CAF_CHECK(field(bent, "/test/ok") == false);
  CAF_CHECK_EQUAL(field(bent, "/test/public_url/signature"), "wrong");
  r.line.self = fail(error{.code = errc::unavailable, .detail = "nobody answers there"});
  CAF_CHECK(field(r.post("/api/carrier/test", ""), "/test/public_url/ok") == false);
  r.line.carrier = fail(error{.code = errc::unauthenticated, .detail = "HTTP 401"});
  auto refused = r.post("/api/carrier/test", "");
  CAF_CHECK_EQUAL(refused.status, 200);
  CAF_CHECK_EQUAL(field(refused, "/test/account/detail"), "HTTP 401");
  CAF_CHECK(field(refused, "/test/caller_ids").empty());
}

CAF_TEST(a user has one trial at a time and another user has his own) {
  trial_rig r;
  auto ticket = r.services.trials.begin(r.ann);
  CAF_REQUIRE(ticket != nullptr);
  auto second = r.post("/api/carrier/test", "");
  CAF_CHECK_EQUAL(second.status, 429);
  CAF_CHECK(!header_of(second, "Retry-After").empty());
  CAF_CHECK_EQUAL(r.post("/api/models/house/test", "").status, 429);
  auto bobs = r.add_key(r.bob, 15);
  CAF_CHECK_EQUAL(
      r.send(
           method::post, "/api/carrier/test", "",
           {
               {"Authorization", "Bearer " + bobs}
  })
          .status,
      200);
  ticket.reset();
  CAF_CHECK_EQUAL(r.post("/api/carrier/test", "").status, 200);
  CAF_CHECK_EQUAL(r.post("/api/carrier/test", "").status, 200); // the one before has ended
}

CAF_TEST(trials need the scope admin) {
  trial_rig r;
  auto weak = headers{
      {"Authorization", "Bearer " + r.add_key(r.ann, 7)}
  };
  CAF_CHECK_EQUAL(r.send(method::get, "/api/carrier", "", weak).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, "/api/carrier/test", "", weak).status, 403);
  CAF_CHECK_EQUAL(r.send(method::get, "/api/models", "", weak).status, 403);
  CAF_CHECK_EQUAL(r.send(method::post, "/api/models/house/test", "", weak).status, 403);
  CAF_CHECK(r.line.asked_for.empty());
}

CAF_TEST(models are shown in their order and tried with the keys of their user) {
  trial_rig r;
  inspection::model_view house, rules;
  house.name = "house";
  house.kind = "openai";
  house.model = "m-1";
  house.base_url = "https://models.example.com/v1";
  house.has_key = true;
  rules.name = rules.kind = "rules";
  r.minds.all = {house, rules};
  auto put =
      r.send(method::put, "/api/credentials/house", R"({"api_key":"sk-own-key-0123456789"})");
  CAF_REQUIRE_EQUAL(put.status, 200);
  auto shown = r.get("/api/models");
  CAF_REQUIRE_EQUAL(shown.status, 200);
  CAF_CHECK_EQUAL(field(shown, "/models/0/key"), "own");
  CAF_CHECK_EQUAL(field(shown, "/models/0/state"), "ready");
  CAF_CHECK(field(shown, "/models/1/key").is_null());
  CAF_CHECK(shown.body.find("sk-own-key") == std::string::npos);

  assistant::usage told;
  told.provider = "house";
  told.model = "m-1";
  told.took = std::chrono::milliseconds(321);
  told.prompt_tokens = 12;
  told.cost_micros = 40;
  r.minds.told = told;
  auto tried = r.post("/api/models/house/test", "");
  CAF_REQUIRE_EQUAL(tried.status, 200);
  CAF_CHECK(field(tried, "/test/ok") == true);
  CAF_CHECK(field(tried, "/test/took_ms") == 321);
  CAF_REQUIRE_EQUAL(r.minds.keys.size(), 1u);
  CAF_CHECK_EQUAL(r.minds.keys[0].secret, "sk-own-key-0123456789");
  r.minds.told->failure = "the key is wrong";
  auto failed = r.post("/api/models/house/test", "");
  CAF_CHECK(field(failed, "/test/ok") == false);
  CAF_CHECK_EQUAL(field(failed, "/test/detail"), "the key is wrong");
  CAF_CHECK_EQUAL(r.post("/api/models/none/test", "").status, 404);
}

CAF_TEST(the engine answers itself with a proof and strangers with nothing) {
  rig r;
  wire::echo_nonce nonce{};
  nonce[0] = 9;
  const auto token = wire::write_echo_token("callback key", nonce);
  const auto path = std::string("/api/webhooks/echo/");
  const wire::fields form{
      {"Echo", "doctor"}
  };
  auto ask = [&](const std::string& target, const std::string& signed_for) {
    headers h{
        {"Content-Type", "application/x-www-form-urlencoded"}
    };
    if (!signed_for.empty())
      h.push_back(
          {"X-Twilio-Signature",
           wire::sign(r.settings.carrier.auth_token.reveal(), signed_for, form)});
    return r.send(method::post, target, wire::write_form(form), h, false);
  };
  auto fine = ask(path + token, "https://engine.example.com" + path + token);
  CAF_REQUIRE_EQUAL(fine.status, 200);
  CAF_CHECK_EQUAL(field(fine, "/signature"), "fits");
  CAF_CHECK_EQUAL(field(fine, "/proof"), wire::echo_proof("callback key", nonce, "fits " + path));
  auto bent = ask(path + token, "https://other.example.com" + path + token);
  CAF_CHECK_EQUAL(field(bent, "/signature"), "wrong");
  CAF_CHECK_EQUAL(field(ask(path + token, ""), "/signature"), "wrong");
  auto other = wire::write_echo_token("another key", nonce);
  auto stranger = ask(path + other, "https://engine.example.com" + path + other);
  CAF_CHECK_EQUAL(stranger.status, 403);
  CAF_CHECK(stranger.body.empty());

  // Behind a path, with and without a proxy that takes it away.
  r.settings.http.base_path = "/ringmaster";
  r.settings.http.public_url = "https://engine.example.com/ringmaster";
  const auto signed_for = "https://engine.example.com/ringmaster" + path + token;
  CAF_CHECK_EQUAL(field(ask("/ringmaster" + path + token, signed_for), "/signature"), "fits");
  CAF_CHECK_EQUAL(field(ask(path + token, signed_for), "/signature"), "fits");
}
