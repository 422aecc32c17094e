#define CAF_SUITE system.redial

#include "tests/support/stage.hpp"

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

/// Longer than a second: nothing is taken for a call of no length.
const carrier_flags quick_phones{"--ring", "20ms..60ms", "--talk", "1200ms..1300ms", "--seed", "7"};

struct office {
  stage s;
  api ann;

  explicit office(const std::string& mix, const engine_settings& settings = {})
      : s(settings, flags(mix)) {
    s.start_carrier();
    s.start_engine();
    if (!s.ready_within(seconds(15)))
      throw std::runtime_error("not ready: " + s.engine_tail());
    ann = s.add_user("ann@example.com");
  }
  static carrier_flags flags(const std::string& mix) {
    auto all = quick_phones;
    all.insert(all.end(), {"--mix", mix});
    return all;
  }
  std::string call_all(std::size_t count) {
    auto c = open_campaign("Once");
    c["max_attempts"] = 1;
    auto id = make_campaign(ann, c, targets(0, count));
    if (ann.act(id, "start").status != 200)
      throw std::runtime_error("start: " + ann.campaign(id).dump());
    return id;
  }
  bool comes_to(const std::string& id, const std::string& status) {
    return wait_until(
        seconds(30), [&] { return text(ann.campaign(id), "status") == status; }, milliseconds(50));
  }
};

} // namespace

CAF_TEST(a target is tried again by hand and the rest is redialed by a draft of their own) {
  office o(
      "busy=1", {
                    {"CALLING_MIN_GAP", "0s"}
  });
  auto c = open_campaign("Once");
  c["max_attempts"] = 1;
  auto rows = targets(0, 4);
  rows[3]["max_attempts"] = 2; // waits minutes for its second try, and keeps the campaign going
  auto id = make_campaign(o.ann, c, rows);
  CAF_REQUIRE(o.ann.act(id, "start").status == 200);
  CAF_REQUIRE(wait_until(
      seconds(30),
      [&] {
        auto now = o.ann.campaign(id);
        return progress(now, "failed") == 3 && progress(now, "pending") == 1;
      },
      milliseconds(20)));
  auto failed = o.ann.get("/api/campaigns/" + id + "/targets?status=failed").json["targets"][0];
  auto path = "/api/campaigns/" + id + "/targets/" + text(failed, "id");
  CAF_CHECK(o.ann.call("POST", path + "/skip", "").status == 409);
  auto retried = o.ann.call(
      "POST", path + "/retry", "",
      {
          {"Idempotency-Key", "once"}
  });
  CAF_REQUIRE(retried.status == 200);
  CAF_CHECK(text(retried.json["target"], "status") == "pending");
  CAF_CHECK(retried.json["target"]["max_attempts"] == 2);
  // It is called again, once, and fails again; asked for twice with one key, it was one wish.
  CAF_CHECK(
      o.ann
          .call(
              "POST", path + "/retry", "",
              {
                  {"Idempotency-Key", "once"}
  })
          .status == 200);
  CAF_REQUIRE(wait_until(
      seconds(30),
      [&] {
        return o.s.log().creates().size() == 5 && progress(o.ann.campaign(id), "failed") == 3;
      },
      milliseconds(20)));
  auto waiting = o.ann.get("/api/campaigns/" + id + "/targets?status=pending").json["targets"];
  CAF_REQUIRE(waiting.size() == 1u);
  CAF_CHECK(
      o.ann
          .call("POST", "/api/campaigns/" + id + "/targets/" + text(waiting[0], "id") + "/skip", "")
          .status == 200);
  // Nothing is left, and the campaign finds that out by itself.
  CAF_REQUIRE(o.comes_to(id, "completed"));
  auto late = o.ann.call("POST", path + "/retry", "");
  CAF_CHECK(late.status == 409);
  CAF_CHECK(late.json["allowed_transitions"][0] == "redial");

  CAF_MESSAGE("a redial dials nobody until somebody starts it");
  auto made = o.ann.post(
      "/api/campaigns/" + id + "/redial", {
                                              {"outcomes", json::array({"busy"})}
  });
  CAF_REQUIRE(made.status == 201);
  auto again = text(made.json["campaign"], "id");
  CAF_CHECK(text(made.json["campaign"], "redial_of") == id);
  CAF_CHECK(made.json["targets"] == 4);
  auto creates = o.s.log().creates().size();
  CAF_CHECK(creates == 5u);
  o.s.change_carrier({
      {"mix", "answered=1"}
  });
  CAF_CHECK(o.s.log().creates().size() == creates);
  CAF_REQUIRE(o.ann.act(again, "start").status == 200);
  CAF_REQUIRE(o.comes_to(again, "completed"));
  CAF_CHECK(progress(o.ann.campaign(again), "completed") == 4);
  auto chart = o.ann.get("/api/campaigns/" + again + "/chart?bucket=minute");
  std::int64_t started = 0, answered = 0;
  for (const auto& b : chart.json["buckets"]) {
    started += b["started"].get<std::int64_t>();
    answered += b["answered"].get<std::int64_t>();
  }
  CAF_CHECK(started == 4);
  CAF_CHECK(answered == 4);
  std::vector<std::string> acts;
  auto activity = o.ann.get("/api/campaigns/" + id + "/activity");
  for (const auto& row : activity.json["activity"])
    acts.push_back(text(row, "action"));
  std::vector<std::string> wanted{"campaign.finish", "target.skip",         "target.retry",
                                  "campaign.start",  "campaign.import_end", "campaign.import",
                                  "campaign.create"};
  CAF_CHECK(acts == wanted);
}

CAF_TEST(a call shows what the carrier asked and what it took) {
  office o(
      "answered=1", {
                        {"CARRIER_PRICE_AFTER", "1s"}
  });
  auto id = o.call_all(1);
  CAF_REQUIRE(o.comes_to(id, "completed"));
  auto call = text(o.ann.get("/api/campaigns/" + id + "/calls").json["calls"][0], "id");
  auto seen = [&] {
    return o.ann.get("/api/call-sessions/" + call + "/webhooks").json["webhooks"];
  };
  CAF_REQUIRE(wait_until(
      seconds(10),
      [&] {
        auto list = seen();
        return std::any_of(list.begin(), list.end(), [](const auto& w) {
          return w["status"] == "completed" && w["answer_status"] == 204;
        });
      },
      milliseconds(50)));
  for (const auto& w : seen()) {
    CAF_CHECK(w["verdict"] == "accepted");
    CAF_CHECK(text(w, "body").find("CallSid=CA") != std::string::npos || w["kind"] == "poll");
  }
  auto cost = [&] { return o.ann.get("/api/call-sessions/" + call).json["cost"]; };
  CAF_REQUIRE(wait_until(
      seconds(20), [&] { return !cost()["carrier"].is_null(); }, milliseconds(100)));
  CAF_CHECK(cost()["carrier"]["amount"] == "0.014");
  CAF_CHECK(cost()["carrier"]["currency"] == "USD");
}

CAF_TEST(a changed audit trail is found by the API by the command and in an export) {
  office o("answered=1");
  auto id = o.call_all(5);
  CAF_REQUIRE(o.comes_to(id, "completed"));
  auto verdict = [&] { return o.ann.get("/api/audit/verify").json; };
  CAF_REQUIRE(wait_until(
      seconds(10),
      [&] {
        auto v = verdict();
        return v["checked"] > 15 && v["unsealed"] == 0;
      },
      milliseconds(50)));
  CAF_CHECK(verdict()["valid"] == true);
  CAF_CHECK(verdict()["first_broken"].is_null());
  CAF_CHECK(o.s.command({"audit", "verify"}).status == 0);
  auto file = o.s.folder() / "trail.ndjson";
  CAF_REQUIRE(o.s.command({"audit", "export", file}).status == 0);
  CAF_CHECK(o.s.command({"audit", "verify", "--export", file}).status == 0);

  CAF_MESSAGE("an export with one letter changed");
  auto text_of = read_text(file);
  auto at = text_of.find("campaign.start");
  CAF_REQUIRE(at != std::string::npos);
  text_of[at] = 'k';
  write_text(file, text_of);
  CAF_CHECK(o.s.command({"audit", "verify", "--export", file}).status == 1);

  CAF_MESSAGE("the last rows are cut off with their seals: only what was written down tells");
  CAF_REQUIRE(o.s.stop_engine().has_value());
  o.s.start_engine();
  CAF_REQUIRE(o.s.ready_within(seconds(15)).has_value());
  auto db = o.s.database();
  db->rows("alter table ringmaster.audit disable trigger user");
  db->rows("alter table ringmaster.audit_seals disable trigger user");
  db->rows("delete from ringmaster.audit_seals where to_seq = (select max(to_seq) from "
           "ringmaster.audit_seals)");
  db->rows("delete from ringmaster.audit a where a.seq > coalesce((select max(s.to_seq) from "
           "ringmaster.audit_seals s where s.user_id = a.user_id), 0)");
  o.ann = api(o.s.authority(), o.ann.key());
  CAF_CHECK(verdict()["valid"] == false);
  auto told = o.s.command({"audit", "verify"});
  CAF_CHECK(told.status == 1);
  CAF_CHECK(told.output.find("BROKEN") != std::string::npos);
}
