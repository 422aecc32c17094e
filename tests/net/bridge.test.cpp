#define CAF_SUITE net_bridge

#include <caf/test/dsl.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "net/ask.hpp"
#include "net/bridge.hpp"
#include "tests/net/memory_desk.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;

namespace {

desk_actor::behavior_type run_jobs(desk_actor::pointer, desk* to) {
  return {[to](const desk_job& job) { (*job.run)(*to); }};
}

struct fixture {
  fixture() : system(config) {}
  desk_actor spawn_desk() {
    desk* to = &memory;
    return system.spawn<caf::detached>(run_jobs, to);
  }
  void end(const desk_actor& who) { caf::anon_send_exit(who, caf::exit_reason::user_shutdown); }

  memory_desk memory;
  caf::actor_system_config config;
  caf::actor_system system;
};

/// A job that says when it runs and waits until it may end.
struct held_job {
  std::promise<std::thread::id> began;
  std::promise<void> may_end;
  std::function<void(desk&)> run() {
    return [this](desk&) {
      began.set_value(std::this_thread::get_id());
      may_end.get_future().wait();
    };
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(bridge_tests, fixture)

CAF_TEST(a coroutine gets what its job found on another thread) {
  auto one = spawn_desk();
  auto to = make_bridge({{}, {}, {one}}, 10);
  boost::asio::io_context io;
  auto here = std::this_thread::get_id();
  auto asked = [&]() -> boost::asio::awaitable<void> {
    auto work = [here](desk& d) -> result<int> {
      CAF_CHECK(std::this_thread::get_id() != here);
      return d.find_api_key({}) ? 7 : 0;
    };
    auto found = co_await on_desk<int>(*to, work);
    CAF_CHECK(std::this_thread::get_id() == here);
    CAF_CHECK(found && *found == 7);
  };
  boost::asio::co_spawn(io, asked, [](std::exception_ptr e) { CAF_CHECK(!e); });
  io.run();
  end(one);
}

CAF_TEST(jobs go to the idle desk and wait no further than the limit) {
  auto one = spawn_desk();
  auto two = spawn_desk();
  auto to = make_bridge({{}, {}, {one, two}}, 2);
  held_job first;
  held_job second;
  CAF_CHECK(to->at_desk(first.run()));
  CAF_CHECK(to->at_desk(second.run()));
  CAF_CHECK(first.began.get_future().get() != second.began.get_future().get());
  CAF_CHECK(!to->at_desk([](desk&) {}));
  first.may_end.set_value();
  second.may_end.set_value();
  end(one);
  end(two);
}

CAF_TEST(a desk that is gone answers unavailable) {
  auto one = spawn_desk();
  caf::scoped_actor self{system};
  end(one);
  self->wait_for(one);
  auto to = make_bridge({{}, {}, {one}}, 10);
  boost::asio::io_context io;
  auto asked = [&]() -> boost::asio::awaitable<void> {
    auto work = [](desk&) -> result<int> { return 1; };
    auto found = co_await on_desk<int>(*to, work);
    CAF_CHECK(!found && found.error().code == errc::unavailable);
  };
  boost::asio::co_spawn(io, asked, [](std::exception_ptr e) { CAF_CHECK(!e); });
  io.run();
}

CAF_TEST_FIXTURE_SCOPE_END()
