#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/send.hpp>

#include "actors/interfaces.hpp"

namespace ringmaster {

/// The way back into an actor from a thread of somebody else's. Holds it only weakly: an answer
/// that comes after the actor's end is dropped.
class way_back {
public:
  explicit way_back(const caf::actor_addr& to) : to_(caf::actor_cast<caf::weak_actor_ptr>(to)) {}
  template <class Message>
  void send(Message what) const {
    if (auto strong = to_.lock())
      caf::anon_send(caf::actor_cast<caf::actor>(strong), std::move(what));
  }

private:
  caf::weak_actor_ptr to_;
};

/// An actor that goes on with something when somebody outside has answered: the answer comes as a
/// message, and what was to follow runs where the actor's own handlers run.
struct go_on {
  std::shared_ptr<std::function<void()>> run;
};

/// A callback, good on any thread, after which `then(answer)` runs inside `self`.
template <class Answer, class Actor, class Then>
std::function<void(Answer)> back_into(Actor* self, Then then) {
  return [back = way_back(self->address()), then = std::move(then)](Answer answer) {
    auto told = std::make_shared<Answer>(std::move(answer));
    back.send(go_on{std::make_shared<std::function<void()>>(
        [told, then]() mutable { then(std::move(*told)); })});
  };
}

/// The place for an answer that `self` waits for; destroyed unanswered it says `unavailable`.
template <class Answer, class Actor, class Then>
std::shared_ptr<responder<Answer>> reply_into(Actor* self, Then then) {
  return std::make_shared<responder<Answer>>(back_into<result<Answer>>(self, std::move(then)));
}

/// Runs `work(desk&) -> result<Answer>` at a DESK, then `then(result<Answer>)` inside `self`.
template <class Answer, class Actor, class Work, class Then>
void at_desk(Actor* self, const desk_actor& where, Work work, Then then) {
  auto reply = reply_into<Answer>(self, std::move(then));
  auto run = [reply = std::move(reply), work = std::move(work)](desk& d) { reply->reply(work(d)); };
  caf::anon_send(where, desk_job{std::make_shared<std::function<void(desk&)>>(std::move(run))});
}

} // namespace ringmaster

RINGMASTER_LOCAL(ringmaster::go_on)
