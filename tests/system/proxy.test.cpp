#define CAF_SUITE system.proxy

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <string>

#include "tests/support/plain_http.hpp"

using namespace ringmaster;
using namespace ringmaster::support;

CAF_TEST(a campaign is called through a path that the proxy keeps) {
  stage s({}, {"--mix", "answered=1", "--ring", "20ms..100ms", "--talk", "50ms..200ms"});
  s.settings()["HTTP_BASE_PATH"] = "/ringmaster";
  s.settings()["HTTP_PUBLIC_URL"] = "http://" + s.authority() + "/ringmaster";
  s.start_carrier();
  s.start_engine();
  CAF_REQUIRE(s.ready_within(seconds(20)).has_value());
  CAF_CHECK_EQUAL(http_call(s.authority(), "GET", "/ringmaster/healthz").status, 200);
  CAF_CHECK_EQUAL(http_call(s.authority(), "GET", "/healthz").status, 200);
  CAF_CHECK_EQUAL(http_call(s.authority(), "GET", "/elsewhere/healthz").status, 404);
  const auto link = read_text(s.settings().at("DATA_DIRECTORY") + "/welcome");
  CAF_CHECK(link.starts_with("http://" + s.authority() + "/ringmaster/welcome#token="));

  auto ann = s.add_user("ann@example.com");
  auto campaign = make_campaign(ann, open_campaign("Behind a path"), targets(1, 3));
  CAF_REQUIRE_EQUAL(ann.act(campaign, "start").status, 200);
  const bool done =
      wait_until(seconds(60), [&] { return ann.campaign(campaign)["status"] == "completed"; });
  CAF_CHECK(done);
  CAF_CHECK_EQUAL(progress(ann.campaign(campaign), "completed"), 3);
  // The carrier called back under the path, and its signatures fitted.
  const auto metrics = http_call(s.authority(), "GET", "/ringmaster/metrics").body;
  CAF_CHECK(metrics.find("ringmaster_webhooks_total{result=\"stored\"} 0") == std::string::npos);
  CAF_CHECK(metrics.find("ringmaster_webhooks_total{result=\"bad_signature\"} 0") != std::string::npos);
  auto doctor = s.command({"doctor"});
  CAF_CHECK_EQUAL(doctor.status.value_or(-1), 0);
  CAF_CHECK(doctor.output.find("signatures fit") != std::string::npos);
}
