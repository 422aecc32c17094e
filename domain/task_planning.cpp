// From the user's words to a plan, and what follows from it.

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "domain/task_verdict.hpp"
#include "domain/text.hpp"

namespace ringmaster::task {

namespace {

/// The end of planning belongs to preparing; a plan that is there at once passes through it.
result<void> enter_planning(verdict& v) {
  if (v.before.state == status::pending)
    v.move(status::preparing, "task.plan_begin", "");
  if (v.next().state != status::preparing)
    return no_step(v.before.state, "no plan is waited for");
  return {};
}

decided end_without_call(verdict&& v, const char* action, std::string reason) {
  v.next().questions.clear();
  v.next().reason = std::move(reason);
  v.move(status::failed, action, v.next().reason);
  v.out.tell.push_back(planning_ended(v.next()));
  return finish(std::move(v));
}

std::string only_digits(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) {
    return c >= '0' && c <= '9';
  });
  return out;
}

/// The number that the plan found, if it can be called and the user wrote it: no model may bring a
/// number of its own.
std::optional<phone_number> found_number(const record& r, const circumstances& around) {
  auto number = read_callable(r.plan->phone_number, around.region);
  if (!number)
    return std::nullopt;
  constexpr std::size_t telling = 8; // prefixes differ between ways of writing, the end does not
  auto digits = only_digits(number->number.reveal());
  auto end = digits.substr(digits.size() - std::min(digits.size(), telling));
  auto wrote = [&](std::string_view text) {
    return only_digits(text).find(end) != std::string::npos;
  };
  auto in_answers = [&](const auto& answer) { return wrote(answer.second); };
  if (!wrote(r.raw_instruction) && !std::any_of(r.answers.begin(), r.answers.end(), in_answers))
    return std::nullopt;
  return std::move(number->number);
}

/// Lines that the plan found and the user did not say in so many words.
void append_new(std::vector<std::string>& to, const std::vector<std::string>& found) {
  for (const auto& line : found) {
    std::string text{trimmed(line)};
    auto length = count_characters(text);
    if (!text.empty() && length && *length <= most_line_characters && to.size() < most_lines &&
        !has_control_character(text) && std::find(to.begin(), to.end(), text) == to.end())
      to.push_back(std::move(text));
  }
}

/// What the user said wins; the plan fills what is empty.
void fill(record& r, const circumstances& around) {
  const auto& plan = *r.plan;
  auto title = trimmed(plan.title);
  auto length = count_characters(title);
  if (r.title.empty() && length && *length <= most_title_characters &&
      !has_control_character(title))
    r.title = title;
  if (!r.max_price && plan.max_price && is_currency(plan.max_price->currency) &&
      plan.max_price->micros >= 0 && plan.max_price->micros <= most_micros)
    r.max_price = plan.max_price;
  append_new(r.hard_constraints, plan.hard_constraints);
  append_new(r.soft_preferences, plan.soft_preferences);
  if (!number_to_call(r, around))
    r.number = found_number(r, around);
}

void store_plan(record& r, const planned& p) {
  r.plan = p.plan;
  r.plan_by = p.by;
  r.plan_prompt = p.prompt;
  r.risks = p.risks;
  r.questions.clear();
  for (auto list : {&p.questions, &p.plan.missing})
    for (const auto& q : *list)
      if (!q.field.empty() && !trimmed(q.text).empty())
        r.questions.push_back(q);
}

} // namespace

decided begin_plan(verdict&& v) {
  if (!allows(v.before.state, status::preparing))
    return no_step(v.before.state, "no planning can begin");
  v.move(status::preparing, "task.plan_begin", "");
  return finish(std::move(v));
}

decided take_plan(verdict&& v, const planned& p) {
  if (auto entered = enter_planning(v); !entered)
    return fail(std::move(entered.error()));
  auto& r = v.next();
  store_plan(r, p);
  fill(r, v.around);
  judge_again(r, v.around);
  if (is_refused(r)) {
    std::string why;
    for (const auto& finding : r.risks.findings)
      add_reason(why, finding.why);
    return end_without_call(
        std::move(v), "task.refuse", why.empty() ? "the request is refused" : why);
  }
  if (is_ready(r, v.around)) {
    v.move(status::ready_to_call, "task.plan", "planned by " + p.by);
  } else {
    v.move(status::waiting_for_user, "task.plan", "planned by " + p.by + "; " + r.reason);
    tell_waiting(v);
  }
  return finish(std::move(v));
}

decided give_up_planning(verdict&& v, const planning_failed& p) {
  if (auto entered = enter_planning(v); !entered)
    return fail(std::move(entered.error()));
  return end_without_call(std::move(v), "task.plan_fail", p.reason);
}

} // namespace ringmaster::task
