#define CAF_SUITE net_talk_settings

#include <caf/test/unit_test.hpp>

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;
using json = nlohmann::ordered_json;

namespace {

json read(const http::response& r) { return json::parse(r.body); }

/// `set` or `allowed` of a field.
json told(const http::response& answer, const std::string& name, const char* what) {
  const auto doc = read(answer);
  for (const auto& f : doc["identity_fields"])
    if (f["name"] == name)
      return f[what];
  return {};
}

} // namespace

// -- how calls are held ---------------------------------------------------------------------------

CAF_TEST(a campaign keeps how its calls are held) {
  rig r;
  auto plain = read(r.post("/api/campaigns", R"({"name":"A"})"))["campaign"];
  CAF_CHECK_EQUAL(plain["call_style"], "conversation");
  CAF_CHECK_EQUAL(plain["voicemail_action"], "hang_up");
  CAF_CHECK_EQUAL(plain["menu_action"], "navigate");
  CAF_CHECK_EQUAL(plain["record_calls"], false);
  for (const char* name : {"voicemail_message", "menu_keys", "result_schema"})
    CAF_CHECK(plain.at(name).is_null());
  const json schema = json::parse(
      R"({"type":"object","properties":{"coming":{"type":"boolean"},"guests":{"type":"integer"}},)"
      R"("required":["coming"]})");
  json wish{
      {"name",              "B"            },
      {"call_style",        "announcement" },
      {"voicemail_action",  "leave_message"},
      {"voicemail_message", "Call us back."},
      {"menu_action",       "hang_up"      },
      {"menu_keys",         "1,3,0"        },
      {"record_calls",      true           },
      {"result_schema",     schema         }
  };
  auto made = read(r.post("/api/campaigns", wish.dump()));
  CAF_REQUIRE(made.contains("campaign"));
  for (const auto& [name, value] : wish.items())
    CAF_CHECK_EQUAL(made["campaign"].at(name), value);
  // Stored without blanks, in its own order.
  CAF_CHECK_EQUAL(r.desk.data.campaigns.back().view.settings.talk.result_schema, schema.dump());
}

CAF_TEST(an update of a campaign changes how its calls are held) {
  rig r;
  auto id = to_string(r.add_campaign(r.ann));
  std::optional<campaign::patch> asked;
  r.engine.steer = [&](const change::steer_campaign& m) -> result<campaign_steered> {
    asked = m.settings;
    campaign_steered out;
    out.view = r.desk.data.campaigns[0].view;
    return out;
  };
  auto update = [&](const std::string& body) {
    return r.send(method::patch, "/api/campaigns/" + id, body);
  };
  CAF_CHECK_EQUAL(
      update(
          R"({"action":"update","call_style":"announcement","result_schema":null,"menu_keys":null})")
          .status,
      200);
  CAF_REQUIRE(asked.has_value());
  CAF_CHECK(asked->call_style == talk::style::announcement);
  CAF_CHECK(asked->result_schema == std::string());
  CAF_CHECK(asked->menu_keys == std::string());
  CAF_CHECK(!asked->voicemail_action);
  asked.reset();
  auto wrong = update(
      R"({"action":"update","call_style":"shouting","voicemail_action":"sing","menu_action":"x",)"
      R"("record_calls":"yes","result_schema":{"type":"array"}})");
  CAF_CHECK_EQUAL(wrong.status, 422);
  std::string pointers;
  const auto doc = read(wrong);
  for (const auto& e : doc["errors"])
    pointers += e["pointer"].get<std::string>() + " ";
  for (const char* name :
       {"/call_style ", "/voicemail_action ", "/menu_action ", "/record_calls ", "/result_schema "})
    CAF_CHECK_NOT_EQUAL(pointers.find(name), std::string::npos);
  CAF_CHECK_EQUAL(update(R"({"action":"update","menu_keys":"1,a"})").status, 422);
  CAF_CHECK_EQUAL(update(R"({"action":"update","result_schema":"{}"})").status, 422);
  CAF_CHECK(!asked);
}

CAF_TEST(a task keeps how its calls are held) {
  rig r;
  r.plan_with({});
  auto made = r.post(
      "/api/call-tasks",
      R"({"raw_instruction":"Call","target_phone_number":"+14155550100","record_calls":true,)"
      R"("voicemail_action":"leave_message","menu_keys":"2",)"
      R"("result_schema":{"type":"object","properties":{"open":{"type":"boolean"}}}})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  auto t = read(made)["call_task"];
  CAF_CHECK_EQUAL(t["record_calls"], true);
  CAF_CHECK_EQUAL(t["voicemail_action"], "leave_message");
  CAF_CHECK_EQUAL(t["menu_keys"], "2");
  CAF_CHECK_EQUAL(t["result_schema"]["properties"]["open"]["type"], "boolean");
  CAF_CHECK(t["parent_call_id"].is_null());
  CAF_CHECK(!t.contains("call_style")); // always a conversation
  auto path = "/api/call-tasks/" + t["id"].get<std::string>();
  auto changed = r.send(
      method::patch, path, R"({"menu_action":"hang_up","menu_keys":null,"result_schema":null})");
  CAF_CHECK_EQUAL(changed.status, 200);
  CAF_CHECK_EQUAL(field(changed, "/call_task/menu_action"), "hang_up");
  CAF_CHECK(field(changed, "/call_task/menu_keys").is_null());
  CAF_CHECK(field(changed, "/call_task/result_schema").is_null());
  CAF_CHECK_EQUAL(field(changed, "/call_task/voicemail_action"), "leave_message");
  CAF_CHECK_EQUAL(r.send(method::patch, path, R"({"call_style":"announcement"})").status, 422);
  CAF_CHECK_EQUAL(r.send(method::patch, path, R"({"menu_keys":"a"})").status, 422);
}

CAF_TEST(numbers to hand calls to are kept in the settings) {
  rig r;
  auto put = [&](const std::string& body) {
    return r.send(method::put, "/api/assistant-settings", body);
  };
  auto done = put(R"({"transfer_numbers":["+14155550123"]})");
  CAF_CHECK_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(
      field(done, "/assistant_settings/transfer_numbers"), json::array({"+14155550123"}));
  // What is not given stays.
  CAF_CHECK_EQUAL(field(put("{}"), "/assistant_settings/transfer_numbers").size(), 1u);
  CAF_CHECK_EQUAL(put(R"({"transfer_numbers":["call me"]})").status, 422);
  json many = json::array();
  for (int i = 0; i < 21; ++i)
    many.push_back("+1415555" + std::to_string(1000 + i));
  json body;
  body["transfer_numbers"] = many;
  CAF_CHECK_EQUAL(put(body.dump()).status, 422);
}

// -- identity -------------------------------------------------------------------------------------

CAF_TEST(facts about a user go in and never come out) {
  rig r;
  auto put = [&](const std::string& body) {
    return r.send(method::put, "/api/identity-fields", body);
  };
  r.send(method::put, "/api/assistant-settings", R"({"allowed_auth_fields":["date_of_birth"]})");
  auto first = put(R"({"fields":{"date_of_birth":"1980-02-01","address":"7 Elm Street"}})");
  CAF_CHECK_EQUAL(first.status, 200);
  auto list = r.get("/api/identity-fields");
  CAF_CHECK_EQUAL(field(list, "/identity_fields").size(), auth_fields().size());
  CAF_CHECK_EQUAL(told(list, "date_of_birth", "set"), true);
  CAF_CHECK_EQUAL(told(list, "date_of_birth", "allowed"), true);
  CAF_CHECK_EQUAL(told(list, "address", "set"), true);
  CAF_CHECK_EQUAL(told(list, "address", "allowed"), false);
  CAF_CHECK_EQUAL(told(list, "name", "set"), false);
  auto second = put(R"({"fields":{"address":null,"name":"Ann Hill"}})");
  CAF_CHECK_EQUAL(told(second, "address", "set"), false);
  CAF_CHECK_EQUAL(told(second, "date_of_birth", "set"), true);
  CAF_CHECK_EQUAL(r.desk.data.identities[r.ann]["name"], "Ann Hill");
  auto refused = put(R"({"fields":{"shoe_size":"secret-42","name":"Bea","email":7}})");
  CAF_CHECK_EQUAL(refused.status, 422);
  CAF_CHECK_EQUAL(field(refused, "/errors/0/pointer"), "/fields/shoe_size");
  CAF_CHECK_EQUAL(field(refused, "/errors/1/pointer"), "/fields/email");
  CAF_CHECK_EQUAL(r.desk.data.identities[r.ann]["name"], "Ann Hill");
  auto longer = put(R"({"fields":{"name":")" + std::string(201, 'q') + R"("}})");
  CAF_CHECK_EQUAL(longer.status, 422);
  CAF_CHECK_EQUAL(field(longer, "/errors/0/pointer"), "/fields/name");
  for (const auto& answer : {first, list, second, refused, longer})
    for (const char* secret : {"1980", "Elm", "Ann Hill", "secret-42", "qqq"})
      CAF_CHECK_EQUAL(answer.body.find(secret), std::string::npos);
  for (const char* body : {"{}", R"({"fields":{}})", R"({"fields":[]})", R"({"fields":null})"})
    CAF_CHECK_EQUAL(put(body).status, 422);
  headers bobs{
      {"Authorization", "Bearer " + r.add_key(r.bob, 15)}
  };
  CAF_CHECK_EQUAL(told(r.get("/api/identity-fields", bobs), "name", "set"), false);
}
