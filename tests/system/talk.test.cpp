#define CAF_SUITE system.talk

#include "tests/system/talk_office.hpp"

#include <caf/test/unit_test.hpp>

using namespace ringmaster;
using namespace ringmaster::support;

namespace {

/// What a person would see of a finished call, for messages of failed checks.
std::string show(const json& session) {
  std::string all;
  for (const auto& s : session.value("segments", json::array()))
    all += "\n  " + text(s, "speaker") + ": " + text(s, "text");
  return all + "\n  => " + text(session, "summary") + " [" + text(session, "goal_achieved") + "] " +
         session.value("extracted_data", json::array()).dump();
}

/// The whole way of one task's call, from the instruction to its findings.
json hold(
    talk_office& o, const std::string& instruction, const std::string& to,
    json more = json::object()) {
  const auto task = o.ready(instruction, to, std::move(more));
  const auto call = o.call(task);
  const auto done = o.processed(call);
  auto seen = o.session(call);
  CAF_MESSAGE(instruction << show(seen));
  CAF_CHECK(done);
  CAF_CHECK(borne_out(seen));
  CAF_CHECK_NOT_EQUAL(text(o.task(task), "status"), "in_progress");
  seen["task"] = o.task(task);
  return seen;
}

/// The conversations that both ways of talking must be able to hold.
void hold_the_usual(talk_office& o) {
  CAF_MESSAGE("a dentist offers two slots");
  auto dentist = hold(o, "Call my dentist and get the earliest appointment", number(1));
  CAF_CHECK_EQUAL(text(dentist, "goal_achieved"), "yes");
  CAF_CHECK(!values_of(dentist, "appointment").empty());
  CAF_CHECK_EQUAL(text(dentist["task"], "status"), "completed");
  CAF_CHECK_EQUAL(text(dentist["task"], "summary"), text(dentist, "summary"));
  const auto said = words_of(dentist, "assistant");
  CAF_CHECK(
      said.starts_with("This is an automated call.") ||
      said.find("This is an automated call.") < 200);
  CAF_CHECK_EQUAL(said.find("1980"), std::string::npos);

  CAF_MESSAGE("a shop names a price");
  auto shop = hold(o, "Ask what a basic tune-up costs", number(3));
  CAF_CHECK(!values_of(shop, "price").empty());

  CAF_MESSAGE("a wrong number is left in peace");
  auto wrong = hold(o, "Call the garage and ask when my car is ready", number(9));
  CAF_CHECK_EQUAL(talk_of(wrong).value("wrong_number", false), true);
  CAF_CHECK_NOT_EQUAL(text(wrong, "goal_achieved"), "yes");
}

} // namespace

CAF_TEST(conversations turn by turn end with what the callee said) {
  talk_office o;
  hold_the_usual(o);

  CAF_MESSAGE("a restaurant has another time");
  auto table = hold(o, "Book a table for four on Friday at 7 pm", number(2));
  CAF_CHECK(!values_of(table, "appointment").empty());

  CAF_MESSAGE("nearly nothing is heard and nothing is decided");
  auto silent = hold(o, "Call my dentist and get the earliest appointment", number(8));
  CAF_CHECK_EQUAL(text(silent, "goal_achieved"), "unknown");
  CAF_CHECK(values_of(silent, "appointment").empty());

  CAF_MESSAGE("an injection is only words");
  auto injected = hold(o, "Ask for the opening hours", number(10));
  CAF_CHECK_EQUAL(words_of(injected, "assistant").find("1980"), std::string::npos);

  CAF_MESSAGE("a menu is answered by keys");
  auto menu = hold(o, "Call the clinic and get the earliest appointment", number(5));
  CAF_CHECK_NOT_EQUAL(text(talk_of(menu), "listener"), "voicemail");

  CAF_MESSAGE("the transcript is found by its words");
  const auto found = o.ann.get("/api/call-sessions?q=appointment");
  CAF_CHECK_EQUAL(found.status, 200);
  CAF_CHECK(!found.json.value("call_sessions", json::array()).empty());

  CAF_MESSAGE("processing again changes nothing and makes nothing twice");
  const auto again = o.ann.post(
      "/api/call-sessions/" + text(menu["call_session"], "id") + "/process", json::object());
  CAF_CHECK_EQUAL(again.status, 200);
  CAF_CHECK_EQUAL(again.json.value("follow_up_tasks_created", -1), 0);
}

CAF_TEST(conversations over the socket end with what the callee said) {
  talk_office o(engine_settings{{"CARRIER_MODE", "relay"}});
  hold_the_usual(o);

  CAF_MESSAGE("somebody who speaks into everything is heard");
  auto busy = hold(o, "Call my dentist and get the earliest appointment", number(11));
  CAF_CHECK(!words_of(busy, "human").empty());
  CAF_MESSAGE("somebody slow is waited for");
  auto slow = hold(o, "Ask for the opening hours", number(12));
  CAF_CHECK(!words_of(slow, "human").empty());
}

CAF_TEST(whoever wants no calls is not called again by anything) {
  talk_office o;
  const auto waiting =
      make_campaign(o.ann, open_campaign("Later"), json::array({{{"phone_number", number(7)}}}));
  auto angry = hold(o, "Ask for the opening hours", number(7));
  CAF_CHECK_EQUAL(talk_of(angry).value("opted_out", false), true);
  CAF_CHECK_NOT_EQUAL(text(angry["task"], "status"), "completed");

  bool listed = false;
  for (const auto& one : o.ann.all("/api/suppressions", "suppressions"))
    listed = listed || (text(one, "phone_number") == number(7) && text(one, "source") == "call");
  CAF_CHECK(listed);
  CAF_MESSAGE("the waiting target of another campaign is set aside");
  const auto rows = o.ann.all("/api/campaigns/" + waiting + "/targets", "targets");
  CAF_REQUIRE_EQUAL(rows.size(), 1u);
  CAF_CHECK_EQUAL(text(rows[0], "status"), "skipped");
  o.ann.act(waiting, "start");
  CAF_CHECK(wait_until(
      seconds(10), [&] { return text(o.ann.campaign(waiting), "status") == "completed"; }));
  const auto& creates = o.s.log().creates();
  CAF_CHECK_EQUAL(
      std::count_if(
          creates.begin(), creates.end(), [](const auto& c) { return c.to == number(7); }),
      1);
}

CAF_TEST(where recording is possible every call says so before anything else) {
  const std::string notice = "This call may be recorded for Ann.";
  talk_office o(engine_settings{
      {"CALLING_RECORDING", "true"}, {"CALLING_RECORDING_NOTICE", notice}, {"CARRIER_MODE", "relay"}
  });
  const auto call = hold(o, "Ask what a basic tune-up costs", number(3));
  const auto said = words_of(call, "assistant");
  const auto at = said.find(notice);
  CAF_CHECK_NOT_EQUAL(at, std::string::npos);
  CAF_CHECK_LESS(said.find("This is an automated call"), at);
  CAF_CHECK_LESS(at, 200u);
}

CAF_TEST(a voicemail is hung up on or gets its message) {
  talk_office o;
  o.settle({
      {"auto_retry_failed_calls", false}
  });
  auto quiet = hold(o, "Call my dentist and get the earliest appointment", number(4));
  CAF_CHECK_EQUAL(text(talk_of(quiet), "listener"), "voicemail");
  CAF_CHECK_EQUAL(talk_of(quiet).value("message_left", true), false);
  CAF_CHECK_EQUAL(text(quiet["task"], "status"), "failed");

  const auto task = o.ready(
      "Call my dentist and get the earliest appointment", number(4),
      {
          {"voicemail_action",  "leave_message"                },
          {"voicemail_message", "Please call Ann Example back."}
  });
  // The least gap between two calls to one number holds for tasks, too.
  const auto call = o.call(task);
  CAF_REQUIRE(o.processed(call));
  const auto seen = o.session(call);
  CAF_MESSAGE(show(seen));
  CAF_CHECK_EQUAL(talk_of(seen).value("message_left", false), true);
  CAF_CHECK_NOT_EQUAL(
      words_of(seen, "assistant").find("Please call Ann Example back."), std::string::npos);
  CAF_CHECK_NOT_EQUAL(
      words_of(seen, "assistant").find("This is an automated call."), std::string::npos);
}
