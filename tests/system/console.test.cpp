#define CAF_SUITE system.console

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <fstream>
#include <string>

#include <sys/stat.h>

#include "tests/support/plain_http.hpp"

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

std::string cookie_of(const http_answer& answer) {
  auto set = answer.header("Set-Cookie");
  return set.substr(0, set.find(';'));
}

} // namespace

CAF_TEST(the first link makes an operator who signs in and out by cookie) {
  stage s;
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(15)).has_value());
  const auto file = s.settings().at("DATA_DIRECTORY") + "/welcome";
  struct stat facts {};
  CAF_REQUIRE_EQUAL(::stat(file.c_str(), &facts), 0);
  CAF_CHECK_EQUAL(facts.st_mode & 0777u, 0600u);
  const auto link = read_text(file);
  const auto at = link.find("/welcome#token=");
  CAF_REQUIRE(at != std::string::npos);
  CAF_CHECK_EQUAL(link.substr(0, at), s.public_url());
  const auto token = link.substr(at + 15, 43);

  const http_headers page{
      {"Content-Type", "application/json"},
      {"Origin",       s.public_url()    }
  };
  auto post = [&](const std::string& path, const json& body, http_headers headers) {
    return http_call(s.authority(), "POST", path, headers, body.dump());
  };
  const json wish{
      {"token",    token                },
      {"email",    "me@example.com"     },
      {"password", "four words in a row"}
  };
  auto in = post("/api/session/welcome", wish, page);
  CAF_REQUIRE_EQUAL(in.status, 200);
  CAF_CHECK_EQUAL(post("/api/session/welcome", wish, page).status, 401);
  CAF_CHECK(::stat(file.c_str(), &facts) != 0);
  CAF_CHECK_EQUAL(
      post(
          "/api/session",
          {
              {"email",    "me@example.com"     },
              {"password", "four words in a raw"}
  },
          page)
          .status,
      401);

  auto session = post(
      "/api/session",
      {
          {"email",    "me@example.com"     },
          {"password", "four words in a row"}
  },
      page);
  CAF_REQUIRE_EQUAL(session.status, 200);
  auto told = json::parse(session.body);
  CAF_CHECK_EQUAL(told["user"]["role"], "operator");
  auto mine = page;
  mine.emplace_back("Cookie", cookie_of(session));
  CAF_CHECK_EQUAL(
      post(
          "/api/campaigns",
          {
              {"name", "A"}
  },
          mine)
          .status,
      403);
  mine.emplace_back("X-CSRF-Token", told["csrf_token"].get<std::string>());
  CAF_CHECK_EQUAL(
      post(
          "/api/campaigns",
          {
              {"name", "A"}
  },
          mine)
          .status,
      201);
  auto overview = http_call(s.authority(), "GET", "/api/overview", mine);
  CAF_CHECK_EQUAL(overview.status, 200);
  auto first_page = json::parse(overview.body);
  CAF_CHECK_EQUAL(first_page["health"]["database"], "ok");
  CAF_CHECK_EQUAL(http_call(s.authority(), "GET", "/api/users", mine).status, 200);
  CAF_CHECK_EQUAL(http_call(s.authority(), "DELETE", "/api/session", mine).status, 204);
  CAF_CHECK_EQUAL(http_call(s.authority(), "GET", "/api/overview", mine).status, 401);

  const auto again = s.command({"user", "link", "me@example.com"});
  CAF_CHECK_EQUAL(again.status.value_or(-1), 0);
  CAF_CHECK(again.output.find(s.public_url() + "/welcome#token=") != std::string::npos);
}
