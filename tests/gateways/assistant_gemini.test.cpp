#define CAF_SUITE assistant_gemini

#include <caf/test/unit_test.hpp>

#include <string>

#include "tests/gateways/assistant_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace ringmaster::assistant;

namespace {

model_server::script always(std::string bytes) {
  return [bytes = std::move(bytes)](raw_socket& peer, const model_server::asked&) {
    return peer.send(bytes);
  };
}

std::string streamed(const std::string& events) {
  return stream_head() + chunk(events) + last_chunk;
}

std::string part(std::string_view json, std::string_view finish = {}) {
  return event(
      R"({"candidates":[{"content":{"role":"model","parts":[)" + std::string(json) + "]}" +
      (finish.empty() ? std::string() : R"(,"finishReason":")" + std::string(finish) + "\"") +
      "}]}");
}

std::string failure(const gateway_rig::spoken& s) { return s.end ? "" : s.end.error().detail; }

} // namespace

CAF_TEST(a question in Geminis own form is answered) {
  model_server server(always(whole(200, gemini_answer(approval_json))));
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  auto told = rig.ask(approval_order());
  CAF_REQUIRE_EQUAL(why(told), "");
  CAF_CHECK_EQUAL(told.tries[0].prompt_tokens, 50);
  CAF_CHECK_EQUAL(told.tries[0].completion_tokens, 10);
  auto asked = server.requests().front();
  CAF_CHECK(asked.head.starts_with("POST /v1beta/models/m-1:generateContent HTTP/1.1\r\n"));
  CAF_CHECK(asked.has("x-goog-api-key: sk-0123456789\r\n"));
  CAF_CHECK(!asked.head.substr(0, asked.head.find('\r')).ends_with("sk-0123456789"));
  CAF_CHECK(asked.has(R"("systemInstruction":{"parts":[{"text":")"));
  CAF_CHECK(
      asked.has(R"("responseMimeType":"application/json","responseSchema":{"type":"OBJECT")"));
  CAF_CHECK(!asked.has("additionalProperties"));
  CAF_CHECK(!asked.has("Authorization"));
}

CAF_TEST(a schema is put into Geminis words) {
  model_server server(always(whole(200, gemini_answer("{}"))));
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  order o;
  o.what = plan_request{};
  rig.ask(o);
  auto asked = server.requests().front();
  CAF_CHECK(asked.has(R"("nullable":true)"));
  CAF_CHECK(asked.has(R"("type":"ARRAY")"));
  CAF_CHECK(!asked.has("\"null\""));
}

CAF_TEST(blocked and filtered and cut answers fail with their reason) {
  for (const auto& [body, text] : std::vector<std::pair<std::string, std::string>>{
           {R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}})", "PROHIBITED_CONTENT"},
           {gemini_answer(approval_json,                                  "SAFETY"),            "SAFETY"},
           {gemini_answer(approval_json,                                                            "MAX_TOKENS"),                                                      "cut"},
           {gemini_answer(""),                                                       "empty"                     },
           {R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]})","empty"},
           {R"({"candidates":[]})",                                                       "empty"                                                                             },
           {R"([{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}])",
            "overloaded"}
  }) {
    model_server server(always(whole(200, body)));
    gateway_rig rig({provider_at(server, "gemini", "gemini")});
    auto told = rig.ask(approval_order());
    if (!has(why(told), text))
      CAF_ERROR(why(told) << " lacks " << text);
  }
  // A reason that is new to us is none to throw the answer away.
  model_server server(always(whole(200, gemini_answer(approval_json, "SOMETHING_NEW"))));
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
}

CAF_TEST(a key that Gemini refuses with 400 pauses it) {
  model_server server(always(whole(
      400,
      R"([{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}])")));
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  rig.ask(approval_order());
  CAF_CHECK(has(why(rig.ask(approval_order())), "paused"));
  CAF_CHECK_EQUAL(server.count(), 1u);
}

CAF_TEST(a stream is told while it comes and thoughts are not ) {
  model_server server(always(streamed(
      part(R"({"text":"thinking","thought":true})") +
      part(R"({"text":"Good "},{"text":"morning"})") + part(R"({"text":"."})", "STOP") +
      event(R"({"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4}})"))));
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  auto told = rig.speak(turn_of());
  CAF_REQUIRE_EQUAL(failure(told), "");
  CAF_CHECK_EQUAL(told.text, "Good morning.");
  CAF_CHECK_EQUAL(told.end->tries[0].completion_tokens, 4);
  CAF_CHECK(server.requests().front().head.starts_with(
      "POST /v1beta/models/m-1:streamGenerateContent?alt=sse HTTP/1.1\r\n"));
}

CAF_TEST(function calls keep their thought signature and their ids) {
  model_server server([](raw_socket& peer, const model_server::asked& one) {
    return peer.send(
        one.number == 0
            ? streamed(part(
                  R"({"functionCall":{"name":"look","args":{"q":"x"}},"thoughtSignature":"c2ln+/=="})",
                  "STOP"))
            : streamed(part(R"({"text":"Found."})", "STOP")));
  });
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  auto what = turn_of();
  what.tools.push_back(
      {"look", "Looks",
       R"({"type":"object","properties":{"q":{"type":["string","null"]}},"required":["q"],"additionalProperties":false})"});
  auto told = rig.speak(what);
  CAF_REQUIRE_EQUAL(failure(told), "");
  CAF_REQUIRE_EQUAL(told.end->calls.size(), 1u);
  const auto& call = told.end->calls[0];
  CAF_CHECK_EQUAL(call.name, "look");
  CAF_CHECK_EQUAL(call.arguments, R"({"q":"x"})");
  CAF_CHECK_EQUAL(call.extra, R"({"thoughtSignature":"c2ln+/=="})");
  CAF_CHECK(server.requests()[0].has(
      R"("parameters":{"type":"OBJECT","properties":{"q":{"type":"STRING","nullable":true}},"required":["q"]})"));
  message said, result;
  said.from = message::role::assistant;
  said.calls.push_back(call);
  result.from = message::role::tool;
  result.answers = call.id;
  result.text = "found it";
  what.messages.push_back(said);
  what.messages.push_back(result);
  CAF_CHECK_EQUAL(rig.speak(what).text, "Found.");
  auto asked = server.requests()[1];
  CAF_CHECK(asked.has(
      R"({"role":"model","parts":[{"functionCall":{"name":"look","args":{"q":"x"}},"thoughtSignature":"c2ln+/=="}]})"));
  CAF_CHECK(asked.has(
      R"({"role":"user","parts":[{"functionResponse":{"name":"look","response":{"result":"found it"}}}]})"));
}

CAF_TEST(a stream without its end is broken) {
  model_server server(always(streamed(part(R"({"text":"Half"})"))));
  gateway_rig rig({provider_at(server, "gemini", "gemini")});
  auto told = rig.speak(turn_of());
  CAF_CHECK_EQUAL(told.text, "Half");
  CAF_CHECK(has(failure(told), "broke off"));
}
