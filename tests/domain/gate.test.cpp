#define CAF_SUITE gate
#include <caf/test/unit_test.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/gate.hpp"
#include "domain/permit.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using gate::blocker;
using ringmaster::testing::at;
using ringmaster::testing::shown;
using namespace std::chrono_literals;

namespace {

const auto monday_noon = at("2026-11-23T17:00:00Z"); // noon in New York
const std::vector<std::string> week{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

calling_window window_of(std::string_view zone, std::string_view start, std::string_view end) {
  return *calling_window::parse(zone, start, end, week);
}

rule_pack eight_to_nine(std::optional<std::int32_t> calls_per_day = std::nullopt) {
  rule_pack pack;
  pack.id = "test";
  rule_entry entry;
  entry.id = "hours";
  entry.countries = {"US"};
  entry.days.fill(*parse_day_hours("08:00-21:00"));
  entry.calls_per_day = calls_per_day;
  pack.entries.push_back(std::move(entry));
  return pack;
}

callee_place in_new_york() {
  return locate_callee(phone_number::from_canonical("+12125550123"), "US");
}

/// Facts under which nothing speaks against a dial, and what they point at.
struct stage {
  calling_window window = window_of("UTC", "00:00", "24:00");
  rule_pack pack = eight_to_nine();
  legal_hours legal{pack, in_new_york()};
  std::vector<std::optional<instant>> back = std::vector<std::optional<instant>>(4);
  std::vector<std::string> countries{"US"};
  std::vector<calling_window> quiet;
  std::vector<instant> calls;
  gate::target_facts target;
  gate::facts facts;

  stage() {
    facts.instance_current = facts.store_writable = facts.clock_trusted = true;
    facts.doubtful_loaded = facts.carrier_ready = true;
    facts.stopped = false;
    facts.status = campaign::status::running;
    facts.window = &window;
    facts.spend_per_day = facts.minutes_per_day = gate::cap::none();
    facts.live_calls = gate::cap::of(0, 50);
    facts.user_live_calls = gate::cap::of(0, 100);
    facts.account_live_calls = gate::cap::of(0, 200);
    facts.limits = rate_limits{2, 2};
    facts.minute_back = back;
    facts.hour_back = back;
    target.state = target::status::pending;
    target.suppressed = target.suppressed_everywhere = target.registry_needed = target.number_busy =
        false;
    target.kind = number_class::geographic;
    target.country = "US";
    target.countries = countries;
    target.max_attempts = 3;
    target.legal = &legal;
    target.caller = gate::caller_facts{true, "", std::nullopt};
    point();
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// To be called after a list was changed.
  void point() {
    facts.quiet = std::span<const calling_window>(quiet);
    target.calls_to_number = std::span<const instant>(calls);
    facts.target = &target;
  }
};

struct injection {
  blocker which;
  std::function<void(stage&)> inject;
  gate::verdict what = gate::verdict::wait;
  std::string next = "never"; ///< the right next instant
};

/// Each blocker alone. What several gates could see is made so that one does.
const std::vector<injection>& injections() {
  using enum gate::verdict;
  static const std::vector<injection> all{
      {blocker::stale_instance, [](stage& s) { s.facts.instance_current = false; }},
      {blocker::store_unavailable, [](stage& s) { s.facts.store_writable = false; }, wait,
       "2026-11-23T17:01:00Z"},
      {blocker::stopped, [](stage& s) { s.facts.stopped = true; }},
      {blocker::clock_untrusted, [](stage& s) { s.facts.clock_trusted = false; }, wait,
       "2026-11-23T17:01:00Z"},
      {blocker::ambiguity_unloaded, [](stage& s) { s.facts.doubtful_loaded = false; }, wait,
       "2026-11-23T17:01:00Z"},
      {blocker::carrier_paused,
       [](stage& s) {
         s.facts.carrier_ready = false;
         s.facts.carrier_again_at = monday_noon + 30s;
       },
       wait, "2026-11-23T17:00:30Z"},
      {blocker::not_running, [](stage& s) { s.facts.status = campaign::status::paused; }},
      {blocker::settings_broken, [](stage& s) { s.facts.window = nullptr; }},
      {blocker::window_closed, [](stage& s) { s.window = window_of("UTC", "18:00", "20:00"); },
       wait, "2026-11-23T18:00:00Z"},
      {blocker::quiet_time,
       [](stage& s) {
         s.quiet = {window_of("UTC", "16:30", "17:30"), window_of("UTC", "17:30", "17:45")};
         s.point();
       },
       wait, "2026-11-23T17:45:00Z"},
      {blocker::spend_per_day,
       [](stage& s) {
         s.facts.spend_per_day = gate::cap::of(5'000'000, 5'000'000, at("2026-11-24T05:00:00Z"));
       },
       wait, "2026-11-24T05:00:00Z"},
      {blocker::minutes_per_day,
       [](stage& s) {
         s.facts.minutes_per_day = gate::cap::of(61, 60, at("2026-11-24T05:00:00Z"));
       },
       wait, "2026-11-24T05:00:00Z"},
      {blocker::concurrency, [](stage& s) { s.facts.live_calls = gate::cap::of(50, 50); }},
      {blocker::user_concurrency,
       [](stage& s) { s.facts.user_live_calls = gate::cap::of(100, 100); }},
      {blocker::account_concurrency,
       [](stage& s) { s.facts.account_live_calls = gate::cap::of(201, 200); }},
      {blocker::rate_per_minute,
       [](stage& s) {
         static const std::vector<std::optional<instant>> last{monday_noon - 20s};
         s.facts.minute_back = last;
       },
       wait, "2026-11-23T17:00:40.500000Z"},
      {blocker::rate_per_hour,
       [](stage& s) {
         static const std::vector<std::optional<instant>> last{monday_noon - 20min};
         s.facts.hour_back = last;
       },
       wait, "2026-11-23T17:40:00.500000Z"},
      {blocker::target_state, [](stage& s) { s.target.state = target::status::completed; }, refuse},
      {blocker::suppressed, [](stage& s) { s.target.suppressed = true; }, skip},
      {blocker::suppressed_everywhere, [](stage& s) { s.target.suppressed_everywhere = true; },
       skip},
      {blocker::registry_old,
       [](stage& s) {
         s.target.registry_needed = true;
         s.target.registry_date = monday_noon - std::chrono::days{31} - 1us;
       },
       wait, "2026-11-23T17:15:00Z"},
      {blocker::number_class, [](stage& s) { s.target.kind = number_class::premium; }, refuse},
      {blocker::destination, [](stage& s) { s.target.country = "JM"; }, refuse},
      {blocker::attempts, [](stage& s) { s.target.attempt_count = 3; }, refuse},
      {blocker::number_busy, [](stage& s) { s.target.number_busy = true; }, wait,
       "2026-11-23T17:01:00Z"},
      {blocker::not_due, [](stage& s) { s.target.due_at = monday_noon + 1us; }, wait,
       "2026-11-23T17:00:00.000001Z"},
      {blocker::min_gap,
       [](stage& s) {
         s.calls = {monday_noon - 10min};
         s.point();
       },
       wait, "2026-11-23T17:05:00Z"},
      {blocker::number_per_day,
       [](stage& s) {
         s.calls = {monday_noon - 2h, monday_noon - 5h};
         s.target.number_per_day = 2;
         s.point();
       },
       wait, "2026-11-24T12:00:00Z"},
      {blocker::legal_per_day,
       [](stage& s) {
         s.calls = {monday_noon - 2h, monday_noon - 5h, monday_noon - 6h};
         s.pack = eight_to_nine(3);
         s.legal = legal_hours(s.pack, in_new_york());
         s.point();
       },
       wait, "2026-11-24T11:00:00Z"},
      {blocker::callee_zone_unknown,
       [](stage& s) {
         s.legal =
             legal_hours(s.pack, locate_callee(phone_number::from_canonical("+18005550123"), "US"));
       },
       wait, "2026-11-23T17:15:00Z"},
      {blocker::callee_rules_unknown,
       [](stage& s) {
         s.pack.entries[0].countries = {"DE"};
         s.legal = legal_hours(s.pack, in_new_york());
       },
       wait, "2026-11-23T17:15:00Z"},
      {blocker::callee_hours,
       [](stage& s) {
         s.pack.entries[0].days.fill(*parse_day_hours("13:00-21:00"));
         s.legal = legal_hours(s.pack, in_new_york());
       },
       wait, "2026-11-23T18:00:00Z"},
      {blocker::no_caller_id,
       [](stage& s) {
         s.target.caller =
             gate::caller_facts{false, "Every caller id is used up.", monday_noon + 7h};
       },
       wait, "2026-11-24T00:00:00Z"},
  };
  return all;
}

std::string name_of(blocker b) { return std::string{gate::to_string(b)}; }

/// The gates that do not pass.
std::string held_by(const std::vector<gate::line>& lines) {
  std::string out;
  for (const auto& l : lines)
    if (l.found.what != gate::verdict::pass)
      out += (out.empty() ? "" : " ") + name_of(l.id);
  return out;
}

} // namespace

CAF_TEST(fair facts are dialed) {
  stage s;
  CAF_CHECK(gate::decide(s.facts, monday_noon).dial);
  CAF_CHECK_EQUAL(held_by(gate::explain(s.facts, monday_noon)), "");
  CAF_CHECK_EQUAL(
      shown(gate::next_eligible(gate::explain(s.facts, monday_noon), monday_noon)),
      shown(monday_noon));
}

CAF_TEST(each blocker alone is named and no other with the right next instant) {
  std::set<blocker> seen;
  for (const auto& i : injections()) {
    stage s;
    i.inject(s);
    seen.insert(i.which);
    auto lines = gate::explain(s.facts, monday_noon);
    CAF_CHECK_EQUAL(held_by(lines), name_of(i.which));
    const auto& line = lines[static_cast<std::size_t>(i.which)];
    auto what = name_of(i.which) + " ";
    CAF_CHECK_EQUAL(
        what + std::string{gate::to_string(line.found.what)},
        what + std::string{gate::to_string(i.what)});
    CAF_CHECK_EQUAL(what + shown(line.found.next_at), what + i.next);
    CAF_CHECK(!line.found.reason.empty());
    auto d = gate::decide(s.facts, monday_noon);
    CAF_CHECK(!d.dial);
    CAF_CHECK_EQUAL(name_of(d.held_by), name_of(i.which));
    CAF_CHECK_EQUAL(d.found.reason, line.found.reason);
    CAF_CHECK_EQUAL(shown(d.found.next_at), i.next);
    CAF_CHECK_EQUAL(shown(gate::next_eligible(lines, monday_noon)), i.next);
    // The half of the table that has the gate says no, the other half does not.
    auto of_target = line.where == gate::scope::target;
    CAF_CHECK_EQUAL(gate::decide_campaign(s.facts, monday_noon).dial, of_target);
    CAF_CHECK_EQUAL(gate::decide_target(s.facts, monday_noon).dial, !of_target);
  }
  // Every row of the table has its blocker here: a new gate needs one.
  CAF_CHECK_EQUAL(seen.size(), gate::blocker_count);
  CAF_CHECK_EQUAL(gate::table().size(), gate::blocker_count);
}

CAF_TEST(at the instant that it names a gate is open) {
  for (const auto& i : injections()) {
    stage s;
    i.inject(s);
    auto next = gate::decide(s.facts, monday_noon).found.next_at;
    static const std::set<blocker> by_time{
        blocker::window_closed,  blocker::quiet_time,    blocker::rate_per_minute,
        blocker::rate_per_hour,  blocker::not_due,       blocker::min_gap,
        blocker::number_per_day, blocker::legal_per_day, blocker::callee_hours};
    if (!by_time.contains(i.which))
      continue;
    if (!next) {
      CAF_ERROR(name_of(i.which) << " tells no instant");
      continue;
    }
    const auto& row = gate::table()[static_cast<std::size_t>(i.which)];
    CAF_CHECK(row.judge(s.facts, *next).what == gate::verdict::pass);
    CAF_CHECK(row.judge(s.facts, *next - 1us).what != gate::verdict::pass);
  }
}

CAF_TEST(facts that nobody filled in are closed at every gate that needs them) {
  gate::facts nothing;
  gate::target_facts no_target;
  nothing.target = &no_target;
  static const std::set<blocker> open{
      // Said by another gate: settings_broken, callee_rules_unknown.
      blocker::window_closed, blocker::legal_per_day, blocker::callee_zone_unknown,
      blocker::callee_hours,
      // No limit set, and due since it was added.
      blocker::number_per_day, blocker::not_due};
  for (const auto& l : gate::explain(nothing, monday_noon))
    if ((l.found.what == gate::verdict::pass) != open.contains(l.id))
      CAF_ERROR(name_of(l.id) << " is " << gate::to_string(l.found.what));
  CAF_CHECK(!gate::decide(nothing, monday_noon).dial);
}

CAF_TEST(each fact that is missing holds back alone) {
  const std::vector<std::pair<blocker, std::function<void(stage&)>>> missing{
      {blocker::not_running, [](stage& s) { s.facts.status.reset(); }},
      {blocker::quiet_time, [](stage& s) { s.facts.quiet.reset(); }},
      {blocker::spend_per_day, [](stage& s) { s.facts.spend_per_day = {}; }},
      {blocker::minutes_per_day, [](stage& s) { s.facts.minutes_per_day = {}; }},
      {blocker::concurrency, [](stage& s) { s.facts.live_calls = {}; }},
      {blocker::user_concurrency, [](stage& s) { s.facts.user_live_calls = {}; }},
      {blocker::account_concurrency, [](stage& s) { s.facts.account_live_calls = {}; }},
      {blocker::rate_per_minute, [](stage& s) { s.facts.minute_back = {}; }},
      {blocker::rate_per_hour, [](stage& s) { s.facts.hour_back = {}; }},
      {blocker::target_state, [](stage& s) { s.target.state.reset(); }},
      {blocker::suppressed, [](stage& s) { s.target.suppressed.reset(); }},
      {blocker::suppressed_everywhere, [](stage& s) { s.target.suppressed_everywhere.reset(); }},
      {blocker::registry_old, [](stage& s) { s.target.registry_needed.reset(); }},
      {blocker::registry_old, [](stage& s) { s.target.registry_needed = true; }},
      {blocker::destination, [](stage& s) { s.target.country = ""; }},
      {blocker::destination, [](stage& s) { s.target.countries = {}; }},
      {blocker::number_busy, [](stage& s) { s.target.number_busy.reset(); }},
      {blocker::min_gap, [](stage& s) { s.target.calls_to_number.reset(); }},
      {blocker::callee_rules_unknown, [](stage& s) { s.target.legal = nullptr; }},
      {blocker::no_caller_id, [](stage& s) { s.target.caller.reset(); }},
  };
  for (const auto& [which, remove] : missing) {
    stage s;
    remove(s);
    auto lines = gate::explain(s.facts, monday_noon);
    CAF_CHECK_EQUAL(held_by(lines), name_of(which));
    CAF_CHECK(gate::decide(s.facts, monday_noon).found.what != gate::verdict::pass);
  }
}

CAF_TEST(the last seconds of everything that closes are closed) {
  stage s;
  s.window = window_of("UTC", "09:00", "18:00");
  CAF_CHECK(gate::decide(s.facts, at("2026-11-23T17:59:54.999999Z")).dial);
  CAF_CHECK_EQUAL(
      name_of(gate::decide(s.facts, at("2026-11-23T17:59:55Z")).held_by), "window_closed");
  stage legal;
  CAF_CHECK(gate::decide(legal.facts, at("2026-11-24T01:59:54.999999Z")).dial);
  auto late = gate::decide(legal.facts, at("2026-11-24T01:59:55Z"));
  CAF_CHECK_EQUAL(
      name_of(late.held_by) + " " + shown(late.found.next_at), "callee_hours 2026-11-24T13:00:00Z");
  stage quiet;
  quiet.quiet = {window_of("UTC", "18:00", "19:00")};
  quiet.point();
  CAF_CHECK(gate::decide(quiet.facts, at("2026-11-23T17:59:54.999999Z")).dial);
  auto soon = gate::decide(quiet.facts, at("2026-11-23T17:59:55Z"));
  CAF_CHECK_EQUAL(
      name_of(soon.held_by) + " " + shown(soon.found.next_at), "quiet_time 2026-11-23T19:00:00Z");
}

CAF_TEST(both sides of the boundaries of the numbers) {
  stage s;
  s.target.registry_needed = true;
  s.target.registry_date = monday_noon - std::chrono::days{31};
  CAF_CHECK(gate::decide(s.facts, monday_noon).dial);
  s.facts.live_calls = gate::cap::of(49, 50);
  s.facts.spend_per_day = gate::cap::of(4'999'999, 5'000'000);
  s.target.attempt_count = 2;
  s.calls = {monday_noon - 15min, monday_noon - 24h};
  s.target.number_per_day = 2;
  s.target.due_at = monday_noon;
  s.point();
  CAF_CHECK(gate::decide(s.facts, monday_noon).dial);
  s.calls[1] += 1us;
  CAF_CHECK_EQUAL(name_of(gate::decide(s.facts, monday_noon).held_by), "number_per_day");
}

CAF_TEST(a busy number waits at least for the gap) {
  stage s;
  s.target.number_busy = true;
  s.calls = {monday_noon - 5min};
  s.point();
  auto d = gate::decide(s.facts, monday_noon);
  CAF_CHECK_EQUAL(
      name_of(d.held_by) + " " + shown(d.found.next_at), "number_busy 2026-11-23T17:10:00Z");
}

CAF_TEST(without a target there is no dial and its gates are not judged) {
  stage s;
  s.facts.target = nullptr;
  auto d = gate::decide(s.facts, monday_noon);
  CAF_CHECK((!d.dial && d.found.what == gate::verdict::not_judged));
  CAF_CHECK(gate::decide_campaign(s.facts, monday_noon).dial);
  for (const auto& l : gate::explain(s.facts, monday_noon))
    CAF_CHECK((l.found.what == gate::verdict::not_judged) == (l.where == gate::scope::target));
}

CAF_TEST(several blockers are passed when the last of them is) {
  stage s;
  s.target.due_at = monday_noon + 3h;
  s.calls = {monday_noon - 1min};
  s.point();
  auto lines = gate::explain(s.facts, monday_noon);
  CAF_CHECK_EQUAL(held_by(lines), "not_due min_gap");
  CAF_CHECK_EQUAL(shown(gate::next_eligible(lines, monday_noon)), "2026-11-23T20:00:00Z");
  s.facts.stopped = true;
  CAF_CHECK_EQUAL(
      shown(gate::next_eligible(gate::explain(s.facts, monday_noon), monday_noon)), "never");
}

CAF_TEST(names are stored and read back) {
  for (const auto& row : gate::table())
    CAF_CHECK(gate::parse_blocker(gate::to_string(row.id)) == row.id);
  CAF_CHECK(!gate::parse_blocker("?"));
  // What the older gate stores keeps its name.
  for (auto word :
       {"not_running",
        "stale_instance",
        "stopped",
        "clock_untrusted",
        "settings_broken",
        "window_closed",
        "rate_per_minute",
        "rate_per_hour",
        "concurrency",
        "carrier_paused",
        "store_unavailable",
        "ambiguity_unloaded",
        "suppressed",
        "number_class",
        "destination",
        "attempts",
        "number_busy",
        "min_gap",
        "callee_zone_unknown",
        "callee_hours"})
    CAF_CHECK(gate::parse_blocker(word));
}

CAF_TEST(a histogram counts what holds with the earliest next instant) {
  gate::histogram h;
  auto add = [&](blocker b, std::optional<instant> next) {
    h.add({false, b, {gate::verdict::wait, "because", next}});
  };
  add(blocker::min_gap, monday_noon + 5min);
  add(blocker::callee_hours, std::nullopt);
  add(blocker::min_gap, monday_noon + 2min);
  h.add({.dial = true, .held_by = {}, .found = {}});
  auto bars = h.bars();
  CAF_REQUIRE_EQUAL(bars.size(), 2u);
  CAF_CHECK_EQUAL(
      name_of(bars[0].id) + " " + std::to_string(bars[0].count) + " " + shown(bars[0].next_at),
      "min_gap 2 2026-11-23T17:02:00Z");
  CAF_CHECK_EQUAL(shown(bars[1].next_at), "never");
  CAF_CHECK_EQUAL(h.dialable(), 1);
}

// -- any facts -----------------------------------------------------------------------------------

namespace {

template <class T>
std::optional<T> perhaps(T value) {
  return *rc::gen::inRange(0, 120) == 0 ? std::nullopt : std::optional<T>(value);
}

bool seldom() { return *rc::gen::inRange(0, 120) == 0; }

gate::cap any_cap() {
  if (seldom())
    return {};
  return *rc::gen::arbitrary<bool>() ? gate::cap::none()
                                     : gate::cap::of(*rc::gen::inRange(0, 12), 10);
}

} // namespace

CAF_TEST(a dial means that all speaks for it) {
  int dials = 0;
  CAF_CHECK(rc::check("no permit outside the policy", [&] {
    stage s;
    auto now = at("2026-01-01T00:00:00Z") +
               std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 366 * 86'400)};
    now = *rc::gen::arbitrary<bool>() ? now : std::chrono::floor<std::chrono::days>(now) + 19h;
    auto number = *rc::gen::element<std::string>(
        "+12125550123", "+18505550123", "+19285550123", "+19075550123", "+12085550123",
        "+18005550123", "+442079460123");
    auto place =
        locate_callee(phone_number::from_canonical(number), number[1] == '1' ? "US" : "GB");
    s.pack = eight_to_nine(perhaps<std::int32_t>(3));
    // A pack of any hours, with its Sundays and a day of the year.
    auto from = *rc::gen::inRange(6, 12);
    auto to = *rc::gen::inRange(15, 25);
    auto no_sunday = *rc::gen::arbitrary<bool>();
    auto& rules = s.pack.entries[0];
    rules.days.fill({{{from * 3600}, {to * 3600}}});
    if (no_sunday)
      rules.days[6].clear();
    holiday summer;
    summer.month = 7;
    summer.day = static_cast<unsigned>(*rc::gen::inRange(1, 32));
    s.pack.holidays = {summer};
    rules.holidays = {0};
    s.pack.entries[0].countries =
        seldom() ? std::vector<std::string>{"FR"} : std::vector<std::string>{"US", "GB"};
    s.legal = legal_hours(s.pack, place);
    s.window = window_of(
        *rc::gen::element("America/New_York", "UTC", "Asia/Tokyo"),
        *rc::gen::element("00:00", "06:30"), *rc::gen::element("22:00", "24:00"));
    if (*rc::gen::arbitrary<bool>())
      s.quiet = {window_of("UTC", "12:00", "14:00")};
    auto calls = *rc::gen::inRange(0, 4);
    auto last = now;
    for (int i = 0; i < calls; ++i)
      s.calls.push_back(last -= std::chrono::minutes{*rc::gen::inRange(1, 900)});
    s.point();
    auto& f = s.facts;
    auto& t = s.target;
    f.instance_current = !seldom();
    f.store_writable = !seldom();
    f.stopped = seldom();
    f.clock_trusted = !seldom();
    f.doubtful_loaded = !seldom();
    f.carrier_ready = !seldom();
    f.status = perhaps(seldom() ? campaign::status::paused : campaign::status::running);
    if (seldom())
      f.window = nullptr;
    if (seldom())
      f.quiet.reset();
    f.spend_per_day = any_cap();
    f.live_calls = any_cap();
    t.state = perhaps(seldom() ? target::status::calling : target::status::pending);
    t.suppressed = perhaps(seldom());
    t.suppressed_everywhere = perhaps(seldom());
    t.registry_needed = perhaps(*rc::gen::arbitrary<bool>());
    t.registry_date = perhaps(now - std::chrono::hours{*rc::gen::inRange(0, 800)});
    t.kind = static_cast<number_class>(*rc::gen::inRange(0, seldom() ? 10 : 2));
    t.country = seldom() ? "FR" : "US";
    t.attempt_count = *rc::gen::inRange(0, 4);
    t.number_busy = perhaps(seldom());
    t.due_at = perhaps(now + std::chrono::minutes{*rc::gen::inRange(-600, 20)});
    t.number_per_day = perhaps<std::int32_t>(*rc::gen::inRange(2, 6));
    if (seldom())
      t.calls_to_number.reset();
    if (seldom())
      t.legal = nullptr;

    auto d = gate::decide(f, now);
    auto lines = gate::explain(f, now);
    auto first = std::find_if(lines.begin(), lines.end(), [](const auto& l) {
      return l.found.what != gate::verdict::pass;
    });
    RC_ASSERT(d.dial == (first == lines.end()));
    if (!d.dial) {
      RC_ASSERT(d.held_by == first->id);
      RC_ASSERT(!d.found.reason.empty());
      return;
    }
    ++dials;
    // The policy once more, in other words.
    RC_ASSERT(
        (f.instance_current && f.store_writable && !f.stopped && f.clock_trusted &&
         f.doubtful_loaded && f.carrier_ready));
    RC_ASSERT(
        (f.status == campaign::status::running && f.window && f.window->open_at(now) &&
         f.window->open_at(now + 5s)));
    RC_ASSERT((f.quiet && (s.quiet.empty() || !s.quiet[0].open_at(now))));
    for (const auto* c : {&f.spend_per_day, &f.live_calls})
      RC_ASSERT((c->known && (!c->most || c->used < *c->most)));
    RC_ASSERT(
        (t.state == target::status::pending && t.suppressed == false &&
         t.suppressed_everywhere == false));
    RC_ASSERT(
        (t.registry_needed == false ||
         (t.registry_date && now - *t.registry_date <= std::chrono::days{31})));
    RC_ASSERT(
        (!never_called(t.kind) && t.country == "US" && t.attempt_count < 3 &&
         t.number_busy == false));
    RC_ASSERT((!t.due_at || *t.due_at <= now));
    RC_ASSERT((s.calls.empty() || now - s.calls[0] >= 15min));
    auto today =
        std::count_if(s.calls.begin(), s.calls.end(), [&](instant c) { return now - c < 24h; });
    RC_ASSERT((!t.number_per_day || today < *t.number_per_day));
    RC_ASSERT((!s.pack.entries[0].calls_per_day || today < *s.pack.entries[0].calls_per_day));
    RC_ASSERT((place.known() && s.pack.entries[0].countries.size() == 2));
    for (const auto& clock : place.zones->clocks) {
      std::chrono::sys_seconds local{
          std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) + clock->at(now).offset};
      auto day = std::chrono::floor<std::chrono::days>(local);
      RC_ASSERT((local - day >= from * 1h && local - day < to * 1h));
      RC_ASSERT(!(no_sunday && std::chrono::weekday{day} == std::chrono::Sunday));
      std::chrono::year_month_day date{day};
      RC_ASSERT(!(date.month() == std::chrono::July && date.day() == std::chrono::day{summer.day}));
    }
  }));
  CAF_MESSAGE("dials among them: " << dials);
  CAF_CHECK(dials > 0);
}

CAF_TEST(the older gate allows nothing that this one forbids for the same facts) {
  CAF_CHECK(rc::check("campaigns and targets", [] {
    stage s;
    auto now = monday_noon + std::chrono::minutes{*rc::gen::inRange(0, 7 * 1'440)};
    s.window = window_of("America/New_York", "09:00", "18:00");
    s.facts.live_calls = gate::cap::of(*rc::gen::inRange(45, 55), 50);
    s.facts.stopped = seldom();
    s.facts.instance_current = !seldom();
    s.facts.status = seldom() ? campaign::status::paused : campaign::status::running;
    permit::facts p;
    p.status = *s.facts.status;
    p.window = &s.window;
    p.instance_current = s.facts.instance_current;
    p.stopped = s.facts.stopped;
    p.limits = *s.facts.limits;
    p.minute_back = s.back;
    p.hour_back = s.back;
    p.live_calls = s.facts.live_calls.used;
    p.live_calls_max = 50;
    auto older = permit::decide(p, 1, now);
    auto newer = gate::decide_campaign(s.facts, now);
    RC_ASSERT((older.granted == 1) == newer.dial);
    if (!newer.dial)
      RC_ASSERT(older.next_at == newer.found.next_at);

    permit::target_facts old_target;
    old_target.kind = s.target.kind = static_cast<number_class>(*rc::gen::inRange(0, 10));
    old_target.country = s.target.country = seldom() ? "DE" : "US";
    old_target.suppressed = seldom();
    s.target.suppressed = old_target.suppressed;
    old_target.timezone = "America/New_York";
    old_target.attempt_count = s.target.attempt_count = *rc::gen::inRange(0, 4);
    old_target.max_attempts = 3;
    permit::callee_rules rules;
    rules.countries = s.countries;
    auto a = permit::decide_target(old_target, rules, now);
    s.facts.close_guard = 0s;
    auto b = gate::decide_target(s.facts, now);
    RC_ASSERT((a.what == permit::target_verdict::kind::dial) == b.dial);
    if (!b.dial) {
      RC_ASSERT(a.reason == gate::to_string(b.held_by));
      RC_ASSERT(a.due_at == b.found.next_at);
    }
  }));
}

CAF_TEST(several dials at once are what room and log allow) {
  stage s;
  s.facts.live_calls = gate::cap::of(48, 50);
  s.facts.limits = rate_limits{};
  auto many = gate::decide_many(s.facts, 5, monday_noon);
  CAF_CHECK_EQUAL(std::to_string(many.count) + " " + name_of(many.more.held_by), "2 concurrency");
  s.facts.account_live_calls = gate::cap::of(199, 200);
  many = gate::decide_many(s.facts, 5, monday_noon);
  CAF_CHECK_EQUAL(
      std::to_string(many.count) + " " + name_of(many.more.held_by), "1 account_concurrency");
  CAF_CHECK(!many.more.found.reason.empty());
  many = gate::decide_many(s.facts, 1, monday_noon);
  CAF_CHECK((many.count == 1 && many.more.dial));
  s.facts.stopped = true;
  many = gate::decide_many(s.facts, 5, monday_noon);
  CAF_CHECK_EQUAL(std::to_string(many.count) + " " + name_of(many.more.held_by), "0 stopped");
  CAF_CHECK_EQUAL(gate::decide_many(s.facts, 0, monday_noon).count, 0u);
}

CAF_TEST(several dials at once are as many as the older gate gives) {
  CAF_CHECK(rc::check("live calls and the log of permits", [] {
    stage s;
    auto now = monday_noon + std::chrono::minutes{*rc::gen::inRange(0, 7 * 1'440)};
    s.window = window_of("America/New_York", "09:00", "18:00");
    s.facts.live_calls = gate::cap::of(*rc::gen::inRange(40, 52), 50);
    s.facts.limits = rate_limits{*rc::gen::inRange(1u, 6u), *rc::gen::inRange(1u, 9u)};
    std::vector<std::optional<instant>> minute(8), hour(8);
    auto fill = [&](auto& back, int longest) {
      auto t = now - std::chrono::seconds{longest};
      for (auto& b : back)
        if ((t += std::chrono::seconds{*rc::gen::inRange(0, longest / 2)}) <= now &&
            *rc::gen::arbitrary<bool>())
          b = t;
    };
    fill(minute, 90);
    fill(hour, 5'000);
    s.facts.minute_back = minute;
    s.facts.hour_back = hour;
    auto wanted = *rc::gen::inRange(0u, 9u);
    permit::facts p;
    p.status = campaign::status::running;
    p.window = &s.window;
    p.limits = *s.facts.limits;
    p.minute_back = minute;
    p.hour_back = hour;
    p.live_calls = s.facts.live_calls.used;
    p.live_calls_max = 50;
    auto older = permit::decide(p, wanted, now);
    auto newer = gate::decide_many(s.facts, wanted, now);
    RC_ASSERT(older.granted == newer.count);
    if (newer.count > 0 && newer.count < wanted) {
      RC_ASSERT(permit::to_string(older.why) == gate::to_string(newer.more.held_by));
      RC_ASSERT(older.next_at == newer.more.found.next_at);
    }
    if (wanted == 1)
      RC_ASSERT((newer.count == 1) == gate::decide_campaign(s.facts, now).dial);
  }));
}
