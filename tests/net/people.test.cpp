#define CAF_SUITE net_people

#include <caf/test/unit_test.hpp>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;
using json = nlohmann::ordered_json;

namespace {

json read(const http::response& r) { return json::parse(r.body); }
const std::string nobody = "00000000-0000-7000-8000-00000000ffff";

notification::view add_notification(rig& r, user_id user, const std::string& title) {
  notification::view v;
  v.id = notification_id{r.desk.make_id()};
  v.said.what = notification::kind::call_completed;
  v.said.title = title;
  v.said.text = "It is done.";
  v.said.subject_kind = "call_task";
  v.said.subject = r.desk.make_id();
  v.said.highlights = {
      {"when", "Tuesday"}
  };
  v.created_at = r.time.wall;
  r.desk.data.notifications.push_back({user, v});
  return v;
}

} // namespace

// -- contacts -------------------------------------------------------------------------------------

CAF_TEST(a contact is kept and changed and found and deleted) {
  rig r;
  auto made = r.post(
      "/api/contacts",
      R"({"name":"Dr. Miller","company_name":"Miller Dental","phone_number":"(415) 555-0100",)"
      R"("email":"miller@example.com","timezone":"America/Los_Angeles","notes":"no Mondays"})");
  CAF_CHECK_EQUAL(made.status, 201);
  auto contact = read(made)["contact"];
  CAF_CHECK_EQUAL(contact["phone_number"], "+14155550100");
  CAF_CHECK_EQUAL(contact["timezone"], "America/Los_Angeles");
  auto path = "/api/contacts/" + contact["id"].get<std::string>();
  CAF_CHECK_EQUAL(header_of(made, "Location"), path);
  auto found = r.get(path);
  CAF_CHECK_EQUAL(field(found, "/contact"), contact);
  CAF_CHECK_EQUAL(
      r.get(
           path,
           {
               {"If-None-Match", header_of(found, "ETag")}
  })
          .status,
      304);
  auto changed = r.send(method::patch, path, R"({"notes":"mornings","phone_number":null})");
  CAF_CHECK_EQUAL(changed.status, 200);
  CAF_CHECK_EQUAL(field(changed, "/contact/notes"), "mornings");
  CAF_CHECK_EQUAL(field(changed, "/contact/email"), "miller@example.com");
  CAF_CHECK(field(changed, "/contact/phone_number").is_null());
  CAF_CHECK_EQUAL(field(r.get("/api/contacts?q=Miller"), "/total"), 1);
  CAF_CHECK_EQUAL(field(r.get("/api/contacts?q=Smith"), "/total"), 0);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 200);
  CAF_CHECK_EQUAL(r.send(method::delete_, path).status, 404);
  CAF_CHECK_EQUAL(r.get(path).status, 404);
}

CAF_TEST(a bad contact is refused with every mistake) {
  rig r;
  auto refused = r.post(
      "/api/contacts", R"({"phone_number":"12","timezone":"Mars/Base","colour":"red","email":7})");
  CAF_CHECK_EQUAL(refused.status, 422);
  std::string told;
  const auto doc = read(refused);
  for (const auto& e : doc["errors"])
    told += e["pointer"].get<std::string>() + " ";
  for (const char* pointer : {"/name", "/phone_number", "/timezone", "/colour", "/email"})
    CAF_CHECK_NOT_EQUAL(told.find(pointer), std::string::npos);
  CAF_CHECK(r.desk.data.contacts.empty());
  auto id = field(r.post("/api/contacts", R"({"name":"A"})"), "/contact/id").get<std::string>();
  CAF_CHECK_EQUAL(r.send(method::patch, "/api/contacts/" + id, R"({"name":""})").status, 422);
  CAF_CHECK_EQUAL(r.send(method::patch, "/api/contacts/" + id, "{}").status, 422);
  CAF_CHECK_EQUAL(r.send(method::patch, "/api/contacts/" + nobody, R"({"name":"B"})").status, 404);
  CAF_CHECK_EQUAL(r.send(method::patch, "/api/contacts/x", R"({"name":"B"})").status, 404);
}

CAF_TEST(a contact changes on the version that was read) {
  rig r;
  auto made = r.post(
      "/api/contacts", R"({"name":"A"})",
      {
          {"Idempotency-Key", "c"}
  });
  CAF_CHECK_EQUAL(
      r.post(
           "/api/contacts", R"({"name":"A"})",
           {
               {"Idempotency-Key", "c"}
  })
          .body,
      made.body);
  CAF_CHECK_EQUAL(r.desk.data.contacts.size(), 1u);
  auto path = header_of(made, "Location");
  headers first{
      {"If-Match", header_of(made, "ETag")}
  };
  CAF_CHECK_EQUAL(r.send(method::patch, path, R"({"name":"B"})", first).status, 200);
  CAF_CHECK_EQUAL(r.send(method::patch, path, R"({"name":"C"})", first).status, 412);
  CAF_CHECK_EQUAL(field(r.get(path), "/contact/name"), "B");
}

CAF_TEST(contacts of others are not there) {
  rig r;
  auto path = header_of(r.post("/api/contacts", R"({"name":"A"})"), "Location");
  headers bobs{
      {"Authorization", "Bearer " + r.add_key(r.bob, 15)}
  };
  CAF_CHECK_EQUAL(r.get(path, bobs).status, 404);
  CAF_CHECK_EQUAL(r.send(method::patch, path, R"({"name":"B"})", bobs).status, 404);
  CAF_CHECK_EQUAL(r.send(method::delete_, path, "", bobs).status, 404);
  CAF_CHECK_EQUAL(field(r.get("/api/contacts", bobs), "/total"), 0);
}

// -- settings -------------------------------------------------------------------------------------

CAF_TEST(settings that nobody made are the safe ones) {
  rig r;
  auto s = read(r.get("/api/assistant-settings"));
  CAF_CHECK_EQUAL(s["assistant_settings"]["max_auto_approve_amount"]["amount"], "0.00");
  CAF_CHECK_EQUAL(s["assistant_settings"]["auto_retry_failed_calls"], false);
  CAF_CHECK_EQUAL(s["assistant_settings"]["version"], 0);
  CAF_CHECK(s["window"]["allowed"].is_boolean());
}

CAF_TEST(settings keep what is not given and take their own answer back) {
  rig r;
  auto put = [&](const std::string& body, headers extra = {}) {
    return r.send(method::put, "/api/assistant-settings", body, std::move(extra));
  };
  auto first = put(
      R"({"max_auto_approve_amount":49.99,"timezone":"Europe/Berlin","allowed_auth_fields":["name"],)"
      R"("daily_model_budget":{"amount":"2.5","currency":"USD"},"default_call_tone":"firm"})");
  CAF_CHECK_EQUAL(first.status, 200);
  CAF_CHECK_EQUAL(field(first, "/assistant_settings/max_auto_approve_amount/amount"), "49.99");
  auto second =
      put(R"({"auto_retry_failed_calls":true,"max_retry_attempts":3,"daily_model_budget":null})");
  auto s = read(second)["assistant_settings"];
  CAF_CHECK_EQUAL(s["timezone"], "Europe/Berlin");
  CAF_CHECK_EQUAL(s["default_call_tone"], "firm");
  CAF_CHECK_EQUAL(s["max_retry_attempts"], 3);
  CAF_CHECK(s["daily_model_budget"].is_null());
  CAF_CHECK_EQUAL(put(s.dump()).status, 200);
  CAF_CHECK_EQUAL(
      put("{}",
          {
              {"If-Match", header_of(first, "ETag")}
  })
          .status,
      412);
  auto wrong = put(
      R"({"max_auto_approve_amount":-1,"timezone":"Mars/Base","allowed_auth_fields":["shoe_size"],)"
      R"("max_retry_attempts":11,"default_call_tone":"loud","more":1})");
  CAF_CHECK_EQUAL(wrong.status, 422);
  CAF_CHECK_EQUAL(field(wrong, "/errors").size(), 6u);
  CAF_CHECK_EQUAL(
      field(r.get("/api/assistant-settings"), "/assistant_settings/timezone"), "Europe/Berlin");
  headers bobs{
      {"Authorization", "Bearer " + r.add_key(r.bob, 15)}
  };
  CAF_CHECK_EQUAL(field(r.get("/api/assistant-settings", bobs), "/assistant_settings/version"), 0);
}

CAF_TEST(the business profile keeps facts by name and in their order) {
  rig r;
  auto put = [&](const std::string& body, headers extra = {}) {
    return r.send(method::put, "/api/business-profile", body, std::move(extra));
  };
  CAF_CHECK(field(r.get("/api/business-profile"), "/business_profile/updated_at").is_null());
  auto first = put(
      R"({"name":"Joe's Garage","phone_number":"+14155550100","facts":{"parking":"in the yard","ASE":"yes"}})");
  CAF_CHECK_EQUAL(first.status, 200);
  CAF_CHECK_EQUAL(
      field(first, "/business_profile/facts").dump(), R"({"parking":"in the yard","ASE":"yes"})");
  auto second = put(R"({"hours":"8 to 6","phone_number":null})");
  CAF_CHECK_EQUAL(field(second, "/business_profile/name"), "Joe's Garage");
  CAF_CHECK_EQUAL(field(second, "/business_profile/facts").size(), 2u);
  CAF_CHECK(field(second, "/business_profile/phone_number").is_null());
  CAF_CHECK_EQUAL(put(read(second)["business_profile"].dump()).status, 200);
  CAF_CHECK_EQUAL(
      put("{}",
          {
              {"If-Match", header_of(first, "ETag")}
  })
          .status,
      412);
  CAF_CHECK_EQUAL(put(R"({"facts":["x"]})").status, 422);
  CAF_CHECK_EQUAL(field(put(R"({"facts":{"a":1}})"), "/errors/0/pointer"), "/facts/a");
  CAF_CHECK_EQUAL(put(R"({"phone_number":"12"})").status, 422);
  headers reads{
      {"Authorization", "Bearer " + r.add_key(r.ann, 1)}
  };
  CAF_CHECK_EQUAL(put(R"({"name":"x"})", reads).status, 403);
}

// -- notifications --------------------------------------------------------------------------------

CAF_TEST(notifications are listed and read one by one and all at once) {
  rig r;
  auto first = add_notification(r, r.ann, "first");
  add_notification(r, r.ann, "second");
  add_notification(r, r.ann, "third");
  auto bobs = add_notification(r, r.bob, "of bob");
  auto all = read(r.get("/api/notifications?limit=2"));
  CAF_CHECK_EQUAL(all["total"], 3);
  CAF_CHECK_EQUAL(all["unread"], 3);
  CAF_CHECK_EQUAL(all["notifications"].size(), 2u);
  CAF_CHECK_EQUAL(all["notifications"][0]["title"], "third");
  CAF_CHECK_EQUAL(all["notifications"][0]["kind"], "call_completed");
  CAF_CHECK_EQUAL(all["notifications"][0]["highlights"][0]["label"], "when");
  auto next = r.get("/api/notifications?limit=2&cursor=" + all["next_cursor"].get<std::string>());
  CAF_CHECK_EQUAL(field(next, "/notifications").size(), 1u);
  auto done = r.post("/api/notifications/" + to_string(first.id) + "/read", "");
  CAF_CHECK_EQUAL(done.status, 200);
  CAF_CHECK_EQUAL(field(done, "/notification/read"), true);
  auto unread = read(r.get("/api/notifications?unread=true"));
  CAF_CHECK_EQUAL(unread["total"], 2);
  CAF_CHECK_EQUAL(unread["unread"], 2);
  CAF_CHECK_EQUAL(r.post("/api/notifications/" + to_string(bobs.id) + "/read", "").status, 404);
  CAF_CHECK_EQUAL(r.post("/api/notifications/x/read", "").status, 404);
  CAF_CHECK_EQUAL(field(r.post("/api/notifications/read-all", ""), "/marked"), 2);
  CAF_CHECK_EQUAL(field(r.post("/api/notifications/read-all", ""), "/marked"), 0);
  CAF_CHECK_EQUAL(r.engine.notices.size(), 2u);
  CAF_CHECK_EQUAL(r.get("/api/notifications?unread=perhaps").status, 422);
}

// -- secrets and costs ----------------------------------------------------------------------------

CAF_TEST(secrets go in and never come out) {
  rig r;
  auto put = [&](const std::string& name, const std::string& body, headers extra = {}) {
    return r.send(method::put, "/api/credentials/" + name, body, std::move(extra));
  };
  auto model = put("openai", R"({"api_key":"sk-very-secret-0123456789"})");
  auto carrier =
      put("carrier", R"({"account_sid":"AC0123456789","auth_token":"hidden-token-of-mine"})");
  CAF_CHECK_EQUAL(model.status, 200);
  CAF_CHECK_EQUAL(field(model, "/credential/label"), "…6789");
  CAF_CHECK_EQUAL(field(carrier, "/credential/label"), "AC0123456789");
  CAF_CHECK_EQUAL(field(put("local", R"({"api_key":"short"})"), "/credential/label"), "set");
  auto list = r.get("/api/credentials");
  CAF_CHECK_EQUAL(field(list, "/total"), 3);
  for (const auto& answer : {model, carrier, list}) {
    CAF_CHECK_EQUAL(answer.body.find("very-secret"), std::string::npos);
    CAF_CHECK_EQUAL(answer.body.find("hidden-token"), std::string::npos);
  }
  auto kept = json::parse(r.desk.data.secrets.at({r.ann, "carrier"}).secret);
  CAF_CHECK_EQUAL(kept["auth_token"], "hidden-token-of-mine");
  CAF_CHECK_EQUAL(r.desk.data.secrets.at({r.ann, "openai"}).secret, "sk-very-secret-0123456789");
  auto refused = put("openai", R"({"api_key":"with space-very-secret"})");
  CAF_CHECK_EQUAL(refused.status, 422);
  CAF_CHECK_EQUAL(refused.body.find("very-secret"), std::string::npos);
  CAF_CHECK_EQUAL(put("openai", R"({"account_sid":"a","auth_token":"b"})").status, 422);
  CAF_CHECK_EQUAL(put("carrier", R"({"account_sid":"a"})").status, 422);
  CAF_CHECK_EQUAL(put("Open.AI", R"({"api_key":"k"})").status, 404);
  CAF_CHECK_EQUAL(put(std::string(41, 'a'), R"({"api_key":"k"})").status, 404);
  headers writes{
      {"Authorization", "Bearer " + r.add_key(r.ann, 7)}
  };
  CAF_CHECK_EQUAL(put("openai", R"({"api_key":"k"})", writes).status, 403);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/credentials/openai", "", writes).status, 403);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/credentials/openai").status, 200);
  CAF_CHECK_EQUAL(r.send(method::delete_, "/api/credentials/openai").status, 404);
  headers bobs{
      {"Authorization", "Bearer " + r.add_key(r.bob, 15)}
  };
  CAF_CHECK_EQUAL(field(r.get("/api/credentials", bobs), "/total"), 0);
}

CAF_TEST(costs are told to the millionth of a dollar) {
  rig r;
  r.desk.data.usage[r.ann] = {
      {"2026-05-28", "openai", "gpt", "plan", 3, 1200, 300, 1'234'567}
  };
  r.send(method::put, "/api/assistant-settings", R"({"daily_model_budget":2})");
  auto report = read(r.get("/api/model-usage?days=7"));
  CAF_CHECK_EQUAL(r.desk.days_reported, 7);
  CAF_CHECK_EQUAL(report["days"], 7);
  CAF_CHECK_EQUAL(report["usage"][0]["cost"]["amount"], "1.234567");
  CAF_CHECK_EQUAL(report["usage"][0]["function"], "plan");
  CAF_CHECK_EQUAL(report["spent_today"]["amount"], "1.234567");
  CAF_CHECK_EQUAL(report["daily_model_budget"]["amount"], "2.00");
  CAF_CHECK_EQUAL(r.get("/api/model-usage?days=0").status, 422);
  CAF_CHECK_EQUAL(r.get("/api/model-usage?days=367").status, 422);
}

CAF_TEST(money is read digit by digit) {
  rig r;
  auto amount = [&](const std::string& written) {
    auto put = r.send(
        method::put, "/api/assistant-settings", R"({"max_auto_approve_amount":)" + written + "}");
    if (put.status != 200)
      return std::to_string(put.status);
    auto m = field(put, "/assistant_settings/max_auto_approve_amount");
    return m["amount"].get<std::string>() + " " + m["currency"].get<std::string>();
  };
  CAF_CHECK_EQUAL(amount("0.1"), "0.10 USD");
  CAF_CHECK_EQUAL(amount("12"), "12.00 USD");
  CAF_CHECK_EQUAL(amount("123456789.123456"), "123456789.123456 USD"); // beyond a float's reach
  CAF_CHECK_EQUAL(amount(R"({"amount":0.000001})"), "0.000001 USD");
  CAF_CHECK_EQUAL(amount(R"({"amount":"7.5","currency":"EUR"})"), "7.50 EUR");
  CAF_CHECK_EQUAL(amount(R"({"amount":7})"), "7.00 USD");
  // The n-th number is found again whatever stands in texts before it.
  auto put = r.send(
      method::put, "/api/assistant-settings",
      R"({"timezone":"UTC","max_retry_attempts":2,"allowed_call_end_time":"17:30","max_auto_approve_amount":0.30})");
  CAF_CHECK_EQUAL(field(put, "/assistant_settings/max_auto_approve_amount/amount"), "0.30");
  for (const char* wrong :
       {"-1", "1e2", "0.0000001", "1234567890", "\"5\"", "true", "null", "[]", "{}",
        R"({"amount":"1","currency":"usd"})", R"({"amount":null})", R"({"amount":"1,5"})"})
    CAF_CHECK_EQUAL(amount(wrong), "422");
}
