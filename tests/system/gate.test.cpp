#define CAF_SUITE system.gate

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <stdexcept>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

constexpr std::int64_t second_us = 1'000'000;
/// How old a permit may be when the first byte of its create leaves.
constexpr std::int64_t permit_ttl_us = second_us / 2;
/// From that byte to the carrier's log.
constexpr std::int64_t wire_us = second_us / 10;

const carrier_flags quick_phones{"--ring", "50ms..150ms", "--talk", "50ms..300ms", "--seed", "11"};

/// The time of day in `noon_zone()` at an instant.
std::string time_of_day(std::int64_t at_us) {
  const auto zone = noon_zone();
  long ahead = 0;
  if (zone != "Etc/UTC")
    ahead = -std::stol(zone.substr(7)); // the sign of POSIX
  const auto local = ((at_us / second_us + ahead * 3600) % 86400 + 86400) % 86400;
  char text[16];
  std::snprintf(
      text, sizeof text, "%02ld:%02ld:%02ld", static_cast<long>(local / 3600),
      static_cast<long>(local / 60 % 60), static_cast<long>(local % 60));
  return text;
}

/// A started campaign that dials a lot, on a stage of its own.
struct dialing {
  stage s;
  api ann;
  std::string id;

  explicit dialing(std::size_t count = 2000, const engine_settings& settings = {})
      : s(settings, quick_phones) {
    s.start_carrier();
    s.start_engine();
    if (!s.ready_within(seconds(15)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    ann = s.add_user("ann@example.com");
    auto c = open_campaign("Dialing");
    c["rate_limit_per_minute"] = 6000;
    c["max_concurrent_calls"] = 200;
    id = make_campaign(ann, c, targets(0, count));
  }
  void start() {
    if (ann.act(id, "start").status != 200)
      throw std::runtime_error("start: " + ann.campaign(id).dump());
  }
  bool dials(std::size_t more) {
    const auto from = s.log().creates().size();
    return wait_until(
        seconds(15), [&] { return s.log().creates().size() >= from + more; }, milliseconds(2));
  }
  std::size_t creates_after(std::int64_t at_us) {
    const auto& all = s.log().creates();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const auto& c) { return c.at_us > at_us; }));
  }
};

/// What the machine kept from all its programs in the second after `at_us`, told if it matters.
std::int64_t stalled_after(const dialing& d, std::int64_t at_us) {
  const auto longest = d.s.stalls().longest_us(at_us, at_us + second_us);
  if (longest > 0)
    std::cerr << "the machine stood still for " << longest / 1000 << " ms\n";
  return longest;
}

/// Nothing may arrive after `answered`; `what` was answered 200 then.
void check_silence(dialing& d, const answer& answered, const char* what) {
  support::let_pass(milliseconds(1500));
  std::cerr << what << " took " << (answered.came_us - answered.sent_us) / 1000.0
            << " ms; creates after the 200: " << d.creates_after(answered.came_us) << "\n";
  CAF_CHECK_EQUAL(d.creates_after(answered.came_us), 0u);
}

} // namespace

CAF_TEST(no create arrives after a pause and after a cancel) {
  dialing d;
  d.start();
  for (int round = 0; round < 5; ++round) {
    CAF_REQUIRE(d.dials(20));
    const auto paused = d.ann.act(d.id, "pause");
    CAF_REQUIRE_EQUAL(paused.status, 200);
    CAF_CHECK_EQUAL(text(paused.json["campaign"], "status"), "paused");
    check_silence(d, paused, "pause");
    CAF_REQUIRE_EQUAL(d.ann.act(d.id, "resume").status, 200);
  }
  CAF_REQUIRE(d.dials(20));
  const auto canceled = d.ann.act(d.id, "cancel");
  CAF_REQUIRE_EQUAL(canceled.status, 200);
  CAF_CHECK_EQUAL(text(canceled.json["campaign"], "status"), "canceled");
  check_silence(d, canceled, "cancel");
  CAF_CHECK_EQUAL(d.ann.act(d.id, "start").status, 409);
  CAF_MESSAGE("nothing stays calling");
  CAF_CHECK(
      wait_until(seconds(30), [&] { return progress(d.ann.campaign(d.id), "calling") == 0; }));
}

CAF_TEST(no create arrives after the global stop which outlives a kill) {
  dialing d;
  d.start();
  CAF_REQUIRE(d.dials(20));
  const auto stopped = d.ann.post("/api/stop", json::object());
  CAF_REQUIRE(stopped.ok());
  check_silence(d, stopped, "stop");
  d.s.kill_engine();
  d.s.start_engine();
  CAF_REQUIRE(wait_until(seconds(5), [&] { return d.ann.get("/api/me").status == 200; }));
  support::let_pass(milliseconds(1500));
  CAF_CHECK_EQUAL(d.creates_after(stopped.came_us), 0u);
  const auto why = d.ann.get("/api/campaigns/" + d.id + "/why");
  CAF_MESSAGE(why.summary());
  CAF_CHECK_NOT_EQUAL(why.body.find("stop"), std::string::npos);
  CAF_REQUIRE(d.ann.erase("/api/stop").ok());
  CAF_CHECK(d.dials(5));
}

CAF_TEST(a window that closes while a campaign dials ends the dialing before it closes) {
  dialing d(
      4000, {
                {"CALLING_CLOSE_GUARD", "2s"}
  });
  auto c = open_campaign("Closing");
  const auto closes_us = (support::wall_us() / second_us + 9) * second_us;
  c["timezone"] = noon_zone();
  c["allowed_call_end_time"] = time_of_day(closes_us);
  c["rate_limit_per_minute"] = 1200;
  const auto id = make_campaign(d.ann, c, targets(10'000, 1000));
  CAF_REQUIRE_EQUAL(d.ann.act(id, "start").status, 200);
  CAF_REQUIRE(d.dials(20));
  wait_until(seconds(20), [&] { return support::wall_us() > closes_us + 2 * second_us; });
  const auto& log = d.s.log();
  const auto last = log.creates().back().at_us;
  std::cerr << "last create " << (closes_us - last) / 1000 << " ms before the window closed\n";
  CAF_CHECK_LESS(last, closes_us);
  // The guard is 2 s, and a permit may be half a second old when its first byte leaves.
  const auto guarded_us = closes_us - 2 * second_us;
  CAF_CHECK_LESS(last, guarded_us + permit_ttl_us + wire_us + stalled_after(d, guarded_us));
  CAF_CHECK_GREATER(last, closes_us - 4 * second_us);

  const auto now = d.ann.campaign(id);
  CAF_CHECK_EQUAL(text(now, "status"), "running");
  CAF_CHECK_EQUAL(now["window"].value("allowed", true), false);
  CAF_CHECK(now["window"]["next_open_at"].is_string());
  const auto why = d.ann.get("/api/campaigns/" + id + "/why");
  CAF_MESSAGE(why.summary());
  CAF_CHECK_NOT_EQUAL(why.body.find("window_closed"), std::string::npos);

  CAF_MESSAGE("a start outside the window is refused and says when it opens");
  CAF_REQUIRE_EQUAL(d.ann.act(id, "pause").status, 200);
  const auto refused = d.ann.act(id, "resume");
  CAF_CHECK_EQUAL(refused.status, 409);
  CAF_CHECK_EQUAL(text(refused.json, "code"), "window_closed");
  CAF_CHECK(refused.json.contains("next_open_at"));
}

CAF_TEST(a suppressed number is skipped with its reason and never rung) {
  dialing d(20);
  CAF_REQUIRE_EQUAL(
      d.ann
          .post(
              "/api/suppressions",
              {
                  {"phone_number", number(3)    },
                  {"reason",       "asked us to"}
  })
          .status,
      201);
  CAF_REQUIRE_EQUAL(
      d.ann
          .post(
              "/api/suppressions",
              {
                  {"phone_number", number(4)}
  })
          .status,
      201);
  d.start();
  CAF_REQUIRE(wait_until(
      seconds(30), [&] { return text(d.ann.campaign(d.id), "status") == "completed"; },
      milliseconds(50)));
  CAF_CHECK(d.s.log().arrivals({number(3), number(4)}).empty());
  CAF_CHECK_EQUAL(d.s.log().creates().size(), 18u);
  std::size_t skipped = 0;
  for (const auto& row : d.ann.all("/api/campaigns/" + d.id + "/targets", "targets"))
    if (text(row, "phone_number") == number(3) || text(row, "phone_number") == number(4)) {
      CAF_CHECK_EQUAL(text(row, "status"), "skipped");
      CAF_CHECK_EQUAL(text(row, "reason"), "suppressed");
      ++skipped;
    }
  CAF_CHECK_EQUAL(skipped, 2u);
}

CAF_TEST(settings that cannot be right are refused with the field that is wrong) {
  dialing d(1);
  struct wrong {
    const char* field;
    json value;
  };
  for (const auto& w : std::initializer_list<wrong>{
           {"timezone",                "Mars/Olympus_Mons"},
           {"timezone",                ""                 },
           {"allowed_call_start_time", "25:00"            },
           {"allowed_call_end_time",   "noon"             },
           {"allowed_days_of_week",    {"mon", "funday"}  },
           {"allowed_days_of_week",    json::array()      },
           {"rate_limit_per_minute",   0                  },
           {"rate_limit_per_minute",   -5                 },
           {"rate_limit_per_hour",     1e12               },
           {"max_attempts",            0                  },
           {"name",                    ""                 }
  }) {
    auto c = open_campaign("Wrong");
    c[w.field] = w.value;
    const auto refused = d.ann.post("/api/campaigns", c);
    CAF_MESSAGE(w.field << " = " << w.value.dump() << ": " << refused.summary());
    CAF_CHECK_EQUAL(refused.status, 422);
    CAF_CHECK_NOT_EQUAL(refused.body.find(w.field), std::string::npos);
    const auto changed = d.ann.patch(
        "/api/campaigns/" + d.id, {
                                      {"action", "update"},
                                      {w.field,  w.value }
    });
    CAF_CHECK_EQUAL(changed.status, 422);
  }
  CAF_MESSAGE("a target in a zone that does not exist is a rejected row");
  auto rows = targets(500, 2);
  rows[1]["timezone"] = "Mars/Olympus_Mons";
  const auto added = d.ann.post("/api/campaigns/" + d.id + "/targets", rows);
  CAF_CHECK(added.ok());
  CAF_CHECK_NOT_EQUAL(added.body.find("timezone"), std::string::npos);
  CAF_CHECK_EQUAL(progress(d.ann.campaign(d.id), "total"), 2);
}

CAF_TEST(a stored window that cannot be read means no call and a reason) {
  dialing d(50);
  // Nobody can store this through the API: someone edited the row by hand, or the zone went away.
  auto db = d.s.database();
  const auto trouble =
      db->trouble("update ringmaster.campaigns set timezone = 'Mars/Olympus_Mons'");
  if (!trouble.empty()) {
    CAF_MESSAGE("the database itself refuses it: " << trouble);
    return;
  }
  const auto started = d.ann.act(d.id, "start");
  CAF_MESSAGE(started.summary());
  CAF_CHECK(started.status == 409 || started.status == 422);
  db->rows("update ringmaster.campaigns set timezone = 'UTC'");
  d.start();
  CAF_REQUIRE(d.dials(5));
  CAF_REQUIRE_EQUAL(
      db->trouble("update ringmaster.campaigns set timezone = 'Mars/Olympus_Mons'"), "");
  const auto broken_at = support::wall_us();
  support::let_pass(milliseconds(2500));
  // The permit that was being decided when the row changed may still have left.
  CAF_CHECK_EQUAL(
      d.creates_after(broken_at + permit_ttl_us + wire_us + stalled_after(d, broken_at)), 0u);
  const auto why = d.ann.get("/api/campaigns/" + d.id + "/why");
  CAF_MESSAGE(why.summary());
  CAF_CHECK_NOT_EQUAL(why.body.find("settings_broken"), std::string::npos);
}

namespace {

/// The API's own words about a store that does not take writes.
bool tells_trouble(const dialing& d) {
  const auto ready = support::http_call(d.s.authority(), "GET", "/readyz", {}, {}, seconds(5));
  return ready.status == 503 && ready.body.find("database") != std::string::npos;
}

/// Dials again within ten seconds of `healed_us`.
void check_recovery(dialing& d, std::int64_t healed_us, const char* what) {
  const auto from = d.s.log().creates().size();
  const bool back = wait_until(
      seconds(15), [&] { return d.s.log().creates().size() > from; }, milliseconds(20));
  CAF_REQUIRE(back);
  const auto after = d.s.log().creates()[from].at_us - healed_us;
  std::cerr << what << ": dials again " << after / 1000 << " ms after healing\n";
  CAF_CHECK_LESS(after, 10 * second_us);
  CAF_CHECK(wait_until(seconds(10), [&] {
    return support::http_call(d.s.authority(), "GET", "/readyz").status == 200;
  }));
}

} // namespace

CAF_TEST(a store that turns read only stops the dialing with a reason and heals by itself) {
  dialing d(4000);
  d.start();
  CAF_REQUIRE(d.dials(20));
  auto db = d.s.database();
  db->rows("alter system set default_transaction_read_only = on");
  db->rows("select pg_reload_conf()");
  const auto sick_us = support::wall_us();
  CAF_CHECK(wait_until(seconds(10), [&] { return tells_trouble(d); }));
  support::let_pass(seconds(2));
  // Backends take the new setting in between two statements; then not one more.
  CAF_CHECK_EQUAL(d.creates_after(sick_us + second_us + stalled_after(d, sick_us)), 0u);
  const auto write = d.ann.post(
      "/api/suppressions", {
                               {"phone_number", number(7777)}
  });
  CAF_MESSAGE(write.summary());
  CAF_CHECK_EQUAL(write.status, 503);
  CAF_CHECK(!write.header("retry-after").empty());

  db->rows("set default_transaction_read_only = off");
  db->rows("alter system reset default_transaction_read_only");
  db->rows("select pg_reload_conf()");
  check_recovery(d, support::wall_us(), "read only");
}

CAF_TEST(a store that hangs stops the dialing with a reason and heals by itself) {
  dialing d(4000);
  d.start();
  CAF_REQUIRE(d.dials(20));
  const auto where = d.s.cluster();
  CAF_REQUIRE(where.has_value());
  // The postmaster first: what stands still makes no new backend.
  ::kill(where->postmaster, SIGSTOP);
  auto frozen = support::children_of(where->postmaster);
  for (auto pid : frozen)
    ::kill(pid, SIGSTOP);
  frozen.push_back(where->postmaster);
  const auto sick_us = support::wall_us();
  support::let_pass(seconds(4));
  std::cerr << "last create " << (d.s.log().creates().back().at_us - sick_us) / 1000
            << " ms after the store stood still\n";
  // Permits whose commit was answered before may leave as long as they are young enough.
  CAF_CHECK_EQUAL(
      d.creates_after(sick_us + permit_ttl_us + wire_us + stalled_after(d, sick_us)), 0u);
  CAF_CHECK(wait_until(seconds(10), [&] { return tells_trouble(d); }));
  // What needs no database is answered meanwhile.
  CAF_CHECK_EQUAL(support::http_call(d.s.authority(), "GET", "/healthz").status, 200);
  for (auto pid : frozen)
    ::kill(pid, SIGCONT);
  check_recovery(d, support::wall_us(), "frozen");
}

CAF_TEST(a store that is killed is started again and the campaign goes on) {
  dialing d(4000);
  d.start();
  CAF_REQUIRE(d.dials(20));
  const auto where = d.s.cluster();
  CAF_REQUIRE(where.has_value());
  ::kill(where->postmaster, SIGKILL);
  // The engine itself has to start another; from then on the store is well again.
  CAF_REQUIRE(wait_until(seconds(20), [&] {
    const auto now = d.s.cluster();
    return now && now->postmaster != where->postmaster;
  }));
  check_recovery(d, support::wall_us(), "killed");
  std::size_t twice = 0;
  std::vector<std::string> tokens;
  for (const auto& c : d.s.log().creates())
    tokens.push_back(c.token);
  std::sort(tokens.begin(), tokens.end());
  for (std::size_t i = 1; i < tokens.size(); ++i)
    twice += tokens[i] == tokens[i - 1];
  CAF_CHECK_EQUAL(twice, 0u);
}
