#define CAF_SUITE net_ledger

#include <caf/test/unit_test.hpp>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using json = nlohmann::ordered_json;

namespace {

struct ledger_rig : rig {
  ledger_rig() {
    call::view c;
    c.id = attempt_id{desk.make_id()};
    c.to = c.from = phone_number::from_canonical("+14155550100");
    desk.data.calls.emplace_back(ann, c);
    path = "/api/call-sessions/" + to_string(c.id);
  }
  std::string path;
};

json read(const http::response& r) { return json::parse(r.body); }

} // namespace

CAF_TEST(the body of a webhook is shown without what opens doors) {
  ledger_rig r;
  auto answer = r.get(r.path + "/webhooks");
  CAF_REQUIRE_EQUAL(answer.status, 200);
  auto one = read(answer)["webhooks"][0];
  CAF_CHECK(one["body"] == "CallSid=CA1&AccountSid=AC***cdef&AuthToken=***&CallStatus=ringing");
  CAF_CHECK(one["status"] == "ringing");
  CAF_CHECK(one["answer_status"] == 204);
  CAF_CHECK(one["took_ms"] == 1.5);
  CAF_CHECK_EQUAL(r.get("/api/call-sessions/" + to_string(r.desk.make_id()) + "/webhooks").status, 404);
}

CAF_TEST(a call tells what it cost) {
  ledger_rig r;
  auto cost = read(r.get(r.path))["cost"];
  CAF_CHECK(cost["carrier"]["amount"] == "0.014");
  CAF_CHECK(cost["models"]["amount"] == "0.0025");
  CAF_CHECK(cost["total"]["amount"] == "0.0165");
}

CAF_TEST(the chain is held against the heads that were written down) {
  ledger_rig r;
  auto good = read(r.get("/api/audit/verify"));
  CAF_CHECK(good["valid"] == true);
  CAF_CHECK(good["head"].is_null());
  r.services.audit_heads = [&]() -> result<std::vector<audit_head>> {
    return std::vector<audit_head>{{r.ann, 900, std::string(64, 'a'), {}}};
  };
  auto cut = read(r.get("/api/audit/verify"));
  CAF_CHECK(cut["valid"] == false);
  CAF_CHECK(cut["first_broken"] == 900);
  r.services.audit_heads = []() -> result<std::vector<audit_head>> {
    return fail(errc::malformed, "the file was tampered with");
  };
  auto spoiled = read(r.get("/api/audit/verify"));
  CAF_CHECK(spoiled["valid"] == false);
  CAF_CHECK(spoiled["first_broken"].is_null());
  r.services.audit_heads = []() -> result<std::vector<audit_head>> {
    return fail(errc::unavailable, "the disk is away");
  };
  CAF_CHECK_EQUAL(r.get("/api/audit/verify").status, 503);
}
