#define CAF_SUITE system.kill

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <set>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

/// What the carrier's log says against what the engine says, when all is quiet.
struct reckoning {
  std::size_t tokens_used_twice = 0, numbers_rung_twice = 0, strangers = 0, unended = 0,
              uncalled = 0, unbound = 0, disagreeing = 0;
  std::string first_complaint;

  void complain(std::size_t& count, const std::string& what) {
    if (++count && first_complaint.empty())
      first_complaint = what;
  }
};

/// `rows` and `calls` are the campaign's targets and calls as the API shows them in the end.
reckoning reckon(const support::carrier_log& log, const json& rows, const json& calls) {
  reckoning out;
  std::map<std::string, std::size_t> token_uses, rings;
  std::set<std::string> made;
  for (const auto& c : log.creates()) {
    if (++token_uses[c.token] == 2)
      out.complain(out.tokens_used_twice, "two creates with token " + c.token);
    if (c.call_made) {
      made.insert(c.sid);
      if (++rings[c.to] == 2)
        out.complain(out.numbers_rung_twice, "two calls to " + c.to);
    }
  }
  std::set<std::string> numbers;
  for (const auto& row : rows) {
    const auto to = text(row, "phone_number");
    const auto status = text(row, "status");
    numbers.insert(to);
    if (status != "completed" && status != "failed" && status != "skipped")
      out.complain(out.unended, "not ended: " + row.dump());
    // One attempt each, no suppression: whoever ended was rung, or the carrier refused.
    if (!rings.contains(to))
      out.complain(out.uncalled, "ended without a call: " + row.dump());
  }
  for (const auto& [to, count] : rings)
    if (!numbers.contains(to))
      out.complain(out.strangers, "rang a stranger " + to);
  std::set<std::string> bound;
  for (const auto& call : calls) {
    const auto sid = call.contains("call_sid") && call["call_sid"].is_string()
                         ? call["call_sid"].get<std::string>()
                         : std::string();
    if (sid.empty())
      continue;
    bound.insert(sid);
    const auto life = log.lives().find(sid);
    if (life == log.lives().end() || life->second != text(call, "status"))
      out.complain(
          out.disagreeing, "carrier says " +
                               (life == log.lives().end() ? "nothing" : life->second) + " of " +
                               call.dump());
  }
  for (const auto& sid : made)
    if (!bound.contains(sid))
      out.complain(out.unbound, "no attempt has the call " + sid);
  return out;
}

void check(const reckoning& r) {
  if (!r.first_complaint.empty())
    CAF_MESSAGE(r.first_complaint);
  CAF_CHECK_EQUAL(r.tokens_used_twice, 0u);
  CAF_CHECK_EQUAL(r.numbers_rung_twice, 0u);
  CAF_CHECK_EQUAL(r.strangers, 0u);
  CAF_CHECK_EQUAL(r.unended, 0u);
  CAF_CHECK_EQUAL(r.uncalled, 0u);
  CAF_CHECK_EQUAL(r.unbound, 0u);
  CAF_CHECK_EQUAL(r.disagreeing, 0u);
}

bool completed(const api& who, const std::string& id, seconds patience) {
  const bool done = wait_until(
      patience, [&] { return text(who.campaign(id), "status") == "completed"; }, milliseconds(100));
  if (!done)
    CAF_MESSAGE("not completed: " << progress_line(who.campaign(id)));
  return done;
}

} // namespace

CAF_TEST(killed at random instants the engine rings nobody twice and loses nobody) {
  const auto rounds = option("RINGMASTER_TEST_ROUNDS", 30);
  std::mt19937_64 dice(seed());
  stage s(
      {}, {"--ring", "50ms..400ms", "--talk", "100ms..900ms", "--seed", std::to_string(seed()),
           "--fault", "500=0.02,made-but-500=0.02,made-but-cut=0.02,cut=0.02,429=0.02,slow=0.05",
           "--slow", "50ms..600ms"});
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  auto ann = s.add_user("ann@example.com");

  auto settings = open_campaign("Killed");
  settings["rate_limit_per_minute"] = 1800;
  settings["max_concurrent_calls"] = 40;
  std::size_t given = 400;
  const auto id = make_campaign(ann, settings, targets(0, given));
  CAF_REQUIRE_EQUAL(ann.act(id, "start").status, 200);

  milliseconds slowest{0};
  long late_starts = 0;
  for (long round = 0; round < rounds; ++round) {
    const auto wait_ms = std::uniform_int_distribution<long>(0, 900)(dice);
    support::let_pass(milliseconds(wait_ms));
    // Work never runs out while there are rounds left; each answered addition has to survive.
    if (progress(ann.campaign(id), "pending") < 100) {
      const auto rows = targets(given, 200);
      if (ann.post("/api/campaigns/" + id + "/targets", rows).ok())
        given += 200;
    }
    s.kill_engine();
    s.start_engine();
    const auto ready = s.ready_as_promised();
    if (ready)
      slowest = std::max(slowest, *ready);
    else
      ++late_starts;
  }
  std::cerr << rounds << " kills; slowest start to ready " << slowest.count() << " ms\n";
  CAF_CHECK_EQUAL(late_starts, 0);

  CAF_CHECK(completed(ann, id, seconds(120)));
  const auto rows = ann.all("/api/campaigns/" + id + "/targets", "targets");
  CAF_CHECK_EQUAL(rows.size(), given);
  check(reckon(s.log(), rows, ann.all("/api/campaigns/" + id + "/calls", "calls")));
  CAF_MESSAGE(progress_line(ann.campaign(id)));
}

namespace {

/// Lets the carrier take a create with this fault, kills the engine when the carrier has it and
/// before it has answered, and starts it again.
void kill_between(const std::string& fault, std::size_t creates_at_most) {
  stage s(
      {
          {"CARRIER_REQUEST_TIMEOUT", "30s"}
  },
      {"--ring", "100ms", "--talk", "200ms", "--mix", "answered=1", "--fault", fault + "=1",
       "--slow", "20s"});
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  auto ann = s.add_user("ann@example.com");
  const auto id = make_campaign(ann, open_campaign("Between " + fault), targets(0, 5));
  CAF_REQUIRE_EQUAL(ann.act(id, "start").status, 200);
  CAF_REQUIRE(wait_until(
      seconds(10), [&] { return !s.log().creates().empty(); }, milliseconds(1)));
  s.kill_engine();
  s.change_carrier({
      {"faults_off", true}
  });
  s.start_engine();
  CAF_CHECK(s.ready_as_promised().has_value());
  CAF_CHECK(completed(ann, id, seconds(60)));
  const auto calls = ann.all("/api/campaigns/" + id + "/calls", "calls");
  check(reckon(s.log(), ann.all("/api/campaigns/" + id + "/targets", "targets"), calls));
  CAF_CHECK_LESS_OR_EQUAL(s.log().creates().size(), creates_at_most);
  CAF_CHECK_EQUAL(progress(ann.campaign(id), "completed"), 5);
}

} // namespace

CAF_TEST(killed before the answer to a create that made a call it finds that call) {
  kill_between("made-but-hang", 5);
}

CAF_TEST(killed before the answer to a create that made none it waits for evidence and dials again) {
  kill_between("hang", 10);
}

CAF_TEST(killed while the carrier is slow it takes the call that came of it) {
  kill_between("slow", 5);
}
