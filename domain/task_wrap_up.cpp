// What follows from a call: another one, and what a conversation came to.

#include <string>
#include <string_view>
#include <utility>

#include "domain/task_verdict.hpp"

namespace ringmaster::task {

/// After a failure: again, where the settings say so, the limit is not reached, and what was
/// permitted still stands.
void retry(verdict& v, call::outcome what) {
  auto& r = v.next();
  const auto& settings = v.around.settings;
  if (!settings.auto_retry_failed_calls || !number_to_call(r, v.around) ||
      lacks_approval(r, v.around) || is_refused(r))
    return;
  const auto most = settings.max_retry_attempts + 1;
  auto next = after_call(what, r.calls_made, most, v.around.delays, v.around.now);
  if (next.step != target::event::retry)
    return;
  r.retry_at = next.due_at;
  v.move(
      status::ready_to_call, "task.retry",
      "call " + std::to_string(r.calls_made + 1) + " of at most " + std::to_string(most) +
          ", by the standing permission of the settings");
}

namespace {

constexpr std::size_t most_summary_bytes = 4'000;

/// Cut between two characters.
std::string cut(std::string text) {
  if (text.size() <= most_summary_bytes)
    return text;
  auto end = most_summary_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  text.resize(end);
  return text;
}

std::string summary_of(const wrapped_up& w) {
  auto text = cut(w.found.summary);
  if (w.message_left && text.find("message") == std::string::npos)
    text += (text.empty() ? "" : " ") + std::string{"A message was left on the voicemail."};
  return text.empty() ? "The call was answered." : text;
}

/// Why a conversation reached nobody, and as what it is tried again; no words: somebody was
/// reached. Who wants no calls, or is somebody else, is not called again.
struct miss {
  std::string_view why;
  call::outcome as = call::outcome::none;
};
miss miss_of(const wrapped_up& w) {
  if (w.found.opt_out)
    return {"they asked not to be called any more"};
  if (w.found.wrong_number)
    return {"it was a wrong number"};
  if (w.message_left)
    return {};
  switch (w.found.who) {
    case talk::listener::voicemail:
      return {"a voicemail answered", call::outcome::voicemail};
    case talk::listener::menu:
      return {"only a menu of keys answered", call::outcome::voicemail};
    case talk::listener::screening:
      return {"a screening of calls answered, and nobody after it", call::outcome::voicemail};
    case talk::listener::fax:
      return {"a fax machine answered", call::outcome::failed};
    case talk::listener::silence:
      return {"the call was answered, and nobody spoke", call::outcome::no_answer};
    case talk::listener::unknown:
    case talk::listener::human:
      break;
  }
  return {};
}

} // namespace

decided wrap_up(verdict&& v, const wrapped_up& w) {
  auto& r = v.next();
  if (w.campaign && r.campaign != *w.campaign)
    return std::move(v.out);
  const auto missed = miss_of(w);
  auto summary = summary_of(w);
  if (v.before.state != status::in_progress) {
    if (summary == v.before.summary)
      return std::move(v.out);
    r.summary = std::move(summary);
    return finish(std::move(v));
  }
  r.summary = std::move(summary);
  if (missed.why.empty()) {
    v.move(status::completed, "task.complete", r.summary);
    v.out.tell.push_back(call_completed(r, w.found));
  } else {
    r.reason = missed.why;
    v.move(status::failed, "task.fail", r.reason);
    if (missed.as != call::outcome::none)
      retry(v, missed.as);
    v.out.tell.push_back(call_failed(r));
  }
  return finish(std::move(v));
}

} // namespace ringmaster::task
