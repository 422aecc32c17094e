// Where a task stands: ready, or waiting for whom and what.

#include <algorithm>
#include <utility>

#include "domain/rules.hpp"
#include "domain/task_verdict.hpp"

namespace ringmaster::task {

decided finish(verdict&& v) {
  v.next().version = v.before.version + 1;
  v.next().updated_at = v.around.now;
  return std::move(v.out);
}

bool is_refused(const record& r) { return r.risks.verdict == assistant::risks::level::refuse; }

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

bool judge_again(record& r, const circumstances& around) {
  auto found = rules::judge_risks(brief(r, around, ""));
  bool is_new = found.verdict > r.risks.verdict;
  r.risks.verdict = std::max(r.risks.verdict, found.verdict);
  for (auto& finding : found.findings) {
    auto same = [&](const auto& f) { return f.kind == finding.kind; };
    if (std::none_of(r.risks.findings.begin(), r.risks.findings.end(), same)) {
      r.risks.findings.push_back(std::move(finding));
      is_new = true;
    }
  }
  return is_new;
}

} // namespace ringmaster::task
