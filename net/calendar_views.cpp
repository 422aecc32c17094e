#include "net/calendar_views.hpp"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/views.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

namespace {

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

template <class Id>
json id_or_null(const std::optional<Id>& id) {
  return id ? json(to_string(*id)) : json();
}

/// What a person may still do.
json actions_of(const calendar::proposal& p) {
  auto names = json::array();
  for (const auto& s : calendar::steps())
    if (s.from == p.state && (s.on != "edit" || p.what != calendar::change::cancel))
      names.push_back(std::string(s.on));
  return names;
}

} // namespace

json show(const calendar::entry& e) {
  json j;
  j["title"] = e.title;
  j["location"] = text_or_null(e.location);
  j["notes"] = text_or_null(e.notes);
  j["starts_at"] = to_rfc3339(e.starts_at);
  j["ends_at"] = to_rfc3339(e.ends_at);
  j["timezone"] = e.timezone;
  j["all_day"] = e.all_day;
  j["when"] = calendar::show_when(e);
  return j;
}

json show(const calendar::proposal& p) {
  json j;
  j["id"] = to_string(p.id);
  j["agent"] = std::string(knowledge::to_string(p.who));
  j["source"] = std::string(calendar::to_string(p.from));
  j["context_id"] = id_or_null(p.context);
  // A call session keeps its id when it is wrapped up, so the label leads to the call, whether it
  // was a campaign's or a task's.
  bool of_call = p.from == calendar::origin::call || p.from == calendar::origin::task;
  j["call_session_id"] = of_call ? id_or_null(p.context) : json();
  j["change"] = std::string(calendar::to_string(p.what));
  j["event_id"] = id_or_null(p.event);
  j["entry"] = show(p.as);
  j["original"] = p.original ? show(*p.original) : json();
  j["reason"] = text_or_null(p.reason);
  j["status"] = std::string(calendar::to_string(p.state));
  j["decided_by"] = text_or_null(p.decided_by);
  j["decided_at"] = show(p.decided_at);
  j["note"] = text_or_null(p.note);
  j["allowed_actions"] = actions_of(p);
  j["created_at"] = to_rfc3339(p.created_at);
  j["updated_at"] = to_rfc3339(p.updated_at);
  j["version"] = p.version;
  return j;
}

json show(const calendar::proposal& p, const std::vector<calendar::conflict>& conflicts) {
  auto j = show(p);
  j["conflicts"] = show(conflicts);
  return j;
}

json show(const calendar::event& e) {
  json j;
  j["id"] = to_string(e.id);
  j["entry"] = show(e.as);
  j["status"] = e.cancelled ? "cancelled" : "confirmed";
  j["sequence"] = e.sequence;
  j["calendar_proposal_id"] = to_string(e.proposal);
  j["agent"] = std::string(knowledge::to_string(e.who));
  j["created_at"] = to_rfc3339(e.created_at);
  j["updated_at"] = to_rfc3339(e.updated_at);
  return j;
}

json show(const std::vector<calendar::conflict>& all) {
  auto items = json::array();
  for (const auto& c : all) {
    json one;
    one["event_id"] = id_or_null(c.event);
    one["calendar_proposal_id"] = id_or_null(c.proposal);
    one["title"] = c.title;
    one["starts_at"] = to_rfc3339(c.starts_at);
    one["ends_at"] = to_rfc3339(c.ends_at);
    items.push_back(std::move(one));
  }
  return items;
}

} // namespace ringmaster::net
