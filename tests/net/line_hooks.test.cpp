#define CAF_SUITE net_line_hooks

#include <caf/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

#include "net/twilio/document.hpp"
#include "net/twilio/heard.hpp"
#include "tests/net/rig.hpp"
#include "wire/callback_token.hpp"
#include "wire/carrier_signature.hpp"
#include "wire/form.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using http::method;
using net::twilio::clean_heard;
using net::twilio::line_place;
using net::twilio::read_document_number;
using net::twilio::write_document;

namespace {

const std::string sid = "CA0123456789abcdef0123456789abcdef";
const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string auth_token = "0123456789abcdef0123456789abcdef";
const std::string home = "https://engine.example.com";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
std::size_t at(const std::string& text, const std::string& part) {
  auto found = text.find(part);
  CAF_CHECK_NOT_EQUAL(found, std::string::npos);
  return found;
}

/// An engine that keeps the conversation's end of every webhook.
struct line_rig : rig {
  line_rig() {
    attempt = attempt_id{desk.make_id()};
    token = wire::write_callback_token("callback key", ann, attempt);
    engine.record = [this](const change::record_callback& m) -> result<callback_recorded> {
      if (gone)
        return fail(errc::not_found, "no such attempt");
      if (away)
        return fail(errc::unavailable, "the database is away");
      stored.push_back(m);
      return callback_recorded{};
    };
    engine.open = [this](const change::open_call& m) -> result<call_opened> {
      stored.push_back(m.callback);
      return opened;
    };
    engine.open_line_ = [this](const open_line& m) -> result<line_document> {
      begun.push_back(m);
      return answer();
    };
    engine.hear_line_ = [this](const hear_line& m) -> result<line_document> {
      heard.push_back(m);
      return answer();
    };
    engine.leave_line_ = [this](const leave_line& m) -> result<line_document> {
      left.push_back(m);
      return answer();
    };
    opened.timezone = "UTC";
    opened.start = "00:00";
    opened.end = "24:00";
    opened.days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    opened.script = "Nobody reads this.";
    next.number = 7;
    next.say = {"How are you?"};
    next.then = line_document::next::listen;
  }
  result<line_document> answer() {
    if (refusal)
      return fail(*refusal);
    return next;
  }

  wire::fields form(wire::fields more = {}) const {
    wire::fields all{
        {"CallSid",    sid           },
        {"AccountSid", account       },
        {"CallStatus", "in-progress" },
        {"From",       "+14155550199"},
        {"To",         "+14155550100"}
    };
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  http::response deliver(const std::string& path, const wire::fields& fields) {
    return send(
        method::post, path, wire::write_form(fields),
        {
            {"Content-Type", "application/x-www-form-urlencoded"},
            { "X-Twilio-Signature", wire::sign(auth_token,                               home + path, fields)}
    },
        false);
  }
  http::response gather(const std::string& number, wire::fields more = {}) {
    return deliver("/api/webhooks/gather/" + token + "/" + number, form(std::move(more)));
  }
  http::response
  hook(const std::string& kind, const wire::fields& fields, const std::string& mark = "") {
    return deliver("/api/webhooks/" + kind + "/" + token + mark, fields);
  }

  attempt_id attempt;
  std::string token;
  std::vector<change::record_callback> stored;
  std::vector<open_line> begun;
  std::vector<hear_line> heard;
  std::vector<leave_line> left;
  call_opened opened;
  line_document next;
  std::optional<error> refusal;
  bool gone = false, away = false;
};

const error nobody{.code = errc::unavailable, .detail = "nobody is there"};

line_place place() {
  line_place p;
  p.public_url = home;
  p.callback_key = "callback key";
  p.caller_id = "+14155550199";
  p.language = "en-US";
  return p;
}

} // namespace

CAF_TEST(an answered conversation begins with the first document) {
  line_rig r;
  auto got = r.hook("voice", r.form());
  CAF_CHECK_EQUAL(got.status, 200);
  CAF_CHECK_EQUAL(got.content_type, "text/xml");
  CAF_CHECK(has(got.body, "How are you?"));
  CAF_CHECK(!has(got.body, "Nobody reads this"));
  CAF_CHECK(has(got.body, home + "/api/webhooks/gather/" + r.token + "/7#rc=2&amp;rp=ct,5xx"));
  CAF_REQUIRE_EQUAL(r.begun.size(), 1u);
  CAF_CHECK_EQUAL(r.begun[0].sid.value, sid);
  CAF_CHECK(r.begun[0].attempt == r.attempt);
  CAF_CHECK_EQUAL(r.hook("voice", r.form()).body, got.body);
  CAF_CHECK_EQUAL(r.services.hooks.voice.load(), 2u);
  // Fences end it before the engine is asked.
  r.opened.owner = campaign::status::paused;
  CAF_CHECK(has(r.hook("voice", r.form()).body, "<Response><Hangup/></Response>"));
  CAF_CHECK_EQUAL(r.begun.size(), 2u);
}

CAF_TEST(a conversation that cannot begin is excused) {
  line_rig r;
  r.refusal = nobody;
  auto got = r.hook("voice", r.form());
  CAF_CHECK_EQUAL(got.status, 200);
  CAF_CHECK(has(got.body, "I am sorry"));
  CAF_CHECK(got.body.ends_with("<Hangup/></Response>"));
  CAF_CHECK_EQUAL(r.services.hooks.unanswered.load(), 1u);
}

CAF_TEST(what was said is stored and heard) {
  line_rig r;
  auto got = r.gather(
      "3", {
               {"SpeechResult", "Yes \xe2\x80\x94 at\x01 3 & no <later>"},
               {"Confidence",   "0.9"                                   }
  });
  CAF_CHECK_EQUAL(got.status, 200);
  CAF_CHECK(has(got.body, "How are you?"));
  CAF_REQUIRE_EQUAL(r.stored.size(), 1u);
  CAF_CHECK_EQUAL(r.stored[0].kind, "gather");
  CAF_CHECK(r.stored[0].sequence == 3);
  CAF_REQUIRE_EQUAL(r.heard.size(), 1u);
  CAF_CHECK_EQUAL(r.heard[0].number, 3);
  CAF_CHECK_EQUAL(r.heard[0].text, "Yes \xe2\x80\x94 at  3 & no <later>");
  CAF_CHECK(!r.heard[0].waiting);
  r.gather(
      "4", {
               {"Digits", "12#"}
  });
  CAF_CHECK_EQUAL(r.heard[1].digits, "12#");
  CAF_CHECK_EQUAL(r.heard[1].text, "");
  r.gather("5w");
  CAF_CHECK(r.heard[2].waiting);
  CAF_CHECK_EQUAL(r.heard[2].number, 5);
  CAF_CHECK_EQUAL(r.services.hooks.gather.load(), 3u);
}

CAF_TEST(speech is bounded and must be text) {
  line_rig r;
  r.gather(
      "1", {
               {"SpeechResult", std::string(3'999, 'a') + "\xc3\xa9"}
  });
  CAF_CHECK_EQUAL(r.heard.at(0).text.size(), 3'999u);
  CAF_CHECK_EQUAL(
      r.gather(
           "1",
           {
               {"SpeechResult", "\xc3\x28"}
  })
          .status,
      400);
  CAF_CHECK_EQUAL(
      r.gather(
           "1",
           {
               {"SpeechResult", "a"},
               {"SpeechResult", "b"}
  })
          .status,
      400);
  CAF_CHECK_EQUAL(
      r.gather(
           "1",
           {
               {"SpeechResult", std::string(40'000, 'a')}
  })
          .status,
      400);
  for (std::string number : {"x", "-1", "1x", "1rw", "99999999999", "1w2", "+1"})
    CAF_CHECK_EQUAL(r.gather(number).status, 400);
  CAF_CHECK_EQUAL(r.stored.size(), 1u);
  CAF_CHECK_EQUAL(
      clean_heard("a\x7f"
                  "b\xc2\x85"
                  "c")
          .value(),
      "a b c");
}

CAF_TEST(forged requests of live calls are refused and nothing is stored) {
  line_rig r;
  for (std::string path :
       {"gather/" + r.token + "/1", "amd/" + r.token, "recording/" + r.token,
        "relay-action/" + r.token}) {
    path = "/api/webhooks/" + path;
    auto body = wire::write_form(r.form());
    auto post = [&](const std::string& where, const std::string& signature) {
      return r
          .send(
              method::post, where, body,
              {
                  {"Content-Type",       "application/x-www-form-urlencoded"},
                  {"X-Twilio-Signature", signature                          }
      },
              false)
          .status;
    };
    CAF_CHECK_EQUAL(post(path, wire::sign("wrong", home + path, r.form())), 403);
    CAF_CHECK_EQUAL(post(path, ""), 403);
    auto other = path;
    other[other.find(r.token) + 5] ^= 1;
    CAF_CHECK_EQUAL(post(other, wire::sign(auth_token, home + other, r.form())), 403);
    // A signature of one place does not fit another.
    CAF_CHECK_EQUAL(
        post(path, wire::sign(auth_token, home + "/api/webhooks/voice/" + r.token, r.form())), 403);
  }
  CAF_CHECK(r.stored.empty());
}

CAF_TEST(an engine without an answer is asked once more and then the call is excused) {
  line_rig r;
  r.refusal = nobody;
  auto first = r.gather(
      "3", {
               {"SpeechResult", "hello"}
  });
  CAF_CHECK(
      has(first.body, "<Redirect method=\"POST\">" + home + "/api/webhooks/gather/" + r.token +
                          "/3r</Redirect>"));
  auto second = r.gather("3r");
  CAF_CHECK(r.heard.at(1).waiting);
  CAF_CHECK(has(second.body, "I am sorry"));
  CAF_CHECK(second.body.ends_with("<Hangup/></Response>"));
  CAF_CHECK(has(r.gather("4w").body, "/4wr</Redirect>"));
  CAF_CHECK_EQUAL(r.services.hooks.unanswered.load(), 3u);
  // A refusal is an answer.
  r.refusal = error{.code = errc::wrong_state, .detail = "the call is over"};
  CAF_CHECK(has(r.gather("3").body, "<Response><Hangup/></Response>"));
  // Come back, it gets what it waited for.
  r.refusal.reset();
  CAF_CHECK(has(r.gather("3r").body, "How are you?"));
}

CAF_TEST(what cannot be stored comes again and what is gone is ended) {
  line_rig r;
  r.away = true;
  CAF_CHECK_EQUAL(r.gather("1").status, 503);
  CAF_CHECK(r.heard.empty());
  r.away = false;
  r.gone = true;
  CAF_CHECK(has(r.gather("1").body, "<Response><Hangup/></Response>"));
  CAF_CHECK(has(r.hook("relay-action", r.form()).body, "<Response><Hangup/></Response>"));
  CAF_CHECK(r.heard.empty());
  CAF_CHECK(r.left.empty());
}

CAF_TEST(a verdict on who picked up needs no status of the call) {
  line_rig r;
  wire::fields verdict{
      {"CallSid",                  sid               },
      {"AccountSid",               account           },
      {"AnsweredBy",               "machine_end_beep"},
      {"MachineDetectionDuration", "4210"            }
  };
  CAF_CHECK_EQUAL(r.hook("amd", verdict).status, 204);
  CAF_REQUIRE_EQUAL(r.stored.size(), 1u);
  CAF_CHECK_EQUAL(r.stored[0].kind, "amd");
  CAF_CHECK_EQUAL(r.stored[0].answered_by, "machine_end_beep");
  CAF_CHECK(!r.stored[0].news.has_value());
  verdict.erase(verdict.begin() + 2);
  CAF_CHECK_EQUAL(r.hook("amd", verdict).status, 400);
  // A status callback still needs its status.
  CAF_CHECK_EQUAL(
      r.hook(
           "call-status",
           {
               {"CallSid",    sid    },
               {"AccountSid", account}
  })
          .status,
      400);
  CAF_CHECK_EQUAL(r.services.hooks.amd.load(), 1u);
}

CAF_TEST(only recordings at the carrier are noted) {
  line_rig r;
  auto recording = [&](const std::string& url, const std::string& status = "completed") {
    return r.hook(
        "recording", {
                         {"CallSid",           sid     },
                         {"AccountSid",        account },
                         {"RecordingSid",      "RE0123"},
                         {"RecordingUrl",      url     },
                         {"RecordingStatus",   status  },
                         {"RecordingDuration", "42"    }
    });
  };
  CAF_CHECK_EQUAL(
      recording("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE0123").status, 204);
  CAF_CHECK_EQUAL(recording("", "absent").status, 204);
  CAF_CHECK_EQUAL(r.stored.size(), 2u);
  for (std::string url :
       {"http://api.twilio.com/x", "https://evil.example/x",
        "https://api.twilio.com.evil.example/x", "https://api.twilio.com@evil.example/x",
        "file:///etc/passwd", "javascript:alert(1)"})
    CAF_CHECK_EQUAL(recording(url).status, 400);
  CAF_CHECK_EQUAL(recording("https://api.twilio.com/x", "exploded").status, 400);
  CAF_CHECK_EQUAL(r.stored.size(), 2u);
  r.engine.desk_full = true;
  CAF_CHECK_EQUAL(recording("https://api.twilio.com/x").status, 503);
}

CAF_TEST(the end of a socket asks what now) {
  line_rig r;
  auto ended = r.hook(
      "relay-action", r.form({
                          {"SessionStatus", "ended"            },
                          {"HandoffData",   R"({"why":"done"})"}
  }));
  CAF_CHECK(has(ended.body, "How are you?"));
  CAF_REQUIRE_EQUAL(r.left.size(), 1u);
  CAF_CHECK(r.left[0].ended);
  CAF_CHECK(!r.left[0].call_over);
  CAF_CHECK_EQUAL(r.left[0].handoff, R"({"why":"done"})");
  CAF_CHECK_EQUAL(r.stored.at(0).kind, "relay");
  r.hook(
      "relay-action",
      r.form({
          {"SessionStatus", "failed"},
          {"ErrorCode",     "64105" },
          {"ErrorMessage",  "gone\n"}
  }));
  CAF_CHECK(!r.left[1].ended);
  CAF_CHECK(!r.left[1].call_over);
  auto over = r.form({
      {"SessionStatus", "completed"}
  });
  over[2].second = "completed";
  r.hook("relay-action", over);
  CAF_CHECK(r.left[2].call_over);

  r.refusal = nobody;
  auto again = r.hook(
      "relay-action", r.form({
                          {"SessionStatus", "ended"}
  }));
  CAF_CHECK(has(again.body, "/api/webhooks/relay-action/" + r.token + "e</Redirect>"));
  CAF_CHECK(
      has(r.hook(
               "relay-action", r.form({
                                   {"SessionStatus", "failed"}
  }))
              .body,
          r.token + "r</Redirect>"));
  CAF_CHECK(has(r.hook("relay-action", r.form(), "e").body, "I am sorry"));
  CAF_CHECK(r.left.back().ended);
  CAF_CHECK_EQUAL(r.hook("relay-action", r.form(), "x").status, 403);
}

CAF_TEST(documents say what they must and always end) {
  using next = line_document::next;
  line_document d;
  d.number = 2;
  d.say = {"This is an automated call.", "Hello & <welcome>."};
  d.then = next::listen;
  d.listen_for = std::chrono::milliseconds(2'100);
  auto token = wire::write_callback_token("callback key", {}, {});
  // Interruptible text stands within the Gather, other text before it.
  auto text = write_document(d, place());
  CAF_CHECK(at(text, "<Gather ") < at(text, "This is an"));
  CAF_CHECK(at(text, "Hello &amp; &lt;welcome&gt;.") < at(text, "</Gather>"));
  CAF_CHECK(has(text, "timeout=\"3\""));
  CAF_CHECK(
      has(text,
          "</Gather><Redirect method=\"POST\">" + home + "/api/webhooks/gather/" + token + "/2#"));
  d.interruptible = false;
  text = write_document(d, place());
  CAF_CHECK(at(text, "welcome") < at(text, "<Gather "));
  // Keys come after what is said.
  d.interruptible = true;
  d.press = "1w2";
  text = write_document(d, place());
  CAF_CHECK(at(text, "welcome") < at(text, "<Play digits=\"1w2\"/>"));
  CAF_CHECK(at(text, "<Play ") < at(text, "<Gather "));

  d.press.clear();
  d.then = next::again;
  CAF_CHECK(write_document(d, place()).ends_with("/2w#rc=2&amp;rp=ct,5xx</Redirect></Response>"));
  d.then = next::hang_up;
  CAF_CHECK(write_document(d, place()).ends_with("</Say><Hangup/></Response>"));
  d.then = next::connect;
  d.to = phone_number::from_canonical("+14155550123");
  CAF_CHECK(
      has(write_document(d, place()),
          "<Dial callerId=\"+14155550199\" "
          "timeout=\"30\"><Number>+14155550123</Number></Dial><Hangup/></Response>"));
  d.then = next::relay;
  d.session = 3;
  text = write_document(d, place());
  CAF_CHECK(
      has(text, "url=\"wss://engine.example.com/api/relay/" +
                    wire::write_relay_token("callback key", {}, {}, 3) + "\""));
  CAF_CHECK(has(text, "<Connect action=\"" + home + "/api/webhooks/relay-action/" + token + "#"));
  CAF_CHECK(text.ends_with("</Connect><Hangup/></Response>"));
  // A recording is begun first, and only where it is allowed.
  d.record = true;
  CAF_CHECK(!has(write_document(d, place()), "<Recording"));
  auto allowed = place();
  allowed.may_record = true;
  text = write_document(d, allowed);
  CAF_CHECK(
      at(text, "<Start><Recording recordingStatusCallback=\"" + home + "/api/webhooks/recording/") <
      at(text, "<Say"));
  // What would be too large for the carrier is not sent.
  d.say = {std::string(70'000, 'a')};
  CAF_CHECK(has(write_document(d, place()), "<Response><Hangup/></Response>"));
}

CAF_TEST(numbers of documents are read strictly) {
  auto n = read_document_number("12wr");
  CAF_REQUIRE(n.has_value());
  CAF_CHECK_EQUAL(n->number, 12);
  CAF_CHECK(n->waiting);
  CAF_CHECK(n->again);
  CAF_CHECK_EQUAL(net::twilio::write_document_number(*n), "12wr");
  CAF_CHECK(!read_document_number(""));
  CAF_CHECK(!read_document_number("w"));
}
