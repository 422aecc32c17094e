#define CAF_SUITE simulation
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/actors/support/stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using kind = virtual_carrier::fate::kind;

namespace {

/// A random day: campaigns with and without limits and windows, faults of every kind, crashes,
/// pauses and stops, lost, late and repeated callbacks. One seed, one day.
struct day : stage {
  struct plan {
    campaign_id id;
    rate_limits limits;
    calling_window window;
  };
  std::vector<plan> plans;
  std::map<attempt_id, campaign_id> owner;
  bool faults = true;
  std::string broken_stop;

  /// After the answer to a pause or a stop, nothing of `id` (nobody's at all) may arrive.
  template <class Answer>
  void silent(const Answer& answer, std::optional<campaign_id> id, std::chrono::seconds span) {
    // A crash before may have left nobody to answer; the store being away refuses a pause.
    until([&] { return answer->has_value(); }, 20s);
    if (!answer->has_value() || !(*answer)->has_value()) {
      elapse(span);
      return;
    }
    auto before = line.requests.size();
    elapse(span);
    for (auto i = before; i < line.requests.size(); ++i)
      if (!id || owner.at(line.requests[i].attempt) == *id)
        broken_stop = "a create after the answer to a stop";
  }

  explicit day(std::uint64_t seed) : stage(seed) {
    options.retry.min_gap = 60s;
    options.retry.busy = 120s;
    options.calls_per_second = random.below(3) == 0 ? 3 : 0;
    database.min_gap = 60s;
    for (std::uint64_t i = 0, n = 1 + random.below(4); i < n; ++i) {
      auto b = brief();
      if (random.below(2) == 0)
        b.limits.per_minute = static_cast<std::uint32_t>(1 + random.below(30));
      if (random.below(3) == 0)
        b.limits.per_hour = static_cast<std::uint32_t>(10 + random.below(300));
      if (random.below(2) == 0) {
        b.start = "09:00:00";
        b.end = random.below(2) ? "11:00:00" : "18:30:00";
      }
      b.max_concurrent_calls = static_cast<std::int32_t>(1 + random.below(40));
      auto id = running(b, 1 + random.below(60), static_cast<std::int32_t>(1 + random.below(3)));
      plans.push_back({id, b.limits, *calling_window::parse(b.timezone, b.start, b.end, b.days)});
    }
    line.choose = [this](const create_order& o) { return fate_of(o); };
    auto deliver = line.callback;
    line.callback = [this, deliver](const change::record_callback& what) {
      auto chance = faults ? random.below(20) : 19;
      if (chance == 0)
        return; // lost
      if (chance == 1)
        deliver(what); // twice
      if (chance == 2) {
        line.after(std::chrono::seconds(random.below(90)), [deliver, what] { deliver(what); });
        return; // late, so out of order
      }
      deliver(what);
    };
  }

  virtual_carrier::fate fate_of(const create_order& o) {
    owner[o.attempt] = database.attempts.at(o.attempt).what.campaign;
    virtual_carrier::fate f;
    f.connect = 1ms * random.below(40);
    f.answer_after = 1ms * random.below(200);
    if (faults) {
      switch (random.below(30)) {
        case 0: f.what = kind::made_but_lost; f.answer_after = 15s; break;
        case 1: f.what = kind::lost; break;
        case 2: f.what = kind::made_but_500; break;
        case 3: f.what = kind::failed_500; break;
        case 4: f.what = kind::throttled; break;
        case 5: f.what = kind::unreachable; break;
        case 6: f.what = kind::refused; f.code = 21211; break;
        case 7: f.connect = 700ms; break;
        case 8: f.callbacks = false; break;
        default: break;
      }
    }
    auto last = std::array{call::status::busy, call::status::no_answer, call::status::failed}[random.below(3)];
    if (random.below(2))
      f.life = {{50ms, call::status::initiated}, {2s, call::status::ringing}, {10s, last}};
    return f;
  }

  void trouble() {
    switch (random.below(9)) {
      case 0:
        crash();
        elapse(std::chrono::seconds(random.below(20)));
        start();
        break;
      case 1: {
        auto id = plans[random.below(plans.size())].id;
        silent(steer(id, campaign::action::pause), id, std::chrono::seconds(1 + random.below(60)));
        steer(id, campaign::action::resume);
        break;
      }
      case 2:
        database.away = true;
        elapse(std::chrono::seconds(random.below(30)));
        database.away = false;
        break;
      case 3: database.doubt += 1; break;
      case 4:
        silent(stop(), std::nullopt, std::chrono::seconds(random.below(60)));
        stop(false);
        break;
      case 5:
        line.reads_fail = true;
        elapse(std::chrono::seconds(random.below(120)));
        line.reads_fail = false;
        break;
      case 6: line.list_lag = std::chrono::seconds(random.below(40)); break;
      default: break;
    }
    // In random order, not in that of arrival.
    auto& jobs = life->scheduler().jobs;
    if (jobs.size() > 1)
      std::rotate(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(random.below(jobs.size())), jobs.end());
  }

  std::string violation() {
    if (!broken_stop.empty())
      return broken_stop;
    if (!no_attempt_twice())
      return "an attempt has two creates";
    for (const auto& p : plans) {
      std::vector<instant> at;
      for (const auto& r : line.requests) {
        if (owner.at(r.attempt) != p.id)
          continue;
        at.push_back(r.at);
        if (!p.window.open_at(r.at))
          return "a create outside the window";
      }
      auto over = [&](const std::optional<std::uint32_t>& limit, std::chrono::seconds span) {
        if (limit)
          for (std::size_t i = 0; i + *limit < at.size(); ++i)
            if (at[i + *limit] - at[i] < span)
              return true;
        return false;
      };
      if (over(p.limits.per_minute, 60s) || over(p.limits.per_hour, 3600s))
        return "a rate was exceeded";
    }
    std::map<phone_number, int> alive;
    for (const auto& [id, a] : database.attempts)
      if (attempt::live(a.state) && ++alive[a.what.to] > 1)
        return "two live attempts hold one number";
    return {};
  }

  bool converged() {
    for (const auto& [id, a] : database.attempts)
      if (attempt::live(a.state))
        return false;
    for (const auto& p : plans)
      if (database.campaigns.at(p.id).brief.state != campaign::status::completed)
        return false;
    return true;
  }
};

} // namespace

CAF_TEST(random days keep every promise and every life ends) {
  std::uint64_t seeds = 60;
  std::uint64_t first = 1;
  if (const char* more = std::getenv("RINGMASTER_SIM_SEEDS"))
    seeds = std::strtoull(more, nullptr, 10);
  if (const char* from = std::getenv("RINGMASTER_SIM_FIRST"))
    first = std::strtoull(from, nullptr, 10);
  for (auto seed = first; seed < first + seeds; ++seed) {
    day d(seed);
    d.start();
    for (int i = 0; i < 40; ++i) {
      d.elapse(std::chrono::seconds(5 + d.random.below(120)));
      d.trouble();
      if (auto bad = d.violation(); !bad.empty())
        CAF_FAIL("SIM seed=" << seed << " step=" << i << ": " << bad);
    }
    // Everything heals, and everybody gets to an end.
    d.faults = false;
    d.line.list_lag = 0ms;
    for (const auto& p : d.plans)
      if (d.database.campaigns.at(p.id).brief.state == campaign::status::paused) {
        d.steer(p.id, campaign::action::resume);
        d.elapse(1s);
      }
    for (int hour = 0; hour < 400 && !d.converged(); ++hour) {
      d.until([&] { return d.converged(); }, 1h);
      for (const auto& p : d.plans) // a resume in a closed window is refused: tried again
        if (d.database.campaigns.at(p.id).brief.state == campaign::status::paused)
          d.steer(p.id, campaign::action::resume);
    }
    if (auto bad = d.violation(); !bad.empty())
      CAF_FAIL("SIM seed=" << seed << " at the end: " << bad);
    if (!d.converged()) {
      std::string open;
      for (const auto& [id, a] : d.database.attempts)
        if (attempt::live(a.state))
          open += std::string(" ") + std::string(attempt::to_string(a.state));
      for (const auto& p : d.plans) {
        auto c = d.database.count(p.id);
        open += " [" + std::string(campaign::to_string(d.database.campaigns.at(p.id).brief.state)) + " "
                + std::to_string(c.pending) + " pending " + std::to_string(c.calling) + " calling, "
                + std::string(permit::to_string(d.why(p.id).why)) + "]";
      }
      CAF_FAIL("SIM seed=" << seed << ": not everything ended:" << open);
    }
    for (const auto& p : d.plans)
      CAF_CHECK(d.database.count(p.id) == d.database.recount(p.id));
  }
}
