#include "actors/planner.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/notices.hpp"
#include "domain/rules.hpp"

namespace ringmaster {

namespace {

/// A plan that was made is not thrown away for a database that is away for a moment.
constexpr std::size_t store_tries = 8;

} // namespace

assistant::risks join(assistant::risks a, const assistant::risks& b) {
  a.verdict = std::max(a.verdict, b.verdict);
  for (const auto& finding : b.findings)
    if (std::none_of(a.findings.begin(), a.findings.end(), [&](const auto& known) {
          return known.kind == finding.kind;
        }))
      a.findings.push_back(finding);
  return a;
}

std::vector<assistant::question>
join(std::vector<assistant::question> a, const std::vector<assistant::question>& b) {
  for (const auto& one : b) {
    auto same = [&](const auto& known) { return known.field == one.field; };
    auto known = std::find_if(a.begin(), a.end(), same);
    if (known == a.end())
      a.push_back(one);
    else
      known->required |= one.required;
  }
  return a;
}

planner::planner(caf::actor_config& config, world_ptr all, user_id user, task_id task)
    : watched(config, all->watch, actor_kind::planner, task.value, all->tasks.id()), all_(std::move(all)), user_(user), task_(task) {
  guard(this, "planner");
}

void planner::on_exit() { all_.reset(); }

planner::behavior_type planner::make_behavior() {
  begin();
  return {[](const go_on& what) { (*what.run)(); }};
}

void planner::begin() {
  auto read = [who = engine_for(user_), id = task_](desk& d) -> result<task_facts> {
    task_facts facts;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto now = books.tasks().find(id);
      if (now && now->state == task::status::pending)
        now = books.tasks().act(id, task::begin_planning{});
      if (!now)
        return fail(std::move(now.error()));
      // Somebody was faster: there is nothing to plan.
      if (now->state != task::status::preparing) {
        facts.task = std::move(*now);
        return {};
      }
      auto known = read_facts(books, *now);
      if (!known)
        return fail(std::move(known.error()));
      facts = std::move(*known);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return facts;
  };
  at_desk<task_facts>(
      this, all_->desk_for(task_.value), std::move(read), [this](result<task_facts> facts) {
        if (!facts) {
          end(fail(std::move(facts.error())));
          return;
        }
        facts_ = std::move(*facts);
        if (facts_.task.state != task::status::preparing) {
          end(std::move(facts_.task));
          return;
        }
        send(all_->feed, task_notice(user_, facts_.task));
        ask_risks();
      });
}

void planner::ask(assistant::request what, std::function<void(assistant::completion&)> then) {
  auto function = assistant::function_of(what);
  auto order = order_about(facts_, user_, std::move(what), all_->options().plan_patience);
  all_->parts.models.ask(
      std::move(order),
      back_into<assistant::completion>(
          this, [this, function, then = std::move(then)](assistant::completion answer) {
            note_usage(*all_, facts_, user_, function, answer.tries);
            then(answer);
          }));
}

/// The rules judge always, whatever a model says; where they refuse, none is asked.
void planner::ask_risks() {
  auto about = brief(facts_);
  risks_ = rules::judge_risks(about);
  if (risks_.verdict == assistant::risks::level::refuse) {
    // Stored with the rules' own plan, which costs nothing: nobody is asked to plan this.
    auto reply = rules::answer(assistant::plan_request{std::move(about)});
    plan_.plan = std::move(std::get<assistant::plan>(reply));
    plan_.risks = std::move(risks_);
    plan_.by = rules::provider;
    plan_.prompt = rules::version;
    store(std::move(plan_));
    return;
  }
  ask(assistant::risks_request{std::move(about)}, [this](assistant::completion& answer) {
    if (!answer.what)
      spdlog::warn(
          "task {}: its risks were judged by the rules alone: {}", to_string(task_),
          answer.what.error().detail);
    else if (auto* found = std::get_if<assistant::risks>(&*answer.what))
      risks_ = join(std::move(risks_), *found);
    ask_plan();
  });
}

void planner::ask_plan() {
  ask(assistant::plan_request{brief(facts_)}, [this](assistant::completion& answer) {
    auto* made = answer.what ? std::get_if<assistant::plan>(&*answer.what) : nullptr;
    if (!made) {
      auto why = answer.what ? "the answer was no plan" : answer.what.error().detail;
      store(task::planning_failed{"no plan could be made: " + why});
      return;
    }
    plan_.plan = std::move(*made);
    plan_.risks = std::move(risks_);
    plan_.by = provider_of(answer);
    plan_.prompt = prompt_of(answer);
    if (plan_.plan.missing.empty() || plan_.risks.verdict == assistant::risks::level::refuse)
      store(std::move(plan_));
    else
      ask_questions();
  });
}

void planner::ask_questions() {
  ask(assistant::questions_request{brief(facts_), plan_.plan}, [this](
                                                                   assistant::completion& answer) {
    auto* asked = answer.what ? std::get_if<assistant::questions>(&*answer.what) : nullptr;
    // Without better ones the plan's own questions are asked.
    plan_.questions = join(
        asked ? std::move(asked->list) : std::vector<assistant::question>{}, plan_.plan.missing);
    store(std::move(plan_));
  });
}

/// Whatever the act is refused for happened meanwhile: then the task stands where it stands.
void planner::store(task::act what) {
  auto write = [who = engine_for(user_), id = task_, what](desk& d) -> result<task::record> {
    task::record now;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto stored = books.tasks().act(id, what);
      if (!stored && stored.error().code == errc::wrong_state)
        stored = books.tasks().find(id);
      if (!stored)
        return fail(std::move(stored.error()));
      now = std::move(*stored);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return now;
  };
  at_desk<task::record>(
      this, all_->desk_for(task_.value), std::move(write), [this, what](result<task::record> now) {
        if (now || now.error().code != errc::unavailable || ++tries_ >= store_tries) {
          end(std::move(now));
          return;
        }
        const auto& o = all_->options();
        auto wait =
            std::min<std::chrono::milliseconds>(o.restart_first * (1LL << tries_), o.restart_most);
        delayed_send(this, wait, go_on{std::make_shared<std::function<void()>>([this, what] {
                       store(what);
                     })});
      });
}

void planner::end(result<task::record> what) {
  send(all_->tasks, planning_over{task_, std::move(what)});
  quit();
}

} // namespace ringmaster
