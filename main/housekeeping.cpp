#include "main/housekeeping.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace ringmaster {

namespace {

using namespace std::chrono_literals;

/// Prices are asked for beside the calls, and must not be in their way.
constexpr std::size_t questions_most = 4;
constexpr int tries_most = 5;
/// How far back a round looks for calls that have ended, and the first one after a start.
constexpr auto look_back = 2h;
constexpr auto look_back_first = 26h;

/// Ever more seldom: a price that is late by a minute may be late by hours.
std::optional<instant>
next_question(instant now, std::chrono::milliseconds first, std::int32_t tries) {
  if (tries + 1 >= tries_most)
    return std::nullopt;
  auto wait = first;
  for (std::int32_t i = 0; i <= tries; ++i)
    wait *= 6;
  return now + wait;
}

/// What the carrier has answered; outlives the thread, for an answer may come late.
struct answers {
  struct one {
    price_due of;
    std::optional<money> price;
  };
  std::mutex mutex;
  std::vector<one> come;
};

} // namespace

struct housekeeping::state {
  std::unique_ptr<back_office> office;
  net::hook_log& hooks;
  carrier& line;
  const clock& time;
  audit_head_file heads;
  manners how;

  std::shared_ptr<answers> told = std::make_shared<answers>();
  std::set<attempt_id> asked{};
  std::map<user_id, std::int64_t> written{}; ///< the last head of each user in the file
  std::chrono::nanoseconds heads_at{}, costs_at{};
  bool looked_back = false;
  bool troubled = false;

  std::mutex mutex{};
  std::condition_variable wake{};
  bool ending = false;
  std::thread thread{};

  void run() {
    while (true) {
      {
        std::unique_lock lock(mutex);
        wake.wait_for(lock, how.round, [this] { return ending; });
        if (ending)
          break;
      }
      round(false);
    }
    round(true);
  }

  void round(bool last) {
    note(office->seal_audit(), "sealing the audit trail");
    note(office->keep_webhooks(hooks.take()), "keeping how webhooks were answered");
    auto now = time.boot();
    if (last || heads_at == std::chrono::nanoseconds{} || now >= heads_at) {
      write_heads();
      heads_at = now + how.heads_every;
    }
    if (how.asks_prices && !last)
      ask_prices(now);
  }

  template <class T>
  bool note(const result<T>& done, const char* what) {
    if (done) {
      troubled = false;
      return true;
    }
    // A database that is away is told once.
    if (!std::exchange(troubled, true))
      spdlog::warn("housekeeping: {} failed: {}", what, done.error().detail);
    return false;
  }

  void write_heads() {
    auto all = office->audit_heads();
    if (!note(all, "reading the heads of the audit trail"))
      return;
    std::erase_if(*all, [this](const audit_head& h) {
      auto known = written.find(h.user);
      return known != written.end() && known->second >= h.seq;
    });
    if (!note(heads.append(*all), "writing the heads of the audit trail"))
      return;
    for (const auto& h : *all)
      written[h.user] = h.seq;
  }

  void ask_prices(std::chrono::nanoseconds now) {
    std::vector<answers::one> come;
    {
      std::lock_guard lock(told->mutex);
      come.swap(told->come);
    }
    for (const auto& one : come) {
      asked.erase(one.of.attempt);
      note(
          office->note_price(
              one.of, one.price, next_question(time.now(), how.price_after, one.of.tries)),
          "keeping the price of a call");
    }
    if (now >= costs_at) {
      auto since = time.now() - (looked_back ? look_back : look_back_first);
      if (note(office->open_costs(since, how.price_after), "looking for calls that have ended"))
        looked_back = true;
      costs_at = now + std::clamp<std::chrono::nanoseconds>(how.price_after / 2, how.round, 1min);
    }
    if (asked.size() >= questions_most)
      return;
    auto due = office->prices_due(questions_most);
    if (!note(due, "looking for prices to ask for"))
      return;
    for (const auto& one : *due) {
      if (asked.size() >= questions_most || !asked.insert(one.attempt).second)
        continue;
      line.fetch(one.sid, [told = told, one](result<call_news> news) {
        std::lock_guard lock(told->mutex);
        told->come.push_back({one, news ? news->price : std::nullopt});
      });
    }
  }
};

housekeeping::housekeeping(
    std::unique_ptr<back_office> office, net::hook_log& hooks, carrier& line, const clock& time,
    audit_head_file heads, const manners& how)
    : state_(new state{std::move(office), hooks, line, time, std::move(heads), how}) {
  // What stands in the file already need not be written again.
  if (auto known = state_->heads.read())
    for (const auto& h : *known)
      state_->written[h.user] = std::max(state_->written[h.user], h.seq);
  else
    spdlog::error("housekeeping: {}", known.error().detail);
  state_->thread = std::thread([this] { state_->run(); });
}

housekeeping::~housekeeping() {
  {
    std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
}

} // namespace ringmaster
