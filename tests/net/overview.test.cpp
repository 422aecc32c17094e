#define CAF_SUITE net_overview

#include <caf/test/unit_test.hpp>

#include <string>

#include "tests/net/console_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;

CAF_TEST(the first page tells what goes on and what waits for its user alone) {
  console_rig r;
  r.settings.carrier.account_sid.clear();
  r.engine.tell_health = [](const ask_health&) { return health{true, true, true, true, true, ""}; };
  auto running = r.add_campaign(r.ann, campaign::status::running);
  r.add_campaign(r.ann, campaign::status::draft);
  r.add_campaign(r.bob, campaign::status::running);
  auto page = r.as(r.signed_in("ann@example.com"), method::get, "/api/overview");
  CAF_REQUIRE_EQUAL(page.status, 200);
  CAF_REQUIRE_EQUAL(field(page, "/running_campaigns").size(), 1u);
  CAF_CHECK(field(page, "/running_campaigns/0/id") == to_string(running));
  CAF_CHECK(field(page, "/live_calls") == 1);
  CAF_CHECK(field(page, "/today/calls") == 7);
  CAF_CHECK(field(page, "/today/answered") == 5);
  CAF_CHECK(field(page, "/today/spent/currency") == "USD");
  CAF_CHECK(field(page, "/waiting_for_you/gaps") == 0);
  CAF_CHECK(field(page, "/health/database") == "ok");
  CAF_CHECK(field(page, "/health/carrier") == "off");
  CAF_CHECK(field(page, "/health/stopped") == true);
  CAF_CHECK(r.accounts.day_begins <= r.desk.now);
  CAF_CHECK(r.desk.now - r.accounts.day_begins < std::chrono::hours(24));
}

CAF_TEST(the first page counts the questions that wait for an answer) {
  console_rig r;
  r.plan_with({{"phone_number", "Which number shall I call?", true}});
  CAF_CHECK_EQUAL(r.post("/api/call-tasks", R"({"raw_instruction":"Call my dentist"})").status, 201);
  auto asked = r.post("/api/knowledge-gaps", R"({"question":"Do you have a wheelchair ramp?"})");
  CAF_CHECK(asked.status == 201 || asked.status == 200);
  auto page = r.get("/api/overview");
  CAF_REQUIRE_EQUAL(page.status, 200);
  CAF_CHECK(field(page, "/waiting_for_you/clarifications") == 1);
  CAF_CHECK(field(page, "/waiting_for_you/approvals") == 0);
  CAF_CHECK(field(page, "/waiting_for_you/gaps") == 1);
  bool found = false;
  for (const auto& step : field(page, "/getting_started"))
    if (step["id"] == "task")
      found = step["done"] == true;
  CAF_CHECK(found);
}

CAF_TEST(an engine whose parts are away says so on the first page) {
  console_rig r;
  r.engine.tell_health = nullptr;
  auto page = r.get("/api/overview");
  CAF_REQUIRE_EQUAL(page.status, 200);
  CAF_CHECK(field(page, "/health/database") == "down");
  r.desk.away = true;
  r.run_out_of_cache();
  CAF_CHECK_EQUAL(r.get("/api/overview").status, 503);
}
