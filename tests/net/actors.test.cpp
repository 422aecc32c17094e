#define CAF_SUITE net_actors

#include <caf/test/dsl.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/metrics.hpp"
#include "tests/net/actor_toys.hpp"
#include "tests/net/rig.hpp"

// The actor console's routes over real actors that do nothing of their own.

using namespace ringmaster;
using namespace ringmaster::net_tests;
using namespace std::chrono_literals;

namespace {

struct fixture : rig, toy_engine {
  fixture() {
    engine.board = board;
    key = add_key(ann, 31); // every scope, and an operator
  }
  /// Until it holds; false if it does not within ten seconds.
  template <class Condition>
  bool becomes(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::string confirm(const std::string& name) { return R"({"confirm":")" + name + R"("})"; }
};

const std::string campaign_name = "campaign 00000007";

} // namespace

CAF_TEST_FIXTURE_SCOPE(net_actors_tests, fixture)

CAF_TEST(the list shows a tree and goes on where the cursor says) {
  for (std::uint64_t n = 1; n <= 5; ++n)
    make(actor_kind::call, number(n), campaign.id());
  auto first = get("/api/admin/actors?limit=3");
  CAF_CHECK(first.status == 200);
  CAF_CHECK(field(first, "/total") == 7);
  CAF_CHECK(field(first, "/actors/0/name") == "scheduler");
  CAF_CHECK(field(first, "/actors/0/parent_id").is_null());
  CAF_CHECK(field(first, "/actors/1/name") == campaign_name);
  CAF_CHECK(field(first, "/actors/1/children") == 5);
  CAF_CHECK(field(first, "/actors/1/parent_id") == field(first, "/actors/0/id"));
  CAF_CHECK(field(first, "/actors/2/kind") == "call");
  auto cursor = field(first, "/next_cursor").get<std::string>();
  auto rest = get("/api/admin/actors?limit=10&cursor=" + cursor);
  CAF_CHECK(field(rest, "/actors").size() == 4u);
  CAF_CHECK(field(rest, "/next_cursor").is_null());
  auto found = get("/api/admin/actors?q=00000003&sort=age");
  CAF_CHECK(field(found, "/total") == 1);
  CAF_CHECK(get("/api/admin/actors?sort=colour").status == 422);
  CAF_CHECK(get("/api/admin/actors?limit=0").status == 422);
}

CAF_TEST(only operators look and only where actors are watched) {
  auto reader = "Bearer " + add_key(ann, static_cast<std::uint8_t>(scope::read));
  CAF_CHECK(
      get("/api/admin/actors",
          {
              {"Authorization", reader}
  })
          .status == 403);
  auto body = confirm(campaign_name);
  CAF_CHECK(
      post(
          path(campaign, "/restart"), body,
          {
              {"Authorization", reader}
  })
          .status == 403);
  CAF_CHECK(get(path(campaign)).status == 200);
  engine.board = nullptr;
  CAF_CHECK(get("/api/admin/actors").status == 404);
  CAF_CHECK(get(path(campaign)).status == 404);
}

CAF_TEST(an actor tells its state and the scheduler adds what it keeps for it) {
  caf::anon_send(campaign, targets_added{});
  CAF_CHECK(becomes([&] { return board->find(campaign.id())->recent.size() == 1; }));
  auto told = get(path(campaign));
  CAF_CHECK(told.status == 200);
  CAF_CHECK(field(told, "/actor/state_json/calls") == 3);
  CAF_CHECK(field(told, "/actor/state_json/about") == to_string(number(7)));
  CAF_CHECK(field(told, "/actor/buckets/0/name") == "live_calls");
  CAF_CHECK(field(told, "/actor/buckets/1/name") == "pace");
  CAF_CHECK(field(told, "/actor/recent_messages/0/type") == "targets_added");
  CAF_CHECK(get("/api/admin/actors/999999").status == 404);
  CAF_CHECK(get("/api/admin/actors/x").status == 404);
}

CAF_TEST(a busy actor is seen at work with what waits for it) {
  std::promise<void> go;
  notes->may_go = go.get_future().share();
  auto busy = system.spawn<toy, caf::detached>(board, actor_kind::desk, uuid{}, 0, notes);
  all.push_back(busy);
  caf::anon_send(busy, tasks_changed{});
  notes->held.get_future().wait();
  caf::anon_send(busy, targets_added{});
  caf::anon_send(busy, targets_added{});
  auto told = get("/api/admin/actors?sort=mailbox&limit=1");
  go.set_value();
  CAF_CHECK(told.status == 200);
  CAF_CHECK(field(told, "/actors/0/id") == std::to_string(busy.id()));
  CAF_CHECK(field(told, "/actors/0/state") == "working");
  CAF_CHECK(field(told, "/actors/0/mailbox") == 2);
  CAF_CHECK(field(told, "/actors/0/restartable") == false);
}

CAF_TEST(a restart wants the name typed and is in the audit trail before it is done) {
  CAF_CHECK(post(path(campaign, "/restart"), confirm("campaign")).status == 422);
  CAF_CHECK(post(path(campaign, "/restart"), "{}").status == 422);
  desk.away = true;
  CAF_CHECK(post(path(campaign, "/restart"), confirm(campaign_name)).status == 503);
  desk.away = false;
  CAF_CHECK(desk.data.audit.empty());
  CAF_CHECK(board->find(campaign.id()).has_value());
  auto done = post(path(campaign, "/restart"), confirm(campaign_name));
  CAF_CHECK(done.status == 200);
  CAF_REQUIRE(desk.data.audit.size() == 1u);
  const auto& row = desk.data.audit[0].second;
  CAF_CHECK(row.action == "actor.restart");
  CAF_CHECK(row.subject_kind == "campaign");
  CAF_CHECK(row.subject_id == to_string(number(7)));
  CAF_CHECK(row.actor.starts_with("key:"));
  CAF_CHECK(becomes([&] { return !board->find(campaign.id()); }));
  // Whoever is made in its place shows what became of the first.
  auto next = make(actor_kind::campaign, number(7), scheduler.id());
  auto told = get(path(next));
  CAF_CHECK(field(told, "/actor/restarts") == 1);
  CAF_CHECK(
      field(told, "/actor/last_error").get<std::string>().find("operator") != std::string::npos);
}

CAF_TEST(a stop reaches the actor with the name of who stops it) {
  auto done = post(path(campaign, "/stop"), confirm(campaign_name));
  CAF_CHECK(done.status == 200);
  CAF_CHECK(field(done, "/taken") == true);
  CAF_CHECK(notes->stopped_by.starts_with("key:"));
  CAF_CHECK(desk.data.audit.at(0).second.action == "actor.stop");
}

CAF_TEST(what nobody would make again is refused and leaves no trace) {
  CAF_CHECK(post(path(scheduler, "/restart"), confirm("scheduler")).status == 409);
  CAF_CHECK(post(path(scheduler, "/stop"), confirm("scheduler")).status == 409);
  CAF_CHECK(desk.data.audit.empty());
  CAF_CHECK(board->find(scheduler.id()).has_value());
}

CAF_TEST(the metrics count by kind) {
  for (int i = 0; i < 3; ++i)
    caf::anon_send(campaign, targets_added{});
  CAF_CHECK(becomes([&] {
    return write_metrics(services).find("ringmaster_actor_messages_total{kind=\"campaign\"} 3") !=
           std::string::npos;
  }));
  auto text = write_metrics(services);
  for (auto line :
       {"ringmaster_actors{kind=\"campaign\"} 1", "ringmaster_actors{kind=\"call\"} 0",
        "ringmaster_actor_mailbox{kind=\"campaign\"} 0",
        "ringmaster_actor_restarts_by_kind_total{kind=\"campaign\"} 0",
        "ringmaster_actor_handler_seconds_count{kind=\"campaign\"} 3",
        "ringmaster_actor_handler_seconds_bucket{kind=\"campaign\",le=\"+Inf\"} 3"})
    if (text.find(line) == std::string::npos)
      CAF_ERROR("lacks " << line);
}

CAF_TEST(a page out of a hundred thousand calls is there in a tenth of a second) {
  for (std::uint64_t n = 0; n < 100'000; ++n)
    make(actor_kind::call, number(1'000 + n), campaign.id());
  for (const std::string sort : {"tree", "name", "mailbox", "rate", "p99", "restarts", "age"}) {
    auto best = std::chrono::steady_clock::duration::max();
    for (int i = 0; i < 3; ++i) {
      auto began = std::chrono::steady_clock::now();
      auto told = get("/api/admin/actors?limit=100&sort=" + sort);
      best = std::min(best, std::chrono::steady_clock::now() - began);
      CAF_REQUIRE(field(told, "/actors").size() == 100u);
    }
    CAF_MESSAGE(
        sort << " " << std::chrono::duration_cast<std::chrono::milliseconds>(best).count()
             << " ms");
    CAF_CHECK(best < 100ms);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
