#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "domain/ports.hpp"
#include "domain/store.hpp"

namespace ringmaster::testing {

/// A clock that tests move. The steady part is the actors' clock; the wall can be set apart.
struct virtual_clock : clock {
  std::chrono::nanoseconds steady{std::chrono::hours(1)};
  std::chrono::microseconds wall_offset{};
  instant base{};
  instant now() const override {
    return base + std::chrono::duration_cast<std::chrono::microseconds>(steady) + wall_offset;
  }
  std::chrono::nanoseconds boot() const override { return steady; }
};

struct seeded_random : random_source {
  explicit seeded_random(std::uint64_t seed) : state(seed) {}
  std::uint64_t next() override {
    auto z = (state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  std::uint64_t state;
};

struct memory_send_log : send_log {
  bool mark_sent(const attempt_id& attempt) override {
    if (broken)
      return false;
    marks[attempt] = true;
    return true;
  }
  bool note_result(const attempt_id& attempt, const call_sid& sid) override {
    results[attempt] = sid;
    return true;
  }
  testimony recall(const attempt_id& attempt) const override {
    testimony t;
    t.mark = power_lost ? witness::unknown : marks.contains(attempt) ? witness::sent : witness::not_sent;
    if (auto found = results.find(attempt); found != results.end())
      t.sid = found->second;
    return t;
  }
  std::map<attempt_id, bool> marks;
  std::map<attempt_id, call_sid> results;
  bool broken = false, power_lost = false;
};

struct memory_switch : stop_switch {
  bool is_set() const override { return flag; }
  bool set(bool stopped, const std::string&) override {
    if (broken)
      return false;
    flag = stopped;
    return true;
  }
  bool flag = false, broken = false;
};

/// The world on the other end: what arrives there is the oracle of every test. Runs on virtual
/// time; nothing happens but in `run_next`.
class virtual_carrier final : public carrier {
 public:
  using moment = std::chrono::nanoseconds;

  /// What becomes of one create request.
  struct fate {
    enum class kind : std::uint8_t {
      answered,      ///< 201
      made_but_lost, ///< a call, but the answer is lost
      made_but_500,
      lost,          ///< no call, and the answer is lost
      failed_500,    ///< no call
      throttled,     ///< 429
      refused,       ///< a 4xx with `code`
      unreachable,   ///< no connection: the gate is never asked
    } what = kind::answered;
    int http_status = 400;
    std::int32_t code = 0;
    std::chrono::milliseconds connect{0}, answer_after{20};
    /// Statuses of the call, each after the one before. A last one that is not final: it falls silent.
    std::vector<std::pair<std::chrono::milliseconds, call::status>> life{
      {std::chrono::milliseconds(50), call::status::initiated},
      {std::chrono::milliseconds(500), call::status::ringing},
      {std::chrono::seconds(5), call::status::in_progress},
      {std::chrono::seconds(30), call::status::completed}};
    bool callbacks = true;
    std::chrono::milliseconds callback_delay{10};
    std::optional<std::chrono::milliseconds> queue_time;
  };
  struct made_call {
    call_sid sid;
    attempt_id attempt;
    user_id user;
    phone_number to, from;
    instant created_at{};
    call::status state = call::status::queued;
    std::vector<call::status> history;
    fate how;
    bool ended_by_us = false;
  };
  struct request {
    instant at{};
    attempt_id attempt;
    phone_number to;
    bool made = false;
  };

  explicit virtual_carrier(virtual_clock& time) : time_(time) {}

  void create(create_order order, std::function<void(attempt::exchange)> done) override;
  void end(const call_sid& sid, ending how, std::function<void(result<call_news>)> done) override;
  void fetch(const call_sid& sid, std::function<void(result<call_news>)> done) override;
  void redirect(
    const call_sid& sid, const user_id& user, const attempt_id& attempt, std::int32_t number,
    std::function<void(result<call_news>)> done) override;
  void list(
    const phone_number& to, const phone_number& from,
    std::function<void(result<std::vector<attempt::listed_call>>)> done) override;
  void recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) override;

  /// When something happens next, if anything.
  std::optional<moment> next() const;
  /// Lets the next thing happen; the clock stands at its time.
  void run_next();
  /// The engine was killed: nothing reaches it, and what its gate has not passed never leaves.
  void cut() { ++generation_; }
  /// A call that the carrier places by itself for an attempt.
  call_sid place(const create_order& order, const fate& how);
  void after(moment wait, std::function<void()> what);
  /// The call ends: the other end hung up, or a document said so.
  void complete(const call_sid& sid);

  std::function<fate(const create_order&)> choose = [](const create_order&) { return fate{}; };
  /// Where callbacks go.
  std::function<void(const change::record_callback&)> callback;

  std::vector<request> requests; ///< creates whose bytes arrived
  std::map<call_sid, made_call> calls;
  std::vector<call_sid> canceled, hung_up;
  std::vector<std::pair<call_sid, std::int32_t>> redirects;
  std::size_t fetches = 0, lists = 0;
  bool reads_fail = false, unauthorized = false;
  std::chrono::milliseconds list_lag{0};

 private:
  void step(const call_sid& sid, std::size_t index);
  void tell(const made_call& c, call::status news, std::size_t sequence);
  result<call_news> news_of(const call_sid& sid) const;
  attempt::listed_call listed(const made_call& c) const;
  template <class F>
  void for_engine(moment wait, F what) {
    after(wait, [this, generation = generation_, what = std::move(what)] {
      if (generation == generation_)
        what();
    });
  }

  struct happening {
    moment at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const happening& o) const { return at != o.at ? at > o.at : order > o.order; }
  };
  virtual_clock& time_;
  std::priority_queue<happening> queue_;
  std::uint64_t order_ = 0, sids_ = 0, generation_ = 0;
};

} // namespace ringmaster::testing
