#define CAF_SUITE system.relay

#include "tests/support/relay_peer.hpp"
#include "tests/support/status_post.hpp"
#include "tests/system/talk_office.hpp"

#include <caf/test/unit_test.hpp>

using namespace ringmaster;
using namespace ringmaster::support;

// The socket as a peer uses it that knows nothing of us but the public protocol.

namespace {

/// A carrier that makes calls and says nothing: this test is its other half.
const carrier_flags silent_carrier{"--ring", "10ms..20ms", "--talk",     "500s..600s",  "--seed",
                                   "3",      "--mix",      "answered=1", "--callbacks", "off"};

struct switchboard {
  talk_office o{{{"CARRIER_MODE", "relay"}}, silent_carrier};
  std::size_t dialed = 0;

  struct answered_call {
    std::string session, task, sid, token, document, socket;
  };

  form_fields fields(const answered_call& c, const std::string& status) const {
    status_event e;
    e.sid = c.sid;
    e.account = account_sid;
    e.to = number(100 + dialed);
    e.from = caller_id;
    e.status = status;
    e.sequence = status == "completed" ? 3 : 2;
    return callback_fields(e);
  }
  http_answer
  hook(const answered_call& c, const std::string& name, const form_fields& fields) const {
    return post_signed(
        o.s.authority(), o.s.public_url(), "/api/webhooks/" + name + "/" + c.token, auth_token,
        fields);
  }

  /// A task's call that was picked up; the document names the socket.
  answered_call answer() {
    answered_call c;
    c.task = o.ready("Call my dentist and get the earliest appointment", number(100 + ++dialed));
    c.session = o.call(c.task);
    const auto created = wait_until(
        seconds(10),
        [&] {
          for (const auto& seen : o.s.log().creates())
            if (seen.to == number(100 + dialed)) {
              c.sid = seen.sid;
              c.token = seen.token;
            }
          return !c.sid.empty();
        },
        milliseconds(20));
    CAF_REQUIRE(created);
    const auto picked_up = hook(c, "voice", fields(c, "in-progress"));
    CAF_MESSAGE(picked_up.body);
    CAF_REQUIRE_EQUAL(picked_up.status, 200);
    c.document = picked_up.body;
    c.socket = socket_of(c.document);
    CAF_REQUIRE(c.socket.starts_with("ws://"));
    return c;
  }
  static std::string socket_of(const std::string& document) {
    const auto begin = document.find("url=\"ws");
    if (begin == std::string::npos)
      return {};
    return document.substr(begin + 5, document.find('"', begin + 5) - begin - 5);
  }
  relay_peer connect(const answered_call& c) const {
    return relay_peer(c.socket, handshake_signature(auth_token, c.socket));
  }
  static json setup(const answered_call& c) {
    return {
        {"type",             "setup"                             },
        {"sessionId",        "VX00000000000000000000000000000000"},
        {"accountSid",       account_sid                         },
        {"callSid",          c.sid                               },
        {"from",             caller_id                           },
        {"to",               "+14155550100"                      },
        {"callType",         "PSTN"                              },
        {"direction",        "OUTBOUND_API"                      },
        {"callStatus",       "IN-PROGRESS"                       },
        {"customParameters", json::object()                      },
        {"unheardOf",        {{"a", 1}}                          }
    };
  }
};

json prompt(const std::string& words, bool last = true) {
  return {
      {"type",        "prompt"},
      {"voicePrompt", words   },
      {"lang",        "en-US" },
      {"last",        last    }
  };
}

} // namespace

CAF_TEST(a peer that knows only the public protocol holds a call) {
  switchboard b;
  const auto c = b.answer();
  CAF_CHECK_NOT_EQUAL(c.document.find("<Connect"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(c.document.find("action="), std::string::npos);
  auto peer = b.connect(c);
  CAF_REQUIRE_EQUAL(peer.status(), 101);
  peer.say(b.setup(c));
  const auto greeting = peer.hear_turn();
  CAF_REQUIRE(greeting);
  CAF_MESSAGE(*greeting);
  CAF_CHECK_NOT_EQUAL(greeting->find("This is an automated call."), std::string::npos);

  peer.say(prompt("Har", false));
  peer.say(prompt("Harbor Dental, this is Kim. What is it about?"));
  const auto first = peer.hear_turn();
  CAF_REQUIRE(first);
  CAF_MESSAGE(*first);
  CAF_CHECK(!first->empty());

  CAF_MESSAGE("what is unknown is passed over");
  peer.say({
      {"type", "weather"},
      {"sun",  true     }
  });
  peer.say({
      {"type",  "info"         },
      {"name",  "agentSpeaking"},
      {"value", "off"          },
      {"ts",    1              }
  });

  CAF_MESSAGE("an interruption cuts the transcript at what was heard");
  peer.say(prompt("We have Tuesday at three pm or Thursday at ten am."));
  const auto whole = peer.hear_turn();
  CAF_REQUIRE(whole && whole->size() > 12);
  const auto heard = whole->substr(0, whole->find(' ', 6));
  peer.say(
      {{"type", "interrupt"}, {"utteranceUntilInterrupt", heard}, {"durationUntilInterruptMs", "430"}});
  peer.say(prompt("Sorry, only Tuesday at three pm."));
  CAF_REQUIRE(peer.hear_turn());
  CAF_CHECK(wait_until(
      seconds(5),
      [&] {
        for (const auto& s : b.o.session(c.session).value("segments", json::array()))
          if (text(s, "speaker") == "assistant" && text(s, "text") == heard)
            return true;
        return false;
      },
      milliseconds(50)));

  CAF_MESSAGE("the callee hangs up");
  peer.vanish();
  auto gone = b.fields(c, "completed");
  gone.emplace_back("SessionId", "VX00000000000000000000000000000000");
  gone.emplace_back("SessionStatus", "completed");
  CAF_CHECK_EQUAL(b.hook(c, "relay-action", gone).status, 200);
  CAF_CHECK_EQUAL(b.hook(c, "call-status", b.fields(c, "completed")).status, 204);
  CAF_CHECK(b.o.processed(c.session));
  CAF_MESSAGE(words_of(b.o.session(c.session), "human"));
  CAF_CHECK_NOT_EQUAL(
      words_of(b.o.session(c.session), "human").find("only Tuesday"), std::string::npos);
}

CAF_TEST(a handshake without a right signature changes nothing) {
  switchboard b;
  const auto c = b.answer();
  CAF_CHECK_EQUAL(relay_peer(c.socket, std::nullopt).status(), 403);
  CAF_CHECK_EQUAL(relay_peer(c.socket, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=").status(), 403);
  CAF_CHECK_EQUAL(
      relay_peer(c.socket, handshake_signature(auth_token, "http" + c.socket.substr(2))).status(),
      403);
  auto other = c.socket;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  CAF_CHECK_EQUAL(relay_peer(other, handshake_signature(auth_token, other)).status(), 403);
  CAF_MESSAGE("the right one is still good");
  auto peer = b.connect(c);
  CAF_REQUIRE_EQUAL(peer.status(), 101);
  peer.say(b.setup(c));
  CAF_CHECK(peer.hear_turn());
}

CAF_TEST(a second socket and a foreign call are turned away) {
  switchboard b;
  const auto c = b.answer();
  auto peer = b.connect(c);
  peer.say(b.setup(c));
  CAF_REQUIRE(peer.hear_turn());

  auto second = b.connect(c);
  if (second.status() == 101) {
    second.say(b.setup(c));
    CAF_CHECK_EQUAL(second.wait_for_close(), 1008);
  }
  CAF_MESSAGE("the first goes on");
  peer.say(prompt("Hello, what is it about?"));
  CAF_CHECK(peer.hear_turn());

  const auto d = b.answer();
  auto stranger = b.connect(d);
  auto lie = b.setup(d);
  lie["callSid"] = c.sid;
  stranger.say(lie);
  CAF_CHECK_EQUAL(stranger.wait_for_close(), 1008);
}

CAF_TEST(frames that are none close the socket and nothing else) {
  switchboard b;
  auto fresh = [&](bool set_up = true) {
    const auto c = b.answer();
    auto peer = b.connect(c);
    CAF_CHECK_EQUAL(peer.status(), 101);
    if (set_up) {
      peer.say(b.setup(c));
      CAF_CHECK(peer.hear_turn());
    }
    return peer;
  };
  {
    CAF_MESSAGE("ten megabytes in one frame");
    auto peer = fresh();
    peer.send_frame(0x81, std::string(10'000'000, 'x'));
    const auto code = peer.wait_for_close();
    CAF_CHECK(code == 1009 || code == 0); // 0: the connection was reset over what we still sent
  }
  {
    CAF_MESSAGE("ten megabytes announced and not sent");
    auto peer = fresh();
    peer.send_bytes(std::string("\x81\xff\x00\x00\x00\x00\x00\x98\x96\x80\x01\x02\x03\x04", 14));
    CAF_CHECK_EQUAL(peer.wait_for_close(), 1009);
  }
  {
    CAF_MESSAGE("a binary message");
    auto peer = fresh();
    peer.send_frame(0x82, "abc");
    CAF_CHECK_EQUAL(peer.wait_for_close(), 1003);
  }
  {
    CAF_MESSAGE("text that is no UTF-8");
    auto peer = fresh();
    peer.send_frame(0x81, "\xff\xfe{}");
    CAF_CHECK_EQUAL(peer.wait_for_close(), 1007);
  }
  {
    CAF_MESSAGE("a frame without a mask");
    auto peer = fresh();
    peer.send_frame(0x81, "{}", false);
    CAF_CHECK_EQUAL(peer.wait_for_close(), 1002);
  }
  {
    CAF_MESSAGE("ten messages that nobody can read");
    auto peer = fresh();
    for (int i = 0; i < 10; ++i)
      peer.send_frame(0x81, "{\"type\": ");
    CAF_CHECK_EQUAL(peer.wait_for_close(), 1007);
  }
  {
    CAF_MESSAGE("words before the setup");
    auto peer = fresh(false);
    peer.say(prompt("hello"));
    CAF_CHECK(peer.wait_for_close() != 1000);
  }
  CAF_MESSAGE("the engine serves on");
  CAF_CHECK_EQUAL(b.o.ann.get("/api/me").status, 200);
}

CAF_TEST(a lost socket is promised anew by the connect action and goes on) {
  switchboard b;
  const auto c = b.answer();
  {
    auto peer = b.connect(c);
    peer.say(b.setup(c));
    CAF_REQUIRE(peer.hear_turn());
    peer.say(prompt("Harbor Dental, this is Kim."));
    CAF_REQUIRE(peer.hear_turn());
    peer.vanish();
  }
  auto failed = b.fields(c, "in-progress");
  failed.emplace_back("SessionStatus", "failed");
  failed.emplace_back("ErrorCode", "64105");
  const auto again = b.hook(c, "relay-action", failed);
  CAF_MESSAGE(again.body);
  CAF_REQUIRE_EQUAL(again.status, 200);
  auto next = c;
  next.socket = b.socket_of(again.body);
  CAF_REQUIRE(next.socket.starts_with("ws://"));
  CAF_CHECK(next.socket != c.socket);
  CAF_MESSAGE("the first socket is used up");
  auto used = b.connect(c);
  if (used.status() == 101) {
    used.say(b.setup(c));
    CAF_CHECK_EQUAL(used.wait_for_close(), 1008);
  }
  auto peer = b.connect(next);
  CAF_REQUIRE_EQUAL(peer.status(), 101);
  peer.say(b.setup(next));
  CAF_REQUIRE(peer.hear_turn());
  peer.say(prompt("We have Tuesday at three pm."));
  CAF_CHECK(peer.hear_turn());
  const auto seen = b.o.session(c.session);
  CAF_CHECK_NOT_EQUAL(words_of(seen, "human").find("this is Kim"), std::string::npos);
  CAF_MESSAGE("the disclosure is not said twice");
  const auto said = words_of(seen, "assistant");
  CAF_CHECK_EQUAL(
      said.find("This is an automated call."), said.rfind("This is an automated call."));
}
