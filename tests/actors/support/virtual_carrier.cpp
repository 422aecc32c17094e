#include "tests/actors/support/virtual_carrier.hpp"

#include <algorithm>
#include <cstdio>

namespace ringmaster::testing {

using kind = virtual_carrier::fate::kind;
using how_ended = decltype(attempt::exchange::how);

void virtual_carrier::after(moment wait, std::function<void()> what) {
  queue_.push({time_.boot() + wait, order_++, std::move(what)});
}

std::optional<virtual_carrier::moment> virtual_carrier::next() const {
  return queue_.empty() ? std::nullopt : std::optional(queue_.top().at);
}

void virtual_carrier::run_next() {
  auto what = queue_.top().what;
  queue_.pop();
  what();
}

call_sid virtual_carrier::place(const create_order& order, const fate& how) {
  char text[40];
  std::snprintf(text, sizeof text, "CA%032llx", static_cast<unsigned long long>(++sids_));
  made_call c;
  c.sid = call_sid{text};
  c.attempt = order.attempt;
  c.user = order.user;
  c.to = order.to;
  c.from = order.from;
  c.created_at = time_.now();
  c.how = how;
  calls[c.sid] = c;
  if (!how.life.empty())
    after(how.life.front().first, [this, sid = c.sid] { step(sid, 0); });
  return c.sid;
}

void virtual_carrier::tell(const made_call& c, call::status news, std::size_t sequence) {
  if (!c.how.callbacks || !callback)
    return;
  change::record_callback what;
  what.user = c.user;
  what.attempt = c.attempt;
  what.sid = c.sid;
  what.news = news;
  what.sequence = static_cast<std::int32_t>(sequence);
  after(c.how.callback_delay, [this, what]() mutable {
    what.received_at = time_.now();
    callback(what);
  });
}

void virtual_carrier::step(const call_sid& sid, std::size_t index) {
  auto& c = calls.at(sid);
  if (call::ended(c.state))
    return;
  c.state = c.how.life[index].second;
  c.history.push_back(c.state);
  tell(c, c.state, index);
  if (index + 1 < c.how.life.size())
    after(c.how.life[index + 1].first, [this, sid, index] { step(sid, index + 1); });
}

void virtual_carrier::complete(const call_sid& sid) {
  auto& c = calls.at(sid);
  if (call::ended(c.state))
    return;
  c.state = call::status::completed;
  c.history.push_back(c.state);
  tell(c, c.state, 80);
}

void virtual_carrier::create(create_order order, std::function<void(attempt::exchange)> done) {
  auto how = choose(order);
  if (how.what == kind::unreachable) {
    for_engine(how.connect, [done] {
      attempt::exchange x;
      x.how = how_ended::not_sent;
      x.detail = "no connection";
      done(x);
    });
    return;
  }
  for_engine(how.connect, [this, how, order = std::move(order), done] {
    attempt::exchange x;
    if (!order.gate()) {
      x.how = how_ended::not_sent;
      x.detail = "the gate is closed";
      for_engine(moment(0), [done, x] { done(x); });
      return;
    }
    requests.push_back({time_.now(), order.attempt, order.to, false});
    auto made = how.what == kind::answered || how.what == kind::made_but_lost
                || how.what == kind::made_but_500;
    if (made) {
      requests.back().made = true;
      x.sid = place(order, how);
    }
    x.how = how_ended::answered;
    switch (how.what) {
      case kind::answered:
        x.http_status = 201;
        x.numbers_match = true;
        x.state = call::status::queued;
        x.queue_time = how.queue_time;
        break;
      case kind::made_but_500:
      case kind::failed_500:
        x.http_status = 500;
        x.sid.reset();
        break;
      case kind::throttled:
        x.http_status = 429;
        x.carrier_code = 20429;
        break;
      case kind::refused:
        x.http_status = how.http_status;
        x.carrier_code = how.code;
        break;
      default:
        x.how = how_ended::broken;
        x.sid.reset();
        break;
    }
    for_engine(how.answer_after, [done, x] { done(x); });
  });
}

result<call_news> virtual_carrier::news_of(const call_sid& sid) const {
  if (reads_fail)
    return fail(errc::unavailable, "the carrier does not answer");
  if (unauthorized)
    return fail(errc::unauthenticated, "401");
  auto found = calls.find(sid);
  if (found == calls.end())
    return fail(errc::not_found, "20404");
  call_news n;
  n.sid = sid;
  // `initiated` is seen in callbacks only.
  n.state = found->second.state == call::status::initiated ? call::status::queued : found->second.state;
  n.to = found->second.to.reveal();
  n.from = found->second.from.reveal();
  return n;
}

void virtual_carrier::end(const call_sid& sid, ending how, std::function<void(result<call_news>)> done) {
  for_engine(std::chrono::milliseconds(15), [this, sid, how, done] {
    if (auto found = calls.find(sid); !reads_fail && found != calls.end() && !call::ended(found->second.state)) {
      auto& c = found->second;
      auto rank = call::rank(c.state);
      if (how == ending::hang_up || rank < call::rank(call::status::in_progress)) {
        auto was_queued = c.state == call::status::queued;
        c.state = rank < call::rank(call::status::in_progress) ? call::status::canceled
                                                               : call::status::completed;
        c.history.push_back(c.state);
        c.ended_by_us = true;
        (how == ending::cancel ? canceled : hung_up).push_back(sid);
        if (!was_queued) // a call canceled in the queue fires no callback
          tell(c, c.state, 90);
      }
    }
    done(news_of(sid));
  });
}

void virtual_carrier::fetch(const call_sid& sid, std::function<void(result<call_news>)> done) {
  ++fetches;
  for_engine(std::chrono::milliseconds(15), [this, sid, done] { done(news_of(sid)); });
}

void virtual_carrier::redirect(
  const call_sid& sid, const user_id&, const attempt_id&, std::int32_t number,
  std::function<void(result<call_news>)> done) {
  redirects.emplace_back(sid, number);
  for_engine(std::chrono::milliseconds(15), [this, sid, done] { done(news_of(sid)); });
}

attempt::listed_call virtual_carrier::listed(const made_call& c) const {
  attempt::listed_call l;
  l.sid = c.sid;
  l.to = c.to.reveal();
  l.from = c.from.reveal();
  l.direction = "outbound-api";
  l.created_at = c.created_at;
  l.state = c.state;
  return l;
}

void virtual_carrier::list(
  const phone_number& to, const phone_number& from,
  std::function<void(result<std::vector<attempt::listed_call>>)> done) {
  ++lists;
  for_engine(std::chrono::milliseconds(15), [this, to, from, done] {
    if (reads_fail) {
      done(fail(errc::unavailable, "the carrier does not answer"));
      return;
    }
    std::vector<attempt::listed_call> out;
    for (const auto& [sid, c] : calls)
      if (c.to == to && c.from == from && c.created_at + list_lag <= time_.now())
        out.push_back(listed(c));
    done(std::move(out));
  });
}

void virtual_carrier::recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) {
  for_engine(std::chrono::milliseconds(15), [this, done] {
    if (reads_fail) {
      done(fail(errc::unavailable, "the carrier does not answer"));
      return;
    }
    if (unauthorized) {
      done(fail(errc::unauthenticated, "401"));
      return;
    }
    std::vector<attempt::listed_call> out;
    for (const auto& [sid, c] : calls)
      if (c.created_at + list_lag <= time_.now())
        out.push_back(listed(c));
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
    if (out.size() > 50)
      out.resize(50);
    done(std::move(out));
  });
}

} // namespace ringmaster::testing
