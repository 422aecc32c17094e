// What happens to a task: one function per act. Planning and edits have sources of their own.

#include <string>
#include <utility>

#include "domain/task_verdict.hpp"

namespace ringmaster::task {

namespace {

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
  } else if (c.wrap_up_follows) {
    return std::move(v.out);
  } else if (c.outcome == call::outcome::answered) {
    r.summary = c.reason.empty() ? answered_for(c.duration_seconds) : c.reason;
    v.move(status::completed, "task.complete", r.summary);
    v.out.tell.push_back(call_completed(r));
  } else {
    r.reason = words_of(c);
    v.move(status::failed, "task.fail", r.reason);
    retry(v, c.outcome);
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
          [&](const begin_planning&) { return begin_plan(std::move(v)); },
          [&](const planned& p) { return take_plan(std::move(v), p); },
          [&](const planning_failed& p) { return give_up_planning(std::move(v), p); },
          [&](const edited& e) { return edit(std::move(v), e.changes); },
          [&](const approved&) { return approve(std::move(v)); },
          [&](const discarded&) { return discard(std::move(v)); },
          [&](const call_begun& c) { return start(std::move(v), c); },
          [&](const call_ended& c) { return end(std::move(v), c); },
          [&](const wrapped_up& w) { return wrap_up(std::move(v), w); }},
      what);
}

} // namespace ringmaster::task
