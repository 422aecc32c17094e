#define CAF_SUITE system.tenancy

#include "tests/system/population.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>

using namespace ringmaster;
using namespace ringmaster::support;
using namespace ringmaster::system_test;

namespace {

/// What a key's use may change by itself, and what the engine seals in the background.
const std::vector<std::string> restless{"api_keys.last_used_at"};

/// Rows of one user in every table, by what stands in their user_id.
std::map<std::string, std::string> rows_of(support::sql& db, const std::string& user) {
  std::map<std::string, std::string> out;
  for (const auto& [table, rows] : picture(db, restless))
    for (std::size_t at = 0; at < rows.size();) {
      const auto end = rows.find('\n', at);
      const auto line = rows.substr(at, end - at);
      if (line.find(user) != std::string::npos)
        out[table] += line + "\n";
      at = end + 1;
    }
  return out;
}

} // namespace

CAF_TEST(another user sees and changes nothing by any route) {
  population p;
  auto db = p.s.database();
  const auto ann_id = db->text("select user_id::text from ringmaster.users where email = 'ann@example.com'");
  const auto before = rows_of(*db, ann_id);
  CAF_REQUIRE_GREATER(before.size(), 4u);

  const auto d = p.description();
  const auto secret = [&](const answer& a) {
    if (a.body.find(p.canary) != std::string::npos || a.body.find(number(0)) != std::string::npos ||
        a.body.find(number(50)) != std::string::npos)
      return true;
    return std::any_of(p.ids.begin(), p.ids.end(), [&](const auto& id) {
      // A refusal may repeat what it was asked for; a success may not know it.
      return a.ok() && a.body.find(id.second) != std::string::npos;
    });
  };
  std::size_t with_id = 0, without_id = 0;
  for (const auto& o : d.operations()) {
    if (!o.path.starts_with("/api/") || o.path.starts_with("/api/webhooks/") ||
        o.path.starts_with("/api/relay/") || o.path == "/api/events" || o.path == "/api/stop")
      continue;
    const auto body = p.body_for(o, d);
    // Whoever puts a credential makes their own: its name is no id of a thing.
    if (o.path == "/api/credentials/{name}" && o.method == "PUT")
      continue;
    if (o.has_path_parameter()) {
      ++with_id;
      const auto theirs = p.bob.call(o.method, p.fill(o.path, true), body);
      const auto absent = p.bob.call(o.method, p.fill(o.path, false), body);
      CAF_MESSAGE(o.method << " " << o.path << ": " << theirs.status << ", absent " << absent.status);
      // What only operators may see refuses everybody else before it looks anything up.
      const bool operators = o.path.starts_with("/api/admin/") || o.path.starts_with("/api/users/");
      const auto refused = operators ? 403 : 404;
      CAF_CHECK_EQUAL(theirs.status, refused);
      CAF_CHECK_EQUAL(absent.status, refused);
      CAF_CHECK_EQUAL(text(theirs.json, "code"), text(absent.json, "code"));
      CAF_CHECK(!secret(theirs));
    } else if (o.method == "GET") {
      ++without_id;
      // The installation's models are everybody's, and ann's credential has the name of one.
      if (o.path == "/api/models") {
        CAF_CHECK_EQUAL(p.bob.get(o.path).body.find(p.canary), std::string::npos);
        continue;
      }
      for (const auto& query : {std::string(), "?q=" + p.canary, "?subject=" + p.ids["campaigns"],
                                "?campaign_id=" + p.ids["campaigns"]}) {
        const auto got = p.bob.get(o.path + query);
        if (secret(got))
          CAF_MESSAGE(o.path << query << ": " << got.summary());
        CAF_CHECK(!secret(got));
      }
    }
  }
  CAF_CHECK_GREATER(with_id, 6u);
  CAF_CHECK_GREATER(without_id, 3u);

  CAF_MESSAGE("lists of the other are empty");
  CAF_CHECK(p.bob.all("/api/campaigns", "campaigns").empty());
  CAF_CHECK(p.bob.all("/api/suppressions", "suppressions").empty());
  const auto now = rows_of(*db, ann_id);
  CAF_CHECK_EQUAL(difference(before, now), "");

  CAF_MESSAGE("the metrics and the probes name nobody");
  for (const char* path : {"/metrics", "/healthz", "/readyz"}) {
    const auto got = p.bob.get(path);
    CAF_CHECK(!secret(got));
    CAF_CHECK_EQUAL(got.body.find(ann_id), std::string::npos);
  }
}

CAF_TEST(the application role sees no row of any table without a signed context) {
  population p;
  auto db = p.s.database();
  const auto where = p.s.cluster();
  CAF_REQUIRE(where.has_value());
  const auto name = db->text("select current_database()");
  std::size_t tables = 0;
  for (const char* role : {"rm_app"}) {
    std::unique_ptr<support::sql> app;
    try {
      app = std::make_unique<support::sql>(where->connect_as(role, name));
    } catch (const std::exception& e) {
      CAF_MESSAGE(role << " cannot sign in from here: " << e.what());
      continue;
    }
    CAF_CHECK_EQUAL(
      app->text("select rolsuper::text || rolbypassrls::text from pg_roles where rolname = current_user"),
      "falsefalse");
    for (const auto& row : db->rows(
           "select n.nspname || '.' || quote_ident(c.relname) as name, exists ("
           "   select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id')::text as owned"
           "  from pg_class c join pg_namespace n on n.oid = c.relnamespace"
           " where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')"
           "   and n.nspname not like 'pg_%'")) {
      const auto& table = *row.at("name");
      ++tables;
      for (const auto& context :
           {std::string(), std::string("select set_config('app.ctx', '00000000-0000-0000-0000-000000000000.app.9999999999.00', false)")}) {
        if (!context.empty())
          app->trouble(context);
        const auto refused = app->trouble("select count(*) from " + table);
        long seen = 0;
        if (refused.empty())
          seen = app->count("select count(*) from " + table);
        if (seen != 0 && *row.at("owned") == "true")
          CAF_MESSAGE(role << " sees " << seen << " rows of " << table);
        if (*row.at("owned") == "true")
          CAF_CHECK_EQUAL(seen, 0);
        CAF_CHECK_NOT_EQUAL(app->trouble("truncate " + table), "");
        if (*row.at("owned") == "true" && app->trouble("delete from " + table).empty())
          CAF_CHECK_EQUAL(
            app->count("with gone as (delete from " + table + " returning 1) select count(*) from gone"), 0);
      }
    }
  }
  CAF_CHECK_GREATER(tables, 0u);
  CAF_CHECK_EQUAL(p.ann.all("/api/campaigns", "campaigns").size(), 1u);
}
