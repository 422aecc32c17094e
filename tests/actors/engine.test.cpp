#define CAF_SUITE engine
#include <caf/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/engine.hpp"
#include "tests/actors/support/memory_store.hpp"
#include "tests/actors/support/scripted_models.hpp"
#include "tests/actors/support/virtual_carrier.hpp"
#include "tests/support/memory_webhooks.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using namespace std::chrono_literals;

// The real thing with its threads: lanes that block, a carrier that answers on its own thread.

namespace {

struct locked_lane final : lane_store {
  locked_lane(memory_database& database, std::mutex& lock) : inner(database), lock_(lock) {}
  std::vector<result<store_answer>> commit(std::span<const store_change> c) override {
    std::scoped_lock hold(lock_);
    return inner.commit(c);
  }
  result<std::vector<campaign_brief>> active_campaigns() override {
    std::scoped_lock hold(lock_);
    return inner.active_campaigns();
  }
  result<std::vector<call_brief>> doubtful_attempts() override {
    std::scoped_lock hold(lock_);
    return inner.doubtful_attempts();
  }
  result<std::vector<call_brief>> accepted_attempts(attempt_id a, std::size_t n) override {
    std::scoped_lock hold(lock_);
    return inner.accepted_attempts(a, n);
  }
  result<call_brief> find_attempt(const user_id& u, const attempt_id& a) override {
    std::scoped_lock hold(lock_);
    return inner.find_attempt(u, a);
  }
  result<std::vector<call_sid>> bound_among(std::span<const call_sid> s) override {
    std::scoped_lock hold(lock_);
    return inner.bound_among(s);
  }
  result<void> note_absent_read(const user_id& u, const attempt_id& a, instant at) override {
    std::scoped_lock hold(lock_);
    return inner.note_absent_read(u, a, at);
  }
  result<instant> database_time() override { return inner.database_time(); }
  memory_lane inner;
  std::mutex& lock_;
};

struct locked_random : seeded_random {
  using seeded_random::seeded_random;
  std::uint64_t next() override {
    std::scoped_lock hold(lock);
    return seeded_random::next();
  }
  std::mutex lock;
};

/// Answers every create with a call that is over at once, on a thread of its own.
struct prompt_carrier final : carrier {
  prompt_carrier() : worker([this] { run(); }) {}
  ~prompt_carrier() override {
    {
      std::scoped_lock hold(lock);
      over = true;
    }
    wake.notify_one();
    worker.join();
  }
  void post(std::function<void()> what) {
    {
      std::scoped_lock hold(lock);
      queue.push_back(std::move(what));
    }
    wake.notify_one();
  }
  void run() {
    for (;;) {
      std::vector<std::function<void()>> now;
      {
        std::unique_lock hold(lock);
        wake.wait(hold, [this] { return over || !queue.empty(); });
        if (queue.empty())
          return;
        now.swap(queue);
      }
      for (auto& what : now)
        what();
    }
  }
  void create(create_order order, std::function<void(attempt::exchange)> done) override {
    post([this, order = std::move(order), done] {
      attempt::exchange x;
      if (order.gate()) {
        auto n = ++creates;
        char text[40];
        std::snprintf(text, sizeof text, "CA%032d", n);
        x.how = decltype(x.how)::answered;
        x.http_status = 201;
        x.sid = call_sid{text};
        x.numbers_match = true;
        x.state = call::status::completed;
      }
      done(x);
    });
  }
  void end(const call_sid& sid, ending, std::function<void(result<call_news>)> done) override {
    fetch(sid, std::move(done));
  }
  void redirect(
      const call_sid& sid, const user_id&, const attempt_id&, std::int32_t,
      std::function<void(result<call_news>)> done) override {
    fetch(sid, std::move(done));
  }
  void fetch(const call_sid& sid, std::function<void(result<call_news>)> done) override {
    post([sid, done] {
      call_news n;
      n.sid = sid;
      n.state = call::status::completed;
      done(n);
    });
  }
  void list(
    const phone_number&, const phone_number&,
    std::function<void(result<std::vector<attempt::listed_call>>)> done) override {
    recent(std::move(done));
  }
  void recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) override {
    post([done] { done(std::vector<attempt::listed_call>{}); });
  }
  std::atomic<int> creates{0};
  std::mutex lock;
  std::condition_variable wake;
  std::vector<std::function<void()>> queue;
  bool over = false;
  std::thread worker;
};

struct silent_desk final : desk {
  result<void> transact(const identity&, const std::function<result<void>(desk_work&)>&) override {
    return fail(errc::unavailable, "no books");
  }
  result<std::optional<api_key_record>> find_api_key(const api_key_id&) override {
    return std::optional<api_key_record>{};
  }
  result<void> touch_api_key(const user_id&, const api_key_id&, instant) override { return {}; }
  result<std::vector<wrap_up_due>> wrap_ups_due(std::size_t) override {
    return std::vector<wrap_up_due>{};
  }
  result<std::vector<task_due>> tasks_due(instant, std::size_t) override {
    return std::vector<task_due>{};
  }
  webhook_outbox& outbox() override { return hooks; }
  installation_book& installation() override { std::abort(); } // nobody asks

  support::memory_webhooks hooks{[] { return instant{}; }};
};

struct fixture {
  virtual_clock time; // stands still: nothing here is timed
  locked_random random{7};
  memory_send_log marks;
  memory_switch flag;
  engine_counters counters;
  std::mutex lock;
  memory_database database{time, random};
  prompt_carrier line;
  scripted_models models;
  engine_options options;
  user_id user;

  fixture() {
    spdlog::set_level(spdlog::level::off);
    time.base = instant(std::chrono::seconds(1'772'445'600) - 1h);
    options.calls_per_second = 0;
    options.threads = 2;
    user = user_id{make_uuid7(time.now(), random)};
  }

  campaign_id running(std::size_t n) {
    campaign_brief b;
    b.state = campaign::status::running;
    b.timezone = "UTC";
    b.start = "00:00:00";
    b.end = "24:00:00";
    b.days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    b.max_concurrent_calls = 10'000;
    auto id = database.add_campaign(user, b);
    for (std::size_t i = 0; i < n; ++i) {
      char text[40];
      std::snprintf(text, sizeof text, "+1212%07zu", i);
      database.add_target(id, text);
    }
    return id;
  }

  std::unique_ptr<engine> make() {
    std::vector<std::unique_ptr<lane_store>> lanes;
    for (int i = 0; i < 2; ++i)
      lanes.push_back(std::make_unique<locked_lane>(database, lock));
    std::vector<std::unique_ptr<desk>> desks;
    desks.push_back(std::make_unique<silent_desk>());
    return std::make_unique<engine>(
      engine_parts{time, random, line, marks, flag, counters, models, options}, std::move(lanes),
      std::move(desks));
  }

  bool completed(const campaign_id& id) {
    std::scoped_lock hold(lock);
    return database.campaigns.at(id).brief.state == campaign::status::completed;
  }
  /// Waits for a condition on the real clock, at most half a minute.
  bool wait_for(const std::function<bool()>& done) {
    std::mutex own;
    std::condition_variable never;
    std::unique_lock hold(own);
    for (int i = 0; i < 6'000; ++i) {
      if (done())
        return true;
      never.wait_for(hold, 5ms);
    }
    return false;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(engine_tests, fixture)

CAF_TEST(a campaign of thousands runs to its end on real threads) {
  auto id = running(3'000);
  auto e = make();
  e->start();
  CAF_CHECK(wait_for([&] { return completed(id); }));
  e->shutdown(1s);
  CAF_CHECK_EQUAL(line.creates.load(), 3'000);
  CAF_CHECK_EQUAL(database.count(id).completed, 3'000);
  CAF_CHECK_EQUAL(counters.creates_in_flight.load(), 0);
}

CAF_TEST(a shutdown in full flight loses nothing that the next start does not find) {
  auto id = running(2'000);
  auto e = make();
  e->start();
  CAF_CHECK(wait_for([&] { return line.creates.load() > 200; }));
  e->shutdown(5s);
  e.reset();
  for (const auto& a : database.attempts_of(id))
    CAF_CHECK(!attempt::live(a.state));
  time.steady += 10s; // what the gate stopped at the end waits a second
  e = make();
  e->start();
  // The ladder of doubt would need time that stands still here; nothing may be in doubt.
  CAF_CHECK(wait_for([&] { return completed(id); }));
  e->shutdown(1s);
  CAF_CHECK_EQUAL(line.creates.load(), 2'000);
}

CAF_TEST(an engine that was never started ends) {
  auto e = make();
  e->shutdown(0ms);
  e->shutdown(0ms);
  CAF_CHECK_EQUAL(line.creates.load(), 0);
}

CAF_TEST(whoever asks an engine that has ended is answered) {
  auto e = make();
  e->start();
  auto scheduler = e->scheduler();
  e->shutdown(0ms);
  std::promise<bool> refused;
  auto reply = std::make_shared<responder<health>>([&](const auto& r) { refused.set_value(!r); });
  caf::anon_send(scheduler, asked_health{{}, reply});
  reply.reset();
  CAF_CHECK(refused.get_future().get());
  scheduler = nullptr;
}

CAF_TEST(a desk runs its jobs in order and outlives one that throws) {
  auto e = make();
  e->start();
  std::promise<int> seen;
  auto job = [&](std::function<void(desk&)> f) {
    caf::anon_send(e->desks().front(), desk_job{std::make_shared<std::function<void(desk&)>>(std::move(f))});
  };
  auto count = std::make_shared<int>(0);
  job([count](desk&) { ++*count; });
  job([](desk&) { throw std::runtime_error("the books burn"); });
  job([count, &seen](desk&) { seen.set_value(++*count); });
  CAF_CHECK_EQUAL(seen.get_future().get(), 2);
  e->shutdown(0ms);
}

CAF_TEST_FIXTURE_SCOPE_END()
