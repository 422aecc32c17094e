#include "domain/knowledge_changes.hpp"

#include <utility>

namespace ringmaster {

namespace {

/// "aloha" as its owner reads it.
std::string name_of_agent(knowledge::agent who) {
  std::string name(knowledge::to_string(who));
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

} // namespace

namespace gap {

namespace {

void open_again(record& r) {
  r.resolved_at.reset();
  r.resolved_by.clear();
  r.resolution_action.clear();
  ++r.times_reopened;
}

} // namespace

record begun(const gap_id& id, const checked& asked, instant at) {
  record r;
  r.id = id;
  r.who = asked.said.who;
  r.from = asked.said.from;
  r.question = asked.said.question;
  r.requested_info = asked.said.requested_info;
  r.asks = asked.read.asks;
  r.suggested = asked.about;
  r.context = asked.said.context;
  r.metadata = asked.said.metadata;
  r.last_answer = asked.said.answered;
  r.calls_affected = asked.said.from == source::call && asked.said.context ? 1 : 0;
  r.created_at = r.last_asked_at = r.updated_at = at;
  return r;
}

result<noted> asked_again(record was, const checked& asked, bool known, instant at) {
  auto to = decide(was.state, ask_again{});
  if (!to)
    return fail(to.error());
  noted n{std::move(was)};
  n.reopened = n.now.state != *to && *to == status::open;
  n.now.last_asked_at = at;
  if (known && !n.reopened) {
    n.counted = false;
    return n;
  }
  ++n.now.times_asked;
  if (asked.said.from == source::call && asked.said.context && !known)
    ++n.now.calls_affected;
  n.now.last_answer = asked.said.answered;
  n.now.updated_at = at;
  n.now.state = *to;
  if (n.reopened) {
    open_again(n.now);
    ++n.now.version;
  }
  return n;
}

result<record> after(record was, const act& what, const std::string& by, instant at) {
  auto to = decide(was.state, what);
  if (!to)
    return fail(to.error());
  auto r = std::move(was);
  auto close = [&](const std::string& notes, const char* action, std::optional<chunk_id> chunk) {
    r.resolved_at = at;
    r.resolved_by = by;
    r.resolution_notes = notes;
    r.resolution_action = action;
    r.chunk = chunk;
  };
  if (const auto* answered = std::get_if<resolve>(&what))
    close(answered->notes, answered->chunk ? "added_to_knowledge_base" : "noted", answered->chunk);
  else if (const auto* ignored = std::get_if<ignore>(&what))
    close(ignored->notes, "ignored", std::nullopt);
  else if (r.state != *to)
    open_again(r);
  r.state = *to;
  ++r.version;
  r.updated_at = at;
  return r;
}

notification::draft notice_of(const record& r, bool reopened) {
  notification::draft n;
  n.what = notification::kind::knowledge_gap;
  n.title = name_of_agent(r.who) + (reopened ? " could not answer a question that you had answered"
                                             : " could not answer a question");
  n.text = r.question;
  n.subject_kind = subject;
  n.subject = r.id.value;
  n.highlights.emplace_back("category", knowledge::to_string(r.suggested));
  n.highlights.emplace_back("agent", knowledge::to_string(r.who));
  n.highlights.emplace_back("source", to_string(r.from));
  if (r.requested_info != r.question && !r.requested_info.empty())
    n.highlights.emplace_back("requested_info", r.requested_info);
  return n;
}

} // namespace gap

namespace brain {

std::string title_of(std::string_view words) {
  constexpr std::size_t most = 60; // characters
  std::string title;
  std::size_t length = 0;
  for (std::size_t at = 0; at < words.size();) {
    auto end = at + 1;
    while (end < words.size() && (static_cast<unsigned char>(words[end]) & 0xc0) == 0x80)
      ++end;
    auto one = words.substr(at, end - at);
    at = end;
    if (one.size() == 1 && static_cast<unsigned char>(one[0]) <= ' ') {
      if (title.empty() || title.back() == ' ')
        continue;
      one = " ";
    }
    if (length == most) {
      // Whole words, where there is room for some.
      if (auto space = title.rfind(' '); space != std::string::npos && space > title.size() / 2)
        title.resize(space);
      while (!title.empty() && title.back() == ' ')
        title.pop_back();
      return title + "...";
    }
    title += one;
    ++length;
  }
  while (!title.empty() && title.back() == ' ')
    title.pop_back();
  return title;
}

} // namespace brain

namespace calendar {

proposal begun(
    const proposal_id& id, const proposal_draft& d, const std::optional<event>& standing,
    instant at) {
  proposal p;
  p.id = id;
  p.who = d.who;
  p.from = d.from;
  p.context = d.context;
  p.what = d.what;
  p.event = d.event;
  p.as = d.what == change::cancel && standing ? standing->as : d.as;
  p.reason = d.reason;
  p.created_at = p.updated_at = at;
  return p;
}

result<proposal> after(proposal was, const act& what, const std::string& by, instant at) {
  auto to = decide(was, what);
  if (!to)
    return fail(to.error());
  auto p = std::move(was);
  if (const auto* other = std::get_if<edit>(&what)) {
    if (!p.original)
      p.original = p.as;
    p.as = other->as;
  } else {
    const auto* yes = std::get_if<approve>(&what);
    const auto* no = std::get_if<reject>(&what);
    p.note = yes ? yes->note : no ? no->note : std::string{};
    p.decided_by = by;
    p.decided_at = at;
  }
  p.state = *to;
  ++p.version;
  p.updated_at = at;
  return p;
}

result<event> applied(
    const proposal& p, const std::optional<event>& standing, const event_id& fresh, instant at) {
  if (p.what == change::create) {
    event e;
    e.id = fresh;
    e.as = p.as;
    e.proposal = p.id;
    e.who = p.who;
    e.created_at = e.updated_at = at;
    return e;
  }
  if (!standing)
    return fail(errc::not_found, "there is no such event");
  if (standing->cancelled)
    return fail(
        errc::wrong_state, "this event was cancelled meanwhile; the proposal can be rejected");
  auto e = *standing;
  if (p.what == change::cancel)
    e.cancelled = true;
  else
    e.as = p.as;
  ++e.sequence;
  e.proposal = p.id;
  e.who = p.who;
  e.updated_at = at;
  return e;
}

notification::draft notice_of(const proposal& p) {
  notification::draft n;
  n.what = notification::kind::calendar_proposal;
  const char* what = p.what == change::create ? " proposes an event"
                     : p.what == change::move ? " proposes to move an event"
                                              : " proposes to cancel an event";
  n.title = name_of_agent(p.who) + what;
  n.text = p.as.title + ", " + show_when(p.as);
  n.subject_kind = proposal_subject;
  n.subject = p.id.value;
  n.highlights.emplace_back("when", show_when(p.as));
  n.highlights.emplace_back("agent", to_string(p.who));
  n.highlights.emplace_back("source", to_string(p.from));
  if (!p.reason.empty())
    n.highlights.emplace_back("reason", p.reason);
  return n;
}

} // namespace calendar
} // namespace ringmaster
