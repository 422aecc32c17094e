#define CAF_SUITE system.injection

#include "tests/system/population.hpp"

#include <caf/test/unit_test.hpp>

#include <iostream>

using namespace ringmaster;
using namespace ringmaster::support;
using namespace ringmaster::system_test;

namespace {

const std::vector<std::string> attacks{
  "'; drop table campaigns; --",
  "' or '1'='1",
  "x'); delete from targets; --",
  "\\'; select pg_sleep(20); --",
  "$$; update users set email = 'x'; $$",
  "1; copy users to program 'id'",
  "%' or true or name like '%",
  "\xf0\x9f\x98\x80\xc3\xa9 ' \" \\ \n\r\t\x01",
  "{\"a\":1}",
  "${jndi:ldap://x}",
  std::string(3000, 'A'),
};

std::string in_url(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text)
    (out += '%') += digits[c >> 4], out += digits[c & 15];
  return out;
}

} // namespace

CAF_TEST(no text in any parameter reaches the database as anything but a value) {
  population p;
  auto db = p.s.database();
  const auto ann_id = db->text("select user_id::text from ringmaster.users where email = 'ann@example.com'");
  const auto d = p.description();
  std::size_t sent = 0, failed = 0;
  std::string first;
  const auto send = [&](const std::string& method, const std::string& target, const std::string& body,
                        const support::http_headers& more = {}) {
    const auto got = p.bob.call(method, target, body, more, seconds(10));
    ++sent;
    // 503 would be a refusal for lack of a database: there is one.
    if (got.status >= 500 || (got.status == 0 && target.size() < 2000)) {
      ++failed;
      if (first.empty())
        first = method + " " + target.substr(0, 200) + " " + body.substr(0, 300) + ": " + got.summary();
    }
  };
  for (const auto& o : d.operations()) {
    if (o.path == "/api/events" || o.path == "/api/stop")
      continue;
    const auto body = p.body_for(o, d);
    for (const auto& attack : attacks) {
      for (const auto& parameter : o.parameters) {
        const auto name = text(parameter, "name");
        if (text(parameter, "in") == "query")
          send(o.method, p.fill(o.path, true) + "?" + name + "=" + in_url(attack), body);
        else if (text(parameter, "in") == "header" && attack.find_first_of("\r\n\x01") == std::string::npos)
          send(o.method, p.fill(o.path, true), body, {{name, attack}});
        else if (text(parameter, "in") == "path") {
          auto path = o.path;
          const auto at = path.find("{" + name + "}");
          if (at != std::string::npos && attack.size() < 500) {
            path.replace(at, name.size() + 2, in_url(attack));
            send(o.method, p.fill(path, true), body);
          }
        }
      }
      if (o.body_schema.is_null())
        continue;
      for (const auto& member : d.text_members(o.body_schema)) {
        auto changed = json::parse(body.empty() ? "{}" : body, nullptr, false);
        if (!changed.is_object())
          continue;
        changed[member] = attack;
        send(o.method, p.fill(o.path, true), changed.dump(-1, ' ', false, json::error_handler_t::replace));
      }
    }
  }
  CAF_MESSAGE("rows of an upload: every column of JSON, NDJSON and CSV");
  const auto mine = make_campaign(p.bob, open_campaign("Mine"), json::array());
  const auto where = "/api/campaigns/" + mine + "/targets";
  for (const auto& attack : attacks) {
    for (const char* member : {"phone_number", "contact_name", "client_id", "timezone"}) {
      auto rows = targets(2000, 1);
      rows[0][member] = attack;
      const auto line = rows[0].dump(-1, ' ', false, json::error_handler_t::replace);
      send("POST", where, "[" + line + "]");
      send("POST", where, line + "\n", {{"Content-Type", "application/x-ndjson"}});
      std::string quoted;
      for (char c : attack)
        quoted += c == '"' ? "\"\"" : std::string(1, c);
      send(
        "POST", where, std::string(member) + ",phone_number\n\"" + quoted + "\"," + number(2001) + "\n",
        {{"Content-Type", "text/csv"}});
    }
  }
  std::cerr << "injection: " << sent << " requests\n";
  if (!first.empty())
    CAF_MESSAGE(first);
  CAF_CHECK_GREATER(sent, 300u);
  CAF_CHECK_EQUAL(failed, 0u);
  CAF_CHECK_EQUAL(db->text("select email from ringmaster.users where user_id = $1::uuid", {ann_id}), "ann@example.com");
  const auto campaign = p.ann.campaign(p.ids["campaigns"]);
  CAF_CHECK_EQUAL(text(campaign, "name"), p.canary + " campaign");
  CAF_CHECK_EQUAL(progress(campaign, "total"), 3);
  CAF_CHECK_EQUAL(p.ann.all("/api/campaigns/" + p.ids["campaigns"] + "/targets", "targets").size(), 3u);
  CAF_CHECK_EQUAL(p.ann.all("/api/suppressions", "suppressions").size(), 1u);
}
