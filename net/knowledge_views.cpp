#include "net/knowledge_views.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/calendar_views.hpp"
#include "net/views.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

namespace {

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

template <class Id>
json id_or_null(const std::optional<Id>& id) {
  return id ? json(to_string(*id)) : json();
}

/// What a person may do to a gap; its own asking again is no act of a person.
json actions_of(gap::status now) {
  auto names = json::array();
  for (const auto& s : gap::steps())
    if (s.from == now && s.on != "ask_again")
      names.push_back(std::string(s.on));
  return names;
}

} // namespace

json show(const knowledge::chunk& c) {
  json j;
  j["id"] = to_string(c.id);
  j["title"] = c.title;
  j["text"] = c.text;
  j["source"] = c.source;
  j["category"] = std::string(knowledge::to_string(c.about));
  j["added_by"] = c.added_by;
  j["knowledge_gap_id"] = id_or_null(c.gap);
  j["created_at"] = to_rfc3339(c.created_at);
  j["updated_at"] = to_rfc3339(c.updated_at);
  j["version"] = c.version;
  return j;
}

json show(const std::vector<knowledge::citation>& all) {
  auto items = json::array();
  for (const auto& c : all) {
    json one;
    one["reference"] = c.reference;
    one["title"] = c.title;
    one["quote"] = c.quote;
    items.push_back(std::move(one));
  }
  return items;
}

json show(const gap::record& g, const user_id& owner) {
  json j;
  j["id"] = to_string(g.id);
  j["user_id"] = to_string(owner);
  j["agent"] = std::string(knowledge::to_string(g.who));
  j["source"] = std::string(gap::to_string(g.from));
  j["question"] = g.question;
  j["requested_info"] = g.requested_info;
  j["suggested_category"] = std::string(knowledge::to_string(g.suggested));
  j["status"] = std::string(gap::to_string(g.state));
  j["resolved_at"] = show(g.resolved_at);
  j["resolved_by_user_id"] = g.resolved_by.empty() ? json() : json(to_string(owner));
  j["resolved_by"] = text_or_null(g.resolved_by);
  j["resolution_notes"] = text_or_null(g.resolution_notes);
  j["resolution_action"] = text_or_null(g.resolution_action);
  j["chunk_id"] = id_or_null(g.chunk);
  j["context_id"] = id_or_null(g.context);
  auto& metadata = j["metadata"] = json::object();
  for (const auto& [name, value] : g.metadata)
    metadata[name] = value;
  j["last_answer"] = text_or_null(g.last_answer);
  j["times_asked"] = g.times_asked;
  j["calls_affected"] = g.calls_affected;
  j["times_reopened"] = g.times_reopened;
  j["allowed_actions"] = actions_of(g.state);
  j["created_at"] = to_rfc3339(g.created_at);
  j["last_asked_at"] = to_rfc3339(g.last_asked_at);
  j["updated_at"] = to_rfc3339(g.updated_at);
  j["version"] = g.version;
  return j;
}

json show(const gap::asking& a) {
  json j;
  j["n"] = a.n;
  j["agent"] = std::string(knowledge::to_string(a.who));
  j["source"] = std::string(gap::to_string(a.from));
  j["question"] = a.question;
  j["answered"] = text_or_null(a.answered);
  j["context_id"] = id_or_null(a.context);
  j["at"] = to_rfc3339(a.at);
  return j;
}

json show(const brain::chat& c) {
  json j;
  j["id"] = to_string(c.id);
  j["agent"] = std::string(knowledge::to_string(c.with));
  j["title"] = c.title;
  j["message_count"] = c.messages;
  j["created_at"] = to_rfc3339(c.created_at);
  j["updated_at"] = to_rfc3339(c.updated_at);
  return j;
}

json show(const brain::message& m) {
  json j;
  j["n"] = m.n;
  j["from"] = m.from_user ? "user" : "agent";
  j["text"] = m.text;
  j["sources"] = show(m.sources);
  j["knowledge_gap_id"] = id_or_null(m.gap);
  j["calendar_proposal_id"] = id_or_null(m.proposal);
  j["by"] = text_or_null(m.by);
  j["at"] = to_rfc3339(m.at);
  return j;
}

json show(const brain::answered& a, const user_id& owner) {
  json j;
  j["conversation_id"] = id_or_null(a.chat);
  j["reply"] = a.reply;
  j["covered"] = a.covered;
  j["sources"] = show(a.sources);
  j["knowledge_gap"] = a.gap ? show(*a.gap, owner) : json();
  j["calendar_proposal"] = a.proposal ? show(*a.proposal) : json();
  j["by"] = a.by;
  return j;
}

} // namespace ringmaster::net
