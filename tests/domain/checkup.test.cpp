#define CAF_SUITE checkup

#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "domain/checkup.hpp"

using namespace ringmaster;
using namespace ringmaster::checkup;
using namespace std::chrono_literals;

namespace {

using list = std::vector<std::string>;

/// A verdict with a reason to mend has a mend, and one without has none.
verdict checked(const finding& f) {
  CAF_CHECK(!f.id.empty());
  CAF_CHECK(!f.measured.empty());
  CAF_CHECK(f.page.ends_with(".md"));
  CAF_CHECK_EQUAL(f.mend.empty(), f.is == verdict::ok || f.is == verdict::skipped);
  return f.is;
}

constexpr auto ok = verdict::ok;
constexpr auto warn = verdict::warn;
constexpr auto bad = verdict::fail;
constexpr auto skipped = verdict::skipped;

bool says(const finding& f, const std::string& part) {
  return f.measured.find(part) != std::string::npos;
}

port_facts port() {
  port_facts p;
  p.option = "http.listen";
  p.address = "127.0.0.1:8080";
  return p;
}

} // namespace

CAF_TEST(only a failure changes the exit code and it always does) {
  std::vector<finding> all{
      {"a", ok, "fine", {}, "x.md"}
  };
  CAF_CHECK_EQUAL(exit_code({}), 0);
  CAF_CHECK_EQUAL(exit_code(all), 0);
  all.push_back({"b", warn, "hm", "mend", "x.md"});
  all.push_back(skip("c", "not looked at", "x.md"));
  CAF_CHECK_EQUAL(exit_code(all), 0);
  all.insert(all.begin(), finding{"d", bad, "wrong", "mend", "x.md"});
  CAF_CHECK_EQUAL(exit_code(all), 1);
  all.push_back({"e", ok, "fine", {}, "x.md"}); // nothing that is fine later makes up for it
  CAF_CHECK_EQUAL(exit_code(all), 1);
  CAF_CHECK_EQUAL(count(all, ok), 2u);
}

CAF_TEST(each mistake in the settings is a failure of its own) {
  auto all = judge_settings({"http.listen must be", "carrier.form is not an option"}, "a.toml");
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK(checked(all[0]) == bad);
  CAF_CHECK(checked(all[1]) == bad);
  CAF_CHECK(checked(judge_settings({}, "").at(0)) == ok);
}

CAF_TEST(a data directory must be there or be possible and be ours alone) {
  directory_facts d;
  d.path = "/srv/calls";
  d.exists = d.writable = true;
  CAF_CHECK(checked(judge_directory(d)) == ok);
  d.open_to_others = true;
  CAF_CHECK(checked(judge_directory(d)) == warn);
  d.key_trouble = "others may read it";
  CAF_CHECK(checked(judge_directory(d)) == bad);
  d.writable = false;
  CAF_CHECK(checked(judge_directory(d)) == bad);
  d = {};
  d.path = "/srv/calls";
  d.writable = true;
  CAF_CHECK(checked(judge_directory(d)) == ok);
  d.writable = false;
  CAF_CHECK(checked(judge_directory(d)) == bad);
}

CAF_TEST(a disk is judged at both sides of its bounds) {
  constexpr std::uint64_t mib = 1024 * 1024;
  CAF_CHECK(checked(judge_disk(2048 * mib, 0, "/srv")) == ok);
  CAF_CHECK(checked(judge_disk(2048 * mib - 1, 0, "/srv")) == warn);
  CAF_CHECK(checked(judge_disk(200 * mib, 0, "/srv")) == warn);
  CAF_CHECK(checked(judge_disk(200 * mib - 1, 0, "/srv")) == bad);
  CAF_CHECK(checked(judge_disk(4096 * mib, 9'999, "/srv")) == warn);
  CAF_CHECK(checked(judge_disk(4096 * mib, 10'000, "/srv")) == ok);
}

CAF_TEST(a port that our own engine holds is fine and every other holder is not ) {
  auto p = port();
  p.free = true;
  CAF_CHECK(checked(judge_port(p)) == ok);
  p.free = false;
  p.trouble = "cannot assign requested address";
  CAF_CHECK(checked(judge_port(p)) == bad);
  p.held = true;
  p.pid = 4711;
  p.program = "nginx";
  p.other = "127.0.0.1:8081";
  auto taken = judge_port(p);
  CAF_CHECK(checked(taken) == bad);
  CAF_CHECK(says(taken, "nginx (process 4711)"));
  CAF_CHECK(taken.mend.find("http.listen = \"127.0.0.1:8081\"") != std::string::npos);
  p.engine = true;
  CAF_CHECK(checked(judge_port(p)) == bad);
  CAF_CHECK(says(judge_port(p), "another installation"));
  p.ours = true;
  auto ours = judge_port(p);
  CAF_CHECK(checked(ours) == ok);
  CAF_CHECK(says(ours, "the engine of this installation"));
  CAF_CHECK(says(ours, "4711"));
}

CAF_TEST(fewer open files than connections are a warning and very few a failure) {
  CAF_CHECK(checked(judge_open_files(10'200, 10'200)) == ok);
  CAF_CHECK(checked(judge_open_files(10'199, 10'200)) == warn);
  CAF_CHECK(checked(judge_open_files(256, 10'200)) == warn);
  CAF_CHECK(checked(judge_open_files(255, 10'200)) == bad);
}

CAF_TEST(one zone that does not resolve is a failure that names it) {
  CAF_CHECK(checked(judge_zones(600, 200, {})) == ok);
  auto broken = judge_zones(600, 200, {"Asia/Calcutta"});
  CAF_CHECK(checked(broken) == bad);
  CAF_CHECK(says(broken, "Asia/Calcutta"));
  CAF_CHECK(checked(judge_zones(3, 0, {})) == bad);
}

CAF_TEST(caller ids are needed with a carrier and must be numbers) {
  CAF_CHECK(checked(judge_numbers({}, false)) == skipped);
  CAF_CHECK(checked(judge_numbers({}, true)) == bad);
  number_facts good{"+14155550199", true, "US"};
  CAF_CHECK(checked(judge_numbers({good}, true)) == ok);
  CAF_CHECK(checked(judge_numbers({good, good}, true)) == warn);
  CAF_CHECK(
      checked(judge_numbers(
          {
              good, {"+1999", false, ""}
  },
          true)) == bad);
}

CAF_TEST(a console must be whole and of this version) {
  console_facts c;
  CAF_CHECK(checked(judge_console(c, "0.1.0")) == warn);
  c.directory = "/usr/share/ringmaster/console";
  c.files = 40;
  CAF_CHECK(checked(judge_console(c, "0.1.0")) == ok);
  c.built_for = "0.1.0";
  CAF_CHECK(checked(judge_console(c, "0.1.0")) == ok);
  CAF_CHECK(checked(judge_console(c, "0.1.1")) == bad);
  c.missing = {"assets/index-a.js"};
  CAF_CHECK(says(judge_console(c, "0.1.0"), "assets/index-a.js"));
  CAF_CHECK(checked(judge_console(c, "0.1.0")) == bad);
  c.missing.clear();
  c.trouble = "it cannot be read";
  CAF_CHECK(checked(judge_console(c, "0.1.0")) == bad);
}

CAF_TEST(a server must be of version 15 and keep what it has committed) {
  CAF_CHECK(checked(judge_server(150'000, "db", false, false)) == ok);
  CAF_CHECK(checked(judge_server(149'999, "db", false, true)) == bad);
  CAF_CHECK(says(judge_server(150'020, "db", true, false), "15.20"));
  CAF_CHECK(says(judge_server(150'020, "db", true, false), "for this check only"));
  CAF_CHECK(says(judge_server(150'020, "db", false, true), "an engine runs"));
  CAF_CHECK(checked(judge_durability("on", "on")) == ok);
  CAF_CHECK(checked(judge_durability("remote_apply", "on")) == ok);
  CAF_CHECK(checked(judge_durability("off", "on")) == bad);
  CAF_CHECK(checked(judge_durability("on", "off")) == bad);
}

CAF_TEST(a schema and a role are fine only where both were looked at) {
  CAF_CHECK(checked(judge_schema({}, "")) == ok);
  CAF_CHECK(checked(judge_schema({"0015_console.sql"}, "")) == warn);
  CAF_CHECK(checked(judge_schema({}, "the database has migration 0099")) == bad);
  CAF_CHECK(checked(judge_role("rm_app", list{}, "")) == ok);
  CAF_CHECK(checked(judge_role("postgres", list{"role postgres is a superuser"}, "")) == bad);
  CAF_CHECK(checked(judge_role("rm_app", std::nullopt, "the signature is not accepted")) == bad);
  CAF_CHECK(checked(judge_role("", std::nullopt, "the schema is not current")) == skipped);
}

CAF_TEST(a clock may be off by two seconds besides what cannot be measured) {
  auto judge = [](std::chrono::milliseconds ahead) {
    return checked(judge_clock("time.x", "its clock", ahead, 500ms));
  };
  CAF_CHECK(judge(0ms) == ok);
  CAF_CHECK(judge(2500ms) == ok);
  CAF_CHECK(judge(-2500ms) == ok);
  CAF_CHECK(judge(2501ms) == warn);
  CAF_CHECK(judge(-2501ms) == warn);
  CAF_CHECK(judge(30'500ms) == warn);
  CAF_CHECK(judge(30'501ms) == bad);
  CAF_CHECK(says(judge_clock("time.x", "its clock", -3s, 0ms), "3.0 s behind"));
}

CAF_TEST(the carrier is fine when it takes the credentials and knows each caller id) {
  using inspection::caller;
  inspection::carrier_findings found;
  found.account_status = "active";
  found.callers = {
      {"+14155550199", caller::standing::owned   },
      {"+14155550198", caller::standing::verified}
  };
  auto judge = [&] { return judge_carrier(found, "https://api.example.com", false); };
  CAF_CHECK(checked(judge().at(0)) == ok);
  CAF_CHECK(checked(judge().at(1)) == ok);
  found.callers.push_back({"+14155550197", caller::standing::unknown});
  CAF_CHECK(checked(judge().at(1)) == warn);
  found.callers.push_back({"+14155550196", caller::standing::foreign});
  CAF_CHECK(checked(judge().at(1)) == bad);
  CAF_CHECK(says(judge().at(1), "+14155550196"));
  found.account_status = "suspended";
  CAF_CHECK(checked(judge().at(0)) == bad);
  error why{.code = errc::unauthenticated, .detail = "HTTP 401"};
  auto refused = judge_carrier(fail(why), "https://api.example.com", false);
  CAF_CHECK(checked(refused.at(0)) == bad);
  CAF_CHECK(checked(refused.at(1)) == skipped);
  CAF_CHECK(refused.at(0).mend.find("auth_token") != std::string::npos);
  why.code = errc::unavailable;
  CAF_CHECK(judge_carrier(fail(why), "x", false).at(0).mend.find("base_url") != std::string::npos);
}

CAF_TEST(a public url is judged only where an engine could have answered) {
  inspection::echo_findings seen;
  seen.ours = seen.signed_right = true;
  auto judge = [&](bool runs) { return judge_echo(seen, "https://calls.example.com", runs); };
  CAF_CHECK(checked(judge(true)) == ok);
  seen.signed_right = false;
  CAF_CHECK(checked(judge(true)) == bad);
  seen.can_sign = false;
  CAF_CHECK(checked(judge(true)) == ok);
  CAF_CHECK(says(judge(true), "nothing could be signed"));
  seen = {};
  seen.status = 502;
  CAF_CHECK(checked(judge(true)) == bad);
  CAF_CHECK(checked(judge(false)) == skipped);
  CAF_CHECK(says(judge(false), "no engine runs"));
  error why{.code = errc::unavailable, .detail = "nobody answers there"};
  CAF_CHECK(checked(judge_echo(fail(why), "x", true)) == bad);
  CAF_CHECK(checked(judge_echo(fail(why), "x", false)) == skipped);
}

CAF_TEST(a model that does not answer is a failure and a slow one a warning) {
  assistant::usage told;
  told.model = "m-1";
  told.prompt_tokens = 12;
  told.took = 5s;
  CAF_CHECK(checked(judge_model("house", told)) == ok);
  told.took = 5001ms;
  CAF_CHECK(checked(judge_model("house", told)) == warn);
  told.failure = "the key is wrong";
  CAF_CHECK(checked(judge_model("house", told)) == bad);
  assistant::usage rules;
  CAF_CHECK(says(judge_model("rules", rules), "rules"));
  error why{.code = errc::not_found, .detail = "there is none"};
  CAF_CHECK(checked(judge_model("house", fail(why))) == bad);
}
