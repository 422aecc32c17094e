// Restart: the engine is killed while callbacks come in at a steady rate and thousands of calls are
// up, and is started again at once. How long is it deaf, how soon is it quick again, and is
// everything there that was acknowledged?

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/arena.hpp"
#include "bench/load/volley.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;

struct landed_event {
  std::int64_t due_us = 0, came_us = 0;
  bool good = false;
};

/// From `start_us` on: the end of the first 200 ms in which p99 stays below 100 ms and nothing fails.
std::optional<std::int64_t> calm_after(std::vector<landed_event> all, std::int64_t start_us) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.due_us < b.due_us; });
  for (std::int64_t at = start_us;; at += 20'000) {
    histogram h;
    bool failed = false, beyond = true;
    for (const auto& e : all) {
      if (e.due_us < at)
        continue;
      if (e.due_us >= at + 200'000) {
        beyond = false;
        break;
      }
      failed |= !e.good;
      h.add(e.came_us - e.due_us);
    }
    if (beyond)
      return std::nullopt;
    if (!failed && h.total() > 0 && h.quantile_us(0.99) < 100'000)
      return at - start_us;
  }
}

int round(std::size_t calls, double rate) {
  int violations = 0;
  arena a;
  for (std::size_t at = 0; at < calls; at += 10'000)
    a.start(a.fill("Restart", at, std::min<std::size_t>(10'000, calls - at)));
  if (!a.wait_creates(calls, std::chrono::seconds(20)) || !a.wait_bound(calls, std::chrono::seconds(60)))
    throw std::runtime_error("calls are missing");
  const auto arrivals = a.carrier().arrivals();
  // Eight seconds of events; the engine is killed in the third.
  const auto active = std::min(calls, static_cast<std::size_t>(rate * 8 / 4));
  auto events = script_of(arrivals, 0, active, a.stage().authority());
  events.erase(
    std::remove_if(events.begin(), events.end(), [](const auto& e) { return e.forged || e.copy; }),
    events.end());
  std::vector<landed_event> landed(events.size());
  std::atomic<bool> over{false};
  std::thread carrier([&] {
    std::size_t at = 0;
    fire({a.stage().authority(), 64, rate, 10'000'000},
         [&]() -> std::optional<shot> {
           if (at == events.size())
             return std::nullopt;
           const auto i = at++;
           return shot{events[i].bytes, i};
         },
         [&](const hit& h) {
           landed[h.tag] = {h.due_us, h.came_us, h.status >= 200 && h.status < 300};
         });
    over = true;
  });
  support::let_pass(std::chrono::milliseconds(3000));
  a.stage().kill_engine();
  const auto killed = now_us();
  a.stage().start_engine();
  const auto listening = now_us();
  const auto ready = a.stage().ready_within(std::chrono::seconds(60));
  carrier.join();

  std::int64_t first_good = 0, last_good = 0;
  std::uint64_t failed = 0, good = 0;
  for (const auto& e : landed) {
    good += e.good;
    failed += !e.good;
    if (e.good && e.came_us > killed && (first_good == 0 || e.came_us < first_good))
      first_good = e.came_us;
    if (e.good && e.came_us <= killed)
      last_good = std::max(last_good, e.came_us);
  }
  const auto calm = calm_after(landed, killed);
  if (option("TIMELINE", 0) != 0)
    for (std::int64_t at = killed - 400'000; at < killed + 4'000'000; at += 200'000) {
      histogram h;
      std::uint64_t bad = 0;
      for (const auto& e : landed)
        if (e.due_us >= at && e.due_us < at + 200'000)
          bad += !e.good, h.add(e.came_us - e.due_us);
      std::printf("  %+5lld ms: %llu events, %llu refused, %s\n", static_cast<long long>((at - killed) / 1000),
                  static_cast<unsigned long long>(h.total()), static_cast<unsigned long long>(bad), latencies(h).c_str());
    }
  std::printf(
    "%zu calls, %.0f events/s: listening %.0f ms after the kill, first 2xx %.0f ms, ready %lld ms after the start, "
    "p99 below 100 ms again after %.0f ms; deaf for %.0f ms, %llu events refused\n",
    calls, rate, static_cast<double>(listening - killed) / 1000,
    static_cast<double>(first_good - killed) / 1000, static_cast<long long>(ready ? ready->count() : -1),
    calm ? static_cast<double>(*calm) / 1000 : -1.0, static_cast<double>(first_good - last_good) / 1000,
    static_cast<unsigned long long>(failed));

  // Everything acknowledged is there, and what was stored without an acknowledgement may be.
  auto db = a.stage().database();
  // What the poller found out stands there too; only callbacks have a form as their body.
  const auto stored = static_cast<std::uint64_t>(
    db->count("select count(*) from ringmaster.webhook_inbox where raw like 'Called=%'"));
  if (stored < good || stored > good + failed) {
    ++violations;
    std::printf("VIOLATION: %llu acknowledged, %llu stored\n", static_cast<unsigned long long>(good),
                static_cast<unsigned long long>(stored));
  }
  // Every call was adopted: told of its end, each leads to its target's.
  std::vector<ready_event> ends;
  for (auto& e : script_of(arrivals, 0, calls, a.stage().authority()))
    if (e.step == 3 && !e.forged && !e.copy)
      ends.push_back(std::move(e));
  std::size_t at = 0;
  std::uint64_t wrong = 0;
  fire({a.stage().authority(), 64, 0, 30'000'000},
       [&]() -> std::optional<shot> {
         return at < ends.size() ? std::optional(shot{ends[at++].bytes, 0}) : std::nullopt;
       },
       [&](const hit& h) { wrong += h.status < 200 || h.status > 299; });
  const bool all_ended = support::wait_until(std::chrono::seconds(60), [&] {
    return db->count("select coalesce(sum(completed), 0) from ringmaster.campaign_progress") == static_cast<long>(calls);
  }, std::chrono::milliseconds(50));
  if (!all_ended || wrong > 0) {
    ++violations;
    std::printf("VIOLATION: not every call came to its end after the restart\n");
  }
  std::fflush(stdout);
  return violations;
}

} // namespace

int main() {
  try {
    std::printf("%s\n", machine_line().c_str());
    const auto rounds = option("ROUNDS", 2);
    int violations = 0;
    for (long r = 0; r < rounds; ++r)
      violations += round(10'000, 500);
    if (const auto more = option("CALLS_MORE", 100'000); more > 0)
      violations += round(static_cast<std::size_t>(more), 1000);
    return violations == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
