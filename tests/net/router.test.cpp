#define CAF_SUITE net_router

#include <caf/test/unit_test.hpp>

#include <set>
#include <string>

#include "net/routes.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using http::method;

namespace {

std::string found(method verb, std::string_view path) {
  auto m = find_route(routes(), verb, path);
  return m.found ? std::string(m.found->operation) : "allow: " + m.allow;
}

} // namespace

CAF_TEST(paths find their operation) {
  CAF_CHECK_EQUAL(found(method::get, "/api/campaigns"), "listCampaigns");
  CAF_CHECK_EQUAL(found(method::get, "/api/campaigns/x"), "getCampaign");
  CAF_CHECK_EQUAL(found(method::get, "/api/campaigns/x/results.csv"), "exportResults");
  CAF_CHECK_EQUAL(found(method::head, "/healthz"), "tellHealth");
  auto m = find_route(routes(), method::post, "/api/webhooks/call-status/abc");
  CAF_REQUIRE(m.found);
  CAF_CHECK_EQUAL(m.values[0], "abc");
}

CAF_TEST(what is nearly a path is none) {
  for (auto path : {"/api/campaigns/", "/api/campaigns/x/", "/API/campaigns", "/api", "/api/campaigns/x/y",
                    "/api/webhooks/call-status/", "/api/webhooks/call-status/x/y", "/healthz/x", ""})
    CAF_CHECK_EQUAL(found(method::get, path), "allow: ");
}

CAF_TEST(a known path with another method says what it knows) {
  CAF_CHECK_EQUAL(found(method::put, "/api/campaigns"), "allow: GET, HEAD, POST");
  CAF_CHECK_EQUAL(found(method::get, "/api/webhooks/voice/t"), "allow: POST");
  CAF_CHECK_EQUAL(found(method::options, "/api/stop"), "allow: POST, DELETE");
}

CAF_TEST(no line of the table hides another and every operation has one name) {
  std::set<std::string> names;
  for (const auto& line : routes()) {
    CAF_CHECK(find_route(routes(), line.verb, line.pattern).found == &line);
    if (!line.operation.empty())
      CAF_CHECK(names.insert(std::string(line.operation)).second);
    CAF_CHECK(line.run != nullptr);
    CAF_CHECK(line.who != audience::users || line.pattern.starts_with("/api/"));
  }
}
