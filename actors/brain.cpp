#include "actors/brain.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/inquiry.hpp"

namespace ringmaster {

brain_keeper::brain_keeper(caf::actor_config& config, world_ptr all)
    : watched(config, all->watch, actor_kind::brain), all_(std::move(all)) {
  guard(this, "brain");
  set_down_handler([this](const caf::down_msg& what) { down(what); });
}

void brain_keeper::on_exit() {
  for (auto& [number, one] : at_work_)
    send_exit(one.who, caf::exit_reason::user_shutdown);
  at_work_.clear();
  askers_.clear(); // whoever waits is told that there is no answer
  all_.reset();
}

brain_keeper::behavior_type brain_keeper::make_behavior() {
  return {
      [this](asked_brain& asked) { take(asked); },
      [this](const timer_fired& t) { fired(t.generation); },
  };
}

void brain_keeper::take(asked_brain& asked) {
  const auto& o = all_->options();
  const auto user = asked.what.who.user;
  auto& a = askers_[user];
  const auto begins =
      a.waits.empty() && a.running < o.questions_per_user && at_work_.size() < o.questions_most;
  const auto full = queued_ >= o.questions_queued || a.waits.size() >= o.questions_queued_per_user;
  if (!begins && full) {
    asked.reply_to->reply(fail(error{
        .code = errc::rate_limited,
        .detail = "too many questions wait for an answer; ask again later",
        .retry_after = std::chrono::seconds(2)}));
    if (a.running == 0 && a.waits.empty())
      askers_.erase(user);
    return;
  }
  a.waits.push_back({std::move(asked.what), std::move(asked.reply_to)});
  ++queued_;
  enroll(user);
  pump();
}

void brain_keeper::enroll(const user_id& user) {
  auto& a = askers_.at(user);
  if (a.in_round || a.waits.empty() || a.running >= all_->options().questions_per_user)
    return;
  a.in_round = true;
  round_.push_back(user);
}

void brain_keeper::pump() {
  while (!round_.empty() && at_work_.size() < all_->options().questions_most) {
    auto user = round_.front();
    round_.pop_front();
    auto& a = askers_.at(user);
    a.in_round = false;
    auto one = std::move(a.waits.front());
    a.waits.pop_front();
    --queued_;
    ++a.running;
    begin(user, std::move(one));
    enroll(user);
  }
}

void brain_keeper::begin(const user_id& user, waiting one) {
  auto who = spawn<inquiry, caf::monitored>(all_, std::move(one.what), std::move(one.reply_to));
  due_.add(all_->boot() + all_->options().question_patience, who.id());
  auto number = who.id();
  at_work_.emplace(number, working{std::move(who), user});
  arm();
}

void brain_keeper::down(const caf::down_msg& what) {
  auto found = at_work_.find(what.source.id());
  if (found == at_work_.end())
    return;
  auto user = found->second.user;
  at_work_.erase(found);
  auto& a = askers_.at(user);
  --a.running;
  if (a.running == 0 && a.waits.empty())
    askers_.erase(user);
  else
    enroll(user);
  pump();
}

// -- time
// -----------------------------------------------------------------------------------------

/// An answer that hangs is as good as none: its asker is told so.
void brain_keeper::fired(std::uint64_t generation) {
  if (generation != generation_)
    return;
  armed_for_ = moment{0};
  while (auto number = due_.take_due(all_->boot()))
    if (auto found = at_work_.find(*number); found != at_work_.end()) {
      spdlog::warn("brain: a question was not answered in time");
      send_exit(found->second.who, caf::exit_reason::kill);
    }
  arm();
}

/// Armed only while a question is under way.
void brain_keeper::arm() {
  auto next = due_.next();
  if (!next || at_work_.empty() || (armed_for_ != moment{0} && armed_for_ <= *next))
    return;
  armed_for_ = std::max(*next, moment{1});
  watch().wakes_at(armed_for_);
  delayed_send(this, std::max<moment>(*next - all_->boot(), moment{0}), timer_fired{++generation_});
}

} // namespace ringmaster
