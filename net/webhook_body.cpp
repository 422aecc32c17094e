#include "net/webhook_body.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "http/client.hpp"
#include "net/json.hpp"
#include "net/views.hpp"

namespace ringmaster::net {

using json = nlohmann::ordered_json;

result<webhook_wish> read_webhook(std::string_view body, bool fresh) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  webhook_wish w;
  if (fresh)
    r.require("url");
  w.url = r.text("url", 4'000);
  w.description = r.text("description", 1'000);
  w.topics = r.texts("topics", webhook::topics().size());
  w.active = r.boolean("active");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return w;
}

result<webhook::draft> webhook_wish::applied_to(webhook::draft d, const config::settings& s) const {
  if (url)
    d.url = *url;
  if (description)
    d.description = *description;
  if (topics)
    d.topics = *topics;
  if (active)
    d.active = *active;
  auto read = http::parse_url(d.url);
  if (!read)
    return fail_field("/url", "not_a_url", read.error().detail);
  std::vector<ip_network> allowed;
  for (const auto& text : s.webhooks.allow_private)
    if (auto range = parse_network(text))
      allowed.push_back(*range);
  return webhook::check(
      std::move(d), webhook::destination{read->tls, read->host, read->port}, allowed);
}

result<replay_wish> read_replay(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  std::optional<replay_wish> wish;
  if (r.has("delivery_id") == r.has("since"))
    r.mistake("delivery_id", "required", "name either delivery_id or since");
  if (auto text = r.text("delivery_id")) {
    if (auto id = delivery_id::parse(*text))
      wish = *id;
    else
      r.mistake("delivery_id", "invalid", "must be the id of a delivery");
  }
  if (auto since = r.time("since"))
    wish = *since;
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return *wish;
}

json show(const webhook::view& w) {
  json j;
  j["id"] = to_string(w.id);
  j["url"] = w.url;
  j["description"] = w.description;
  j["topics"] = w.topics;
  j["active"] = w.active;
  j["disabled_reason"] = w.disabled_reason.empty() ? json() : json(w.disabled_reason);
  j["failing_since"] = show(w.failing_since);
  j["last_success_at"] = show(w.last_success_at);
  j["previous_secret_until"] = show(w.previous_secret_until);
  j["created_at"] = show(std::optional(w.created_at));
  j["updated_at"] = show(std::optional(w.updated_at));
  return j;
}

json show(const webhook::delivery& d, bool payload) {
  json j;
  j["id"] = to_string(d.id);
  j["webhook_id"] = to_string(d.to);
  j["type"] = d.type;
  j["status"] = webhook::to_string(d.state);
  j["attempts"] = d.attempts;
  j["response_code"] = d.response_code ? json(*d.response_code) : json();
  j["last_error"] = d.last_error.empty() ? json() : json(d.last_error);
  j["took_ms"] = d.took_ms ? json(*d.took_ms) : json();
  j["next_attempt_at"] = show(d.next_attempt_at);
  j["last_attempt_at"] = show(d.last_attempt_at);
  j["delivered_at"] = show(d.delivered_at);
  j["created_at"] = show(std::optional(d.created_at));
  if (payload)
    j["payload"] = d.payload;
  return j;
}

} // namespace ringmaster::net
