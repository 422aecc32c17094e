// Rate limits: are they exact over every span and over a restart, are they used to the full, how
// evenly, and what does the deciding cost? Two hours of 10,000 campaigns with endless work, on a
// clock of our own, through the engine's own log and pacer.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <queue>
#include <random>
#include <vector>

#include "bench/load/machine.hpp"
#include "domain/rate.hpp"

namespace {

using namespace ringmaster;
using std::chrono::microseconds;

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t begin_us = 1'800'000'000 * second;

struct campaign {
  rate_limits limits;
  pacer pace;
  std::vector<std::int64_t> permits;  ///< the durable log
  std::vector<std::int64_t> arrivals; ///< at the carrier
};

instant at(std::int64_t us) { return instant(microseconds(us)); }

/// The permit that lies `n` before the k-th one asked for now.
std::optional<instant> back(const campaign& c, std::uint32_t n, std::uint32_t k) {
  const auto index = static_cast<std::int64_t>(c.permits.size()) + k - n;
  if (index < 0)
    return std::nullopt;
  return at(c.permits[static_cast<std::size_t>(index)]);
}

/// By how many the fullest span exceeds the limit.
std::int64_t overshoot(const std::vector<std::int64_t>& sorted, std::uint32_t limit, std::int64_t span) {
  std::size_t first = 0;
  std::int64_t most = 0;
  for (std::size_t last = 0; last < sorted.size(); ++last) {
    while (sorted[last] - sorted[first] >= span)
      ++first;
    most = std::max(most, static_cast<std::int64_t>(last - first + 1));
  }
  return most - limit;
}

std::int64_t cpu_now_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * second + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

} // namespace

int main() {
  const auto campaigns = static_cast<std::size_t>(load::option("CAMPAIGNS", 10'000));
  const auto hours = load::option("HOURS", 2);
  const auto seed = static_cast<std::uint64_t>(load::option("SEED", 1));
  const auto span = hours * 3600 * second;
  const auto restart = begin_us + span / 2;
  std::printf("%s\n", load::machine_line().c_str());
  std::printf("limiter: %zu campaigns, %ld h of virtual time, restart of 1 s in the middle, seed %llu\n",
              campaigns, hours, static_cast<unsigned long long>(seed));

  std::mt19937_64 dice(seed);
  const auto between = [&](std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution<std::int64_t>(lo, hi)(dice);
  };
  constexpr std::uint32_t minutes[] = {1, 2, 5, 10, 30, 60, 120};
  std::vector<campaign> all(campaigns);
  struct wake {
    std::int64_t at;
    std::uint32_t who;
    bool operator>(const wake& o) const { return at > o.at; }
  };
  std::priority_queue<wake, std::vector<wake>, std::greater<>> agenda;
  for (std::uint32_t i = 0; i < campaigns; ++i) {
    auto& c = all[i];
    c.limits.per_minute = minutes[between(0, 6)];
    c.limits.per_hour = *c.limits.per_minute * static_cast<std::uint32_t>(between(10, 60));
    c.pace = pacer(pace_of(c.limits), burst_of(pace_of(c.limits)));
    c.permits.reserve(static_cast<std::size_t>(*c.limits.per_hour) * static_cast<std::size_t>(hours) + 8);
    c.arrivals.reserve(c.permits.capacity());
    agenda.push({begin_us + between(0, 60 * second), i});
  }

  std::uint64_t decisions = 0, dials = 0;
  bool restarted = false;
  const auto cpu_before = cpu_now_us();
  while (!agenda.empty() && agenda.top().at < begin_us + span) {
    auto [due, who] = agenda.top();
    agenda.pop();
    auto& c = all[who];
    if (!restarted && due >= restart) {
      // The process dies: buckets are gone, the log is what it was.
      restarted = true;
      for (auto& other : all)
        other.pace = pacer(pace_of(other.limits), burst_of(pace_of(other.limits)));
    }
    if (due >= restart && due < restart + second) {
      agenda.push({restart + second + between(0, second / 10), who});
      continue;
    }
    // Timers come a little late.
    const auto now = due + between(0, 3000);
    ++decisions;
    const auto wanted = c.pace.due(at(now), 64);
    if (wanted == 0) {
      agenda.push({c.pace.next_at(at(now)).time_since_epoch().count(), who});
      continue;
    }
    std::optional<instant> minute_back[64], hour_back[64];
    for (std::uint32_t k = 0; k < wanted; ++k) {
      minute_back[k] = back(c, *c.limits.per_minute, k);
      hour_back[k] = back(c, *c.limits.per_hour, k);
    }
    const auto verdict = read_log(
      c.limits, {minute_back, wanted}, {hour_back, wanted}, wanted, at(now));
    for (std::uint32_t k = 0; k < verdict.granted; ++k) {
      c.permits.push_back(now);
      // Mostly at once, at worst as late as the gate lets a permit travel.
      const auto travel = between(0, 9) == 0 ? between(0, 499'000) : between(200, 4000);
      c.arrivals.push_back(now + travel);
      ++dials;
    }
    c.pace.take(at(now), verdict.granted);
    auto next = c.pace.next_at(at(now)).time_since_epoch().count();
    if (verdict.granted < wanted && verdict.next_at)
      next = std::max(next, std::int64_t{verdict.next_at->time_since_epoch().count()});
    agenda.push({std::max(next, now + 1), who});
  }
  const auto cpu_us = cpu_now_us() - cpu_before;

  std::int64_t worst_minute = -1'000'000, worst_hour = -1'000'000;
  std::size_t over = 0;
  std::vector<double> under;
  std::int64_t most_in_second = 0, most_beyond_need = 0;
  for (auto& c : all) {
    std::sort(c.arrivals.begin(), c.arrivals.end());
    const auto minute = overshoot(c.arrivals, *c.limits.per_minute, 60 * second);
    const auto hour = overshoot(c.arrivals, *c.limits.per_hour, 3600 * second);
    worst_minute = std::max(worst_minute, minute);
    worst_hour = std::max(worst_hour, hour);
    over += minute > 0 || hour > 0;
    const auto in_second = overshoot(c.arrivals, 0, second);
    most_in_second = std::max(most_in_second, in_second);
    const auto needed = static_cast<std::int64_t>((*c.limits.per_minute + 59) / 60);
    most_beyond_need = std::max(most_beyond_need, in_second - needed);
    // What an all-knowing dialer could have done from the first dial to the end.
    const auto left = static_cast<double>(begin_us + span - c.arrivals.front());
    const auto ideal = std::min(
      *c.limits.per_hour * left / (3600.0 * second), *c.limits.per_minute * left / (60.0 * second));
    under.push_back(100 * std::max(0.0, (std::max(1.0, ideal) - static_cast<double>(c.arrivals.size())) / std::max(1.0, ideal)));
  }
  std::sort(under.begin(), under.end());
  std::printf("dials %llu, decisions %llu\n", static_cast<unsigned long long>(dials),
              static_cast<unsigned long long>(decisions));
  std::printf("campaigns over a limit: %zu; fullest 60 s: limit %+lld, fullest hour: limit %+lld\n", over,
              static_cast<long long>(worst_minute), static_cast<long long>(worst_hour));
  std::printf("undershoot: median %.2f %%, p99 %.2f %%, worst %.2f %%\n", under[under.size() / 2],
              under[under.size() * 99 / 100], under.back());
  std::printf("most dials of one campaign in 1 s: %lld (at most %lld more than its limit needs)\n",
              static_cast<long long>(most_in_second), static_cast<long long>(most_beyond_need));
  std::printf("deciding: %.2f us of CPU each, %.3f %% of a core for all\n",
              static_cast<double>(cpu_us) / static_cast<double>(decisions),
              100.0 * static_cast<double>(cpu_us) / static_cast<double>(span));
  if (over > 0) {
    std::printf("VIOLATION: a limit was exceeded\n");
    return 1;
  }
  return 0;
}
