#define CAF_SUITE net_problem

#include <caf/test/unit_test.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "net/problem.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using json = nlohmann::ordered_json;

CAF_TEST(every code has its own line in the table) {
  std::set<std::string> codes;
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
    auto code = static_cast<errc>(i);
    auto kind = kind_of(code);
    CAF_CHECK_EQUAL(kind.code, to_string(code));
    CAF_CHECK(kind.status >= 400 && kind.status < 600);
    CAF_CHECK(codes.insert(kind.code).second);
  }
}

CAF_TEST(every code has a paragraph in the documentation) {
  std::ifstream file(RINGMASTER_SOURCE_DIR "/docs/errors.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const auto& kind : all_kinds()) {
    auto heading = "## " + kind.code + "\n\n**" + std::to_string(kind.status) + "**";
    CAF_CHECK_NOT_EQUAL(text.str().find(heading), std::string::npos);
  }
}

CAF_TEST(a problem says what its reader needs to go on) {
  error why{.code = errc::window_closed, .detail = "saturday is not an allowed day"};
  why.next_open_at = instant(std::chrono::seconds(1'780'000'000));
  why.current_status = "draft";
  auto answer = problem(why, "req-9");
  auto doc = json::parse(answer.body);
  CAF_CHECK_EQUAL(answer.status, 409);
  CAF_CHECK_EQUAL(answer.content_type, "application/problem+json");
  CAF_CHECK_EQUAL(doc["code"], "window_closed");
  CAF_CHECK_EQUAL(doc["success"], false);
  CAF_CHECK_EQUAL(doc["instance"], "req-9");
  CAF_CHECK_EQUAL(doc["next_open_at"], "2026-05-28T20:26:40Z");
  CAF_CHECK_EQUAL(doc["current_status"], "draft");
}

CAF_TEST(what failed inside stays inside) {
  auto answer = problem(error{.code = errc::internal, .detail = "relation campaigns does not exist"}, "r");
  CAF_CHECK_EQUAL(answer.status, 500);
  CAF_CHECK_EQUAL(answer.body.find("relation"), std::string::npos);
}

CAF_TEST(being away always comes with a time to come back) {
  auto answer = problem(error{.code = errc::unavailable, .detail = "away"}, "r");
  CAF_CHECK_EQUAL(answer.status, 503);
  bool told = false;
  for (const auto& h : answer.headers)
    told = told || (h.name == "Retry-After" && h.value == "1");
  CAF_CHECK(told);
}

CAF_TEST(a detail of any bytes is still json) {
  auto answer = problem(error{.code = errc::malformed, .detail = "\xFF\x01\"<"}, "\xC0");
  CAF_CHECK(json::accept(answer.body));
}

CAF_TEST(the status of the edge stands) {
  auto answer = edge_problem(431, error{.code = errc::too_large, .detail = "too many"}, "");
  CAF_CHECK_EQUAL(answer.status, 431);
  CAF_CHECK_EQUAL(json::parse(answer.body).value("code", ""), "header_too_large");
}
