#define CAF_SUITE board
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <caf/event_based_actor.hpp>

#include "actors/actor_board.hpp"
#include "actors/watched.hpp"
#include "tests/actors/support/stage.hpp"

// What an operator sees of the actors and does to them.

using namespace ringmaster;
using namespace ringmaster::testing;

namespace {

struct fixture : stage {
  virtual_carrier::fate how;
  fixture() {
    line.choose = [this](const create_order&) { return how; };
  }
  actor_board& board() { return *life->all->watch; }
  std::vector<actor_row> all(actor_kind kind) {
    actor_board::query q;
    q.limit = 100'000;
    auto rows = board().list(q).rows;
    std::erase_if(rows, [&](const actor_row& row) { return row.kind != kind; });
    return rows;
  }
  actor_row only(actor_kind kind) {
    auto rows = all(kind);
    CAF_REQUIRE(rows.size() == 1u);
    return rows.front();
  }
  /// Long ringing, long talking.
  void slow_calls() {
    how.life = {
        {50ms,  call::status::initiated  },
        {500ms, call::status::ringing    },
        {20s,   call::status::in_progress},
        {60s,   call::status::completed  }
    };
  }
  result<actor_state> describe(std::uint64_t id, uuid about = {}) {
    std::optional<result<actor_state>> told;
    board().ask(id, about, [&](result<actor_state> s) { told = std::move(s); });
    drain();
    CAF_REQUIRE(told.has_value());
    return *told;
  }
  result<actor_state> stop_actor(std::uint64_t id) {
    std::optional<result<actor_state>> told;
    board().stop(id, identity{user, "key:operator", "r-9"}, [&](result<actor_state> s) {
      told = std::move(s);
    });
    drain();
    CAF_REQUIRE(told.has_value());
    return *told;
  }
};

class answering final : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[](const std::string&) { return 1; }};
  }
};

/// Asks somebody, and takes nothing else before the answer is there.
class patient final : public watched<caf::event_based_actor> {
public:
  patient(caf::actor_config& config, std::shared_ptr<actor_board> board, caf::actor asked)
      : watched(config, std::move(board), actor_kind::planner), asked_(std::move(asked)) {}
  caf::behavior make_behavior() override {
    return {
        [this](int) { request(asked_, caf::infinite, std::string("?")).await([](int) {}); },
        [](double) {},
    };
  }

private:
  caf::actor asked_;
};

std::string text_of(const actor_state& s, const std::string& name) {
  for (const auto& [key, value] : s.fields)
    if (key == name)
      if (const auto* text = std::get_if<std::string>(&value))
        return *text;
  return "(none)";
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(board_tests, fixture)

CAF_TEST(every actor stands on the board below the one that holds it) {
  slow_calls();
  running(3);
  start();
  elapse(5s);
  auto scheduler = only(actor_kind::scheduler);
  auto campaign = only(actor_kind::campaign);
  auto calls = all(actor_kind::call);
  CAF_CHECK(campaign.parent == scheduler.id);
  CAF_CHECK(scheduler.children == 1u);
  CAF_REQUIRE(calls.size() == 3u);
  CAF_CHECK(campaign.children == 3u);
  for (const auto& one : calls) {
    CAF_CHECK(one.parent == campaign.id);
    CAF_CHECK(one.mailbox == 0u);
    CAF_CHECK(one.restarts == 0u);
    CAF_CHECK(one.next_timer > time.steady);
    CAF_CHECK(one.name() == "call " + to_string(one.subject).substr(28));
  }
  for (auto kind : {actor_kind::dialer, actor_kind::feed, actor_kind::tasks, actor_kind::brain})
    CAF_CHECK(all(kind).size() == 1u);
  elapse(5min);
  CAF_CHECK(all(actor_kind::call).empty());
}

CAF_TEST(what waits in a mailbox is counted and what was handled is too) {
  start();
  drain();
  auto before = board().totals()[static_cast<std::size_t>(actor_kind::feed)].messages();
  for (int i = 0; i < 40; ++i)
    caf::anon_send(life->all->feed, notice{user, "call", "x", "{}"});
  CAF_CHECK(only(actor_kind::feed).mailbox == 40u);
  drain();
  auto feed = only(actor_kind::feed);
  CAF_CHECK(feed.mailbox == 0u);
  CAF_CHECK(feed.per_second > 1);
  auto after = board().totals()[static_cast<std::size_t>(actor_kind::feed)];
  CAF_CHECK(after.messages() == before + 40);
  CAF_CHECK(after.actors == 1u);
  auto told = board().find(feed.id);
  CAF_REQUIRE(told.has_value());
  CAF_REQUIRE(told->recent.size() == 8u);
  CAF_CHECK(told->recent.front().type == "notice");
  stop(true);
  drain();
  CAF_CHECK(board().find(only(actor_kind::scheduler).id)->recent.size() > 2);
  auto types = board().find(only(actor_kind::scheduler).id)->recent;
  CAF_CHECK(std::any_of(types.begin(), types.end(), [](const actor_message& m) {
    return m.type == "stop_everything";
  }));
}

CAF_TEST(what waits behind an awaited answer waits in the mailbox) {
  start();
  drain();
  auto& system = life->scheduler().system();
  auto who = system.spawn<patient>(life->all->watch, system.spawn<answering>());
  drain();
  caf::anon_send(who, 1);
  for (int i = 0; i < 3; ++i)
    caf::anon_send(who, 0.5);
  CAF_CHECK_EQUAL(only(actor_kind::planner).mailbox, 4u);
  CAF_CHECK(life->step());
  CAF_CHECK_EQUAL(only(actor_kind::planner).mailbox, 3u);
  drain();
  CAF_CHECK_EQUAL(only(actor_kind::planner).mailbox, 0u);
  // What was put back counts once: the question, its answer and the three.
  CAF_CHECK_EQUAL(board().totals()[static_cast<std::size_t>(actor_kind::planner)].messages(), 5u);
}

CAF_TEST(the list is sorted and paged and searched) {
  slow_calls();
  running(5);
  start();
  elapse(5s);
  for (int i = 0; i < 7; ++i)
    caf::anon_send(life->all->brain, timer_fired{0});
  actor_board::query q;
  q.by = actor_board::order::mailbox;
  q.limit = 1;
  auto first = board().list(q);
  CAF_CHECK(first.rows.at(0).kind == actor_kind::brain);
  CAF_CHECK(first.total > 10);
  drain();
  q.by = actor_board::order::name;
  q.q = "call ";
  q.limit = 2;
  std::vector<std::string> names;
  for (q.offset = 0; q.offset < 6; q.offset += 2)
    for (const auto& row : board().list(q).rows)
      names.push_back(row.name());
  CAF_CHECK(names.size() == 5u);
  CAF_CHECK(std::is_sorted(names.begin(), names.end()));
  q.offset = 0;
  q.q = to_string(all(actor_kind::call).front().subject);
  CAF_CHECK(board().list(q).total == 1u);
  q.q = "nobody";
  CAF_CHECK(board().list(q).total == 0u);
}

CAF_TEST(a call that an operator restarts while it rings is restored and comes to its end) {
  slow_calls();
  auto id = running(1);
  start();
  elapse(5s);
  auto call = only(actor_kind::call);
  CAF_CHECK(text_of(describe(call.id).value(), "call_status") == "ringing");
  CAF_REQUIRE(board().restart(call.id).has_value());
  drain();
  CAF_CHECK(all(actor_kind::call).empty());
  CAF_CHECK(!board().find(call.id));
  elapse(2s);
  auto again = only(actor_kind::call);
  CAF_CHECK(again.id != call.id);
  CAF_CHECK(again.subject == call.subject);
  CAF_CHECK(again.restarts == 1u);
  CAF_CHECK(again.last_error.find("ended by an operator") != std::string::npos);
  CAF_CHECK(text_of(describe(again.id).value(), "call_status") == "ringing");
  elapse(5min);
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::completed);
  CAF_CHECK(line.requests.size() == 1u);
  CAF_CHECK(no_attempt_twice());
  CAF_CHECK(board().totals()[static_cast<std::size_t>(actor_kind::call)].restarts == 1u);
}

CAF_TEST(a campaign that an operator restarts goes on) {
  slow_calls();
  auto id = running(30, {.per_minute = 6, .per_hour = {}});
  start();
  elapse(15s);
  auto old = only(actor_kind::campaign);
  CAF_REQUIRE(board().restart(old.id).has_value());
  elapse(15s); // it is made again when it may ask again
  auto now = only(actor_kind::campaign);
  CAF_CHECK(now.id != old.id);
  CAF_CHECK(now.restarts == 1u);
  // Calls that the old one began hang below the scheduler, for the old one is gone.
  for (const auto& one : all(actor_kind::call))
    CAF_CHECK(one.parent == now.id || one.parent == only(actor_kind::scheduler).id);
  elapse(15min);
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::completed);
  CAF_CHECK(line.requests.size() == 30u);
}

CAF_TEST(what nobody would make again is not ended) {
  start();
  drain();
  for (auto kind :
       {actor_kind::scheduler, actor_kind::dialer, actor_kind::feed, actor_kind::tasks}) {
    auto one = only(kind);
    auto refused = board().restart(one.id);
    CAF_CHECK(!refused && refused.error().code == errc::wrong_state);
    auto stopped = stop_actor(one.id);
    CAF_CHECK(!stopped && stopped.error().code == errc::wrong_state);
    CAF_CHECK(only(kind).id == one.id);
  }
  auto gone = board().restart(1'000'000);
  CAF_CHECK(!gone && gone.error().code == errc::not_found);
}

CAF_TEST(a stopped call hangs up wherever it is) {
  slow_calls();
  auto id = running(2);
  start();
  elapse(5s);
  auto calls = all(actor_kind::call);
  CAF_REQUIRE(calls.size() == 2u);
  CAF_CHECK(stop_actor(calls[0].id).has_value());
  elapse(40s);
  CAF_CHECK(all(actor_kind::call).size() == 1u);
  // The other one talks by now.
  CAF_CHECK(text_of(describe(calls[1].id).value(), "call_status") == "in-progress");
  CAF_CHECK(stop_actor(calls[1].id).has_value());
  elapse(20s);
  CAF_CHECK(all(actor_kind::call).empty());
  for (const auto& a : database.attempts_of(id))
    CAF_CHECK(!attempt::live(a.state));
  elapse(10min);
  CAF_CHECK(line.requests.size() == 2u); // nobody is called again
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::completed);
}

CAF_TEST(a stopped campaign is paused by the normal path) {
  slow_calls();
  auto id = running(100, {.per_minute = 6, .per_hour = {}});
  start();
  elapse(15s);
  CAF_CHECK(stop_actor(only(actor_kind::campaign).id).has_value());
  elapse(1s);
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::paused);
  auto dialed = line.requests.size();
  elapse(5min);
  CAF_CHECK(line.requests.size() == dialed);
}

CAF_TEST(the scheduler tells how much of a campaigns limits is used) {
  slow_calls();
  auto id = running(20, {.per_minute = 6, .per_hour = {}});
  start();
  elapse(25s);
  auto told = describe(only(actor_kind::scheduler).id, id.value);
  CAF_REQUIRE(told.has_value());
  CAF_CHECK(text_of(*told, "status") == "running");
  CAF_REQUIRE(told->buckets.size() == 2u);
  CAF_CHECK(told->buckets[0].name == "live_calls");
  CAF_CHECK(told->buckets[0].used >= 2);
  CAF_CHECK(told->buckets[1].name == "pace");
  CAF_CHECK(told->buckets[1].window_seconds > 9);
}

CAF_TEST(every role says what it is about and no number is in it) {
  slow_calls();
  running(2);
  start();
  elapse(5s);
  actor_board::query q;
  q.limit = 1'000;
  for (const auto& row : board().list(q).rows) {
    auto told = describe(row.id);
    CAF_REQUIRE(told.has_value());
    CAF_CHECK(!told->fields.empty() || row.kind == actor_kind::desk);
    for (const auto& [name, value] : told->fields)
      if (const auto* text = std::get_if<std::string>(&value))
        CAF_CHECK(text->find('+') == std::string::npos);
  }
}

CAF_TEST(without the watch nobody stands on a board and calls are made all the same) {
  options.watch = false;
  slow_calls();
  auto id = running(2);
  start();
  CAF_CHECK(life->all->watch == nullptr);
  elapse(5min);
  CAF_CHECK(database.campaigns.at(id).brief.state == campaign::status::completed);
}

CAF_TEST_FIXTURE_SCOPE_END()
