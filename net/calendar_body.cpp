#include "net/calendar_body.hpp"

#include <chrono>
#include <utility>

#include "net/json.hpp"

namespace ringmaster::net {

using kind = json_value::kind;

namespace {

std::optional<std::string> text_or_null(object_reader& r, std::string_view name) {
  auto value = r.member(name);
  if (value && value->what == kind::null)
    return std::string();
  return r.text(name);
}

proposal_wish::parts take_entry(object_reader& r) {
  proposal_wish::parts p;
  p.title = r.text("title");
  p.location = text_or_null(r, "location");
  p.notes = text_or_null(r, "notes");
  p.starts_at = r.text("starts_at");
  p.ends_at = text_or_null(r, "ends_at");
  p.duration_minutes = r.integer("duration_minutes", 1, 44'640);
  p.timezone = text_or_null(r, "timezone");
  return p;
}

} // namespace

bool proposal_wish::parts::none() const {
  return !title && !location && !notes && !starts_at && !ends_at && !timezone && !duration_minutes;
}

result<proposal_wish> read_proposal(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  proposal_wish w;
  if (auto word = r.text("agent")) {
    if (auto known = knowledge::parse_agent(*word))
      w.who = *known;
    else
      r.mistake("agent", "unknown_agent", "must be one of aloha, sync, studio, insight");
  }
  if (auto word = r.text("change")) {
    if (auto known = calendar::parse_change(*word))
      w.what = *known;
    else
      r.mistake("change", "unknown_change", "must be one of create, move, cancel");
  }
  if (auto text = text_or_null(r, "event_id"); text && !text->empty()) {
    w.event = event_id::parse(*text);
    if (!w.event)
      r.mistake("event_id", "not_an_id", "is not an id");
  }
  if (auto text = text_or_null(r, "context_id"); text && !text->empty()) {
    w.context = parse_uuid(*text);
    if (!w.context)
      r.mistake("context_id", "not_an_id", "is not an id");
  }
  w.reason = text_or_null(r, "reason").value_or("");
  w.entry = take_entry(r);
  bool is_new = w.what == calendar::change::create;
  if (is_new) {
    r.require("title");
    r.require("starts_at");
  } else {
    r.require("event_id");
  }
  if (is_new && w.event)
    r.mistake("event_id", "unexpected", "a new event has no id yet");
  if (w.what == calendar::change::cancel && !w.entry.none())
    r.mistake("", "unexpected", "a cancellation changes nothing of the entry");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return w;
}

result<proposal_wish::parts> read_edit(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  auto given = take_entry(r);
  if (value->what == kind::object && value->members.empty())
    r.mistake("", "nothing_to_update", "an update needs at least one field");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return given;
}

result<calendar::entry> put_together(
    const proposal_wish::parts& given, const calendar::entry* before, std::string_view home) {
  calendar::entry_draft d;
  if (before) {
    d = calendar::typed(*before);
    auto length =
        std::chrono::duration_cast<std::chrono::minutes>(before->ends_at - before->starts_at);
    if (before->all_day) // one with a change of the clocks has 23 or 25 hours
      length = std::chrono::round<std::chrono::days>(length);
    bool says_day = given.starts_at && given.starts_at->find(':') == std::string::npos;
    bool same_kind = !given.starts_at || says_day == before->all_day;
    // A new start takes the end with it, and a length that was given replaces it.
    if (given.starts_at || given.duration_minutes)
      d.ends_at.clear();
    if (given.starts_at && same_kind && !given.ends_at)
      d.duration_minutes = length.count();
  }
  d.title = given.title.value_or(d.title);
  d.location = given.location.value_or(d.location);
  d.notes = given.notes.value_or(d.notes);
  d.starts_at = given.starts_at.value_or(d.starts_at);
  d.ends_at = given.ends_at.value_or(d.ends_at);
  d.timezone = given.timezone.value_or(d.timezone);
  if (given.duration_minutes)
    d.duration_minutes = given.duration_minutes;
  return calendar::check(d, home);
}

} // namespace ringmaster::net
