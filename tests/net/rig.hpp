#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/application.hpp"
#include "net/engine.hpp"
#include "tests/net/memory_desk.hpp"

namespace ringmaster::net_tests {

struct set_clock final : clock {
  instant now() const override { return wall; }
  std::chrono::nanoseconds boot() const override { return since_boot; }
  instant wall{std::chrono::seconds(1'780'000'000)};
  std::chrono::nanoseconds since_boot{std::chrono::hours(1)};
};

struct seeded_random final : random_source {
  std::uint64_t next() override {
    state += 0x9e3779b97f4a7c15ULL;
    auto z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state = 7;
};

/// An engine of lambdas; what is not set answers `unavailable`.
class fake_engine final : public net::engine {
 public:
  explicit fake_engine(memory_desk& d) : desk_(d) {}

  void ask(change::steer_campaign m, net::deliver<campaign_steered> then) override { run(steer, m, then); }
  void ask(change::record_callback m, net::deliver<callback_recorded> then) override { run(record, m, then); }
  void ask(change::open_call m, net::deliver<call_opened> then) override { run(open, m, then); }
  void ask(execute_campaign m, net::deliver<execution> then) override { run(execute, m, then); }
  void ask(stop_everything m, net::deliver<stop_report> then) override { run(stop, m, then); }
  void ask(ask_waiting m, net::deliver<waiting> then) override { run(wait, m, then); }
  void ask(ask_health m, net::deliver<health> then) override { run(tell_health, m, then); }
  void ask(plan_task m, net::deliver<task::record> then) override {
    if (plan_hangs)
      hanging.push_back(std::move(then));
    else
      run(plan, m, then);
  }
  void ask(start_task m, net::deliver<task_started> then) override { run(start, m, then); }
  void ask(open_line m, net::deliver<line_document> then) override { run(open_line_, m, then); }
  void ask(hear_line m, net::deliver<line_document> then) override { run(hear_line_, m, then); }
  void ask(attach_line m, net::deliver<line_attached> then) override { run(attach_line_, m, then); }
  void ask(leave_line m, net::deliver<line_document> then) override { run(leave_line_, m, then); }
  void ask(control_call m, net::deliver<control_taken> then) override { run(control_call_, m, then); }
  void ask(process_call m, net::deliver<talk::wrapped> then) override { run(process_call_, m, then); }
  void ask(ask_brain m, net::deliver<brain::answered> then) override {
    if (think_)
      think_(std::move(m), std::move(then));
    else
      run(answer_, m, then);
  }
  void tell(targets_added what) override { added.push_back(what.campaign); }
  void tell(tasks_changed what) override { changed.push_back(what.task); }
  void tell(webhooks_changed) override { ++nudges; }
  void tell(notice what) override { notices.push_back(std::move(what)); }
  void tell(follow_feed what) override {
    followers.push_back(what);
    if (follow)
      follow(what);
  }
  bool at_desk(std::function<void(desk&)> job) override {
    if (desk_full)
      return false;
    if (!desk_drops)
      job(desk_);
    return true;
  }

  std::shared_ptr<actor_board> actors() const override { return board; }

  std::shared_ptr<actor_board> board;
  std::function<result<line_document>(const open_line&)> open_line_;
  std::function<result<line_document>(const hear_line&)> hear_line_;
  std::function<result<line_attached>(const attach_line&)> attach_line_;
  std::function<result<line_document>(const leave_line&)> leave_line_;
  std::function<result<control_taken>(const control_call&)> control_call_;
  std::function<result<talk::wrapped>(const process_call&)> process_call_;
  std::function<result<brain::answered>(const ask_brain&)> answer_;
  std::function<void(ask_brain, net::deliver<brain::answered>)> think_; ///< answers when it wants to
  std::function<result<campaign_steered>(const change::steer_campaign&)> steer;
  std::function<result<callback_recorded>(const change::record_callback&)> record;
  std::function<result<call_opened>(const change::open_call&)> open;
  std::function<result<execution>(const execute_campaign&)> execute;
  std::function<result<stop_report>(const stop_everything&)> stop;
  std::function<result<waiting>(const ask_waiting&)> wait;
  std::function<result<health>(const ask_health&)> tell_health;
  std::function<result<task::record>(const plan_task&)> plan;
  std::function<result<task_started>(const start_task&)> start;
  std::function<void(const follow_feed&)> follow;
  bool plan_hangs = false; ///< plans are asked for and never come
  std::vector<net::deliver<task::record>> hanging;
  std::vector<task_id> changed;
  int nudges = 0; ///< of the COURIER
  std::vector<notice> notices;
  std::vector<follow_feed> followers;
  std::vector<campaign_id> added;
  bool desk_full = false;
  bool desk_drops = false; ///< the job is lost, as when a DESK dies

 private:
  template <class Function, class Message, class Then>
  void run(Function& f, Message& m, Then& then) {
    if (f)
      then(f(m));
    else
      then(fail(error{.code = errc::unavailable, .detail = "nobody is there"}));
  }
  memory_desk& desk_;
};

using headers = std::vector<http::header>;

/// The edge without sockets: requests go through `application` as the server would send them.
struct rig {
  rig();

  http::response send(
    http::method verb, const std::string& target, std::string body = "", headers extra = {},
    bool with_key = true);
  http::response get(const std::string& target, headers extra = {}) {
    return send(http::method::get, target, "", std::move(extra));
  }
  http::response post(const std::string& target, std::string body, headers extra = {}) {
    return send(http::method::post, target, std::move(body), std::move(extra));
  }
  /// A key of `user` with these scopes, as text.
  std::string add_key(user_id user, std::uint8_t scopes, std::optional<instant> expires = {});
  /// A task that an act has been done to, as TASKS and the STORE would.
  result<task::record> act(user_id user, const task_id& id, const task::act& what);
  /// Makes the engine plan with these findings: what is asked back, and a price.
  void plan_with(std::vector<assistant::question> missing, std::optional<money> price = {});
  campaign_id add_campaign(user_id user, campaign::status state = campaign::status::draft);
  void run_out_of_cache() { time.since_boot += std::chrono::seconds(6); }

  user_id ann, bob;
  std::string key; ///< ann's, with every scope; sent with every request
  std::size_t piece_bytes = 1000; ///< of bodies that stream
  std::string peer;               ///< whose connection requests come by

  set_clock time;
  seeded_random random;
  engine_counters counters;
  config::settings settings;
  memory_desk desk;
  fake_engine engine;
  net::services services;
  net::application app;
};

std::string header_of(const http::response& r, const std::string& name);
/// What stands at a JSON pointer of the answer; null if nothing does.
nlohmann::ordered_json field(const http::response& r, const std::string& pointer);

} // namespace ringmaster::net_tests
