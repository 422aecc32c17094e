#include "actors/task_call.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "domain/campaign.hpp"
#include "domain/rules.hpp"

namespace ringmaster {

namespace {

/// What the store knows of the task and its calls.
struct session {
  task::record task;
  std::optional<call::view> call; ///< the newest
};

result<session> read_session(desk_work& books, const task_id& id) {
  auto now = books.tasks().find(id);
  if (!now)
    return fail(std::move(now.error()));
  auto calls = books.tasks().calls(id);
  if (!calls)
    return fail(std::move(calls.error()));
  session s{std::move(*now), {}};
  if (!calls->empty())
    s.call = std::move(calls->front());
  return s;
}

/// Runs `read(books)` in one transaction and brings what it read.
template <class Answer, class Read>
auto reading(identity who, Read read) {
  return [who = std::move(who), read = std::move(read)](desk& d) -> result<Answer> {
    std::optional<Answer> found;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto one = read(books);
      if (!one)
        return fail(std::move(one.error()));
      found = std::move(*one);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return std::move(*found);
  };
}

/// Whoever wrote the script, the call begins with the disclosure, word for word.
assistant::script with_disclosure(assistant::script s, const std::string& disclosure) {
  if (!disclosure.empty() && s.introduction.find(disclosure) == std::string::npos)
    s.introduction = s.introduction.empty() ? disclosure : disclosure + ' ' + s.introduction;
  return s;
}

struct before_call {
  task_facts facts;
  std::optional<attempt_id> last_call;
};

} // namespace

task_call::task_call(
    caf::actor_config& config, world_ptr all, start_task what, reply_place reply_to)
    : watched(config, all->watch, actor_kind::task_call, what.task.value, all->tasks.id()), all_(std::move(all)), what_(std::move(what)),
      reply_to_(std::move(reply_to)) {
  guard(this, "task call");
}

void task_call::on_exit() {
  reply_to_.reset(); // whoever still waits is told that nobody will answer
  all_.reset();
}

task_call::behavior_type task_call::make_behavior() {
  begin();
  return {[](const go_on& what) { (*what.run)(); }};
}

void task_call::refuse(error why) {
  if (reply_to_)
    reply_to_->reply(fail(why));
  end(std::move(why));
}

void task_call::end(std::optional<error> why) {
  send(all_->tasks, start_over{what_.task, std::move(why)});
  quit();
}

void task_call::begin() {
  auto read = [id = what_.task](desk_work& books) -> result<before_call> {
    auto known = read_session(books, id);
    if (!known)
      return fail(std::move(known.error()));
    auto facts = read_facts(books, known->task);
    if (!facts)
      return fail(std::move(facts.error()));
    before_call b{std::move(*facts), {}};
    if (known->call)
      b.last_call = known->call->id;
    return b;
  };
  at_desk<before_call>(
      this, all_->desk_for(what_.task.value), reading<before_call>(what_.who, std::move(read)),
      [this](result<before_call> known) {
        if (!known) {
          refuse(std::move(known.error()));
          return;
        }
        facts_ = std::move(known->facts);
        last_call_ = known->last_call;
        if (auto may = may_start(); !may)
          refuse(std::move(may.error()));
        else
          write_script();
      });
}

result<void> task_call::may_start() const {
  const auto& r = facts_.task;
  if (auto number = task::may_call(r, facts_.around); !number)
    return fail(std::move(number.error()));
  if (!reply_to_ && (!r.retry_at || *r.retry_at > all_->now()))
    return fail(errc::wrong_state, "the engine has no permission to call for this task now");
  // What was edited since the plan is judged by the rules, too.
  if (auto risks = rules::judge_risks(brief(facts_));
      risks.verdict == assistant::risks::level::refuse)
    return fail(
        errc::invalid, risks.findings.empty()
                           ? "this request is refused"
                           : "this request is refused: " + risks.findings.front().why);
  if (all_->board->stopped())
    return fail(errc::stopped, "the global stop is set: nothing is dialed until it is released");
  auto window = check(facts_.around.settings);
  if (!window)
    return fail(
        errc::invalid, "the calling window of the assistant settings cannot be read, so it is "
                       "closed: " +
                           window.error().detail);
  // A script costs something: the window that the SCHEDULER judges is looked at before.
  auto step =
      campaign::decide(campaign::status::draft, campaign::action::start, window->read(all_->now()));
  if (!step)
    return fail(of_task(std::move(step.error())));
  return {};
}

/// A refusal by the campaign of one, told as the task's: nobody sees that campaign.
error task_call::of_task(error why) const {
  if (!why.current_status.empty()) {
    why.current_status = task::to_string(facts_.task.state);
    why.allowed_transitions = task::next_of(facts_.task.state);
  }
  return why;
}

void task_call::write_script() {
  assistant::script_request ask{
      brief(facts_), facts_.task.plan.value_or(assistant::plan{}), all_->options().disclosure};
  auto order = order_about(facts_, what_.who.user, ask, all_->options().script_patience);
  all_->parts.models.ask(
      std::move(order),
      back_into<assistant::completion>(
          this, [this, ask = std::move(ask)](assistant::completion answer) {
            note_usage(*all_, facts_, what_.who.user, assistant::function::script, answer.tries);
            assistant::reply reply = assistant::script{};
            if (answer.what && std::holds_alternative<assistant::script>(*answer.what)) {
              reply = std::move(*answer.what);
            } else {
              // A call does not fail for want of a model: the rules write a plain script.
              spdlog::warn(
                  "task {}: its script is written by the rules: {}", to_string(what_.task),
                  answer.what ? "the answer was no script" : answer.what.error().detail);
              reply = rules::answer(ask);
            }
            prepare(with_disclosure(
                std::move(std::get<assistant::script>(reply)), all_->options().disclosure));
          }));
}

void task_call::prepare(assistant::script script) {
  answer_.script = script;
  auto write = [id = what_.task, script = std::move(script)](desk_work& books) {
    return books.tasks().prepare_call(id, script);
  };
  at_desk<campaign_id>(
      this, all_->desk_for(what_.task.value), reading<campaign_id>(what_.who, std::move(write)),
      [this](result<campaign_id> id) {
        if (id)
          start(*id);
        else
          refuse(std::move(id.error()));
      });
}

void task_call::start(const campaign_id& id) {
  change::steer_campaign step;
  step.who = what_.who;
  step.campaign = id;
  step.on = campaign::action::start;
  step.of_task = true;
  auto reply = reply_into<campaign_steered>(this, [this, id](result<campaign_steered> started) {
    if (!started) {
      refuse(of_task(std::move(started.error())));
      return;
    }
    if (started->task)
      answer_.task = std::move(*started->task);
    execute(id);
  });
  send(all_->scheduler, asked_steer{std::move(step), std::move(reply)});
}

void task_call::execute(const campaign_id& id) {
  auto reply = reply_into<execution>(this, [this](result<execution> pass) {
    if (pass)
      answer_.pass = std::move(*pass);
    else
      answer_.pass.reason = pass.error().detail; // it runs, and dials when it can
    if (reply_to_)
      find_session();
    else
      end({});
  });
  send(
      all_->scheduler, asked_execute{
                           execute_campaign{what_.who, id},
                           std::move(reply)
  });
}

/// The session stands with its intent, before the carrier was asked; the carrier's name of it comes
/// later, if at all.
void task_call::find_session() {
  auto read = [id = what_.task](desk_work& books) { return read_session(books, id); };
  at_desk<session>(
      this, all_->desk_for(what_.task.value), reading<session>(what_.who, std::move(read)),
      [this](result<session> found) {
        if (found) {
          answer_.task = std::move(found->task);
          if (found->call && found->call->id != last_call_)
            answer_.call = std::move(found->call);
        }
        if (answer_.call) {
          // The campaign's own pass may have been faster than the one that was asked for.
          answer_.pass = execution{.dialed = 1, .reason = {}, .next_at = {}};
        }
        auto named = answer_.call && answer_.call->sid;
        auto over = answer_.call && answer_.call->attempt_state != "intent";
        auto ended = answer_.task.state != task::status::in_progress;
        auto dialing = answer_.call || answer_.pass.dialed > 0;
        if (named || over || ended || !dialing || waited_ >= all_->options().sid_patience) {
          reply_to_->reply(std::move(answer_));
          end({});
          return;
        }
        auto wait = std::min(next_look_, all_->options().sid_patience - waited_);
        waited_ += wait;
        next_look_ *= 2;
        delayed_send(
            this, wait, go_on{std::make_shared<std::function<void()>>([this] { find_session(); })});
      });
}

} // namespace ringmaster
