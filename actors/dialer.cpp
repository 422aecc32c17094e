#include "actors/dialer.hpp"

#include <string>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/way_back.hpp"

namespace ringmaster {

dialer::dialer(caf::actor_config& config, world_ptr all)
  : watched(config, all->watch, actor_kind::dialer), all_(std::move(all)), door_(all_->options().carrier) {
  guard(this, "dialer");
}

void dialer::on_exit() {
  flights_.clear();
  news_.clear();
  searches_.clear();
  all_.reset();
}

// -- the one create ---------------------------------------------------------------------------------

caf::result<attempt::exchange> dialer::create(dial& what) {
  if (!door_.admit(all_->boot())) {
    tell_door();
    attempt::exchange closed;
    closed.how = decltype(attempt::exchange::how)::not_sent;
    closed.detail = "the carrier is not asked at the moment";
    return closed;
  }
  auto token = ++tokens_;
  auto passage = std::make_shared<send_gate::passage>();
  auto& parts = all_->parts;
  create_order order;
  order.user = what.what.user;
  order.attempt = what.what.attempt;
  order.to = std::move(what.what.to);
  order.from = std::move(what.what.from);
  order.ring_timeout = std::chrono::duration_cast<std::chrono::seconds>(parts.options.ring_timeout);
  order.time_limit = std::chrono::duration_cast<std::chrono::seconds>(parts.options.time_limit);
  order.gate = send_gate{
    .board = all_->board, .campaign = std::move(what.campaign), .epoch = what.epoch,
    .asked_at = what.asked_at, .permit_ttl = parts.options.permit_ttl, .time = &parts.time,
    .marks = &parts.marks, .in_flight = &parts.counters.creates_in_flight,
    .attempt = order.attempt, .result = passage};
  auto answer = make_response_promise<attempt::exchange>();
  flights_.emplace(token, flight{answer, std::move(passage)});
  parts.line.create(std::move(order), [back = way_back(address()), token](attempt::exchange x) {
    back.send(create_done{token, std::move(x)});
  });
  return answer;
}

void dialer::returned(create_done& what) {
  auto found = flights_.find(what.token);
  if (found == flights_.end())
    return;
  auto one = std::move(found->second);
  flights_.erase(found);
  auto passed = one.passage->passed.load(std::memory_order_acquire);
  if (passed)
    all_->parts.counters.creates_in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (!passed && what.what.how != decltype(attempt::exchange::how)::not_sent) {
    // The gateway says that it sent what the gate did not let through. Believe the worse.
    spdlog::critical("dialer: a create was sent past the gate");
  }
  learn(what.what, *one.passage);
  one.answer.deliver(std::move(what.what));
}

void dialer::learn(const attempt::exchange& x, const send_gate::passage& passage) {
  using how = decltype(attempt::exchange::how);
  auto now = all_->boot();
  auto& random = all_->parts.random;
  auto judged = attempt::judge(x);
  all_->parts.counters.creates[static_cast<std::size_t>(judged.on)].fetch_add(
    1, std::memory_order_relaxed);
  auto gated = passage.asked.load(std::memory_order_acquire)
               && !passage.passed.load(std::memory_order_acquire);
  if (x.how == how::not_sent && gated) {
    all_->parts.counters.creates_gated.fetch_add(1, std::memory_order_relaxed);
    door_.withdraw();
    if (passage.unmarked.load(std::memory_order_acquire)) {
      // Not the carrier's fault, but no create can leave: do not use up permits for nothing.
      spdlog::critical("dialer: the send log cannot be written, nothing is dialed");
      door_.throttle(now, std::chrono::seconds(1), random);
    }
  } else if (judged.then == attempt::consequence::back_off) {
    door_.throttle(now, x.retry_after, random);
  } else if (x.how == how::answered && x.http_status < 500) {
    door_.succeed();
  } else {
    door_.fail(now, random);
  }
  tell_door();
}

void dialer::tell_door() {
  auto door = door_.read(all_->boot());
  auto until = door_.next_at();
  if (door == told_ && (door == breaker::state::closed || until == told_until_))
    return;
  auto open = door == breaker::state::open || door == breaker::state::half_open;
  auto was_open = told_ == breaker::state::open || told_ == breaker::state::half_open;
  if (open != was_open)
    spdlog::warn("dialer: the carrier {}", open ? "fails; no create goes out for a while" : "answers again");
  told_ = door;
  told_until_ = until;
  all_->parts.counters.carrier_open.store(open ? 0 : 1, std::memory_order_relaxed);
  send(all_->scheduler, carrier_state{door, until});
}

// -- reads and ends -----------------------------------------------------------------------------------

template <class F>
caf::result<result<call_news>> dialer::ask_news(F&& start) {
  auto token = ++tokens_;
  auto answer = make_response_promise<result<call_news>>();
  news_.emplace(token, answer);
  start([back = way_back(address()), token](result<call_news> x) {
    back.send(news_done{token, std::move(x)});
  });
  return answer;
}

caf::result<result<lists>> dialer::look(const look_for_call& what) {
  auto token = ++tokens_;
  auto answer = make_response_promise<result<lists>>();
  searches_.emplace(token, search{answer, {}, {}, 2});
  all_->parts.counters.reconcile_reads.fetch_add(1, std::memory_order_relaxed);
  using listing = result<std::vector<attempt::listed_call>>;
  auto back = way_back(address());
  auto& line = all_->parts.line;
  line.list(what.to, what.from, [back, token](listing x) {
    back.send(list_done{token, false, std::move(x)});
  });
  line.recent([back, token](listing x) { back.send(list_done{token, true, std::move(x)}); });
  return answer;
}

void dialer::listed(list_done& what) {
  auto found = searches_.find(what.token);
  if (found == searches_.end()) {
    // Token 0: a probe of the account, nobody waits for the list itself.
    if (what.token == 0 && what.what)
      send(all_->scheduler, carrier_knows_us{});
    return;
  }
  auto& one = found->second;
  if (!what.what)
    one.failure = std::move(what.what.error());
  else
    (what.newest ? one.found.newest : one.found.matching) = std::move(*what.what);
  if (--one.missing > 0)
    return;
  if (one.failure)
    one.answer.deliver(result<lists>(fail(std::move(*one.failure))));
  else
    one.answer.deliver(result<lists>(std::move(one.found)));
  searches_.erase(found);
}

dialer::behavior_type dialer::make_behavior() {
  return {
    [this](dial& what) { return create(what); },
    [this](const end_call& what) {
      return ask_news(
        [&](auto done) { all_->parts.line.end(what.sid, what.how, std::move(done)); });
    },
    [this](const fetch_call& what) {
      return ask_news([&](auto done) { all_->parts.line.fetch(what.sid, std::move(done)); });
    },
    [this](const redirect_call& what) {
      return ask_news([&](auto done) {
        all_->parts.line.redirect(
          what.sid, what.user, what.attempt, what.number, std::move(done));
      });
    },
    [this](const look_for_call& what) { return look(what); },
    [this](create_done& what) { returned(what); },
    [this](news_done& what) {
      auto found = news_.find(what.token);
      if (found == news_.end())
        return;
      if (what.what)
        send(all_->scheduler, carrier_knows_us{});
      found->second.deliver(std::move(what.what));
      news_.erase(found);
    },
    [this](list_done& what) { listed(what); },
    [this](const probe_account&) {
      all_->parts.line.recent([back = way_back(address())](auto x) {
        back.send(list_done{0, true, std::move(x)});
      });
    },
  };
}

} // namespace ringmaster
