// The stop button: a thousand campaigns dial at full rate; one is paused, then everything is
// stopped. From the request to the last dial that leaves, and what leaves after the answer.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/load/arena.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;

struct press {
  double last_ms = 0;   ///< from the request to the last arrival
  double answer_ms = 0; ///< from the request to the 200
  std::size_t late = 0; ///< arrivals after the 200
};

press judge(const std::vector<std::int64_t>& arrivals_us, std::int64_t sent_us, std::int64_t came_us) {
  press out;
  out.answer_ms = static_cast<double>(came_us - sent_us) / 1000;
  for (auto at : arrivals_us)
    if (at > sent_us) {
      out.last_ms = std::max(out.last_ms, static_cast<double>(at - sent_us) / 1000);
      out.late += at > came_us;
    }
  return out;
}

void print(const char* what, const std::vector<press>& all) {
  std::vector<double> last, answer;
  std::size_t late = 0;
  for (const auto& p : all) {
    last.push_back(p.last_ms);
    answer.push_back(p.answer_ms);
    late += p.late;
  }
  std::printf("%-18s %zu times: last dial %.1f ms after the request (worst %.1f), answered after %.1f ms (worst %.1f), "
              "dials after the 200: %zu\n",
              what, all.size(), median(last), *std::max_element(last.begin(), last.end()), median(answer),
              *std::max_element(answer.begin(), answer.end()), late);
}

} // namespace

int main() {
  try {
    const auto campaigns = static_cast<std::size_t>(option("CAMPAIGNS", 1000));
    const auto share = static_cast<std::size_t>(option("TARGETS", 150));
    std::printf("%s\n", machine_line().c_str());
    arena a;
    std::vector<std::string> ids;
    std::unordered_map<std::string, std::size_t> owner;
    for (std::size_t i = 0; i < campaigns; ++i) {
      ids.push_back(a.fill("Stop", i * share, share));
      for (std::size_t k = 0; k < share; ++k)
        owner[support::number(i * share + k)] = i;
    }
    a.lift_bounds();
    // All are running before the first dials, so that they dial while the button is pressed.
    if (!a.user().post("/api/stop", support::json::object()).ok())
      throw std::runtime_error("the stop is not set");
    for (const auto& id : ids)
      a.start(id);
    if (!a.user().erase("/api/stop").ok())
      throw std::runtime_error("the stop is not released");
    if (!a.wait_creates(2000, std::chrono::seconds(20)))
      throw std::runtime_error("no calls");
    std::printf("stop button: %zu campaigns with %zu targets each, limits off\n", campaigns, share);

    std::vector<std::pair<std::size_t, support::answer>> pauses;
    for (std::size_t i = 0; i < 20; ++i) {
      const auto who = i * (campaigns / 20);
      if (!a.wait_creates(a.carrier().creates() + 200, std::chrono::seconds(5)))
        throw std::runtime_error("the work ran out");
      // Not always at the same point of a burst.
      support::let_pass(std::chrono::milliseconds(i % 7));
      pauses.emplace_back(who, a.user().act(ids[who], "pause"));
    }
    std::vector<support::answer> stops;
    for (int i = 0; i < 5; ++i) {
      if (!a.wait_creates(a.carrier().creates() + 500, std::chrono::seconds(5)))
        throw std::runtime_error("the work ran out");
      support::let_pass(std::chrono::milliseconds(3 * i));
      stops.push_back(a.user().post("/api/stop", support::json::object()));
      support::let_pass(std::chrono::milliseconds(700));
      if (!a.user().erase("/api/stop").ok())
        throw std::runtime_error("the stop is not released");
    }
    const auto seen = a.carrier().arrivals();
    const auto span = static_cast<double>(seen.back().at_us - seen.front().at_us) / 1e6;
    std::printf("%zu dials in %.1f s\n", seen.size(), span);

    std::vector<press> one, everything;
    for (const auto& [who, said] : pauses) {
      std::vector<std::int64_t> of_campaign;
      for (const auto& s : seen)
        if (const auto found = owner.find(s.to); found != owner.end() && found->second == who)
          of_campaign.push_back(s.at_us);
      if (said.status == 200)
        one.push_back(judge(of_campaign, said.sent_us, said.came_us));
      else
        std::printf("a pause was answered %d\n", said.status);
    }
    for (std::size_t i = 0; i < stops.size(); ++i) {
      std::vector<std::int64_t> until_release;
      for (const auto& s : seen)
        if (s.at_us < stops[i].came_us + 700'000)
          until_release.push_back(s.at_us);
      if (stops[i].ok())
        everything.push_back(judge(until_release, stops[i].sent_us, stops[i].came_us));
      else
        std::printf("a stop was answered %d\n", stops[i].status);
    }
    if (one.empty() || everything.empty())
      return 1;
    print("pause of one", one);
    print("stop of all", everything);
    const bool clean = std::all_of(one.begin(), one.end(), [](const auto& p) { return p.late == 0; }) &&
                       std::all_of(everything.begin(), everything.end(), [](const auto& p) { return p.late == 0; });
    if (!clean)
      std::printf("VIOLATION: dials after the 200\n");
    return clean ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
