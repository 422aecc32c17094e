#define CAF_SUITE assistant_trial

#include <caf/test/unit_test.hpp>

#include <future>

#include "tests/gateways/assistant_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using door = inspection::model_view::door;

namespace {

result<assistant::usage>
try_out(gateway_rig& r, const std::string& name, std::vector<assistant::own_key> keys = {}) {
  auto told = std::make_shared<std::promise<result<assistant::usage>>>();
  auto got = told->get_future();
  r.one->try_out(
      name, std::move(keys), [told](result<assistant::usage> u) { told->set_value(std::move(u)); });
  if (got.wait_for(10s) != std::future_status::ready)
    CAF_FAIL("no answer came");
  return got.get();
}

std::vector<inspection::model_view> look(gateway_rig& r) {
  auto told = std::make_shared<std::promise<std::vector<inspection::model_view>>>();
  auto got = told->get_future();
  r.one->look([told](std::vector<inspection::model_view> all) { told->set_value(std::move(all)); });
  if (got.wait_for(10s) != std::future_status::ready)
    CAF_FAIL("no answer came");
  return got.get();
}

} // namespace

CAF_TEST(one provider is asked one tiny question and the others are not ) {
  model_server first([](raw_socket& to, const model_server::asked&) {
    return to.send(whole(200, chat_answer("ready")));
  });
  model_server second([](raw_socket& to, const model_server::asked&) {
    return to.send(whole(200, chat_answer("ready")));
  });
  gateway_rig r({provider_at(first, "first"), provider_at(second, "second"), rules_provider()});
  auto told = try_out(r, "second");
  CAF_REQUIRE(told.has_value());
  CAF_CHECK_EQUAL(told->failure, "");
  CAF_CHECK_EQUAL(told->provider, "second");
  CAF_CHECK_EQUAL(told->prompt_tokens, 100);
  CAF_CHECK_EQUAL(first.count(), 0u);
  CAF_REQUIRE_EQUAL(second.count(), 1u);
  CAF_CHECK(second.requests()[0].body.size() < 400);

  auto rules = try_out(r, "rules");
  CAF_REQUIRE(rules.has_value());
  CAF_CHECK_EQUAL(rules->failure, "");
  auto none = try_out(r, "third");
  CAF_REQUIRE(!none);
  CAF_CHECK(none.error().code == errc::not_found);
}

CAF_TEST(a model that was cut while it thought has answered and a wrong key has not ) {
  model_server thinking([](raw_socket& to, const model_server::asked&) {
    return to.send(whole(200, chat_answer("", "length")));
  });
  gateway_rig there({provider_at(thinking)});
  auto told = try_out(there, "house");
  CAF_REQUIRE(told.has_value());
  CAF_CHECK_EQUAL(told->failure, "");

  model_server closed([](raw_socket& to, const model_server::asked&) {
    return to.send(whole(
        401,
        R"({"error":{"message":"Incorrect API key provided: sk-0123456789","type":"invalid_request_error","code":"invalid_api_key"}})"));
  });
  gateway_rig r({provider_at(closed)});
  CAF_CHECK(look(r).at(0).is == door::open);
  auto refused = try_out(r, "house");
  CAF_REQUIRE(refused.has_value());
  CAF_CHECK(!refused->failure.empty());
  CAF_CHECK(refused->failure.find("sk-0123456789") == std::string::npos);
  CAF_CHECK(look(r).at(0).is == door::paused);
  CAF_CHECK(!look(r).at(0).detail.empty());
  // A key of the user's own is tried all the same.
  try_out(
      r, "house",
      {
          {"house", "sk-own-key"}
  });
  CAF_REQUIRE_EQUAL(closed.count(), 2u);
  CAF_CHECK(closed.requests()[1].has("sk-own-key"));
}

CAF_TEST(providers are shown in their order without their keys) {
  model_server server(
      [](raw_socket& to, const model_server::asked&) { return to.send(whole(500, "{}")); });
  auto house = provider_at(server);
  gateway_rig r({house, rules_provider()});
  auto all = look(r);
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK_EQUAL(all[0].name, "house");
  CAF_CHECK(all[0].has_key);
  CAF_CHECK_EQUAL(all[0].model, "m-1");
  CAF_CHECK_EQUAL(all[1].kind, "rules");
  for (int i = 0; i < 8; ++i)
    try_out(r, "house");
  CAF_CHECK(look(r).at(0).is == door::closed);
}
