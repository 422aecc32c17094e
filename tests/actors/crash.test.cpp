#define CAF_SUITE crash
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using kind = virtual_carrier::fate::kind;

namespace {

/// Runs one short campaign, kills the engine after `steps` messages, starts it again, and goes on
/// until all is quiet. What may never happen is checked by the caller.
struct short_life : stage {
  campaign_id id;
  std::size_t done = 0;

  explicit short_life(std::uint64_t seed) : stage(seed) {
    options.retry.min_gap = 60s;
    id = running(3, {}, 2);
  }

  bool run_until_killed(std::size_t steps) {
    wake();
    auto end = time.steady + 3min;
    while (done < steps) {
      if (step()) {
        ++done;
        continue;
      }
      auto timer = life->next_timer().value_or(end + 1h);
      auto happening = line.next().value_or(end + 1h);
      auto next = std::min(timer, happening);
      if (next > end)
        return false; // there was nothing left to kill
      time.steady = std::max(time.steady, next);
      life->scheduler().clock().current_time = caf::actor_clock::time_point(time.steady);
      if (happening <= next)
        line.run_next();
      else
        life->scheduler().clock().trigger_timeout();
    }
    return true;
  }

  bool all_ended() {
    auto p = database.count(id);
    return p.pending == 0 && p.calling == 0
           && database.campaigns.at(id).brief.state == campaign::status::completed;
  }
};

std::string verdict_of(short_life& s) {
  if (!s.no_attempt_twice())
    return "an attempt has two creates";
  if (!s.all_ended())
    return "a target or the campaign did not end";
  if (s.database.count(s.id) != s.database.recount(s.id))
    return "the counters are not a recount";
  for (const auto& a : s.database.attempts_of(s.id)) {
    if (attempt::live(a.state))
      return "an attempt did not end";
    auto creates = s.creates_of(a.what.attempt);
    if (a.state == attempt::status::voided && creates > 0
        && std::any_of(s.line.calls.begin(), s.line.calls.end(), [&](const auto& c) {
             return c.second.attempt == a.what.attempt;
           }))
      return "a voided attempt has a call";
  }
  // Nobody was reached twice.
  std::map<phone_number, int> reached;
  for (const auto& [sid, c] : s.line.calls)
    if (std::find(c.history.begin(), c.history.end(), call::status::completed) != c.history.end())
      if (++reached[c.to] > 1)
        return "a person was called twice";
  return {};
}

void kill_everywhere(const std::function<virtual_carrier::fate(short_life&, std::uint64_t)>& choose) {
  std::size_t tried = 0;
  for (std::size_t steps = 1; steps < 2'000; ++steps) {
    short_life s(steps);
    std::uint64_t n = 0;
    s.line.choose = [&](const create_order&) { return choose(s, n++); };
    if (!s.run_until_killed(steps))
      break;
    ++tried;
    s.crash();
    s.elapse(1s);
    s.start();
    s.until([&] { return s.all_ended(); }, 26h);
    auto verdict = verdict_of(s);
    if (!verdict.empty())
      CAF_FAIL("killed after message " << steps << ": " << verdict);
  }
  CAF_CHECK(tried > 50);
}

} // namespace

CAF_TEST(killed after any message no attempt has two creates and every target ends) {
  kill_everywhere([](short_life&, std::uint64_t) { return virtual_carrier::fate{}; });
}

CAF_TEST(killed after any message with slow answers and silent calls) {
  kill_everywhere([](short_life&, std::uint64_t n) {
    virtual_carrier::fate f;
    f.answer_after = 300ms;
    f.callbacks = n % 2 == 0;
    return f;
  });
}

CAF_TEST(killed after any message with lost answers) {
  kill_everywhere([](short_life&, std::uint64_t n) {
    virtual_carrier::fate f;
    f.what = n == 0 ? kind::made_but_lost : n == 1 ? kind::lost : kind::made_but_500;
    f.callbacks = n != 0;
    return f;
  });
}

CAF_TEST(after a power loss a missing mark proves nothing) {
  stage s;
  virtual_carrier::fate slow;
  slow.connect = 100ms;
  s.line.choose = [&](const create_order&) { return slow; };
  auto id = s.running(1);
  s.start();
  s.elapse(50ms);
  CAF_REQUIRE(s.only_attempt(id).state == attempt::status::intent);
  s.crash();
  s.marks.power_lost = true;
  s.start();
  s.elapse(1s);
  CAF_CHECK(s.only_attempt(id).state == attempt::status::ambiguous);
}

CAF_TEST(with the same boot a missing mark proves that nothing was sent) {
  stage s;
  virtual_carrier::fate slow;
  slow.connect = 100ms;
  s.line.choose = [&](const create_order&) { return slow; };
  auto id = s.running(1);
  s.start();
  s.elapse(50ms);
  auto first = s.only_attempt(id).what.attempt;
  s.crash();
  s.start();
  s.elapse(10ms);
  CAF_CHECK(s.database.attempts.at(first).state == attempt::status::voided);
  s.elapse(1min);
  CAF_CHECK_EQUAL(s.database.count(id).completed, 1);
  CAF_CHECK_EQUAL(s.line.requests.size(), 1u);
}

CAF_TEST(a result noted in the send log binds at the next start) {
  stage s;
  virtual_carrier::fate how;
  how.answer_after = 200ms;
  how.life = {{60s, call::status::ringing}, {5s, call::status::busy}};
  s.line.choose = [&](const create_order&) { return how; };
  auto id = s.running(1);
  s.start();
  s.elapse(100ms);
  s.database.away = true;
  s.elapse(1s);
  s.crash();
  s.database.away = false;
  s.start();
  s.elapse(100ms);
  CAF_CHECK(s.only_attempt(id).state == attempt::status::accepted);
  CAF_CHECK(s.only_attempt(id).sid == s.line.calls.begin()->first);
}

CAF_TEST(no campaign dials before its doubtful attempts are loaded) {
  stage s;
  auto id = s.running(5);
  s.database.away = true;
  s.start();
  s.elapse(1min);
  CAF_CHECK(s.line.requests.empty());
  CAF_CHECK(!s.look().recovered);
  CAF_CHECK(s.steer(id, campaign::action::pause) != nullptr);
  s.database.away = false;
  s.elapse(10s);
  CAF_CHECK(s.look().recovered);
}

CAF_TEST(a callback that comes at any moment of the start does not end its call) {
  std::size_t moments = 0;
  for (std::size_t steps = 0; steps < 40; ++steps) {
    stage s;
    virtual_carrier::fate how;
    how.answer_after = 200ms;
    how.callbacks = false;
    how.life = {{60s, call::status::ringing}, {5s, call::status::busy}};
    s.line.choose = [&](const create_order&) { return how; };
    auto id = s.running(1);
    s.start();
    s.elapse(100ms);
    s.crash();
    CAF_REQUIRE_EQUAL(s.line.calls.size(), 1u);
    const auto& [sid, made] = *s.line.calls.begin();

    s.wake();
    for (std::size_t n = 0; n < steps && s.step(); ++n)
      ++moments;
    change::record_callback what;
    what.user = s.user;
    what.attempt = made.attempt;
    what.kind = "status";
    what.sid = sid;
    what.news = call::status::initiated;
    what.received_at = s.time.now();
    s.line.callback(what);
    s.elapse(1s);
    CAF_CHECK_EQUAL(s.counters->late_calls.load(), 0u);
    CAF_CHECK(s.only_attempt(id).state == attempt::status::accepted);
    CAF_CHECK(!call::ended(made.history.empty() ? call::status::queued : made.history.back()));
  }
  CAF_CHECK_GREATER(moments, 100u);
}
