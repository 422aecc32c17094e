#define CAF_SUITE system.actors

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <string>

using namespace ringmaster;
using namespace ringmaster::support;

CAF_TEST(a call that an operator kills while it rings is restored and completed) {
  stage s({}, {"--mix", "answered=1", "--ring", "4s..4s", "--talk", "2s..2s"});
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  // The first account of an installation is an operator's.
  const auto me = s.add_user("me@example.com");
  const auto id = make_campaign(me, open_campaign("Kill"), targets(0, 1));
  CAF_REQUIRE(me.act(id, "start").ok());

  const std::string calls_only = "/api/admin/actors?q=call%20";
  json call;
  CAF_REQUIRE(wait_until(seconds(10), [&] {
    auto found = me.get(calls_only);
    if (!found.ok() || found.json["actors"].empty())
      return false;
    call = found.json["actors"][0];
    auto told = me.get("/api/admin/actors/" + text(call, "id"));
    return told.ok() && text(told.json["actor"]["state_json"], "call_status") == "ringing";
  }));
  const auto path = "/api/admin/actors/" + text(call, "id") + "/restart";
  CAF_CHECK(
      me.post(
            path,
            {
                {"confirm", "call"}
  })
          .status == 422);
  CAF_REQUIRE(me.post(
                    path,
                    {
                        {"confirm", call["name"]}
  })
                  .ok());

  CAF_CHECK(wait_until(seconds(6), [&] {
    auto found = me.get(calls_only);
    return found.ok() && !found.json["actors"].empty() &&
           text(found.json["actors"][0], "id") != text(call, "id") &&
           text(found.json["actors"][0], "name") == text(call, "name") &&
           found.json["actors"][0]["restarts"] == 1;
  }));
  CAF_CHECK(
      wait_until(seconds(30), [&] { return text(me.campaign(id), "status") == "completed"; }));
  const auto calls = me.all("/api/campaigns/" + id + "/calls", "calls");
  CAF_REQUIRE(calls.size() == 1u);
  CAF_CHECK(text(calls[0], "status") == "completed");
  CAF_CHECK(s.log().creates().size() == 1u);
  auto restarts = 0;
  for (const auto& row : me.all("/api/audit?subject=" + text(calls[0], "id"), "audit"))
    restarts += text(row, "action") == "actor.restart";
  CAF_CHECK(restarts == 1);
}
