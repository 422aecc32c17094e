#include "tests/system/population.hpp"

#include <algorithm>
#include <stdexcept>

namespace ringmaster::system_test {

population::population()
  : s({}, {"--ring", "20ms", "--talk", "50ms", "--mix", "answered=1"}),
    canary("canary" + std::to_string(seed())) {
  s.start_carrier();
  s.start_engine();
  if (!s.ready_within(seconds(15)))
    throw std::runtime_error("not ready: " + s.engine_tail());
  ann = s.add_user("ann@example.com");
  bob = s.add_user("bob@example.com");

  auto c = open_campaign(canary + " campaign");
  c["description"] = canary;
  c["script"] = canary + " script";
  auto rows = targets(0, 3);
  for (auto& row : rows)
    row["contact_name"] = canary + " contact";
  ids["campaigns"] = make_campaign(ann, c, rows);
  if (ann.act(ids["campaigns"], "start").status != 200)
    throw std::runtime_error("start: " + ann.campaign(ids["campaigns"]).dump());
  const bool done = wait_until(
    seconds(30), [&] { return text(ann.campaign(ids["campaigns"]), "status") == "completed"; },
    milliseconds(50));
  if (!done)
    throw std::runtime_error("not completed: " + progress_line(ann.campaign(ids["campaigns"])));
  ids["targets"] = text(ann.all("/api/campaigns/" + ids["campaigns"] + "/targets", "targets")[0], "id");
  ids["call-sessions"] = text(ann.all("/api/campaigns/" + ids["campaigns"] + "/calls", "calls")[0], "id");
  const auto suppressed =
    ann.post("/api/suppressions", {{"phone_number", number(50)}, {"reason", canary}});
  if (suppressed.json.contains("suppression"))
    ids["suppressions"] = text(suppressed.json["suppression"], "id");
  const auto contact = ann.post(
    "/api/contacts", {{"name", canary + " dentist"}, {"phone_number", number(60)}, {"notes", canary}});
  if (contact.json.contains("contact"))
    ids["contacts"] = text(contact.json["contact"], "id");
  // It has no number, so it waits for one and a notification says so.
  const auto task = ann.post("/api/call-tasks", {{"raw_instruction", "Call my " + canary + " and ask for the hours"}});
  if (task.json.contains("call_task"))
    ids["call-tasks"] = text(task.json["call_task"], "id");
  const auto told = ann.all("/api/notifications", "notifications");
  if (!told.empty())
    ids["notifications"] = text(told[0], "id");
  ids["credentials"] = "rules";
  const json secrets{{"api_key", canary + "-key"}};
  const json profile{{"name", canary + " Ltd"}, {"description", canary}};
  for (const auto& [path, body] : {std::pair{std::string("/api/credentials/rules"), secrets},
                                   std::pair{std::string("/api/business-profile"), profile},
                                   std::pair{std::string("/api/assistant-settings"), json::object()}})
    if (const auto stored = ann.call("PUT", path, body.dump()); !stored.ok())
      throw std::runtime_error(path + ": " + stored.summary());
  for (const char* kind : {"contacts", "call-tasks", "notifications"})
    if (ids[kind].empty())
      throw std::runtime_error(std::string("the population has no ") + kind);
  const auto key = ann.post("/api/api-keys", {{"name", canary}});
  if (key.json.contains("api_key"))
    ids["api-keys"] = text(key.json["api_key"], "id");
}

openapi_document population::description() const {
  const auto got = ann.get("/openapi.json");
  if (got.status != 200 || !got.json.contains("paths"))
    throw std::runtime_error("/openapi.json: " + got.summary());
  return openapi_document(got.json);
}

std::string population::fill(const std::string& path, bool with_anns) const {
  std::string out, segment;
  for (std::size_t at = 0; at < path.size();) {
    const auto next = std::min(path.find('/', at + 1), path.size());
    const auto part = path.substr(at + 1, next - at - 1);
    if (part.starts_with("{")) {
      const auto known = ids.find(segment);
      out += "/" + (with_anns && known != ids.end() ? known->second
                                                   : "01890000-0000-7000-8000-0123456789ab");
    } else {
      out += "/" + part;
      segment = part;
    }
    at = next;
  }
  return out;
}

std::string population::body_for(const operation& o, const openapi_document& d) const {
  if (o.path == "/api/campaigns/{id}" && o.method == "PATCH")
    return R"({"action": "update", "name": "taken over"})";
  if (o.path == "/api/call-tasks/{id}" && o.method == "PATCH")
    return R"({"title": "taken over"})";
  if (o.path == "/api/campaigns/{id}/targets" && o.method == "POST")
    return targets(900, 1).dump();
  if (o.path == "/api/campaigns" && o.method == "POST")
    return open_campaign("Mine").dump();
  if (o.path == "/api/suppressions" && o.method == "POST")
    return json({{"phone_number", number(901)}}).dump();
  if (o.path == "/api/call-sessions/{id}/transfer")
    return json({{"phone_number", number(902)}}).dump();
  return o.body_schema.is_null() ? "" : d.sample(o.body_schema).dump();
}

std::map<std::string, std::string>
picture(support::sql& db, const std::vector<std::string>& except) {
  std::map<std::string, std::string> out;
  const auto tables = db.rows(
    "select n.nspname || '.' || quote_ident(c.relname) as name, c.relname as bare"
    "  from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    " where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')"
    "   and n.nspname not like 'pg_%'"
    // The engine's own books, which it keeps in the background.
    "   and c.relname not in ('audit_seals', 'webhook_answers', 'call_costs')");
  for (const auto& table : tables) {
    const auto& name = *table.at("name");
    std::string row = "to_jsonb(t)";
    for (const auto& hidden : except)
      if (hidden.starts_with(*table.at("bare") + "."))
        row += " - '" + hidden.substr(hidden.find('.') + 1) + "'";
    for (const auto& r : db.rows("select (" + row + ")::text as r from " + name + " t order by 1"))
      out[name] += *r.at("r") + "\n";
  }
  return out;
}

std::string difference(
  const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after) {
  std::string out;
  for (const auto& [name, rows] : after) {
    const auto old = before.find(name);
    if (old != before.end() && old->second == rows)
      continue;
    out += name + ":";
    for (std::size_t at = 0; at < rows.size();) {
      const auto end = rows.find('\n', at);
      const auto line = rows.substr(at, end - at);
      if (old == before.end() || old->second.find(line) == std::string::npos)
        out += " + " + line.substr(0, 400);
      at = end + 1;
    }
    out += "\n";
  }
  for (const auto& [name, rows] : before)
    if (!after.contains(name))
      out += name + " is gone (" + std::to_string(rows.size()) + " bytes)\n";
  return out;
}

} // namespace ringmaster::system_test
