#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/handlers/handlers.hpp"
#include "net/number_import.hpp"
#include "net/problem.hpp"
#include "net/query.hpp"

// Copies of registries of people who want no calls, for operators.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

std::optional<std::chrono::sys_days> read_day(const std::string& text) {
  auto at = text.size() == 10 ? parse_rfc3339(text + "T00:00:00Z") : result<instant>(fail(errc::malformed, ""));
  if (!at)
    return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*at);
}

json show(const registry::view& v, instant now) {
  json j;
  j["id"] = to_string(v.id);
  j["name"] = v.what.name;
  j["jurisdiction"] = v.what.jurisdiction;
  j["as_of"] = to_rfc3339(instant(v.what.as_of)).substr(0, 10);
  j["rows"] = v.rows;
  j["status"] = v.loading ? "loading" : "loaded";
  j["fresh"] = registry_fresh(v.what.as_of, now);
  j["loaded_at"] = to_rfc3339(v.loaded_at);
  return j;
}

} // namespace

// GET /api/admin/registries
answer_of_handler list_registries(exchange& x) {
  auto work = [](desk& d) { return d.installation().list_registries(); };
  auto found = co_await on_desk<std::vector<registry::view>>(x.svc.engine, std::move(work));
  if (!found)
    co_return refuse(x, found.error());
  json doc;
  auto& items = doc["registries"] = json::array();
  for (const auto& v : *found)
    items.push_back(show(v, x.svc.time.now()));
  co_return answer(200, doc);
}

// POST /api/admin/registries?name=ftc-415&jurisdiction=US-DNC&as_of=2026-11-01   CSV or NDJSON; in
// several requests with more=true and registry=<id>
answer_of_handler load_registry(exchange& x) {
  query_reader query(x.req);
  registry::draft what;
  what.name = query.text("name").value_or("");
  what.jurisdiction = query.text("jurisdiction").value_or("");
  auto day = read_day(query.text("as_of").value_or(""));
  bool more = query.flag("more", false);
  std::optional<registry_id> on;
  if (auto named = query.text("registry"); named && !(on = registry_id::parse(*named)))
    query.mistake("registry", "invalid", "is not the id of a registry list");
  if (!day)
    query.mistake("as_of", "malformed", "the day of the copy, as 2026-11-01");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  what.as_of = *day;
  if (auto good = registry::check(what, x.svc.time.now()); !good)
    co_return refuse(x, good.error());
  auto type = list_type(x.req);
  if (type == "application/json")
    co_return refuse(x, error{.code = errc::unsupported_type, .detail = "send the list as text/csv or application/x-ndjson"});
  if (!on) {
    auto work = [who = x.who, what](desk& d) { return d.installation().begin_registry(who, what); };
    auto made = co_await on_desk<registry_id>(x.svc.engine, std::move(work));
    if (!made)
      co_return refuse(x, made.error());
    on = *made;
  }
  number_sink sink = [id = *on](desk& d, std::span<const suppression_row> rows) -> result<suppressed> {
    std::vector<phone_number> numbers;
    for (const auto& row : rows)
      numbers.push_back(row.number);
    auto added = d.installation().add_to_registry(id, numbers);
    if (!added)
      return fail(added.error());
    suppressed out;
    out.added = *added;
    out.known = static_cast<std::int64_t>(rows.size()) - *added;
    return out;
  };
  number_report report;
  auto done = co_await import_numbers(x, type, std::move(sink), report);
  json doc;
  doc["report"] = net::show(report);
  doc["registry"] = {{"id", to_string(*on)}, {"status", "loading"}};
  // Half a list is worse than the one before: it is not used until it is sent to its end.
  if (!done)
    co_return problem(done.error(), x.req.id, doc);
  if (more)
    co_return answer(200, doc);
  auto work = [who = x.who, id = *on](desk& d) { return d.installation().finish_registry(who, id); };
  auto finished = co_await on_desk<registry::view>(x.svc.engine, std::move(work));
  if (!finished)
    co_return refuse(x, finished.error());
  doc["registry"] = show(*finished, x.svc.time.now());
  co_return answer(201, doc);
}

// DELETE /api/admin/registries/{id}
answer_of_handler remove_registry(exchange& x) {
  auto id = path_id<registry_id>(x, "registry list");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [who = x.who, id = *id](desk& d) { return d.installation().remove_registry(who, id); };
  auto done = co_await on_desk<void>(x.svc.engine, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

} // namespace ringmaster::net::handlers
