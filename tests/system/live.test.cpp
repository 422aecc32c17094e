#define CAF_SUITE system.live

#include "tests/support/model_server.hpp"
#include "tests/system/talk_office.hpp"

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>

using namespace ringmaster;
using namespace ringmaster::support;

// What a person does to a call while it goes on, and what a crash does.

namespace {

std::string at(const std::string& call, const std::string& act) {
  return "/api/call-sessions/" + call + "/" + act;
}

bool over(const talk_office& o, const std::string& call, milliseconds patience = seconds(20)) {
  return wait_until(
      patience,
      [&] {
        const auto status = text(o.session(call).value("call_session", json::object()), "status");
        return status == "completed" || status == "failed" || status == "canceled";
      },
      milliseconds(20));
}

/// A model that says what the test lets it say, and never ends a call by itself.
struct scripted_model {
  /// `turn` counts the turns of all calls from 1; `asked` is the request.
  using words = std::function<std::string(int turn, const test::model_server::asked& asked)>;
  explicit scripted_model(words say)
      : server([say = std::move(say), turns = std::make_shared<std::atomic<int>>(0)](
                   test::raw_socket& peer, const test::model_server::asked& what) {
          if (!what.has("\"stream\":true"))
            return peer.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
          const auto events =
              R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":")" +
              say(++*turns, what) +
              "\"}}]}\n\ndata: "
              "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
              "data: [DONE]\n\n";
          return peer.send(
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
              std::to_string(events.size()) + "\r\n\r\n" + events);
        }) {}
  test::model_server server;

  engine_settings settings() const {
    return {
        {"AI_PROVIDERS",         "house,rules"},
        {"AI_HOUSE_KIND",        "openai"     },
        {"AI_HOUSE_BASE_URL",    server.url() },
        {"AI_HOUSE_MODEL",       "test"       },
        {"AI_HOUSE_CONCURRENCY", "200"        },
        {"AI_HOUSE_TIMEOUT",     "2s"         }
    };
  }
};

/// Always has more to talk about.
std::string chat(int turn, const test::model_server::asked&) {
  return "Could you tell me more about point " + std::to_string(turn) + "?";
}

/// Wants the repair at any price.
std::string agree(int, const test::model_server::asked& asked) {
  return asked.has("dollars") ? "Yes, that works for us, please book it."
                              : "I need a repair of the dishwasher. How much is it?";
}

void control(const std::string& mode) {
  scripted_model model(chat);
  auto settings = model.settings();
  settings["CARRIER_MODE"] = mode;
  talk_office o(settings, talkative_phones("4"));
  o.settle({
      {"transfer_numbers", {number(77)}}
  });

  const auto task = o.ready("Call my dentist and get the earliest appointment", number(1));
  const auto call = o.call(task);
  CAF_REQUIRE(o.talking(call));

  CAF_MESSAGE("what a person says is heard by the callee and stands in the transcript");
  const auto said = o.ann.post(
      at(call, "say"), {
                           {"text", "Hello, this is Ann herself."}
  });
  CAF_MESSAGE(said.summary());
  CAF_CHECK_EQUAL(said.status, 200);
  CAF_CHECK(wait_until(
      seconds(20),
      [&] {
        return words_of(o.session(call), "assistant").find("this is Ann herself") !=
               std::string::npos;
      },
      milliseconds(20)));

  CAF_MESSAGE("a whisper reaches the model and nobody else");
  CAF_CHECK_EQUAL(
      o.ann
          .post(
              at(call, "whisper"),
              {
                  {"text", "Ask about the parking garage"}
  })
          .status,
      200);
  CAF_CHECK(wait_until(
      seconds(30),
      [&] {
        for (const auto& asked : model.server.requests())
          if (asked.has("Ask about the parking garage"))
            return true;
        return false;
      },
      milliseconds(50)));
  CAF_CHECK_EQUAL(words_of(o.session(call), "assistant").find("parking garage"), std::string::npos);

  CAF_MESSAGE("a stranger cannot touch the call and nobody can send it anywhere");
  const auto eve = o.s.add_user("eve@example.com");
  CAF_CHECK_EQUAL(
      eve.post(
             at(call, "say"),
             {
                 {"text", "boo"}
  })
          .status,
      404);
  CAF_CHECK_EQUAL(eve.post(at(call, "hangup"), json::object()).status, 404);
  CAF_CHECK_EQUAL(eve.get("/api/call-sessions/" + call).status, 404);
  CAF_CHECK_EQUAL(
      o.ann
          .post(
              at(call, "transfer"),
              {
                  {"phone_number", number(78)}
  })
          .status,
      422);

  CAF_MESSAGE("a hang-up is final");
  const auto ended = o.ann.post(at(call, "hangup"), json::object());
  CAF_MESSAGE(ended.summary());
  CAF_CHECK_EQUAL(ended.status, 200);
  CAF_CHECK(over(o, call));
  CAF_CHECK_EQUAL(
      o.ann
          .post(
              at(call, "say"),
              {
                  {"text", "anybody there?"}
  })
          .status,
      409);
  CAF_CHECK(o.processed(call));
  CAF_CHECK_NOT_EQUAL(text(o.task(task), "status"), "in_progress");

  CAF_MESSAGE("a pinned number takes the call over");
  const auto second = o.ready("Ask for the opening hours", number(12));
  const auto handed = o.call(second);
  CAF_REQUIRE(o.talking(handed));
  const auto moved = o.ann.post(
      at(handed, "transfer"), {
                                  {"phone_number", number(77)}
  });
  CAF_MESSAGE(moved.summary());
  CAF_CHECK_EQUAL(moved.status, 200);
  CAF_CHECK(wait_until(
      seconds(20),
      [&] { return words_of(o.session(handed), "system").find("connected to") != std::string::npos; },
      milliseconds(50)));
  CAF_CHECK(over(o, handed, seconds(60)));

  CAF_MESSAGE("the trail says who did it");
  std::set<std::string> acts;
  for (const auto& row : o.ann.all("/api/audit", "audit"))
    if (text(row, "actor").starts_with("key:") || text(row, "actor").starts_with("user:"))
      acts.insert(text(row, "action"));
  for (const auto* act : {"call.say", "call.whisper", "call.hangup", "call.transfer"})
    CAF_CHECK(acts.contains(act));
}

} // namespace

CAF_TEST(a person steers a call that is held turn by turn) { control("gather"); }

CAF_TEST(a person steers a call that is held over the socket) { control("relay"); }

CAF_TEST(a price above the limit is agreed to only with the owner and only in time) {
  scripted_model model(agree);
  auto settings = model.settings();
  settings["TALK_OWNER_PATIENCE"] = "20s";
  talk_office o(settings, talkative_phones("8"));
  o.settle({
      {"max_auto_approve_amount", {{"amount", "10.00"}, {"currency", "USD"}}}
  });
  const auto ask = [&](bool yes) {
    const auto task = o.ready(
        "Book the earliest repair of the brakes", number(13),
        {
            {"needs_user_confirmation", false}
    });
    const auto call = o.call(task);
    json question;
    const bool asked = wait_until(
        seconds(40),
        [&] {
          for (const auto& q : talk_of(o.session(call)).value("questions", json::array()))
            if (text(q, "state") == "open")
              question = q;
          return question.is_object();
        },
        milliseconds(50));
    CAF_MESSAGE(
        "asked: " << question.dump() << words_of(o.session(call), "human")
                  << words_of(o.session(call), "assistant"));
    CAF_CHECK(asked);
    if (asked) {
      const auto answered = o.ann.post(
          at(call, "answer"),
          {
              {"question", question.value("question", question.value("n", 0))},
              {"approve",       yes                               }
      });
      CAF_MESSAGE(answered.summary());
      CAF_CHECK_EQUAL(answered.status, 200);
      const auto twice = o.ann.post(
          at(call, "answer"),
          {
              {"question", question.value("question", question.value("n", 0))},
              {"approve",       !yes                               }
      });
      CAF_CHECK_EQUAL(twice.status, 409);
    }
    CAF_CHECK(o.processed(call));
    return o.session(call);
  };
  const auto agreed = [](const json& session) {
    return words_of(session, "assistant").find("please book it") != std::string::npos;
  };
  const auto refused = ask(false);
  CAF_MESSAGE(words_of(refused, "assistant"));
  CAF_CHECK(!agreed(refused));
  CAF_CHECK(talk_of(refused).value("agreed_price", json()).is_null());
  const auto allowed = ask(true);
  CAF_MESSAGE(words_of(allowed, "assistant"));
  CAF_CHECK(agreed(allowed));
  CAF_CHECK(!talk_of(allowed).value("agreed_price", json()).is_null());
}

CAF_TEST(live segments come as events) {
  talk_office o;
  http_connection viewer(o.s.authority());
  CAF_REQUIRE(viewer.send(write_request(
      o.s.authority(), "GET", "/api/events",
      {
          {"Authorization", "Bearer " + o.ann.key()},
          {"Accept",        "text/event-stream"    }
  },
      "")));
  const auto call = o.call(o.ready("Ask what a basic tune-up costs", number(3)));
  std::string seen;
  CAF_CHECK(viewer.read_until("event: segment", seen));
  CAF_CHECK(viewer.read_until("\"speaker\":\"human\"", seen));
  CAF_CHECK_NOT_EQUAL(seen.find(call), std::string::npos);
}

CAF_TEST(fifty conversations outlive the death of the engine) {
  const auto calls = static_cast<std::size_t>(option("TALK_KILL_CALLS", 50));
  scripted_model model(chat);
  for (const std::string mode : {"relay", "gather"}) {
    CAF_MESSAGE(mode);
    auto settings = model.settings();
    settings["CARRIER_MODE"] = mode;
    carrier_flags flags{"--ring",     "100ms..300ms",  "--talk",
                        "100s..140s", "--seed",        "21",
                        "--mix",      "answered=1",    "--time-scale",
                        "5",          "--persona-mix", "dentist=3,shop=2,slow-talker=1"};
    talk_office o(settings, flags);
    auto wish = open_campaign("Fifty talks");
    wish["script"] = "Hello, this is about your next appointment.";
    wish["max_concurrent_calls"] = 100;
    wish["max_attempts"] = 1;
    const auto id = make_campaign(o.ann, wish, targets(1'000, calls));
    CAF_REQUIRE(o.ann.act(id, "start").ok());
    const auto list = [&] { return o.ann.all("/api/campaigns/" + id + "/calls", "calls"); };
    CAF_REQUIRE(wait_until(
        seconds(60),
        [&] {
          std::size_t live = 0;
          for (const auto& c : list())
            live += text(c, "status") == "in-progress";
          return live >= calls;
        },
        milliseconds(100)));
    // Talked with for a while, so that most have something to lose that is older than a second.
    CAF_REQUIRE(wait_until(
        seconds(30),
        [&] {
          std::set<std::string> heard;
          for (const auto& h : o.s.log().heard())
            if (h.at_us < wall_us() - 1'500'000)
              heard.insert(h.sid);
          return heard.size() >= calls * 3 / 4;
        },
        milliseconds(100)));
    const auto killed_us = wall_us();
    o.s.kill_engine();
    o.s.start_engine();
    CAF_CHECK(o.s.ready_within(seconds(15)));
    o.ann = api(o.s.authority(), o.ann.key());

    CAF_CHECK(wait_until(
        seconds(120), [&] { return text(o.ann.campaign(id), "status") == "completed"; },
        milliseconds(200)));
    std::map<std::string, std::size_t> by_status;
    for (const auto& c : list())
      ++by_status[text(c, "status")];
    CAF_MESSAGE(json(by_status).dump());
    CAF_CHECK_EQUAL(by_status["in-progress"] + by_status["ringing"] + by_status["queued"], 0u);

    CAF_MESSAGE("each result is processed once");
    const auto unprocessed = [&] {
      return std::stoul(*o.s.database()
                             ->rows("select count(*)::text as n from ringmaster.conversations "
                                    "where wrapped_at is null")
                             .at(0)
                             .at("n"));
    };
    CAF_CHECK(wait_until(
        seconds(60), [&] { return unprocessed() == 0; }, milliseconds(200)));
    CAF_CHECK_EQUAL(
        *o.s.database()
             ->rows("select count(*)::text as n from ringmaster.conversations where times_wrapped "
                    "<> 1")
             .at(0)
             .at("n"),
        "0");

    CAF_MESSAGE("what the callee said before the last second stands in the transcript");
    std::map<std::string, std::string> known;
    for (auto& row : o.s.database()->rows(
             "select c.sid as sid, string_agg(g.text, ' ' order by g.n) as words from "
             "ringmaster.call_segments g join ringmaster.call_sessions c on c.id = g.attempt_id "
             "where g.speaker = 'human' group by c.sid"))
      known[*row.at("sid")] = *row.at("words");
    std::size_t said = 0, lost = 0;
    for (const auto& h : o.s.log().heard()) {
      if (h.at_us > killed_us - 1'000'000 || h.text.empty())
        continue;
      ++said;
      if (known[h.sid].find(h.text) == std::string::npos) {
        ++lost;
        CAF_MESSAGE("lost in " << h.sid << ": " << h.text << " | " << known[h.sid]);
      }
    }
    CAF_MESSAGE("said " << said << ", lost " << lost);
    CAF_CHECK(said >= calls / 2);
    CAF_CHECK_EQUAL(lost, 0u);
  }
}
