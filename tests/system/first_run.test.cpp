#define CAF_SUITE system.first_run

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>
#include <set>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

const carrier_flags quick_phones{"--ring", "50ms..200ms", "--talk", "100ms..400ms", "--seed", "7"};

} // namespace

CAF_TEST(a campaign runs from an empty folder to completed and every count is true) {
  stage s({}, quick_phones);
  s.start_carrier();
  s.start_engine();
  const auto ready = s.ready_within(seconds(15));
  CAF_REQUIRE(ready.has_value());
  std::cerr << "first start of the private cluster: ready after " << ready->count() << " ms\n";

  const auto health = support::http_call(s.authority(), "GET", "/healthz");
  CAF_CHECK_EQUAL(health.status, 200);
  auto ann = s.add_user("ann@example.com");

  CAF_MESSAGE("nobody without a key sees anything");
  CAF_CHECK_EQUAL(api(s.authority(), "").get("/api/campaigns").status, 401);
  CAF_CHECK_EQUAL(api(s.authority(), "rm_wrong").get("/api/campaigns").status, 401);

  constexpr std::size_t size = 60;
  const auto id = make_campaign(ann, open_campaign("First"), targets(0, size));
  auto before = ann.campaign(id);
  CAF_CHECK_EQUAL(text(before, "status"), "draft");
  CAF_CHECK_EQUAL(progress(before, "pending"), static_cast<long>(size));
  CAF_CHECK(s.log().creates().empty());

  const auto started = ann.act(id, "start");
  CAF_REQUIRE_EQUAL(started.status, 200);
  CAF_CHECK_EQUAL(text(started.json["campaign"], "status"), "running");
  const bool done = wait_until(
      seconds(60), [&] { return text(ann.campaign(id), "status") == "completed"; },
      milliseconds(50));
  const auto after = ann.campaign(id);
  CAF_MESSAGE(progress_line(after));
  CAF_REQUIRE(done);

  CAF_MESSAGE("counts equal a recount of the targets");
  std::map<std::string, long> recount;
  const auto rows = ann.all("/api/campaigns/" + id + "/targets", "targets");
  CAF_CHECK_EQUAL(rows.size(), size);
  for (const auto& row : rows)
    ++recount[row.value("status", "?")];
  CAF_CHECK_EQUAL(progress(after, "total"), static_cast<long>(size));
  for (const char* name : {"pending", "calling", "completed", "failed", "skipped"})
    CAF_CHECK_EQUAL(progress(after, name), recount[name]);

  CAF_MESSAGE("the carrier saw one create for each target and calls are what it says");
  auto& log = s.log();
  CAF_CHECK_EQUAL(log.creates().size(), size);
  std::set<std::string> tokens, numbers;
  std::map<std::string, std::string> sid_to_status;
  for (const auto& c : log.creates()) {
    tokens.insert(c.token);
    numbers.insert(c.to);
  }
  CAF_CHECK_EQUAL(tokens.size(), size);
  CAF_CHECK_EQUAL(numbers.size(), size);
  const auto calls = ann.all("/api/campaigns/" + id + "/calls", "calls");
  CAF_CHECK_EQUAL(calls.size(), size);
  std::size_t agreed = 0;
  for (const auto& call : calls) {
    const auto life = log.lives().find(text(call, "call_sid"));
    if (life != log.lives().end() && life->second == text(call, "status"))
      ++agreed;
    else
      CAF_MESSAGE("disagrees: " << call.dump());
  }
  CAF_CHECK_EQUAL(agreed, size);

  CAF_MESSAGE("the trail names who started it");
  const auto trail = ann.all("/api/audit", "audit");
  const auto start_row = std::find_if(trail.begin(), trail.end(), [&](const json& row) {
    return text(row, "subject_id") == id && text(row, "to_status") == "running";
  });
  CAF_REQUIRE(start_row != trail.end());
  CAF_CHECK_NOT_EQUAL(start_row->value("actor", "engine"), "engine");

  CAF_MESSAGE("an unknown path is a problem document and not a page");
  const auto missing = ann.get("/api/nothing-here");
  CAF_CHECK_EQUAL(missing.status, 404);
  CAF_CHECK(missing.header("content-type").starts_with("application/problem+json"));

  const auto code = s.stop_engine();
  CAF_REQUIRE(code.has_value());
  CAF_CHECK_EQUAL(*code, 0);
  CAF_CHECK(!s.cluster().has_value());
}

CAF_TEST(what was stored is there after a restart and the second start is quick) {
  stage s({}, quick_phones);
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  auto ann = s.add_user("ann@example.com");
  const auto id = make_campaign(ann, open_campaign("Kept"), targets(100, 5));
  CAF_REQUIRE_EQUAL(
      ann.post(
             "/api/suppressions",
             {
                 {"phone_number", number(999)}
  })
          .status,
      201);
  const auto before = ann.campaign(id);
  CAF_CHECK_EQUAL(s.stop_engine().value_or(-1), 0);

  s.start_engine();
  const auto ready = s.ready_as_promised();
  CAF_REQUIRE(ready.has_value());
  std::cerr << "later start: ready after " << ready->count() << " ms\n";
  CAF_CHECK_EQUAL(ann.campaign(id).dump(), before.dump());
  CAF_CHECK_EQUAL(ann.all("/api/suppressions", "suppressions").size(), 1u);
  CAF_CHECK(s.log().creates().empty());
}

CAF_TEST(a drained engine answers what it has read and takes nothing new) {
  stage s({}, quick_phones);
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  auto ann = s.add_user("ann@example.com");
  const auto id = make_campaign(ann, open_campaign("Drained"), targets(200, 1));

  // A request whose body is still on its way when the engine is told to stop.
  const std::string rows = targets(201, 3).dump();
  support::http_connection slow(s.authority());
  const auto bytes = support::write_request(
      s.authority(), "POST", "/api/campaigns/" + id + "/targets",
      {
          {"Authorization", "Bearer " + ann.key()},
          {"Content-Type",  "application/json"   }
  },
      rows);
  CAF_REQUIRE(slow.send(bytes.substr(0, bytes.size() - 20)));
  // It has been read once another request that came after it has its answer.
  CAF_REQUIRE_EQUAL(ann.get("/api/me").status, 200);
  s.engine().signal(SIGTERM);
  CAF_CHECK(
      wait_until(seconds(5), [&] { return !support::http_connection(s.authority()).connected(); }));
  CAF_REQUIRE(slow.send(bytes.substr(bytes.size() - 20)));
  const auto late = slow.read_answer();
  CAF_CHECK(late.status == 200 || late.status == 201);
  CAF_CHECK_EQUAL(s.engine().wait(seconds(20)).value_or(-1), 0);

  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(5)).has_value());
  CAF_CHECK_EQUAL(progress(ann.campaign(id), "total"), 4);
}
