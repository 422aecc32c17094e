#include "net/views.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/api_key.hpp"
#include "net/exchange.hpp"
#include "net/query.hpp"
#include "net/talk_views.hpp"
#include "wire/digest.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

namespace {

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

template <class Id>
json id_or_null(const std::optional<Id>& id) {
  return id ? json(to_string(*id)) : json();
}

template <class T>
json value_or_null(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

json show_row(const target::rejected_row& row) {
  json j;
  j["line"] = row.line;
  j["value"] = row.value;
  j["code"] = row.code;
  j["message"] = row.message;
  return j;
}

} // namespace

json show(const std::optional<instant>& t) { return t ? json(to_rfc3339(*t)) : json(); }

window_reading read_window(const campaign::draft& settings, instant now) {
  auto window = calling_window::parse(
    settings.timezone, settings.allowed_call_start_time, settings.allowed_call_end_time,
    settings.allowed_days_of_week);
  if (window)
    return window->read(now);
  window_reading closed;
  closed.reason = "the calling window cannot be read: " + window.error().detail;
  return closed;
}

json show(const window_reading& w) {
  json j;
  j["allowed"] = w.open;
  j["reason"] = w.reason;
  j["next_open_at"] = show(w.next_open_at);
  j["closes_at"] = show(w.closes_at);
  return j;
}

json show(const campaign::view& c, instant now) {
  const auto& s = c.settings;
  json j;
  j["id"] = to_string(c.id);
  j["name"] = s.name;
  j["description"] = s.description;
  j["type"] = s.type;
  j["status"] = std::string(campaign::to_string(c.state));
  j["script"] = s.script;
  j["timezone"] = s.timezone;
  j["allowed_call_start_time"] = s.allowed_call_start_time;
  j["allowed_call_end_time"] = s.allowed_call_end_time;
  j["allowed_days_of_week"] = s.allowed_days_of_week;
  j["rate_limit_per_minute"] = value_or_null(s.limits.per_minute);
  j["rate_limit_per_hour"] = value_or_null(s.limits.per_hour);
  j["max_attempts"] = s.max_attempts;
  j["max_concurrent_calls"] = s.max_concurrent_calls;
  j["call_style"] = std::string(talk::to_string(s.talk.style));
  write_talk(j, s.talk);
  auto& p = j["progress"];
  p["total"] = c.counts.total;
  p["pending"] = c.counts.pending;
  p["calling"] = c.counts.calling;
  p["completed"] = c.counts.completed;
  p["failed"] = c.counts.failed;
  p["skipped"] = c.counts.skipped;
  p["attempts"] = c.counts.attempts;
  j["window"] = show(read_window(s, now));
  j["allowed_actions"] = campaign::user_actions(c.state);
  j["redial_of"] = id_or_null(c.redial_of);
  j["pause_reason"] = text_or_null(c.pause_reason);
  j["wait_reason"] = text_or_null(c.wait_reason);
  j["start_at"] = show(c.start_at);
  j["started_at"] = show(c.started_at);
  j["completed_at"] = show(c.completed_at);
  j["created_at"] = to_rfc3339(c.created_at);
  j["updated_at"] = to_rfc3339(c.updated_at);
  j["version"] = c.version;
  return j;
}

json show(const target::view& t) {
  json j;
  j["id"] = to_string(t.id);
  j["campaign_id"] = to_string(t.campaign);
  j["phone_number"] = t.number.reveal();
  j["contact_name"] = text_or_null(t.contact_name);
  j["client_id"] = text_or_null(t.client_id);
  j["timezone"] = text_or_null(t.timezone);
  j["status"] = std::string(target::to_string(t.state));
  j["attempt_count"] = t.attempt_count;
  j["max_attempts"] = t.max_attempts;
  j["last_attempt_at"] = show(t.last_attempt_at);
  j["due_at"] = show(t.due_at);
  j["call_outcome"] = text_or_null(t.call_outcome);
  j["call_summary"] = text_or_null(t.call_summary);
  j["reason"] = text_or_null(t.reason);
  j["last_call_id"] = id_or_null(t.last_call);
  j["created_at"] = to_rfc3339(t.created_at);
  return j;
}

json show(const target::report& r) {
  json j;
  j["accepted"] = r.accepted;
  j["duplicates"] = r.duplicates;
  j["rejected"] = json::array();
  for (const auto& row : r.rejected)
    j["rejected"].push_back(show_row(row));
  j["rejected_total"] = r.rejected_total;
  j["duplicate_rows"] = json::array();
  for (const auto& row : r.duplicate_rows)
    j["duplicate_rows"].push_back(show_row(row));
  return j;
}

json show(const call::view& c) {
  json j;
  j["id"] = to_string(c.id);
  j["attempt_id"] = to_string(c.id);
  j["campaign_id"] = id_or_null(c.campaign);
  j["call_task_id"] = id_or_null(c.task);
  j["target_id"] = id_or_null(c.target);
  j["call_sid"] = c.sid ? json(c.sid->value) : json();
  j["status"] = c.state ? json(std::string(call::to_string(*c.state))) : json();
  j["attempt_status"] = c.attempt_state;
  j["attempt_number"] = c.attempt_number;
  j["phone_number"] = c.to.reveal();
  j["from"] = c.from.reveal();
  j["created_at"] = show(c.created_at);
  j["started_at"] = show(c.started_at);
  j["answered_at"] = show(c.answered_at);
  j["ended_at"] = show(c.ended_at);
  j["duration_seconds"] = value_or_null(c.duration_seconds);
  j["answered_by"] = text_or_null(c.answered_by);
  j["outcome"] = text_or_null(c.outcome);
  j["reason"] = text_or_null(c.reason);
  j["error_code"] = value_or_null(c.error_code);
  return j;
}

json show(const suppression_view& s) {
  json j;
  j["id"] = to_string(s.id);
  j["phone_number"] = s.number.reveal();
  j["reason"] = s.reason;
  j["source"] = s.source;
  j["created_at"] = to_rfc3339(s.created_at);
  return j;
}

json show(const audit_view& a) {
  json j;
  j["seq"] = a.seq;
  j["at"] = to_rfc3339(a.at);
  j["actor"] = a.actor;
  j["action"] = a.action;
  j["subject_kind"] = a.subject_kind;
  j["subject_id"] = a.subject_id;
  j["from_status"] = text_or_null(a.from_status);
  j["to_status"] = text_or_null(a.to_status);
  j["reason"] = text_or_null(a.reason);
  j["request_id"] = text_or_null(a.request_id);
  return j;
}

json show(const api_key_view& k) {
  json j;
  j["id"] = to_string(k.id);
  j["name"] = k.name;
  j["scopes"] = scope_names(k.scopes);
  j["last_four"] = k.last_four;
  j["expires_at"] = show(k.expires_at);
  j["last_used_at"] = show(k.last_used_at);
  j["created_at"] = to_rfc3339(k.created_at);
  return j;
}

http::response show_page(
  const http::request& req, std::string_view name, json items, const page_request& asked,
  const std::optional<std::int64_t>& total, const std::string& next_cursor) {
  json doc;
  doc[std::string(name)] = items.is_null() ? json::array() : std::move(items);
  doc["total"] = value_or_null(total);
  doc["limit"] = asked.limit;
  doc["offset"] = asked.offset;
  doc["next_cursor"] = text_or_null(next_cursor);
  auto out = answer(200, doc);
  if (!next_cursor.empty())
    out.headers.push_back(next_link(req, next_cursor));
  return out;
}

// -- versions ---------------------------------------------------------------------------------------

std::string etag_of(const campaign::view& c, std::string_view body) {
  return etag_of(c.version, body);
}

std::string etag_of(std::int64_t version, std::string_view body) {
  auto hash = wire::to_hex(wire::sha256(body));
  return "W/\"" + std::to_string(version) + "-" + hash.substr(0, 16) + "\"";
}

namespace {

/// Calls `take` with every entity tag of a list, without `W/` and the quotes.
template <class Take>
void each_tag(std::string_view list, Take take) {
  for (std::size_t at = 0; at < list.size();) {
    auto comma = std::min(list.find(',', at), list.size());
    auto tag = list.substr(at, comma - at);
    at = comma + 1;
    tag.remove_prefix(std::min(tag.find_first_not_of(" \t"), tag.size()));
    tag = tag.substr(0, tag.find_last_not_of(" \t") + 1);
    if (tag.starts_with("W/"))
      tag.remove_prefix(2);
    if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
      tag = tag.substr(1, tag.size() - 2);
    take(tag);
  }
}

} // namespace

bool version_matches(const http::request& req, std::int64_t version) {
  auto wanted = req.find("If-Match");
  if (!wanted)
    return true;
  auto known = std::to_string(version);
  bool matches = false;
  each_tag(*wanted, [&](std::string_view tag) {
    matches = matches || tag == "*" || tag.substr(0, tag.find('-')) == known;
  });
  return matches;
}

bool unchanged(const http::request& req, std::string_view etag) {
  auto given = req.find("If-None-Match");
  if (!given)
    return false;
  auto bare = etag.substr(3, etag.size() - 4);
  bool found = false;
  each_tag(*given, [&](std::string_view tag) { found = found || tag == "*" || tag == bare; });
  return found;
}

} // namespace ringmaster::net
