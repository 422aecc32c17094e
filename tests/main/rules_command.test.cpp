#define CAF_SUITE rules_command
#include <caf/test/unit_test.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "main/rules_command.hpp"

using namespace ringmaster;

namespace {

/// What a stream was told while this lives.
class listening {
public:
  explicit listening(std::ostream& stream)
      : stream_(stream), before_(stream.rdbuf(heard_.rdbuf())) {}
  ~listening() { stream_.rdbuf(before_); }
  listening(const listening&) = delete;
  listening& operator=(const listening&) = delete;
  std::string text() const { return heard_.str(); }

private:
  std::ostream& stream_;
  std::ostringstream heard_;
  std::streambuf* before_;
};

struct answer {
  int code = 0;
  std::string out, err;
  bool says(std::string_view words) const { return out.find(words) != std::string::npos; }
};

answer run(std::vector<std::string> words) {
  CLI::App app;
  answer a;
  add_rules_command(app, a.code);
  listening out(std::cout);
  listening err(std::cerr);
  std::vector<std::string> backwards(words.rbegin(), words.rend());
  try {
    app.parse(std::move(backwards));
  } catch (const CLI::ParseError& wrong) {
    a.code = wrong.get_exit_code() == 0 ? 0 : 2;
  }
  a.out = out.text();
  a.err = err.text();
  return a;
}

std::string source(const std::string& path) {
  return std::string{RINGMASTER_SOURCE_DIR} + "/" + path;
}

} // namespace

CAF_TEST(a pack of the binary is asked for a number and an instant) {
  auto open = run(
      {"rules", "show", "us-strict", "--number", "+18505550123", "--at", "2026-11-23T17:00:00Z"});
  CAF_CHECK_EQUAL(open.code, 0);
  CAF_CHECK(open.says("zones    America/Chicago America/New_York (by area_code)\n"));
  CAF_CHECK(open.says("allowed  yes: "));
  CAF_CHECK(open.says("closes   2026-11-24T01:00:00Z\n"));
  CAF_CHECK((open.says("us-fl") && open.says("Fla. Stat. 501.616(6)") && !open.says("us-tx")));
  auto closed = run(
      {"rules", "show", "us-strict", "--number", "+18505550123", "--at", "2026-11-24T01:00:00Z"});
  CAF_CHECK(closed.says("allowed  no: it is 20:00 in America/New_York"));
  CAF_CHECK(closed.says("opens    2026-11-24T14:00:00Z\n"));
  auto nowhere =
      run({"rules", "show", "default", "--number", "+18005550123", "--at", "2026-11-24T01:00:00Z"});
  CAF_CHECK(nowhere.says("allowed  no: nobody knows the time zone of this number\n"));
  auto own = run(
      {"rules", "show", "default", "--number", "+18005550123", "--timezone", "America/New_York",
       "--at", "2026-11-23T17:00:00Z"});
  CAF_CHECK(own.says("allowed  yes: "));
}

CAF_TEST(files are checked and compared with packs of the binary) {
  auto good = run({"rules", "check", source("config/rules/us-strict.toml")});
  CAF_CHECK_EQUAL(good.code, 0);
  CAF_CHECK(good.says("no mistakes"));
  auto bad = run({"rules", "check", source("config/example.toml")});
  CAF_CHECK_EQUAL(bad.code, 1);
  CAF_CHECK(bad.err.find(": line ") != std::string::npos);
  CAF_CHECK(run({"rules", "diff", "default", source("config/rules/default.toml")})
                .says("the two say the same\n"));
  CAF_CHECK(run({"rules", "diff", "default", "us-strict"}).says("entry us-fl: new\n"));
  CAF_CHECK(
      (run({"rules", "list"}).says("default  version ") &&
       run({"rules", "list"}).says("us-strict  version ")));
}

CAF_TEST(what is wrong is told with its exit code) {
  CAF_CHECK_EQUAL(run({"rules", "show", "nothing"}).code, 1);
  CAF_CHECK_EQUAL(run({"rules", "check", "/nowhere/pack.toml"}).code, 1);
  CAF_CHECK_EQUAL(run({"rules", "show", "default", "--number", "12"}).code, 2);
  CAF_CHECK_EQUAL(
      run({"rules", "show", "default", "--number", "+12125550123", "--at", "today"}).code, 2);
  CAF_CHECK_EQUAL(run({"rules", "show", "default", "--at", "2026-11-24T01:00:00Z"}).code, 2);
  CAF_CHECK_EQUAL(run({"rules"}).code, 2);
}
