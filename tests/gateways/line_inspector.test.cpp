#define CAF_SUITE line_inspector

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateways/telephony/account_json.hpp"
#include "gateways/telephony/line_inspector.hpp"
#include "http/server.hpp"
#include "tests/gateways/assistant_rig.hpp"
#include "wire/carrier_signature.hpp"
#include "wire/echo_token.hpp"
#include "wire/form.hpp"

using namespace ringmaster;
using namespace ringmaster::telephony;
using namespace std::chrono_literals;
using standing = inspection::caller::standing;

namespace {

const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string root = "/2010-04-01/Accounts/" + account;

/// The other end: answers as the test says, and remembers what was asked.
class stage : public http::application {
public:
  using play = std::function<http::response(const http::request&)>;

  explicit stage(play p) : play_(std::move(p)), server_(*this, {}, 1) {
    auto at = server_.start("127.0.0.1:0");
    if (!at)
      throw std::runtime_error(at.error().detail);
    url = "http://" + *at;
  }
  ~stage() override { server_.drain(1s); }

  result<http::body_policy> policy(const http::request&) override { return http::body_policy{}; }
  http::asio::awaitable<http::response> handle(http::request req, http::body_reader*) override {
    asked.push_back(req);
    co_return play_(req);
  }
  http::response refuse(const http::request*, int status, const error&) override {
    http::response out;
    out.status = status;
    return out;
  }
  bool exempt(const http::request&) override { return true; }

  std::string url;
  std::vector<http::request> asked;

private:
  play play_;
  http::server server_;
};

http::response say(int status, std::string body) {
  http::response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

inspector_settings settings_for(const stage& s) {
  inspector_settings made;
  made.base_url = s.url;
  made.public_url = s.url + "/ringmaster";
  made.account_sid = account;
  made.auth_token = "0123456789abcdef0123456789abcdef";
  made.callback_key = "callback key";
  made.request_timeout = 2s;
  return made;
}

template <class Answer, class Start>
result<Answer> wait_for(Start start) {
  auto told = std::make_shared<std::promise<result<Answer>>>();
  auto got = told->get_future();
  start([told](result<Answer> a) { told->set_value(std::move(a)); });
  if (got.wait_for(10s) != std::future_status::ready)
    CAF_FAIL("no answer came");
  return got.get();
}

struct rig {
  test::steady_time time;
  test::counting_random random;

  result<inspection::carrier_findings>
  look(inspector_settings s, std::vector<std::string> callers = {}) {
    line_inspector one(std::move(s), time, random);
    return wait_for<inspection::carrier_findings>(
        [&](auto done) { one.look_at_carrier(std::move(callers), std::move(done)); });
  }
  result<inspection::echo_findings> echo(inspector_settings s, const std::string& base = {}) {
    line_inspector one(std::move(s), time, random);
    return wait_for<inspection::echo_findings>([&](auto done) { one.echo(base, std::move(done)); });
  }
};

std::string account_body(const std::string& status = "active") {
  return R"({"sid":")" + account + R"(","status":")" + status + R"(","new":{"a":[1]}})";
}

/// An engine as far as an echo goes: it judges what arrives under `public_url`.
http::response
echo_back(const http::request& req, const std::string& public_url, const inspector_settings& s) {
  auto slash = req.path.rfind('/');
  auto nonce = wire::read_echo_token(s.callback_key, req.path.substr(slash + 1));
  if (!nonce)
    return say(403, "");
  wire::fields form;
  bool fits = wire::verify_form(
      {s.auth_token}, public_url + req.target.substr(std::string("/ringmaster").size()), req.body,
      req.header_or("X-Twilio-Signature"), form);
  std::string verdict = fits ? "fits" : "wrong";
  auto path = req.path.substr(0, slash + 1);
  return say(
      200, R"({"signature":")" + verdict + R"(","path":")" + path + R"(","proof":")" +
               wire::echo_proof(s.callback_key, *nonce, verdict + " " + path) + "\"}");
}

} // namespace

CAF_TEST(the account and each caller id are read and nothing is created) {
  stage s([](const http::request& req) {
    if (req.path == root + ".json")
      return say(200, account_body());
    bool first = req.query.find("%2B14155550101") != std::string::npos;
    bool second = req.query.find("%2B14155550102") != std::string::npos;
    if (req.path == root + "/IncomingPhoneNumbers.json")
      // The carrier takes the number for a pattern: a longer one is another.
      return say(
          200, first ? R"({"incoming_phone_numbers":[{"phone_number":"+14155550101"}]})"
                     : R"({"incoming_phone_numbers":[{"phone_number":"+141555501020"}]})");
    if (req.path == root + "/OutgoingCallerIds.json")
      return say(
          200, second ? R"({"outgoing_caller_ids":[{"phone_number":"+14155550102"}]})"
                      : R"({"outgoing_caller_ids":[]})");
    return say(404, "{}");
  });
  rig r;
  auto found = r.look(settings_for(s), {"+14155550101", "+14155550102", "+14155550103"});
  CAF_REQUIRE(found.has_value());
  CAF_CHECK_EQUAL(found->account_status, "active");
  CAF_REQUIRE_EQUAL(found->callers.size(), 3u);
  CAF_CHECK(found->callers[0].is == standing::owned);
  CAF_CHECK(found->callers[1].is == standing::verified);
  CAF_CHECK(found->callers[2].is == standing::foreign);
  CAF_CHECK(found->ahead.has_value());
  for (const auto& req : s.asked) {
    CAF_CHECK(req.verb == http::method::get);
    CAF_CHECK(req.header_or("Authorization").starts_with("Basic "));
  }
}

CAF_TEST(a wrong token an absent carrier and another account are told apart) {
  stage s(
      [](const http::request&) { return say(401, R"({"code":20003,"message":"Authenticate"})"); });
  rig r;
  auto refused = r.look(settings_for(s));
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::unauthenticated);
  CAF_CHECK(refused.error().detail.find("20003") != std::string::npos);
  CAF_CHECK(refused.error().detail.find("0123456789abcdef") == std::string::npos);

  auto nobody = settings_for(s);
  nobody.base_url = "http://127.0.0.1:1";
  auto away = r.look(nobody);
  CAF_REQUIRE(!away);
  CAF_CHECK(away.error().code == errc::unavailable);

  stage other([](const http::request&) {
    return say(200, R"({"sid":"ACffffffffffffffffffffffffffffffff","status":"active"})");
  });
  CAF_CHECK(!r.look(settings_for(other)));
  stage garbage([](const http::request&) { return say(200, "<html>"); });
  CAF_CHECK(!r.look(settings_for(garbage)));

  auto none = settings_for(s);
  none.account_sid.clear();
  CAF_CHECK(!r.look(none));
}

CAF_TEST(an api key is tried on calls because it may not read the account) {
  std::string seen;
  stage s([&](const http::request& req) {
    if (req.path == root + ".json")
      return say(200, account_body("suspended"));
    seen = req.header_or("Authorization");
    return req.path == root + "/Calls.json" ? say(403, R"({"code":20003,"message":"no"})")
                                            : say(500, "");
  });
  auto by_key = settings_for(s);
  by_key.key_sid = "SK0123456789abcdef0123456789abcdef";
  by_key.key_secret = "secret";
  rig r;
  auto refused = r.look(by_key);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().detail.find("api_key_sid") != std::string::npos);
  CAF_CHECK(!seen.empty());
  CAF_CHECK(seen != s.asked.at(0).header_or("Authorization"));
}

CAF_TEST(a list that cannot be read leaves a caller id unknown) {
  stage s([](const http::request& req) {
    return req.path == root + ".json" ? say(200, account_body()) : say(200, R"({"numbers":[]})");
  });
  rig r;
  auto found = r.look(settings_for(s), {"+14155550101"});
  CAF_REQUIRE(found.has_value());
  CAF_CHECK(found->callers.at(0).is == standing::unknown);
  CAF_CHECK(!found->callers.at(0).detail.empty());
}

CAF_TEST(an echo tells our engine from all others and a right signature from a wrong one) {
  rig r;
  inspector_settings known;
  std::string signed_for;
  stage s([&](const http::request& req) { return echo_back(req, signed_for, known); });
  known = settings_for(s);
  signed_for = known.public_url;
  auto fine = r.echo(known);
  CAF_REQUIRE(fine.has_value());
  CAF_CHECK(fine->ours);
  CAF_CHECK(fine->signed_right);
  CAF_CHECK_EQUAL(
      s.asked.back().path.substr(0, 31),
      "/ringmaster/api/webhooks/echo/" + s.asked.back().path.substr(30, 1));

  signed_for = "https://elsewhere.example.com";
  auto bent = r.echo(known);
  CAF_REQUIRE(bent.has_value());
  CAF_CHECK(bent->ours);
  CAF_CHECK(!bent->signed_right);

  auto stranger = known;
  stranger.callback_key = "another installation's";
  auto foreign = r.echo(stranger);
  CAF_REQUIRE(foreign.has_value());
  CAF_CHECK(!foreign->ours);
  CAF_CHECK_EQUAL(foreign->status, 403);

  stage liar([](const http::request&) {
    return say(200, R"({"signature":"fits","path":"/api/webhooks/echo/","proof":"x"})");
  });
  auto lied = r.echo(settings_for(liar));
  CAF_REQUIRE(lied.has_value());
  CAF_CHECK(!lied->ours);

  auto mute = known;
  mute.auth_token.clear();
  auto unsigned_ = r.echo(mute);
  CAF_REQUIRE(unsigned_.has_value());
  CAF_CHECK(unsigned_->ours);
  CAF_CHECK(!unsigned_->can_sign);
  CAF_CHECK(!s.asked.back().find("X-Twilio-Signature"));
}

CAF_TEST(numbers are read from the list that was asked for) {
  auto numbers = read_numbers(
      R"({"outgoing_caller_ids":[{"phone_number":"+1"},{"phone_number":null}]})",
      "outgoing_caller_ids");
  CAF_REQUIRE(numbers.has_value());
  CAF_CHECK_EQUAL(numbers->size(), 2u);
  CAF_CHECK(!read_numbers(R"({"outgoing_caller_ids":{}})", "outgoing_caller_ids"));
  CAF_CHECK(!read_numbers("[]", "outgoing_caller_ids"));
  CAF_CHECK(!read_account(R"({"status":"active"})"));
}
