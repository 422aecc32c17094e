#define CAF_SUITE task_crash
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using task::status;

namespace {

/// The life of one task, from its plan to the end of its last call, killed after `steps` messages
/// and gone on with by the next engine. The user starts the call when it is ready, and again if
/// the engine died before it had begun.
struct task_life : stage {
  task_id id;
  std::size_t done = 0;
  bool asked = false;

  explicit task_life(std::uint64_t seed) : stage(seed) {
    books.data.settings.auto_retry_failed_calls = true;
    books.data.settings.max_retry_attempts = 2;
    line.choose = [this](const create_order&) {
      virtual_carrier::fate f;
      if (line.requests.empty())
        f.life = {
            {100ms, call::status::ringing},
            {1s,    call::status::busy   }
        };
      return f;
    };
    id = books.add(user, "Book a table for two at Luigi's", "+12125550142");
  }

  const task::record& now() const { return books.find(id); }
  bool wants_call() const {
    return !asked && now().state == status::ready_to_call && !now().retry_at;
  }
  /// What the user does as soon as they can.
  void act_for_user() {
    if (wants_call()) {
      asked = true;
      call_for(id);
    }
  }
  bool over() const { return now().state == status::completed || now().state == status::failed; }

  bool run_until_killed(std::size_t steps) {
    wake();
    tell_changed(id);
    auto end = time.steady + 1h;
    while (done < steps) {
      act_for_user();
      if (step()) {
        ++done;
        continue;
      }
      if (over())
        return false; // there was nothing left to kill
      auto timer = life->next_timer().value_or(end + 1h);
      auto happening = line.next().value_or(end + 1h);
      auto next = std::min(timer, happening);
      if (next > end)
        return false;
      time.steady = std::max(time.steady, next);
      life->scheduler().clock().current_time = caf::actor_clock::time_point(time.steady);
      if (happening <= next)
        line.run_next();
      else
        life->scheduler().clock().trigger_timeout();
    }
    return true;
  }
};

std::string verdict_of(task_life& s) {
  if (!s.over())
    return "the task did not end, it is " + std::string(task::to_string(s.now().state));
  if (s.now().state != status::completed)
    return "the task failed: " + s.now().reason;
  if (!s.no_attempt_twice())
    return "an attempt has two creates";
  std::size_t answered = 0;
  for (const auto& [sid, c] : s.line.calls)
    answered += static_cast<std::size_t>(
        std::count(c.history.begin(), c.history.end(), call::status::in_progress));
  if (answered != 1)
    return "somebody picked up " + std::to_string(answered) + " times";
  if (s.books.trails(s.id, "task.plan") != 1 || s.books.trails(s.id, "task.complete") != 1)
    return "a step was told twice";
  if (s.books.told(notification::kind::call_completed) != 1)
    return "the end was not told once";
  if (s.books.trails(s.id, "task.call") != static_cast<std::size_t>(s.now().calls_made))
    return "calls and their trail differ";
  for (const auto& [id, c] : s.database.campaigns)
    if (c.brief.state == campaign::status::running)
      return "a campaign still runs";
  for (const auto& [id, a] : s.database.attempts)
    if (attempt::live(a.state))
      return "an attempt did not end";
  return {};
}

void kill_everywhere(const std::function<void(task_life&)>& prepare) {
  std::size_t tried = 0;
  bool whole = false; // one life went to its end unkilled
  for (std::size_t steps = 1; steps < 2'000; ++steps) {
    task_life s(steps);
    prepare(s);
    whole = !s.run_until_killed(steps);
    if (whole)
      break;
    ++tried;
    s.crash();
    s.elapse(1s);
    s.start();
    s.asked = false; // the answer never came: the user asks again where that is possible
    auto most = s.time.steady + 26h;
    while (!s.over() && s.time.steady < most) {
      s.act_for_user();
      s.until([&] { return s.over() || s.wants_call(); }, 1h);
    }
    s.elapse(10min);
    auto verdict = verdict_of(s);
    if (!verdict.empty())
      CAF_FAIL("killed after message " << steps << ": " << verdict);
  }
  CAF_CHECK(whole);
  CAF_CHECK(tried > 80);
}

} // namespace

CAF_TEST(killed after any message a task is planned and called for to its end) {
  kill_everywhere([](task_life&) {});
}

CAF_TEST(killed after any message with models that fail) {
  kill_everywhere([](task_life& s) {
    s.models.says = [](const assistant::order& o) {
      auto f = assistant::function_of(o.what);
      return f == assistant::function::plan ? scripted_models::good(o)
                                            : scripted_models::failing("away");
    };
  });
}
