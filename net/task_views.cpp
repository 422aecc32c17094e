#include "net/task_views.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/money_json.hpp"
#include "net/talk_views.hpp"
#include "net/views.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

namespace {

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

json number_or_null(const std::optional<phone_number>& n) { return n ? json(n->reveal()) : json(); }

json pairs(
    const std::vector<std::pair<std::string, std::string>>& all, const char* first,
    const char* second) {
  auto items = json::array();
  for (const auto& [a, b] : all) {
    json one;
    one[first] = a;
    one[second] = b;
    items.push_back(std::move(one));
  }
  return items;
}

json show_all(const std::vector<assistant::question>& all) {
  auto items = json::array();
  for (const auto& q : all) {
    json one;
    one["field"] = q.field;
    one["text"] = q.text;
    one["required"] = q.required;
    items.push_back(std::move(one));
  }
  return items;
}

json show(const assistant::risks& r) {
  json j;
  j["level"] = std::string(assistant::to_string(r.verdict));
  auto& items = j["findings"] = json::array();
  for (const auto& f : r.findings) {
    json one;
    one["kind"] = f.kind;
    one["why"] = f.why;
    items.push_back(std::move(one));
  }
  return j;
}

json show_approval(const task::record& t) {
  json j;
  j["reason"] = text_or_null(t.approval_reason);
  j["approved_by"] = text_or_null(t.approved_by);
  j["approved_at"] = net::show(t.approved_at);
  j["approved_price"] = show_money(t.approved_price);
  j["approved_phone_number"] = number_or_null(t.approved_number);
  return j;
}

} // namespace

bool requires_clarification(const task::record& t) {
  return t.state == task::status::waiting_for_user &&
         std::any_of(
             t.questions.begin(), t.questions.end(), [](const auto& q) { return q.required; });
}

json show(const std::optional<assistant::plan>& p) {
  if (!p)
    return {};
  json j;
  j["title"] = p->title;
  j["goal"] = p->goal;
  j["steps"] = p->steps;
  j["hard_constraints"] = p->hard_constraints;
  j["soft_preferences"] = p->soft_preferences;
  j["contact_name"] = text_or_null(p->contact_name);
  j["company_name"] = text_or_null(p->company_name);
  j["phone_number"] = text_or_null(p->phone_number);
  j["max_price"] = show_money(p->max_price);
  auto& times = j["times"] = json::array();
  for (const auto& t : p->times) {
    json one;
    one["text"] = t.text;
    one["meaning"] = text_or_null(t.meaning);
    times.push_back(std::move(one));
  }
  j["missing"] = show_all(p->missing);
  return j;
}

json show(const std::optional<assistant::script>& s) {
  if (!s)
    return {};
  json j;
  j["introduction"] = s->introduction;
  j["key_questions"] = s->key_questions;
  j["fallback_answers"] = pairs(s->fallback_answers, "when", "say");
  j["price_negotiation"] = text_or_null(s->price_negotiation);
  j["closing"] = s->closing;
  j["voicemail"] = text_or_null(s->voicemail);
  return j;
}

json show(const task::record& t) {
  json j;
  j["id"] = to_string(t.id);
  j["title"] = t.title;
  j["raw_instruction"] = t.raw_instruction;
  j["status"] = std::string(task::to_string(t.state));
  j["allowed_transitions"] = task::next_of(t.state);
  j["priority"] = std::string(task::to_string(t.urgency));
  j["tone"] = std::string(to_string(t.voice));
  j["max_price"] = show_money(t.max_price);
  j["hard_constraints"] = t.hard_constraints;
  j["soft_preferences"] = t.soft_preferences;
  j["contact_id"] = t.contact ? json(to_string(*t.contact)) : json();
  j["target_phone_number"] = number_or_null(t.number);
  j["needs_user_confirmation"] = t.needs_user_confirmation;
  write_talk(j, t.talk);
  j["parent_call_id"] = t.parent_call ? json(to_string(*t.parent_call)) : json();
  j["ai_plan"] = show(t.plan);
  j["planned_by"] = text_or_null(t.plan_by);
  j["prompt_version"] = text_or_null(t.plan_prompt);
  j["risks"] = show(t.risks);
  j["questions"] = show_all(t.questions);
  auto& answers = j["answers"] = json::object();
  for (const auto& [field, answer] : t.answers)
    answers[field] = answer;
  j["approval"] = show_approval(t);
  j["call_script"] = show(t.script);
  j["calls_made"] = t.calls_made;
  j["retry_at"] = show(t.retry_at);
  j["summary"] = text_or_null(t.summary);
  j["reason"] = text_or_null(t.reason);
  j["created_at"] = to_rfc3339(t.created_at);
  j["updated_at"] = to_rfc3339(t.updated_at);
  j["version"] = t.version;
  return j;
}

json show(const contact::view& c) {
  json j;
  j["id"] = to_string(c.id);
  j["name"] = c.name;
  j["company_name"] = text_or_null(c.company_name);
  j["phone_number"] = number_or_null(c.number);
  j["email"] = text_or_null(c.email);
  j["timezone"] = text_or_null(c.timezone);
  j["notes"] = text_or_null(c.notes);
  j["created_at"] = to_rfc3339(c.created_at);
  j["updated_at"] = to_rfc3339(c.updated_at);
  j["version"] = c.version;
  return j;
}

json show(const assistant_settings& s) {
  json j;
  j["max_auto_approve_amount"] = show_money(s.max_auto_approve_amount);
  j["default_call_tone"] = std::string(to_string(s.default_call_tone));
  j["allowed_auth_fields"] = s.allowed_auth_fields;
  j["auto_retry_failed_calls"] = s.auto_retry_failed_calls;
  j["max_retry_attempts"] = s.max_retry_attempts;
  j["timezone"] = s.timezone;
  j["allowed_call_start_time"] = s.allowed_call_start_time;
  j["allowed_call_end_time"] = s.allowed_call_end_time;
  j["allowed_days_of_week"] = s.allowed_days_of_week;
  j["daily_model_budget"] = show_money(s.daily_model_budget);
  j["transfer_numbers"] = s.transfer_numbers;
  j["version"] = s.version;
  return j;
}

json show(const business_profile& p) {
  json j;
  j["name"] = p.name;
  j["description"] = p.description;
  j["hours"] = p.hours;
  j["address"] = p.address;
  j["website"] = p.website;
  j["email"] = p.email;
  j["phone_number"] = number_or_null(p.number);
  auto& facts = j["facts"] = json::object();
  for (const auto& [name, text] : p.facts)
    facts[name] = text;
  j["version"] = p.version;
  j["updated_at"] = p.version == 0 ? json() : json(to_rfc3339(p.updated_at));
  return j;
}

json show(const notification::view& n) {
  json j;
  j["id"] = to_string(n.id);
  j["kind"] = std::string(notification::to_string(n.said.what));
  j["title"] = n.said.title;
  j["text"] = n.said.text;
  j["subject_kind"] = text_or_null(n.said.subject_kind);
  j["subject_id"] = n.said.subject ? json(to_string(n.said.subject)) : json();
  j["highlights"] = pairs(n.said.highlights, "label", "value");
  j["read"] = n.read_at.has_value();
  j["read_at"] = show(n.read_at);
  j["created_at"] = to_rfc3339(n.created_at);
  return j;
}

json show(const vault::entry& e) {
  json j;
  j["name"] = e.name;
  j["label"] = e.label;
  j["updated_at"] = to_rfc3339(e.updated_at);
  return j;
}

json show(const usage_book::line& l) {
  json j;
  j["day"] = l.day;
  j["provider"] = l.provider;
  j["model"] = l.model;
  j["function"] = l.function;
  j["requests"] = l.requests;
  j["prompt_tokens"] = l.prompt_tokens;
  j["completion_tokens"] = l.completion_tokens;
  j["cost"] = show_money(money{l.cost_micros});
  return j;
}

} // namespace ringmaster::net
