// Dispatch: pending targets become calls at the carrier, each with an intent that is durable before
// the request leaves and a result that is durable after it, in one campaign and in a thousand.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bench/load/arena.hpp"
#include "bench/load/volley.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;

struct outcome {
  double per_second = 0, fairness = 1;
  cpu_reading spent;
};

/// `count` targets in `campaigns` campaigns, from the first create to the last.
outcome run(arena& a, std::size_t& first, std::size_t count, std::size_t campaigns, int& violations) {
  const auto share = count / campaigns;
  std::vector<std::string> ids;
  std::unordered_map<std::string, std::size_t> owner;
  for (std::size_t i = 0; i < campaigns; ++i) {
    ids.push_back(a.fill("Dispatch", first, share));
    for (std::size_t k = 0; k < share; ++k)
      owner[support::number(first + k)] = i;
    first += share;
  }
  a.lift_bounds();
  auto db = a.stage().database();
  db->rows("vacuum analyze");
  const auto bound_before = db->count("select count(*) from ringmaster.call_sessions where sid is not null");
  a.carrier().clear();
  // All are running before the first dials: else the early ones would be done before the last begin.
  if (!a.user().post("/api/stop", support::json::object()).ok())
    throw std::runtime_error("the stop is not set");
  for (const auto& id : ids)
    a.start(id);
  const auto before = a.cpu();
  if (!a.user().erase("/api/stop").ok())
    throw std::runtime_error("the stop is not released");
  const bool all = a.wait_creates(share * campaigns, std::chrono::seconds(20));
  const bool stored = a.wait_bound(
    static_cast<std::uint64_t>(bound_before) + share * campaigns, std::chrono::seconds(30));
  outcome out;
  out.spent = a.cpu() - before;
  const auto seen = a.carrier().arrivals();

  std::unordered_set<std::string> tokens, numbers;
  std::size_t twice = 0;
  std::vector<std::size_t> progress(campaigns);
  bool measured = false;
  for (std::size_t n = 0; n < seen.size(); ++n) {
    twice += !tokens.insert(seen[n].token).second;
    twice += !numbers.insert(seen[n].to).second;
    if (const auto who = owner.find(seen[n].to); who != owner.end())
      ++progress[who->second];
    // How far the campaigns are when half of all work is done.
    if (!measured && n >= seen.size() / 2) {
      measured = true;
      const auto [least, most] = std::minmax_element(progress.begin(), progress.end());
      out.fairness = static_cast<double>(*most) / static_cast<double>(std::max<std::size_t>(*least, 1));
    }
  }
  if (!all || !stored || twice > 0 || numbers.size() != share * campaigns) {
    ++violations;
    std::printf("VIOLATION: %zu creates for %zu targets, %zu of them twice, stored: %d\n", seen.size(),
                share * campaigns, twice, stored);
  }
  if (seen.size() > 1)
    out.per_second = static_cast<double>(seen.size() - 1) * 1e6 /
                     static_cast<double>(seen.back().at_us - seen.front().at_us);
  return out;
}

void print(const char* what, const outcome& o, std::size_t count) {
  std::printf("%-18s %8.0f dials/s, largest/smallest progress %.2f\n", what, o.per_second, o.fairness);
  std::printf("%-18s %s\n", "", per_event(o.spent, count).c_str());
  std::fflush(stdout);
}

} // namespace

int main() {
  try {
    const auto count = static_cast<std::size_t>(option("TARGETS", 100'000));
    const auto rounds = option("ROUNDS", 2);
    const auto only = option("ONLY", 0); // 1 or 1000: that kind of run alone
    std::printf("%s\n", machine_line().c_str());
    std::printf("dispatch: %zu targets, limits off, carrier in the load process\n", count);
    int violations = 0;
    std::size_t first = 0;
    std::vector<double> one, many;
    for (long r = 0; r < rounds; ++r) {
      // A fresh engine each time: the tables of one run are no burden of the next.
      if (only != 1000) {
        arena a;
        a.profile();
        const auto o = run(a, first, count, 1, violations);
        a.print_profile();
        print("1 campaign", o, count);
        one.push_back(o.per_second);
      }
      if (only != 1) {
        arena a;
        a.profile();
        const auto o = run(a, first, count, 1000, violations);
        a.print_profile();
        print("1,000 campaigns", o, count);
        many.push_back(o.per_second);
      }
    }
    std::printf("medians: 1 campaign %.0f/s, 1,000 campaigns %.0f/s, ratio %.2f\n", median(one),
                median(many), median(many) / std::max(1.0, median(one)));
    return violations == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
