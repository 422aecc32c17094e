// What happens to a task: one function per act, and what they share.

#include <algorithm>
#include <string>
#include <utility>

#include "domain/retry.hpp"
#include "domain/task_parts.hpp"
#include "domain/text.hpp"
#include "domain/time.hpp"

namespace ringmaster::task {

namespace {

/// A decision in the making: the record as it was and as it becomes.
struct verdict {
  const record& before;
  const circumstances& around;
  outcome out;

  verdict(const record& r, const circumstances& c) : before(r), around(c), out{r, {}, {}} {}

  record& next() { return out.next; }
  void note(const char* action, status from, std::string reason) {
    out.audit.push_back({action, from, out.next.state, std::move(reason)});
  }
  /// A step that the caller knows to be in the table; one line of the audit trail.
  void move(status to, const char* action, std::string reason) {
    auto from = std::exchange(out.next.state, to);
    note(action, from, std::move(reason));
  }
};

using decided = result<outcome>;

decided finish(verdict&& v) {
  v.next().version = v.before.version + 1;
  v.next().updated_at = v.around.now;
  return std::move(v.out);
}

bool is_refused(const record& r) { return r.risks.verdict == assistant::risks::level::refuse; }

// -- where a task stands --------------------------------------------------------------------------

/// True if nothing but a user's act is missing before the call; else says what it waits for. A yes
/// is asked for only when all else is known: it covers the price and the number that stand then.
bool is_ready(record& r, const circumstances& around) {
  refresh_questions(r, around);
  r.approval_reason.clear();
  r.reason.clear();
  if (has_required_question(r)) {
    r.reason = "waits for your answers";
    return false;
  }
  if (lacks_approval(r, around)) {
    r.approval_reason = needs_approval(r, around);
    r.reason = "waits for your approval";
    return false;
  }
  return true;
}

/// Says what a waiting task waits for, if it has not been said.
void tell_waiting(verdict& v) {
  const auto& r = v.out.next;
  const auto& old = v.before.questions;
  auto is_new = [&](const assistant::question& q) {
    return v.before.state != status::waiting_for_user ||
           std::none_of(old.begin(), old.end(), [&](const auto& o) { return o.field == q.field; });
  };
  if (!r.approval_reason.empty()) {
    if (r.approval_reason != v.before.approval_reason)
      v.out.tell.push_back(approval_needed(r, v.around));
  } else if (
      has_required_question(r) && std::any_of(r.questions.begin(), r.questions.end(), is_new)) {
    v.out.tell.push_back(clarification_needed(r));
  }
}

// -- planning -------------------------------------------------------------------------------------

decided begin(verdict&& v) {
  if (!allows(v.before.state, status::preparing))
    return no_step(v.before.state, "no planning can begin");
  v.move(status::preparing, "task.plan_begin", "");
  return finish(std::move(v));
}

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

void take_plan(record& r, const planned& p) {
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

decided plan(verdict&& v, const planned& p) {
  if (auto entered = enter_planning(v); !entered)
    return fail(std::move(entered.error()));
  auto& r = v.next();
  take_plan(r, p);
  fill(r, v.around);
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

// -- edits ----------------------------------------------------------------------------------------

bool changes_fields(const patch& p) {
  return p.title || p.voice || p.urgency || p.max_price || p.target_phone_number || p.contact ||
         p.hard_constraints || p.soft_preferences || p.needs_user_confirmation ||
         !p.answers.empty();
}

bool is_editable(status s) {
  return s != status::in_progress && s != status::completed && s != status::canceled;
}

/// Steps that only the engine takes: what they say must have happened.
tl::unexpected<error> not_by_hand(status to) {
  const char* how = to == status::in_progress ? "a call begins by start-call"
                    : to == status::preparing ? "planning begins by itself"
                                              : "this follows from the call or from the planning";
  return fail_field("/status", "not_by_hand", std::string{how} + "; it cannot be set");
}

/// Which part of the patch took away what a ready task must have.
std::string field_to_blame(const patch& p, bool number_is_missing) {
  if (p.target_phone_number)
    return "/target_phone_number";
  if (p.contact && (number_is_missing || !p.max_price))
    return "/contact_id";
  if (number_is_missing)
    return "/status";
  for (const auto& [field, text] : p.answers)
    if (field == "phone_number" || field == "max_price")
      return "/answers/" + field;
  if (p.max_price)
    return "/max_price";
  return p.needs_user_confirmation ? "/needs_user_confirmation" : "/status";
}

/// A task that is to be ready, or to stay so, after the patch: the conditions hold, or a sentence
/// that says what to do.
result<void> must_be_ready(verdict& v, const patch& p) {
  auto& r = v.next();
  if (is_refused(r))
    return fail_field("/status", "refused", "this request is refused: " + v.before.reason);
  if (is_ready(r, v.around))
    return {};
  if (!number_to_call(r, v.around))
    return fail_field(
        field_to_blame(p, true), "number_needed",
        "a task that is ready to call needs a phone number: give one, or cancel the task");
  if (has_required_question(r))
    return fail_field(
        "/answers/" + r.questions.front().field, "answer_needed",
        "this question must be answered first: " + r.questions.front().text);
  if (v.before.state == status::ready_to_call)
    return fail_field(
        field_to_blame(p, false), "approval_needed",
        "with this, the call would need your approval again (" + r.approval_reason +
            "), and a task that is ready cannot go back to waiting: cancel it and make a new one");
  return fail_field("/status", "approval_needed", "approve the task first: " + r.approval_reason);
}

decided set_status(verdict&& v, const patch& p, const std::string& changed) {
  auto to = *p.to;
  if (!allows(v.before.state, to))
    return no_step(v.before.state, "no step to " + std::string{to_string(to)});
  auto& r = v.next();
  r.retry_at.reset();
  if (to == status::canceled) {
    r.reason = "canceled by the user";
    v.move(to, "task.cancel", changed);
  } else if (to == status::ready_to_call) {
    if (auto ready = must_be_ready(v, p); !ready)
      return fail(std::move(ready.error()));
    v.move(to, "task.edit", changed);
  } else if (to == status::waiting_for_user) {
    if (is_ready(r, v.around))
      r.reason = "set to wait by the user";
    v.move(to, "task.edit", changed);
    tell_waiting(v);
  } else {
    return not_by_hand(to);
  }
  return finish(std::move(v));
}

/// Another number, or more money, than the standing permission was given for.
bool outgrows_permission(const record& before, const record& next, const circumstances& around) {
  if (before.number != next.number || before.contact != next.contact ||
      number_to_call(before, around) != number_to_call(next, around))
    return true;
  if (!next.max_price || !before.max_price)
    return next.max_price != before.max_price;
  return compare(*next.max_price, *before.max_price).value_or(std::strong_ordering::greater) ==
         std::strong_ordering::greater;
}

decided edit(verdict&& v, const patch& p) {
  const auto now = v.before.state;
  const bool cancels_only = p.to == status::canceled && !changes_fields(p);
  if (!is_editable(now) && !(p.to && !changes_fields(p)))
    return no_step(now, "no change of fields");
  std::string changed;
  auto edited = apply(v.before, p, v.around, changed);
  if (!edited)
    return fail(std::move(edited.error()));
  v.next() = std::move(*edited);
  auto& r = v.next();
  if (r.retry_at && outgrows_permission(v.before, r, v.around))
    r.retry_at.reset();
  if (cancels_only || (p.to && *p.to != now))
    return set_status(std::move(v), p, changed);
  if (p.to && !changes_fields(p))
    return no_step(now, "no step to " + std::string{to_string(*p.to)});
  if (now == status::ready_to_call) {
    if (auto ready = must_be_ready(v, p); !ready)
      return fail(std::move(ready.error()));
    v.note("task.edit", now, changed);
  } else if (now == status::waiting_for_user && is_ready(r, v.around)) {
    v.move(status::ready_to_call, "task.edit", changed);
  } else {
    v.note("task.edit", now, changed);
    if (now == status::waiting_for_user)
      tell_waiting(v);
  }
  return finish(std::move(v));
}

// -- acts of the user -----------------------------------------------------------------------------

decided approve(verdict&& v) {
  auto& r = v.next();
  const auto now = v.before.state;
  const bool may =
      now == status::waiting_for_user || now == status::ready_to_call || now == status::failed;
  if (!may || is_refused(r))
    return no_step(now, "there is nothing to approve");
  auto number = number_to_call(r, v.around);
  refresh_questions(r, v.around);
  if (!number || has_required_question(r))
    return no_step(now, "what is missing must be answered before there is anything to approve");
  if (!lacks_approval(r, v.around))
    return no_step(now, "no approval is asked for");
  auto what = needs_approval(r, v.around);
  r.approved_by = v.around.actor;
  r.approved_at = v.around.now;
  r.approved_price = r.max_price;
  r.approved_number = number;
  auto said = "yes to " + number->masked() +
              (r.max_price ? " for up to " + show(*r.max_price) : std::string{}) + ": " + what;
  if (now == status::waiting_for_user) {
    is_ready(r, v.around);
    v.move(status::ready_to_call, "task.approve", said);
  } else {
    r.approval_reason.clear();
    v.note("task.approve", now, said);
  }
  return finish(std::move(v));
}

decided discard(verdict&& v) {
  const auto now = v.before.state;
  if (now == status::in_progress)
    return no_step(now, "a task is not deleted");
  if (!allows(now, status::canceled))
    return no_step(now, "there is nothing to delete");
  v.next().retry_at.reset();
  v.next().reason = "canceled by the user";
  v.move(status::canceled, "task.delete", "");
  return finish(std::move(v));
}

// -- calls ----------------------------------------------------------------------------------------

decided start(verdict&& v, const call_begun& c) {
  auto number = may_call(v.before, v.around);
  if (!number)
    return fail(std::move(number.error()));
  auto& r = v.next();
  const bool again = r.retry_at.has_value();
  r.campaign = c.campaign;
  ++r.calls_made;
  r.retry_at.reset();
  r.summary.clear();
  r.reason.clear();
  v.move(
      status::in_progress, "task.call",
      "call " + std::to_string(r.calls_made) + " to " + number->masked() +
          (again && v.around.actor == "engine" ? ", by the standing permission of the settings"
                                               : ""));
  return finish(std::move(v));
}

std::string answered_for(std::optional<std::int32_t> seconds) {
  if (!seconds || *seconds <= 0)
    return "The call was answered.";
  auto count = [](std::int32_t n, const char* unit) {
    return std::to_string(n) + " " + unit + (n == 1 ? "" : "s");
  };
  auto minutes = *seconds / 60, rest = *seconds % 60;
  return "The call was answered and lasted " +
         (minutes == 0 ? count(rest, "second")
          : rest == 0  ? count(minutes, "minute")
                       : count(minutes, "minute") + " and " + count(rest, "second")) +
         ".";
}

std::string words_of(const call_ended& c) {
  using enum call::outcome;
  switch (c.outcome) {
  case voicemail:
    return "a voicemail answered";
  case busy:
    return "the line was busy";
  case no_answer:
    return "nobody answered";
  case failed:
    return c.reason.empty() ? "the call could not be put through" : c.reason;
  case canceled:
    return "the call was canceled";
  case rejected:
    return c.reason.empty() ? "the carrier refused the call" : c.reason;
  case unknown:
    return "it is not known what became of the call";
  default:
    return c.reason.empty() ? "no call was made" : c.reason;
  }
}

/// After a failure: again, where the settings say so, the limit is not reached, and what was
/// permitted still stands.
void retry(verdict& v, const call_ended& c) {
  auto& r = v.next();
  const auto& settings = v.around.settings;
  if (!settings.auto_retry_failed_calls || !number_to_call(r, v.around) ||
      lacks_approval(r, v.around) || is_refused(r))
    return;
  const auto most = settings.max_retry_attempts + 1;
  auto next = after_call(c.outcome, r.calls_made, most, v.around.delays, v.around.now);
  if (next.step != target::event::retry)
    return;
  r.retry_at = next.due_at;
  v.move(
      status::ready_to_call, "task.retry",
      "call " + std::to_string(r.calls_made + 1) + " of at most " + std::to_string(most) +
          ", by the standing permission of the settings");
}

decided end(verdict&& v, const call_ended& c) {
  auto& r = v.next();
  if (r.campaign != c.campaign)
    return fail(errc::conflict, "this task's call is made by another campaign");
  // Canceled while the call was on: its end changes nothing any more.
  if (v.before.state == status::canceled)
    return std::move(v.out);
  if (v.before.state != status::in_progress)
    return no_step(v.before.state, "no call can end");
  if (c.canceled) {
    r.reason = c.reason.empty() ? "the call was canceled" : c.reason;
    v.move(status::canceled, "task.cancel", r.reason);
  } else if (c.outcome == call::outcome::answered) {
    r.summary = c.reason.empty() ? answered_for(c.duration_seconds) : c.reason;
    v.move(status::completed, "task.complete", r.summary);
    v.out.tell.push_back(call_completed(r));
  } else {
    r.reason = words_of(c);
    v.move(status::failed, "task.fail", r.reason);
    retry(v, c);
    v.out.tell.push_back(call_failed(r));
  }
  return finish(std::move(v));
}

template <class... Fs>
struct either : Fs... {
  using Fs::operator()...;
};

} // namespace

result<outcome> decide(const record& now, const act& what, const circumstances& around) {
  verdict v{now, around};
  return std::visit(
      either{
          [&](const begin_planning&) { return begin(std::move(v)); },
          [&](const planned& p) { return plan(std::move(v), p); },
          [&](const planning_failed& p) { return give_up_planning(std::move(v), p); },
          [&](const edited& e) { return edit(std::move(v), e.changes); },
          [&](const approved&) { return approve(std::move(v)); },
          [&](const discarded&) { return discard(std::move(v)); },
          [&](const call_begun& c) { return start(std::move(v), c); },
          [&](const call_ended& c) { return end(std::move(v), c); }},
      what);
}

} // namespace ringmaster::task
