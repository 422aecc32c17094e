#define CAF_SUITE carrier_gather
#include <caf/test/unit_test.hpp>

#include <deque>
#include <functional>

#include "tests/carrier/samples.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

std::string response(const std::string& inside) { return "<Response>" + inside + "</Response>"; }

std::string ask(const std::string& text, const std::string& more = {}, const std::string& before = {}) {
  return response(
    before + "<Gather input=\"dtmf speech\" action=\"/turn\" timeout=\"5\" speechTimeout=\"auto\" "
    "actionOnEmptyResult=\"true\"" + more + "><Say>" + text + "</Say></Gather><Hangup/>");
}

/// A carrier whose one callee is a persona, and an engine that answers each fetch.
struct hall {
  explicit hall(const std::string& persona, double scale = 1) : o(rules(persona, scale)) {}

  static scenario rules(const std::string& persona, double scale) {
    auto s = plain();
    s.personas = built_in_personas();
    s.time_scale = scale;
    CAF_REQUIRE(parse_callee("+12125550100=" + persona, s));
    return s;
  }

  /// Lets time pass; documents are answered by `engine`, which is given what was posted.
  void live(std::chrono::microseconds span) {
    const auto until = o.now + span;
    for (;;) {
      o.board.advance(o.now);
      for (auto& e : o.board.take_due(o.now)) {
        errand_answer got;
        got.result = {try_result::how::answered, 200};
        if (e.what == errand::kind::document) {
          got.content_type = "text/xml";
          got.body = engine(e);
        }
        sent.push_back(e);
        o.board.finished(e, got, o.now);
      }
      auto due = o.board.next_due();
      if (!due || *due > until)
        break;
      o.now = std::max(o.now, *due);
    }
    o.now = until;
  }

  std::vector<std::string> spoken(const std::string& kind, const char* flag, bool wanted) {
    std::vector<std::string> out;
    for (const auto& l : o.lines())
      if (l["kind"] == kind && l[flag] == wanted)
        out.push_back(l.value("text", "") + l.value("keys", ""));
    return out;
  }
  std::vector<std::string> posted(const char* name) {
    std::vector<std::string> out;
    for (const auto& e : sent)
      if (e.what == errand::kind::document && e.to.url.ends_with("/turn"))
        out.push_back(value(e, name));
    return out;
  }

  office o;
  std::function<std::string(const errand&)> engine;
  std::vector<errand> sent;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

CAF_TEST(a dentist is talked with turn by turn to the end) {
  for (double scale : {1.0, 20.0, 333.0}) {
    hall h("dentist", scale);
    std::deque<std::string> lines{
      "I would like to make an appointment.", "The first one, please.", "Alex Doe.", "Thank you, goodbye."};
    h.engine = [&](const errand& e) {
      if (e.to.url.ends_with("/abc"))
        return response(
          "<Say>Hello, this is an automated assistant that calls on behalf of Alex Doe.</Say>"
          "<Redirect>/turn</Redirect>");
      if (lines.empty())
        return response("<Hangup/>");
      auto text = lines.front();
      lines.pop_front();
      return ask(text);
    };
    auto sid = h.o.create()["sid"].get<std::string>();
    h.live(120s);
    CAF_CHECK_EQUAL(h.o.status(sid), "completed");
    auto heard = h.spoken("heard", "told", true);
    CAF_REQUIRE(heard.size() >= 3u);
    CAF_CHECK(has(heard[0], "Which"));
    CAF_CHECK(has(heard[1], "What name"));
    CAF_CHECK(has(heard[2], "confirmation number"));
    // What was posted is what the log says was told; the words of a goodbye that ends the call
    // have no turn any more.
    auto results = h.posted("SpeechResult");
    std::erase(results, "(none)");
    CAF_CHECK(results == heard);
    auto said = h.spoken("said", "whole", true);
    CAF_REQUIRE(said.size() >= 2u);
    CAF_CHECK_EQUAL(said[0], "Hello, this is an automated assistant that calls on behalf of Alex Doe.");
    CAF_CHECK_EQUAL(said[1], "I would like to make an appointment.");
    // The greeting was said into the first words, where nobody listens.
    CAF_CHECK(!h.spoken("heard", "told", false).empty());
  }
}

CAF_TEST(confidence goes along and the same seed gives the same call) {
  std::vector<std::vector<std::string>> runs;
  for (int i = 0; i < 2; ++i) {
    hall h("shop");
    h.engine = [](const errand&) { return ask("How much is a new tube?"); };
    h.o.create();
    h.live(40s);
    auto confidences = h.posted("Confidence");
    CAF_REQUIRE(!confidences.empty());
    auto all = h.spoken("heard", "told", true);
    all.insert(all.end(), confidences.begin(), confidences.end());
    runs.push_back(all);
  }
  CAF_CHECK(runs[0] == runs[1]);
}

CAF_TEST(a prompt is cut by the callee and not with barge in off) {
  const std::string text = "This is one long sentence with very many words that goes on and on for quite a while";
  for (bool allowed : {true, false}) {
    hall h("angry-opt-out");
    h.engine = [&](const errand& e) {
      return e.to.url.ends_with("/abc") ? ask(text, allowed ? "" : " bargeIn=\"false\"", "<Pause length=\"3\"/>") : response("<Hangup/>");
    };
    h.o.create();
    h.live(40s);
    auto cut = h.spoken("said", "whole", false);
    CAF_REQUIRE_EQUAL(cut.size(), allowed ? 1u : 0u);
    if (allowed) {
      CAF_CHECK(text.starts_with(cut.at(0)));
      CAF_CHECK(cut[0].size() < text.size());
      CAF_CHECK(has(plain_words(h.posted("SpeechResult").at(0)), "list"));
    } else {
      CAF_CHECK(h.spoken("said", "whole", true).at(0) == text);
    }
  }
}

CAF_TEST(keys that a document plays lead through a menu) {
  hall h("ivr");
  int turn = 0;
  h.engine = [&](const errand&) {
    switch (turn++) {
      case 0: return ask("Hello?");
      case 1: return response("<Play digits=\"ww1\"/><Redirect>/turn</Redirect>");
      default: return ask("I would like to book an appointment.");
    }
  };
  h.o.create();
  h.live(90s);
  auto heard = h.spoken("heard", "told", true);
  CAF_REQUIRE(heard.size() >= 3u);
  CAF_CHECK(has(heard[0], "press 1"));
  CAF_CHECK(h.spoken("said", "whole", true).at(0) == "ww1");
  bool desk = false, booked = false;
  for (const auto& one : heard) {
    desk = desk || has(one, "Appointments, this is") || has(one, "connected");
    booked = booked || has(one, "Shall I");
  }
  CAF_CHECK(desk);
  CAF_CHECK(booked);
}

CAF_TEST(pieces with short pauses are one turn and silence is told) {
  hall h("slow-talker");
  int turn = 0;
  h.engine = [&](const errand&) {
    return turn++ == 0 ? ask("When would be a good time?", " speechTimeout2=\"x\"") : ask("Go on.");
  };
  h.o.create();
  h.live(60s);
  CAF_CHECK(h.posted("SpeechResult").size() >= 3u);

  hall quiet("near-silent");
  quiet.engine = [](const errand&) { return ask("Is this a good moment?"); };
  quiet.o.create();
  quiet.live(30s);
  auto posted = quiet.posted("SpeechResult");
  CAF_REQUIRE(posted.size() >= 2u);
  CAF_CHECK_EQUAL(posted[0], "(none)");
}

CAF_TEST(new instructions cut off what is said and heard) {
  hall h("dentist");
  h.engine = [](const errand& e) {
    return e.to.url.ends_with("/other") ? response("<Say>Good bye for now.</Say><Hangup/>")
                                        : ask("This sentence takes a while and is cut off by the redirect that comes now.");
  };
  auto sid = h.o.create()["sid"].get<std::string>();
  h.live(5s);
  CAF_CHECK_EQUAL(h.o.status(sid), "in-progress");
  h.o.change(sid, {{"Url", "https://engine.example.com/other"}, {"Method", "POST"}});
  h.live(20s);
  CAF_CHECK_EQUAL(h.o.status(sid), "completed");
  CAF_CHECK(h.spoken("said", "whole", true).back() == "Good bye for now.");
  CAF_CHECK(!h.spoken("said", "whole", false).empty());
}

CAF_TEST(a mailbox is judged when its greeting ends) {
  hall h("voicemail");
  h.engine = [](const errand&) { return response("<Pause length=\"40\"/>"); };
  h.o.create(with(
    with(with(order(), "MachineDetection", "DetectMessageEnd"), "AsyncAmd", "true"), "AsyncAmdStatusCallback",
    "https://engine.example.com/amd"));
  h.live(60s);
  const errand* amd = nullptr;
  for (const auto& e : h.sent)
    if (e.what == errand::kind::amd)
      amd = &e;
  CAF_REQUIRE(amd);
  CAF_CHECK_EQUAL(value(*amd, "AnsweredBy"), "machine_end_beep");
  const auto longest = built_in_personas().find("voicemail")->second->greeting_time();
  CAF_CHECK(std::stol(value(*amd, "MachineDetectionDuration")) > longest.count());

  hall start("voicemail");
  start.engine = h.engine;
  start.o.create(with(
    with(with(order(), "MachineDetection", "Enable"), "AsyncAmd", "true"), "AsyncAmdStatusCallback",
    "https://engine.example.com/amd"));
  start.live(60s);
  bool told = false;
  for (const auto& e : start.sent)
    told = told || (e.what == errand::kind::amd && value(e, "AnsweredBy") == "machine_start");
  CAF_CHECK(told);
}

CAF_TEST(a recording is told of after the call) {
  hall h("shop");
  h.engine = [](const errand&) {
    return response(
      "<Start><Recording recordingStatusCallback=\"https://engine.example.com/recording/t\"/></Start>"
      "<Start><Recording recordingStatusCallback=\"https://engine.example.com/recording/t\"/></Start>"
      "<Pause length=\"12\"/><Hangup/>");
  };
  auto sid = h.o.create()["sid"].get<std::string>();
  h.live(60s);
  int told = 0;
  for (const auto& e : h.sent) {
    if (e.what != errand::kind::recording)
      continue;
    ++told;
    CAF_CHECK_EQUAL(value(e, "CallSid"), sid);
    CAF_CHECK_EQUAL(value(e, "RecordingStatus"), "completed");
    CAF_CHECK_EQUAL(value(e, "RecordingDuration"), "12");
    CAF_CHECK(value(e, "RecordingSid").starts_with("RE"));
    CAF_CHECK(value(e, "RecordingUrl").starts_with("https://api.twilio.com/"));
    CAF_CHECK_EQUAL(value(e, "CallStatus"), "(none)");
    CAF_CHECK_EQUAL(value(e, "From"), "(none)");
  }
  CAF_CHECK_EQUAL(told, 1);
}

CAF_TEST(a call that is handed on lasts a while and tells its end) {
  for (bool with_action : {true, false}) {
    hall h("dentist");
    h.engine = [&](const errand& e) {
      return e.to.url.ends_with("/after")
               ? response("<Hangup/>")
               : response(
                   std::string("<Dial callerId=\"+14155550199\"") + (with_action ? " action=\"/after\"" : "") +
                   "><Number>+14155550123</Number></Dial><Hangup/>");
    };
    auto sid = h.o.create()["sid"].get<std::string>();
    h.live(10s);
    CAF_CHECK_EQUAL(h.o.status(sid), "in-progress");
    h.live(60s);
    CAF_CHECK_EQUAL(h.o.status(sid), "completed");
    int dials = 0;
    for (const auto& l : h.o.lines())
      dials += l["kind"] == "dial" && l["number"] == "+14155550123";
    CAF_CHECK_EQUAL(dials, 1);
    CAF_CHECK_EQUAL(
      value(h.sent.at(h.sent.size() - 2), "DialCallStatus"), with_action ? "completed" : "(none)");
  }
}

CAF_TEST(a patient persona outlives the random talk time) {
  hall h("hold");
  h.o.rules.talk = {8s, 8s};
  h.engine = [](const errand&) { return ask("Until when are you open?"); };
  auto sid = h.o.create()["sid"].get<std::string>();
  h.live(20s);
  CAF_CHECK_EQUAL(h.o.status(sid), "in-progress");
  h.live(40s);
  bool back = false;
  for (const auto& one : h.spoken("heard", "told", true))
    back = back || has(one, "Thank you for waiting");
  CAF_CHECK(back);
}
