#include "net/ask.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include <caf/send.hpp>

#include "net/bridge.hpp"

namespace ringmaster::net {

error desks_are_busy() {
  return error{.code = errc::unavailable,
               .detail = "too many requests wait for the database; try again",
               .retry_after = std::chrono::seconds(1)};
}

namespace {

/// Counts one job for as long as it waits or runs, whatever becomes of it.
class ticket {
 public:
  explicit ticket(std::shared_ptr<std::atomic<std::size_t>> load) : load_(std::move(load)) {
    load_->fetch_add(1, std::memory_order_relaxed);
  }
  ticket(const ticket&) = delete;
  ticket& operator=(const ticket&) = delete;
  ~ticket() { load_->fetch_sub(1, std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<std::size_t>> load_;
};

class actor_bridge final : public engine {
 public:
  actor_bridge(engine_handles handles, std::size_t desk_queue)
    : handles_(std::move(handles)), desk_queue_(desk_queue) {
    for (std::size_t i = 0; i < handles_.desks.size(); ++i)
      loads_.push_back(std::make_shared<std::atomic<std::size_t>>(0));
  }

  void ask(change::steer_campaign what, deliver<campaign_steered> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(change::record_callback what, deliver<callback_recorded> then) override {
    auto lane = lane_of(what.attempt.value, handles_.lanes.size());
    pass(handles_.lanes[lane], std::move(what), std::move(then));
  }
  void ask(change::open_call what, deliver<call_opened> then) override {
    auto lane = lane_of(what.callback.attempt.value, handles_.lanes.size());
    pass(handles_.lanes[lane], std::move(what), std::move(then));
  }
  void ask(execute_campaign what, deliver<execution> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(stop_everything what, deliver<stop_report> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(ask_waiting what, deliver<waiting> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(ask_health what, deliver<health> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }

  void ask(plan_task what, deliver<task::record> then) override {
    pass(handles_.tasks, std::move(what), std::move(then));
  }
  void ask(start_task what, deliver<task_started> then) override {
    pass(handles_.tasks, std::move(what), std::move(then));
  }

  void ask(open_line what, deliver<line_document> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(hear_line what, deliver<line_document> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(attach_line what, deliver<line_attached> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(leave_line what, deliver<line_document> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(control_call what, deliver<control_taken> then) override {
    pass(handles_.scheduler, std::move(what), std::move(then));
  }
  void ask(process_call what, deliver<talk::wrapped> then) override {
    pass(handles_.wrap_up, std::move(what), std::move(then));
  }
  void ask(ask_brain what, deliver<brain::answered> then) override {
    pass(handles_.brain, std::move(what), std::move(then));
  }

  void tell(targets_added what) override { caf::anon_send(handles_.scheduler, what); }
  void tell(tasks_changed what) override {
    if (handles_.tasks)
      caf::anon_send(handles_.tasks, what);
  }
  void tell(webhooks_changed what) override {
    if (handles_.courier)
      caf::anon_send(handles_.courier, what);
  }
  void tell(notice what) override {
    if (handles_.feed)
      caf::anon_send(handles_.feed, std::move(what));
  }
  void tell(follow_feed what) override {
    if (handles_.feed)
      caf::anon_send(handles_.feed, std::move(what));
  }

  bool at_desk(std::function<void(desk&)> job) override {
    std::size_t waiting = 0;
    std::size_t best = 0;
    std::size_t least = SIZE_MAX;
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      auto load = loads_[i]->load(std::memory_order_relaxed);
      waiting += load;
      if (load < least) {
        least = load;
        best = i;
      }
    }
    if (loads_.empty() || waiting >= desk_queue_)
      return false;
    auto counted = std::make_shared<ticket>(loads_[best]);
    auto run = std::make_shared<std::function<void(desk&)>>(
      [job = std::move(job), counted](desk& d) { job(d); });
    caf::anon_send(handles_.desks[best], desk_job{std::move(run)});
    return true;
  }

  std::shared_ptr<actor_board> actors() const override { return handles_.watch; }

 private:
  template <class Actor, class Message, class Answer>
  static void pass(const Actor& to, Message what, deliver<Answer> then) {
    auto reply = std::make_shared<responder<Answer>>(std::move(then));
    if (!to)
      return; // the responder says that nobody is there
    caf::anon_send(to, asked<Message, Answer>{std::move(what), std::move(reply)});
  }

  engine_handles handles_;
  std::size_t desk_queue_;
  std::vector<std::shared_ptr<std::atomic<std::size_t>>> loads_;
};

} // namespace

std::unique_ptr<engine> make_bridge(engine_handles handles, std::size_t desk_queue) {
  return std::make_unique<actor_bridge>(std::move(handles), desk_queue);
}

} // namespace ringmaster::net
