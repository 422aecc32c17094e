#include "tests/actors/support/stage.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include <caf/actor_cast.hpp>
#include <spdlog/spdlog.h>

#include "actors/internal.hpp"

namespace ringmaster::testing {

// -- one life ---------------------------------------------------------------------------------------

one_life::one_life(
  const engine_parts& parts, memory_database& database, memory_tasks& books,
  std::chrono::nanoseconds steady)
  : system_(std::make_unique<caf::actor_system>(config_)),
    scheduler_(dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler())),
    database_(database) {
  scheduler_->clock().current_time = caf::actor_clock::time_point(steady);
  std::vector<std::unique_ptr<lane_store>> lanes;
  lanes.push_back(std::make_unique<memory_lane>(database));
  lanes.push_back(std::make_unique<memory_lane>(database));
  std::vector<std::unique_ptr<desk>> desks;
  desks.push_back(books.make_desk());
  desks.push_back(books.make_desk());
  all = make_world(*system_, parts, std::move(lanes), std::move(desks), false);
}

one_life::~one_life() {
  // Killed: whatever the actors still want to store is lost.
  database_.frozen = true;
  auto lanes = all->lanes;
  auto desks = all->desks;
  caf::anon_send_exit(all->tasks, caf::exit_reason::kill);
  caf::anon_send_exit(all->scheduler, caf::exit_reason::kill);
  caf::anon_send_exit(all->wrap_up, caf::exit_reason::kill);
  caf::anon_send_exit(all->brain, caf::exit_reason::kill);
  caf::anon_send_exit(all->courier, caf::exit_reason::kill);
  caf::anon_send_exit(all->dialer, caf::exit_reason::kill);
  caf::anon_send_exit(all->feed, caf::exit_reason::kill);
  for (const auto& lane : lanes)
    caf::anon_send_exit(lane, caf::exit_reason::kill);
  for (const auto& one : desks)
    caf::anon_send_exit(one, caf::exit_reason::kill);
  drain();
  lanes.clear();
  desks.clear();
  all.reset();
  scheduler_->clock().cancel_all();
  drain();
  system_.reset();
  database_.frozen = false;
}

std::optional<std::chrono::nanoseconds> one_life::next_timer() {
  const auto& waiting = scheduler_->clock().schedule();
  if (waiting.empty())
    return std::nullopt;
  return waiting.begin()->first.time_since_epoch();
}

// -- the stage --------------------------------------------------------------------------------------

stage::stage(std::uint64_t seed) : random(seed), database(time, random), line(time) {
  spdlog::set_level(spdlog::level::off);
  user = user_id{make_uuid7(instant{}, random)};
  // Monday, 2026-03-02, 10:00 UTC, when the steady clock stands at one hour.
  time.base = instant(std::chrono::seconds(1'772'445'600) - 1h);
  options.calls_per_second = 0;
  line.callback = [this](const change::record_callback& what) {
    if (!life)
      return; // lost: the engine is down
    auto reply = std::make_shared<responder<callback_recorded>>([](const auto&) {});
    caf::anon_send(
      life->all->lane_for(what.attempt.value), asked_callback{what, std::move(reply)});
  };
}

void stage::wake() {
  engine_parts parts{time, random, line, marks, flag, *counters, models, options, nullptr, post};
  life = std::make_unique<one_life>(parts, database, books, time.steady);
  caf::anon_send(life->all->scheduler, begin_engine{});
  caf::anon_send(life->all->tasks, begin_tasks{});
  caf::anon_send(life->all->wrap_up, begin_wrap_ups{});
  caf::anon_send(life->all->courier, begin_courier{});
}

void stage::start() {
  wake();
  drain();
}

void stage::crash() {
  line.cut();
  counters->creates_in_flight = 0;
  life.reset();
}

void stage::elapse(std::chrono::nanoseconds d) {
  auto end = time.steady + d;
  until([] { return false; }, d);
  time.steady = end;
  if (life)
    life->scheduler().clock().current_time = caf::actor_clock::time_point(end);
}

bool stage::until(const std::function<bool()>& done, std::chrono::nanoseconds most) {
  auto end = time.steady + most;
  for (;;) {
    if (life)
      drain();
    if (done())
      return true;
    auto timer = life ? life->next_timer() : std::nullopt;
    auto happening = line.next();
    auto next = std::min(timer.value_or(end + 1h), happening.value_or(end + 1h));
    if (next > end)
      return false;
    time.steady = std::max(time.steady, next);
    if (life)
      life->scheduler().clock().current_time = caf::actor_clock::time_point(time.steady);
    if (happening && *happening <= next)
      line.run_next();
    else
      life->scheduler().clock().trigger_timeout();
  }
}

campaign_brief stage::brief() const {
  campaign_brief b;
  b.user = user;
  b.state = campaign::status::running;
  b.timezone = "UTC";
  b.start = "00:00:00";
  b.end = "24:00:00";
  b.days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  b.max_concurrent_calls = 1'000;
  return b;
}

std::string stage::number() {
  char text[20];
  std::snprintf(text, sizeof text, "+1212%07llu", static_cast<unsigned long long>(++numbers));
  return text;
}

campaign_id stage::running(campaign_brief b, std::size_t n, std::int32_t max_attempts) {
  auto id = database.add_campaign(user, std::move(b));
  for (std::size_t i = 0; i < n; ++i)
    database.add_target(id, number(), max_attempts);
  return id;
}

campaign_id stage::running(std::size_t n, rate_limits limits, std::int32_t max_attempts) {
  auto b = brief();
  b.limits = limits;
  return running(std::move(b), n, max_attempts);
}

std::shared_ptr<std::optional<result<campaign_steered>>> stage::steer(
  const campaign_id& id, campaign::action on, std::optional<instant> start_at) {
  change::steer_campaign what;
  what.who = identity{user, "user:ann", "r-1"};
  what.campaign = id;
  what.on = on;
  what.start_at = start_at;
  return ask<change::steer_campaign, campaign_steered>(what);
}

health stage::look() {
  auto place = ask<ask_health, health>({});
  drain();
  return place->value().value();
}

waiting stage::why(const campaign_id& id) {
  auto place = ask<ask_waiting, waiting>({id});
  drain();
  return place->value().value();
}

std::shared_ptr<std::optional<result<stop_report>>> stage::stop(bool on) {
  return ask<stop_everything, stop_report>({identity{user, "user:ann", "r-2"}, on});
}

std::shared_ptr<std::optional<result<execution>>> stage::execute(const campaign_id& id) {
  return ask<execute_campaign, execution>({identity{user, "user:ann", "r-3"}, id});
}

memory_database::attempt_row stage::only_attempt(const campaign_id& id) {
  auto all = database.attempts_of(id);
  return all.size() == 1 ? all.front() : memory_database::attempt_row{};
}

std::size_t stage::creates_of(const attempt_id& id) const {
  return static_cast<std::size_t>(std::count_if(
    line.requests.begin(), line.requests.end(), [&](const auto& r) { return r.attempt == id; }));
}

std::size_t stage::most_within(std::chrono::nanoseconds span) const {
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < line.requests.size(); ++i) {
    while (line.requests[i].at - line.requests[first].at >= span)
      ++first;
    most = std::max(most, i - first + 1);
  }
  return most;
}

bool stage::no_attempt_twice() const {
  std::map<attempt_id, int> seen;
  for (const auto& r : line.requests)
    if (++seen[r.attempt] > 1)
      return false;
  return true;
}

} // namespace ringmaster::testing
