#define CAF_SUITE system.doctor

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <map>
#include <string>

#include "tests/support/plain_http.hpp"
#include "tests/support/raw_socket.hpp"

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

struct diagnosis {
  int status = -1;
  json doc;
  std::string output;

  /// The result of a check; of several with one id the first.
  std::string of(const std::string& id) const { return told(id, "result"); }
  std::string told(const std::string& id, const std::string& member) const {
    for (const auto& check : doc.value("checks", json::array()))
      if (check["id"] == id)
        return check[member].is_string() ? check[member].get<std::string>() : "";
    return "absent";
  }
};

diagnosis ask(const stage& s, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"doctor", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  auto done = s.command(words);
  diagnosis d;
  d.status = done.status.value_or(-1);
  d.output = done.output;
  auto begin = done.output.find("{\"ok\"");
  if (begin != std::string::npos)
    d.doc = json::parse(done.output.substr(begin), nullptr, false);
  if (!d.doc.is_object())
    d.doc = json::object();
  // The words, the verdicts and the exit code say the same.
  long failed = 0;
  for (const auto& check : d.doc.value("checks", json::array())) {
    failed += check["result"] == "fail";
    bool to_mend = check["result"] == "fail" || check["result"] == "warn";
    if (to_mend != check["mend"].is_string())
      CAF_ERROR(check.dump());
  }
  CAF_CHECK_EQUAL(d.doc.value("failed", -1L), failed);
  CAF_CHECK_EQUAL(d.doc.value("ok", false), failed == 0);
  CAF_CHECK_EQUAL(d.status, failed == 0 ? 0 : 1);
  return d;
}

bool cluster_runs(const stage& s) { return s.cluster().has_value(); }

} // namespace

CAF_TEST(a fine installation is told fine before beside and after its engine) {
  stage s;
  s.start_carrier();
  auto before = ask(s);
  CAF_MESSAGE(before.output);
  CAF_CHECK_EQUAL(before.status, 0);
  CAF_CHECK_EQUAL(before.of("data.directory"), "ok");
  CAF_CHECK_EQUAL(before.of("http.listen"), "ok");
  CAF_CHECK_EQUAL(before.of("database.server"), "skipped");
  CAF_CHECK_EQUAL(before.of("carrier.account"), "ok");
  CAF_CHECK_EQUAL(before.of("carrier.callers"), "ok");
  CAF_CHECK_EQUAL(before.of("http.public_url"), "skipped");
  CAF_CHECK(!cluster_runs(s)); // nothing was made by looking
  CAF_CHECK(read_text(s.settings().at("DATA_DIRECTORY") + "/master.key").empty());

  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(20)).has_value());
  auto beside = ask(s);
  CAF_MESSAGE(beside.output);
  CAF_CHECK_EQUAL(beside.status, 0);
  for (const char* id :
       {"settings", "data.directory", "data.disk", "http.listen", "database.server",
        "database.schema", "database.role", "database.durability", "time.database", "time.zones",
        "carrier.from", "carrier.account", "carrier.callers", "time.carrier", "http.public_url",
        "ai.rules"})
    CAF_CHECK_EQUAL(std::string(id) + " " + beside.of(id), std::string(id) + " ok");
  CAF_CHECK(
      beside.told("http.listen", "measured").find(std::to_string(s.engine().pid())) !=
      std::string::npos);
  CAF_CHECK(beside.told("database.server", "measured").find("an engine runs") != std::string::npos);
  CAF_CHECK_EQUAL(http_call(s.authority(), "GET", "/readyz").status, 200);

  auto quiet = ask(s, {"--offline"});
  CAF_CHECK_EQUAL(quiet.status, 0);
  CAF_CHECK_EQUAL(quiet.of("carrier.account"), "skipped");
  CAF_CHECK_EQUAL(quiet.of("ai.rules"), "skipped");
  CAF_CHECK_EQUAL(quiet.of("database.role"), "ok");

  CAF_CHECK_EQUAL(s.stop_engine().value_or(-1), 0);
  CAF_CHECK(!cluster_runs(s));
  auto after = ask(s);
  CAF_MESSAGE(after.output);
  CAF_CHECK_EQUAL(after.status, 0);
  CAF_CHECK_EQUAL(after.of("database.role"), "ok");
  CAF_CHECK(
      after.told("database.server", "measured").find("for this check only") != std::string::npos);
  CAF_CHECK_EQUAL(after.of("http.public_url"), "skipped");
  CAF_CHECK(!cluster_runs(s)); // and stopped again
  CAF_CHECK_EQUAL(s.command({"doctor", "--nonsense"}).status.value_or(-1), 2);
  auto words = s.command({"doctor", "--offline"});
  CAF_CHECK(words.output.find(" 0 failed") != std::string::npos);
}

CAF_TEST(a wrong token a wrong url and a foreign caller id are each told with the mend) {
  stage s({}, {"--from", "+14155550188"});
  s.start_carrier();
  auto foreign = ask(s);
  CAF_CHECK_EQUAL(foreign.status, 1);
  CAF_CHECK_EQUAL(foreign.of("carrier.account"), "ok");
  CAF_CHECK_EQUAL(foreign.of("carrier.callers"), "fail");
  CAF_CHECK(foreign.told("carrier.callers", "measured").find(caller_id) != std::string::npos);

  s.settings()["CARRIER_AUTH_TOKEN"] = "ffffffffffffffffffffffffffffffff";
  auto refused = ask(s);
  CAF_CHECK_EQUAL(refused.of("carrier.account"), "fail");
  CAF_CHECK_EQUAL(refused.of("carrier.callers"), "skipped");
  CAF_CHECK(refused.told("carrier.account", "mend").find("auth_token") != std::string::npos);
  CAF_CHECK(refused.output.find("ffffffffffffffff") == std::string::npos);

  s.settings()["CARRIER_BASE_URL"] = "http://127.0.0.1:1";
  auto nobody = ask(s);
  CAF_CHECK_EQUAL(nobody.of("carrier.account"), "fail");
  CAF_CHECK(nobody.told("carrier.account", "mend").find("base_url") != std::string::npos);
}

CAF_TEST(a public url that leads elsewhere is told while an engine runs) {
  stage s;
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(20)).has_value());
  // What the doctor signs is not what the engine checks against.
  s.settings()["HTTP_PUBLIC_URL"] =
      "http://localhost:" + s.authority().substr(s.authority().find(':') + 1);
  auto bent = ask(s);
  CAF_CHECK_EQUAL(bent.status, 1);
  CAF_CHECK_EQUAL(bent.of("http.public_url"), "fail");
  CAF_CHECK(bent.told("http.public_url", "measured").find("signature") != std::string::npos);
  s.settings()["HTTP_PUBLIC_URL"] = "http://127.0.0.1:1";
  CAF_CHECK_EQUAL(ask(s).of("http.public_url"), "fail");
  // The carrier answers there, but is no engine.
  s.settings()["HTTP_PUBLIC_URL"] = "http://" + s.carrier_authority();
  CAF_CHECK(ask(s).told("http.public_url", "measured").find("something else") != std::string::npos);
}

CAF_TEST(a port that is taken is told with its holder and a free one) {
  stage s;
  s.start_carrier();
  s.settings()["HTTP_LISTEN"] = s.carrier_authority();
  auto taken = ask(s, {"--offline"});
  CAF_CHECK_EQUAL(taken.status, 1);
  CAF_CHECK_EQUAL(taken.of("http.listen"), "fail");
  CAF_CHECK(taken.told("http.listen", "measured").find("is held by ") != std::string::npos);
  CAF_CHECK(
      taken.told("http.listen", "mend").find("http.listen = \"127.0.0.1:") != std::string::npos);
}

CAF_TEST(a database that is away and mistakes in the settings are told all together) {
  stage s;
  s.settings()["DATABASE_URL"] = "postgresql://nobody:very-secret@127.0.0.1:1/ringmaster";
  auto away = ask(s, {"--offline"});
  CAF_CHECK_EQUAL(away.status, 1);
  CAF_CHECK_EQUAL(away.of("database.server"), "fail");
  CAF_CHECK_EQUAL(away.of("database.role"), "skipped");
  CAF_CHECK(away.output.find("very-secret") == std::string::npos);
  s.settings()["HTTP_LISTEN"] = "nowhere";
  s.settings()["CARRIER_FORM"] = "+14155550199";
  auto wrong = ask(s);
  CAF_CHECK_EQUAL(wrong.status, 1);
  long mistakes = 0;
  for (const auto& check : wrong.doc.value("checks", json::array()))
    mistakes += check["id"] == "settings" && check["result"] == "fail";
  CAF_CHECK_EQUAL(mistakes, 2);
  CAF_CHECK_EQUAL(wrong.of("database.server"), "skipped");
}

CAF_TEST(the console tries carrier and models without dialing) {
  stage s;
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(20)).has_value());
  auto ann = s.add_user("ann@example.com");
  auto tried = ann.post("/api/carrier/test", json::object());
  CAF_REQUIRE_EQUAL(tried.status, 200);
  CAF_MESSAGE(tried.body);
  CAF_CHECK(tried.json["test"]["ok"] == true);
  CAF_CHECK_EQUAL(tried.json["test"]["public_url"]["signature"], "fits");
  CAF_CHECK_EQUAL(tried.json["test"]["caller_ids"][0]["standing"], "owned");
  auto models = ann.get("/api/models");
  CAF_CHECK_EQUAL(models.json["models"][0]["name"], "rules");
  CAF_CHECK(ann.post("/api/models/rules/test", json::object()).json["test"]["ok"] == true);
  const auto shown = ann.get("/api/carrier");
  CAF_CHECK(shown.json["carrier"]["simulated"] == true);
  const auto calls = http_call(s.carrier_authority(), "GET", "/simulator/calls");
  CAF_CHECK(calls.body.find("\"sid\"") == std::string::npos);
}
