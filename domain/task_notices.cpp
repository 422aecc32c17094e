#include <algorithm>
#include <string>
#include <utility>

#include "domain/task_parts.hpp"
#include "domain/time.hpp"

namespace ringmaster::task {

namespace {

/// The task's name in a title; a long instruction is cut between two characters.
std::string name_of(const record& r) {
  constexpr std::size_t most = 80;
  std::string name = r.title.empty() ? r.raw_instruction : r.title;
  for (auto& c : name)
    if (c == '\n' || c == '\r' || c == '\t')
      c = ' ';
  if (name.size() <= most)
    return name;
  auto end = most;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80)
    --end;
  return name.substr(0, end) + "…";
}

notification::draft
about(const record& r, notification::kind what, const std::string& lead, std::string text) {
  notification::draft d;
  d.what = what;
  d.title = lead + ": " + name_of(r);
  d.text = std::move(text);
  d.subject_kind = "call_task";
  d.subject = r.id.value;
  return d;
}

} // namespace

notification::draft clarification_needed(const record& r) {
  auto d = about(
      r, notification::kind::clarification_needed, "Something is missing",
      "The call can be made once you have answered what is missing.");
  for (bool required : {true, false})
    for (const auto& q : r.questions)
      if (q.required == required)
        d.highlights.emplace_back(q.field, q.text);
  return d;
}

notification::draft approval_needed(const record& r, const circumstances& around) {
  auto d = about(
      r, notification::kind::approval_needed, "Your yes is needed",
      "This call waits for your approval: " + r.approval_reason + ".");
  if (r.max_price)
    d.highlights.emplace_back("max_price", show(*r.max_price));
  if (auto number = number_to_call(r, around))
    d.highlights.emplace_back("phone_number", number->reveal());
  d.highlights.emplace_back("reason", r.approval_reason);
  return d;
}

notification::draft call_completed(const record& r) {
  auto d = about(r, notification::kind::call_completed, "Call completed", r.summary);
  d.highlights.emplace_back("summary", r.summary);
  d.highlights.emplace_back("calls_made", std::to_string(r.calls_made));
  return d;
}

notification::draft call_completed(const record& r, const talk::findings& found) {
  auto d = call_completed(r);
  auto at = d.highlights.begin() + 1;
  for (const char* key : {"appointment", "price", "confirmation_number"}) {
    auto tells = [&](const talk::value& v) {
      auto stands = [](const auto& part) { return part.first != "status" || part.second == "booked"; };
      return v.key == key && v.known() && std::all_of(v.parts.begin(), v.parts.end(), stands);
    };
    auto value = std::find_if(found.values.begin(), found.values.end(), tells);
    if (value != found.values.end())
      at = d.highlights.emplace(at, key, talk::show(*value)) + 1;
  }
  return d;
}

notification::draft call_failed(const record& r) {
  auto text = "The call did not work out: " + r.reason + ".";
  if (r.retry_at)
    text += " It will be tried again, as your settings allow.";
  auto d = about(r, notification::kind::call_failed, "Call failed", std::move(text));
  d.highlights.emplace_back("reason", r.reason);
  d.highlights.emplace_back("calls_made", std::to_string(r.calls_made));
  if (r.retry_at)
    d.highlights.emplace_back("retry_at", to_rfc3339(*r.retry_at));
  return d;
}

notification::draft planning_ended(const record& r) {
  auto d = about(
      r, notification::kind::call_failed, "No call will be made",
      "This task ended before any call: " + r.reason + ".");
  d.highlights.emplace_back("reason", r.reason);
  for (const auto& finding : r.risks.findings)
    d.highlights.emplace_back(finding.kind, finding.why);
  return d;
}

} // namespace ringmaster::task
