// What an edit does to a task.

#include <algorithm>
#include <string>
#include <utility>

#include "domain/task_verdict.hpp"

namespace ringmaster::task {

namespace {

bool changes_fields(const patch& p) {
  return p.title || p.voice || p.urgency || p.max_price || p.target_phone_number || p.contact ||
         p.hard_constraints || p.soft_preferences || p.needs_user_confirmation ||
         p.voicemail_action || p.voicemail_message || p.menu_action || p.menu_keys ||
         p.record_calls || p.result_schema || !p.answers.empty();
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
  // A form sends everything it shows: what costs an approval is the price rather than the number.
  if (!number_is_missing && p.max_price)
    return "/max_price";
  if (p.target_phone_number)
    return "/target_phone_number";
  if (p.contact)
    return "/contact_id";
  if (number_is_missing)
    return "/status";
  for (const auto& [field, text] : p.answers)
    if (field == "phone_number" || field == "max_price")
      return "/answers/" + field;
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

/// What a person wrote is judged whenever it changes. A new doubt takes a yes back, and what must
/// not be done by phone is not taken into a task at all.
result<void> judge_words(verdict& v, const patch& p) {
  if (p.to == status::canceled || is_refused(v.before) || !judge_again(v.next(), v.around))
    return {};
  auto& r = v.next();
  if (is_refused(r))
    return fail_field(
        !p.answers.empty()   ? "/answers/" + p.answers.front().first
        : p.hard_constraints ? "/hard_constraints"
        : p.soft_preferences ? "/soft_preferences"
        : p.title            ? "/title"
                             : "/status",
        "refused", r.risks.findings.back().why);
  r.approved_by.clear();
  r.approved_at.reset();
  r.approved_price.reset();
  r.approved_number.reset();
  return {};
}

} // namespace

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
  if (auto judged = judge_words(v, p); !judged)
    return fail(std::move(judged.error()));
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

} // namespace ringmaster::task
