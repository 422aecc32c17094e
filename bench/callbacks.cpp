// Status callbacks, durable before they are answered: the highest rate, latencies at given rates,
// and what an event costs, over the real engine's socket, beside what the same PostgreSQL takes when
// it is fed lean batches and nothing else.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/load/arena.hpp"
#include "bench/load/lean_batch.hpp"
#include "bench/load/volley.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;

struct tally {
  std::uint64_t sent = 0, good = 0, refused = 0, wrong = 0;
  histogram latency;
};

struct phase {
  volley_result shots;
  tally seen;
  cpu_reading spent;
  std::uint64_t settled_late_ms = 0;
};

class bench {
 public:
  bench(std::size_t calls, std::size_t connections) : calls_(calls), connections_(connections) {
    arena_.profile();
    constexpr std::size_t share = 10'000;
    std::vector<std::string> campaigns;
    for (std::size_t at = 0; at < calls; at += share)
      campaigns.push_back(arena_.fill("Callbacks", at, std::min(share, calls - at)));
    for (const auto& id : campaigns)
      arena_.start(id);
    if (!arena_.wait_creates(calls, std::chrono::seconds(20)) ||
        !arena_.wait_bound(calls, std::chrono::seconds(60)))
      throw std::runtime_error("only " + std::to_string(arena_.carrier().creates()) + " calls were made");
    arrivals_ = arena_.carrier().arrivals();
    std::printf("%zu calls are up\n", arrivals_.size());
  }

  arena& where() { return arena_; }

  /// Runs the events of the next `count` calls, in a closed loop or at a rate.
  phase run(std::size_t count, double per_second) {
    const auto events = script_of(arrivals_, next_, count, arena_.stage().authority());
    next_ += count;
    valid_ += count * 4;
    ended_ += count;
    return play(events, per_second);
  }

  /// The price of an event that moves a call, and that of one that ends it, with all that follows
  /// for its attempt, its target and its campaign.
  std::pair<phase, phase> run_apart(std::size_t count) {
    auto moves = script_of(arrivals_, next_, count, arena_.stage().authority());
    next_ += count;
    std::vector<ready_event> ends;
    for (auto& e : moves)
      if (e.step == 3)
        ends.push_back(std::move(e));
    std::erase_if(moves, [](const auto& e) { return e.step == 3; });
    valid_ += count * 3;
    auto first = play(moves, 0);
    valid_ += count;
    ended_ += count;
    return {std::move(first), play(ends, 0)};
  }

  phase play(const std::vector<ready_event>& events, double per_second) {
    phase out;
    const auto before = arena_.cpu();
    std::size_t at = 0;
    out.shots = fire(
      {arena_.stage().authority(), connections_, per_second, 30'000'000},
      [&]() -> std::optional<shot> {
        if (at == events.size())
          return std::nullopt;
        const auto i = at++;
        return shot{events[i].bytes, i};
      },
      [&](const hit& h) {
        const auto& e = events[h.tag];
        auto& t = out.seen;
        ++t.sent;
        if (e.forged)
          ++(h.status == 403 ? t.refused : t.wrong);
        else
          ++(h.status >= 200 && h.status < 300 ? t.good : t.wrong);
        t.latency.add(h.came_us - h.due_us);
      });
    // What an event sets in motion belongs to its price: the end of the call and of its target.
    auto db = arena_.stage().database();
    const auto began = now_us();
    support::wait_until(std::chrono::seconds(60), [&] {
      return db->count("select coalesce(sum(completed), 0) from ringmaster.campaign_progress") >= static_cast<long>(ended_);
    }, std::chrono::milliseconds(20));
    out.settled_late_ms = static_cast<std::uint64_t>(now_us() - began) / 1000;
    out.spent = arena_.cpu() - before;
    if (out.seen.wrong > 0 || out.shots.broken > 0)
      complain("%llu answers were wrong, %llu connections broke", out.seen.wrong, out.shots.broken);
    return out;
  }

  /// What was answered well is stored, once, and nothing else is.
  void reckon() {
    auto db = arena_.stage().database();
    const auto stored = static_cast<std::uint64_t>(db->count("select count(*) from ringmaster.webhook_inbox"));
    const auto completed = static_cast<std::uint64_t>(
      db->count("select count(*) from ringmaster.call_sessions where status = 'completed'"));
    std::printf("reckoning: %llu events stored of %llu, %llu calls completed of %llu\n",
                static_cast<unsigned long long>(stored), static_cast<unsigned long long>(valid_),
                static_cast<unsigned long long>(completed), static_cast<unsigned long long>(ended_));
    if (stored != valid_ || completed != ended_)
      complain("the database differs from what was answered%s%s", "", "");
  }
  int verdict() const { return violations_ == 0 ? 0 : 1; }

 private:
  template <class... Args>
  void complain(const char* format, Args... args) {
    ++violations_;
    std::printf("VIOLATION: ");
    std::printf(format, args...);
    std::printf("\n");
  }

  arena arena_;
  std::size_t calls_, connections_;
  std::vector<arrival> arrivals_;
  std::size_t next_ = 0;
  std::uint64_t valid_ = 0, ended_ = 0;
  int violations_ = 0;
};

void print(const char* what, const phase& p) {
  std::printf("%-22s %8.0f/s  %s\n", what, static_cast<double>(p.seen.sent) / p.shots.seconds(),
              latencies(p.seen.latency).c_str());
  std::printf("%-22s %s; settled %llu ms after the last answer\n", "", per_event(p.spent, p.seen.sent).c_str(),
              static_cast<unsigned long long>(p.settled_late_ms));
  std::fflush(stdout);
}

} // namespace

int main() {
  try {
    const auto rounds = option("ROUNDS", 5);
    const auto calls_a_round = static_cast<std::size_t>(option("CALLS", 10'000));
    const auto open_seconds = option("SECONDS", 8);
    const double rates[] = {500, 2000, 10'000};
    std::size_t total = static_cast<std::size_t>(rounds + 1) * calls_a_round + 1000;
    for (double rate : rates)
      total += static_cast<std::size_t>(rate * static_cast<double>(open_seconds) / 4);
    std::printf("%s\n", machine_line().c_str());
    // The workload bounds the latency, not the connections: more of them wait longer, in larger
    // batches, which cost less each.
    const auto connections = static_cast<std::size_t>(option("CONNECTIONS", 64));
    std::printf("callbacks: %zu connections, 1,000 calls alive, 5 %% copies, 1 %% forged\n", connections);
    bench b(total, connections);
    b.run(1000, 0); // warm
    std::vector<double> engine_rates, lean_rates, ratios, engine_us, database_us, lean_us;
    for (long r = 0; r < rounds; ++r) {
      const auto p = b.run(calls_a_round, 0);
      print("engine, closed loop", p);
      const auto lean = run_lean_batch(b.where(), 4 * calls_a_round);
      std::printf("%-22s %8.0f/s  database %.1f us each\n", "lean batch alone", lean.per_second, lean.database_us);
      engine_rates.push_back(static_cast<double>(p.seen.sent) / p.shots.seconds());
      lean_rates.push_back(lean.per_second);
      ratios.push_back(engine_rates.back() / lean.per_second);
      engine_us.push_back(static_cast<double>(p.spent.engine_us) / static_cast<double>(p.seen.sent));
      database_us.push_back(static_cast<double>(p.spent.database_us) / static_cast<double>(p.seen.sent));
      lean_us.push_back(lean.database_us);
    }
    std::printf("medians: engine %.0f/s, lean batch %.0f/s, ratio %.2f; engine %.1f us, database %.1f us (lean %.1f us)\n",
                median(engine_rates), median(lean_rates), median(ratios), median(engine_us), median(database_us),
                median(lean_us));
    b.where().print_profile();
    const auto [moves, ends] = b.run_apart(calls_a_round);
    print("events before the end", moves);
    print("final events", ends);
    b.where().print_profile();
    for (double rate : rates) {
      char what[32];
      std::snprintf(what, sizeof what, "open loop %.0f/s", rate);
      print(what, b.run(static_cast<std::size_t>(rate * static_cast<double>(open_seconds) / 4), rate));
    }
    b.reckon();
    return b.verdict();
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
