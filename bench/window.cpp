// Calling windows: nanoseconds for "is it open" and "when does that change", and whether the answers
// agree with a slow reading of the same rule that knows nothing of tables.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <date/tz.h>

#include "domain/window.hpp"

namespace {

using namespace ringmaster;
using namespace std::chrono_literals;

constexpr const char* zone_names[] = {
  "America/New_York", "America/Chicago",     "America/Los_Angeles", "America/St_Johns",
  "America/Sao_Paulo", "America/Nuuk",       "Europe/London",       "Europe/Berlin",
  "Europe/Lisbon",    "Africa/Cairo",        "Asia/Kathmandu",      "Asia/Kolkata",
  "Asia/Tehran",      "Asia/Tokyo",          "Asia/Gaza",           "Australia/Lord_Howe",
  "Australia/Adelaide", "Pacific/Chatham",   "Pacific/Apia",        "UTC"};

struct rule {
  const date::time_zone* where = nullptr;
  std::int32_t start = 0, end = 0;
  std::uint8_t days = 0;
};

/// The rule word for word, on the wall clock that date tells.
bool slow_open(const rule& r, date::sys_seconds t) {
  auto local = r.where->to_local(t);
  auto day = date::floor<date::days>(local);
  auto time = static_cast<std::int32_t>((local - day).count());
  auto today = date::weekday{day}.iso_encoding() - 1;
  auto allowed = [&](unsigned d) { return (r.days >> d & 1) != 0; };
  if (r.start < r.end)
    return allowed(today) && r.start <= time && time < r.end;
  return (allowed(today) && time >= r.start) || (allowed((today + 6) % 7) && time < r.end);
}

/// Steps from minute to minute (all times of the cases are whole minutes, and so are the offsets
/// of this century) until the answer differs.
std::optional<date::sys_seconds> slow_change(const rule& r, date::sys_seconds t) {
  auto now = slow_open(r, t);
  auto minute = date::floor<std::chrono::minutes>(t);
  for (int i = 1; i <= 16 * 24 * 60; ++i) {
    date::sys_seconds next = minute + std::chrono::minutes{i};
    if (slow_open(r, next) != now)
      return next;
  }
  return std::nullopt;
}

struct test_case {
  std::size_t window = 0;
  instant at{};
};

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      return line.substr(line.find(':') + 2);
  return "unknown processor";
}

} // namespace

int main(int argc, char** argv) {
  const std::uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20261121;
  const std::size_t checked = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 100'000;
  constexpr std::size_t count = 200'000;
  std::mt19937_64 random(seed);
  auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n)); };

  std::vector<rule> rules;
  std::vector<calling_window> windows;
  std::vector<std::vector<instant>> changes; // of each window's zone, 2010 to 2036
  for (const auto* name : zone_names) {
    const auto* where = date::locate_zone(name);
    std::vector<instant> steps;
    date::sys_seconds t = date::sys_days{date::year{2010} / 1 / 1};
    for (auto info = where->get_info(t); info.end < date::sys_days{date::year{2036} / 1 / 1};
         info = where->get_info(info.end))
      steps.push_back(instant{info.end.time_since_epoch()});
    for (int i = 0; i < 8; ++i) {
      rule r{where, static_cast<std::int32_t>(below(1440) * 60), 0, 0};
      if (i == 0)
        r = {where, 9 * 3600, 18 * 3600, 0b001'1111};
      else if (i == 1)
        r = {where, 1 * 3600 + 1800, 2 * 3600 + 900, 0b111'1111};
      while (r.end == 0 || r.end == r.start)
        r.end = static_cast<std::int32_t>((below(1440) + 1) * 60);
      while (r.days == 0)
        r.days = static_cast<std::uint8_t>(below(128));
      auto made = calling_window::make(name, {r.start}, {r.end}, {r.days});
      if (!made) {
        std::fprintf(stderr, "%s: %s\n", name, made.error().detail.c_str());
        return 2;
      }
      rules.push_back(r);
      windows.push_back(*made);
      changes.push_back(steps);
    }
  }

  std::vector<test_case> cases(count);
  const auto first = instant{std::chrono::sys_days{std::chrono::year{2010} / 1 / 1}};
  for (std::size_t i = 0; i < count; ++i) {
    auto& c = cases[i];
    c.window = static_cast<std::size_t>(below(static_cast<std::int64_t>(windows.size())));
    const auto& steps = changes[c.window];
    if (i % 4 == 0 && !steps.empty())
      c.at = steps[static_cast<std::size_t>(below(static_cast<std::int64_t>(steps.size())))]
             + std::chrono::seconds{below(4 * 3600) - 2 * 3600};
    else
      c.at = first + std::chrono::seconds{below(std::int64_t{26} * 365 * 86'400)};
  }

  // Timed: every case once a round, the best of five rounds, answers kept from being optimised out.
  auto timed = [&](auto&& work) {
    double best = 1e18;
    for (int round = 0; round < 5; ++round) {
      auto begin = std::chrono::steady_clock::now();
      std::int64_t sum = 0;
      for (const auto& c : cases)
        sum += work(windows[c.window], c.at);
      auto took = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin);
      best = std::min(best, took.count() / static_cast<double>(count));
      if (sum == 42)
        std::puts("");
    }
    return best;
  };
  auto open_ns = timed([](const calling_window& w, instant t) { return std::int64_t{w.open_at(t)}; });
  auto both_ns = timed([](const calling_window& w, instant t) {
    auto change = w.next_change(t);
    return std::int64_t{w.open_at(t)} + (change ? change->time_since_epoch().count() : 0);
  });
  const std::vector<std::string> days{"mon", "tue", "wed", "thu", "fri"};
  auto parse_ns = timed([&](const calling_window& w, instant) {
    return std::int64_t{calling_window::parse(w.where().name(), "09:00", "18:00:00", days)->always_open()};
  });

  std::size_t disagreements = 0;
  for (std::size_t i = 0; i < checked && i < count; ++i) {
    const auto& c = cases[i];
    auto t = date::sys_seconds{std::chrono::floor<std::chrono::seconds>(c.at).time_since_epoch()};
    auto slow = slow_change(rules[c.window], t);
    auto fast = windows[c.window].next_change(c.at);
    auto same_change = slow.has_value() == fast.has_value()
                       && (!slow || instant{slow->time_since_epoch()} == *fast);
    if (slow_open(rules[c.window], t) != windows[c.window].open_at(c.at) || !same_change)
      ++disagreements;
  }

  std::printf("W9 calling windows, %zu zones, %zu windows, %zu instants, seed %llu\n",
              std::size(zone_names), windows.size(), count, static_cast<unsigned long long>(seed));
  std::printf("open_at                 %8.1f ns\n", open_ns);
  std::printf("open_at + next_change   %8.1f ns\n", both_ns);
  std::printf("parse from texts        %8.1f ns\n", parse_ns);
  std::printf("disagreements           %8zu of %zu\n", disagreements, std::min(checked, count));
  std::printf("machine: %u x %s\n", std::thread::hardware_concurrency(), processor().c_str());
  return disagreements == 0 ? 0 : 1;
}
