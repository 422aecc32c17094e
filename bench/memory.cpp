// Memory: what an idle campaign and a live call cost the engine's process, by the growth of its
// proportional set size.

#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/arena.hpp"
#include "bench/load/volley.hpp"
#include "tests/support/child_process.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;

/// After the engine has come to rest: two equal looks, half a second apart.
std::int64_t resting_pss(arena& a) {
  std::int64_t last = 0;
  support::wait_until(std::chrono::seconds(20), [&] {
    const auto now = support::pss_bytes(a.stage().engine().pid());
    const bool same = now > 0 && now - last < 64 * 1024 && last - now < 64 * 1024;
    last = now;
    return same;
  }, std::chrono::milliseconds(500));
  return last;
}

/// A campaign that may not call today: everything about it waits.
std::string closed_body(const std::string& zone) {
  auto settings = support::open_campaign("Idle");
  settings["timezone"] = zone;
  settings["rate_limit_per_minute"] = 10;
  settings["rate_limit_per_hour"] = 600;
  return settings.dump();
}

void make_idle(arena& a, std::size_t count) {
  const auto body = closed_body("UTC");
  const auto& who = a.user();
  const auto request = support::write_request(
    who.authority(), "POST", "/api/campaigns",
    {{"Authorization", "Bearer " + who.key()}, {"Content-Type", "application/json"}}, body);
  std::size_t left = count;
  std::uint64_t wrong = 0;
  fire({who.authority(), 16, 0, 30'000'000},
       [&]() -> std::optional<shot> {
         return left ? (--left, std::optional(shot{request, 0})) : std::nullopt;
       },
       [&](const hit& h) { wrong += h.status != 201; });
  std::vector<std::string> starts;
  for (auto& row : a.stage().database()->rows("select id::text from ringmaster.campaigns where status = 'draft'"))
    starts.push_back(support::write_request(
      who.authority(), "PATCH", "/api/campaigns/" + *row.at("id"),
      {{"Authorization", "Bearer " + who.key()}, {"Content-Type", "application/json"}},
      R"({"action":"start"})"));
  std::size_t at = 0;
  fire({who.authority(), 16, 0, 30'000'000},
       [&]() -> std::optional<shot> {
         return at < starts.size() ? std::optional(shot{starts[at++], 0}) : std::nullopt;
       },
       [&](const hit& h) { wrong += h.status != 200; });
  if (wrong > 0)
    std::printf("VIOLATION: %llu requests were refused\n", static_cast<unsigned long long>(wrong));
}

} // namespace

int main() {
  try {
    std::printf("%s\n", machine_line().c_str());
    std::printf("memory: growth of the engine's proportional set size\n");
    {
      arena a(support::engine_settings{{"LIMITS_CONNECTIONS_PER_ADDRESS", "1000"}});
      make_idle(a, 200); // what grows once grows here
      auto before = resting_pss(a);
      std::printf("engine at rest with 200 campaigns: %.1f MB\n", static_cast<double>(before) / 1e6);
      std::size_t have = 0;
      for (std::size_t want : {static_cast<std::size_t>(option("CAMPAIGNS", 10'000)),
                               static_cast<std::size_t>(option("CAMPAIGNS_MORE", 0))}) {
        if (want <= have)
          continue;
        make_idle(a, want - have);
        const auto now = resting_pss(a);
        std::printf("%zu running campaigns without work: %.0f bytes each\n", want,
                    static_cast<double>(now - before) / static_cast<double>(want));
        have = want;
      }
    }
    {
      arena a;
      std::size_t next = 0;
      const auto up = [&](std::size_t count) {
        std::vector<std::string> ids;
        for (std::size_t at = 0; at < count; at += 10'000)
          ids.push_back(a.fill("Calls", next + at, std::min<std::size_t>(10'000, count - at)));
        for (const auto& id : ids)
          a.start(id);
        next += count;
        if (!a.wait_creates(next, std::chrono::seconds(20)) || !a.wait_bound(next, std::chrono::seconds(60)))
          std::printf("VIOLATION: calls are missing\n");
      };
      up(500);
      const auto before = resting_pss(a);
      std::size_t have = 0;
      for (std::size_t want : {static_cast<std::size_t>(option("CALLS", 10'000)),
                               static_cast<std::size_t>(option("CALLS_MORE", 100'000))}) {
        if (want <= have)
          continue;
        up(want - have);
        const auto now = resting_pss(a);
        std::printf("%zu live calls: %.0f bytes each\n", want,
                    static_cast<double>(now - before) / static_cast<double>(want));
        std::fflush(stdout);
        have = want;
      }
    }
    return 0;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
