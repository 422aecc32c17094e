#define CAF_SUITE system.openapi

#include "tests/system/population.hpp"

#include <caf/test/unit_test.hpp>

using namespace ringmaster;
using namespace ringmaster::support;
using namespace ringmaster::system_test;

CAF_TEST(real answers are what the document declares) {
  population p;
  const auto d = p.description();
  std::vector<std::string> complaints;
  std::size_t judged = 0;
  const auto judge = [&](const operation& o, const std::string& target, const answer& got) {
    const auto where = o.method + " " + target + " " + std::to_string(got.status);
    const auto declared = o.answer_for(got.status);
    if (declared.is_null())
      return complaints.push_back(where + " is not declared: " + got.summary());
    if (!declared.contains("content") || got.body.empty())
      return;
    auto type = got.header("content-type");
    type = type.substr(0, type.find(';'));
    if (!declared["content"].contains(type))
      return complaints.push_back(where + ": content type " + type + " is not declared");
    ++judged;
    if (got.json.is_null() || !declared["content"][type].contains("schema"))
      return;
    d.judge(declared["content"][type]["schema"], got.json, where, complaints);
  };
  for (const auto& o : d.operations()) {
    if (o.path == "/api/events" || o.path == "/api/stop")
      continue;
    const auto target = p.fill(o.path, true);
    if (o.method == "GET") {
      judge(o, target, p.ann.get(target));
    } else {
      // Writes go to what is absent, so that nothing is lost for the reads that follow.
      judge(o, o.path, p.ann.call(o.method, p.fill(o.path, false), p.body_for(o, d)));
    }
    const auto stranger = api(p.s.authority(), "rm_wrong").call(o.method, target, p.body_for(o, d));
    judge(o, target, stranger);
  }
  const auto created = p.ann.post("/api/campaigns", open_campaign("Declared"));
  const auto id = text(created.json["campaign"], "id");
  for (const auto& o : d.operations()) {
    if (o.path == "/api/campaigns" && o.method == "POST") {
      judge(o, o.path, created);
      judge(o, o.path, p.ann.post("/api/campaigns", {{"name", ""}}));
    }
    if (o.path == "/api/campaigns/{id}/targets" && o.method == "POST")
      judge(o, o.path, p.ann.post("/api/campaigns/" + id + "/targets", targets(500, 2)));
    if (o.path == "/api/campaigns/{id}" && o.method == "PATCH") {
      judge(o, o.path, p.ann.act(id, "start"));
      judge(o, o.path, p.ann.act(id, "start"));
      judge(o, o.path, p.ann.act(id, "pause"));
      judge(o, o.path, p.ann.act(id, "cancel"));
      judge(o, o.path, p.ann.act(id, "dance"));
    }
  }
  for (const auto& complaint : complaints)
    CAF_MESSAGE(complaint);
  CAF_CHECK(complaints.empty());
  CAF_CHECK_GREATER(judged, 20u);
}
