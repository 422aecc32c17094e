#define CAF_SUITE net_relay

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "http/server.hpp"
#include "http/websocket.hpp"
#include "net/twilio/relay_frames.hpp"
#include "tests/net/rig.hpp"
#include "wire/callback_token.hpp"
#include "wire/carrier_signature.hpp"

using namespace ringmaster;
using namespace ringmaster::net_tests;
using namespace std::chrono_literals;
using namespace std::string_literals;
using json = nlohmann::ordered_json;
using net::twilio::read_relay_frame;
using net::twilio::relay_frame;
using net::twilio::write_relay_order;

namespace {

namespace asio = boost::asio;
using incoming = http::websocket::incoming;

const std::string sid = "CA0123456789abcdef0123456789abcdef";
const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string auth_token = "0123456789abcdef0123456789abcdef";

template <class Condition>
bool eventually(Condition holds) {
  auto until = std::chrono::steady_clock::now() + 10s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

/// The edge with a real server, and an engine that remembers what the socket told.
struct relay_rig : rig {
  relay_rig() : server(app, {}, 1) {
    attempt = attempt_id{desk.make_id()};
    engine.attach_line_ = [this](const attach_line& m) -> result<line_attached> {
      std::lock_guard lock(mutex);
      attached.push_back(m);
      if (refusal)
        return fail(*refusal);
      line_attached a;
      a.tell = [this](talk::event e) {
        std::lock_guard inner(mutex);
        told.push_back(std::move(e));
      };
      return a;
    };
    auto at = server.start("127.0.0.1:0");
    CAF_REQUIRE(at.has_value());
    address = *at;
  }
  ~relay_rig() { server.drain(3000ms); }

  std::string path(std::int32_t session = 1) const {
    return "/api/relay/" + wire::write_relay_token("callback key", ann, attempt, session);
  }
  static std::string sign(const std::string& path) {
    return wire::sign(auth_token, "wss://engine.example.com" + path, {});
  }
  std::size_t events() {
    std::lock_guard lock(mutex);
    return told.size();
  }
  talk::event event(std::size_t i) {
    std::lock_guard lock(mutex);
    return told.at(i);
  }

  http::server server;
  std::string address;
  attempt_id attempt;
  std::mutex mutex;
  std::vector<attach_line> attached;
  std::vector<talk::event> told;
  std::optional<error> refusal;
};

/// The carrier's end of one socket.
struct carrier_end {
  template <class T>
  T run(asio::awaitable<T> work) {
    auto promise = std::make_shared<std::promise<T>>();
    auto got = promise->get_future();
    asio::co_spawn(io, std::move(work), [promise](std::exception_ptr e, T value) {
      if (e)
        promise->set_exception(e);
      else
        promise->set_value(std::move(value));
    });
    return got.get();
  }

  carrier_end(relay_rig& to, const std::string& path, const std::string& signature) {
    std::vector<http::header> fields;
    if (!signature.empty())
      fields.push_back({"X-Twilio-Signature", signature});
    auto opened = run(http::open_websocket(io, "ws://" + to.address + path, fields, {}, 10s));
    if (opened)
      socket = *opened;
    else
      why = opened.error().detail;
  }
  ~carrier_end() {
    io.stop();
    thread.join();
    socket.reset();
  }
  explicit carrier_end(relay_rig& to) : carrier_end(to, to.path(), relay_rig::sign(to.path())) {}

  void tell(const json& frame) { socket->send(frame.dump()); }
  void set_up() {
    tell({
        {"type",       "setup"},
        {"sessionId",  "VX1"  },
        {"callSid",    sid    },
        {"accountSid", account}
    });
  }
  incoming next() { return run(socket->read()); }
  json frame() { return json::parse(next().text); }

  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread{[this] { io.run(); }};
  std::shared_ptr<http::websocket> socket;
  std::string why;
};

} // namespace

CAF_TEST(a socket without our token and their signature is refused before the handshake) {
  relay_rig r;
  auto good = r.path();
  auto https = wire::sign(auth_token, "https://engine.example.com" + good, {});
  auto foreign = wire::sign("another token of the account", "wss://engine.example.com" + good, {});
  for (const auto& signature : {std::string(), https, foreign, relay_rig::sign(r.path(2))}) {
    carrier_end c(r, good, signature);
    CAF_CHECK_EQUAL(c.why, "the server answered 403");
  }
  auto forged = "/api/relay/" + wire::write_relay_token("another key", r.ann, r.attempt, 1);
  CAF_CHECK_EQUAL(carrier_end(r, forged, relay_rig::sign(forged)).why, "the server answered 403");
  auto callback = "/api/relay/" + wire::write_callback_token("callback key", r.ann, r.attempt);
  CAF_CHECK_EQUAL(
      carrier_end(r, callback, relay_rig::sign(callback)).why, "the server answered 403");
  auto query = good + "?x=1";
  CAF_CHECK_EQUAL(carrier_end(r, query, relay_rig::sign(query)).why, "the server answered 403");
  CAF_CHECK(r.attached.empty());
  CAF_CHECK_EQUAL(r.services.hooks.sockets_refused.load(), 7u);
  // The port of TLS may stand in what is signed.
  carrier_end c(r, good, wire::sign(auth_token, "wss://engine.example.com:443" + good, {}));
  CAF_CHECK_EQUAL(c.why, "");
}

CAF_TEST(a plain request to a socket is told to upgrade) {
  relay_rig r;
  auto got = r.send(
      http::method::get, r.path(), "",
      {
          {"X-Twilio-Signature", relay_rig::sign(r.path())}
  },
      false);
  CAF_CHECK(got.upgrade != nullptr);
  got = r.send(http::method::get, r.path(), "", {}, false);
  CAF_CHECK_EQUAL(got.status, 403);
  CAF_CHECK(got.upgrade == nullptr);
}

CAF_TEST(what the carrier hears reaches the call) {
  relay_rig r;
  carrier_end c(r);
  CAF_REQUIRE(c.socket != nullptr);
  c.set_up();
  c.tell({
      {"type",        "prompt"},
      {"voicePrompt", "Hel"   },
      {"last",        false   }
  });
  c.tell({
      {"type",        "prompt"      },
      {"voicePrompt", "Hello\nthere"},
      {"lang",        "en-US"       },
      {"last",        true          }
  });
  c.tell({
      {"type",                     "interrupt"},
      {"utteranceUntilInterrupt",  "I am"     },
      {"durationUntilInterruptMs", "460"      }
  });
  c.tell({
      {"type",                     "interrupt"},
      {"utteranceUntilInterrupt",  "I am"     },
      {"durationUntilInterruptMs", 461        }
  });
  c.tell({
      {"type",  "dtmf"},
      {"digit", "5"   }
  });
  c.tell({
      {"type",  "info"         },
      {"name",  "agentSpeaking"},
      {"value", "on"           }
  });
  c.tell({
      {"type",        "error"},
      {"description", "64107"}
  });
  c.tell({
      {"type", "a new thing"}
  });
  c.socket->close(http::close_code::normal);
  CAF_CHECK(c.next().what == incoming::kind::closed);
  CAF_REQUIRE(eventually([&] { return r.events() == 6; }));
  CAF_REQUIRE_EQUAL(r.attached.size(), 1u);
  CAF_CHECK_EQUAL(r.attached[0].sid.value, sid);
  CAF_CHECK_EQUAL(r.attached[0].session, 1);
  CAF_CHECK(r.attached[0].user == r.ann);
  CAF_CHECK(r.attached[0].attempt == r.attempt);
  auto partial = std::get<talk::words>(r.event(0));
  CAF_CHECK_EQUAL(partial.text, "Hel");
  CAF_CHECK(!partial.final);
  auto whole = std::get<talk::words>(r.event(1));
  CAF_CHECK_EQUAL(whole.text, "Hello there");
  CAF_CHECK(whole.final);
  auto cut = std::get<talk::cut>(r.event(2));
  CAF_CHECK_EQUAL(cut.heard, "I am");
  CAF_CHECK_EQUAL(cut.spoken.count(), 460);
  CAF_CHECK_EQUAL(std::get<talk::cut>(r.event(3)).spoken.count(), 461);
  CAF_CHECK_EQUAL(std::get<talk::keys>(r.event(4)).digits, "5");
  CAF_CHECK(std::holds_alternative<talk::line_lost>(r.event(5)));
  CAF_CHECK_EQUAL(r.services.hooks.sockets.load(), 1u);
}

CAF_TEST(orders of the call go out in order and nothing after the end) {
  relay_rig r;
  carrier_end c(r);
  CAF_REQUIRE(c.socket != nullptr);
  c.set_up();
  CAF_REQUIRE(eventually([&] {
    std::lock_guard lock(r.mutex);
    return r.attached.size() == 1;
  }));
  auto& deliver = *r.attached[0].deliver;
  deliver(talk::say{1, "Hello \"you\" ", false, false});
  deliver(talk::say{1, "\xc3\xa9.", true, true});
  deliver(talk::press{"1w2x"});
  deliver(talk::hang_up{"done"});
  deliver(talk::say{2, "too late", true, true});
  deliver(line_closed{});
  CAF_CHECK_EQUAL(
      c.next().text,
      R"({"type":"text","token":"Hello \"you\" ","last":false,"interruptible":false})");
  auto second = c.frame();
  CAF_CHECK_EQUAL(second["token"], "\xc3\xa9.");
  CAF_CHECK_EQUAL(second["last"], true);
  CAF_CHECK_EQUAL(second["interruptible"], true);
  CAF_CHECK_EQUAL(c.next().text, R"({"type":"sendDigits","digits":"1w2"})");
  CAF_CHECK_EQUAL(c.next().text, R"({"type":"end","handoffData":"{\"why\":\"done\"}"})");
  auto end = c.next();
  CAF_CHECK(end.what == incoming::kind::closed);
  CAF_CHECK_EQUAL(end.code, 1000);
  deliver(talk::say{3, "nobody listens", true, true});
  CAF_CHECK(eventually([&] { return r.events() == 1; }));
  CAF_CHECK(std::holds_alternative<talk::line_lost>(r.event(0)));
}

CAF_TEST(only the setup of a call of ours may come first) {
  for (const std::string& first :
       {R"({"type":"prompt","voicePrompt":"hi","last":true})"s, R"({"type":"setup"})"s,
        R"({"type":"setup","callSid":"CA1","accountSid":"AC9"})"s, "{"s, "[]"s, R"({"type":5})"s}) {
    relay_rig r;
    carrier_end c(r);
    CAF_REQUIRE(c.socket != nullptr);
    c.socket->send(first);
    CAF_CHECK_EQUAL(c.next().code, 1008);
    CAF_CHECK(r.attached.empty());
    CAF_CHECK_EQUAL(r.services.hooks.sockets_refused.load(), 1u);
  }
}

CAF_TEST(a second socket of a session is closed when the engine says so) {
  relay_rig r;
  r.refusal = error{.code = errc::conflict, .detail = "attached already"};
  carrier_end second(r);
  second.set_up();
  CAF_CHECK_EQUAL(second.next().code, 1008);
  r.refusal = error{.code = errc::not_found, .detail = "another call"};
  carrier_end other(r);
  other.set_up();
  CAF_CHECK_EQUAL(other.next().code, 1008);
  r.refusal = error{.code = errc::unavailable, .detail = "draining"};
  carrier_end late(r);
  late.set_up();
  CAF_CHECK_EQUAL(late.next().code, 1011);
  CAF_CHECK_EQUAL(r.events(), 0u);
}

CAF_TEST(ten frames in a row that say nothing end the socket) {
  relay_rig r;
  carrier_end c(r);
  c.set_up();
  for (int i = 0; i < 9; ++i)
    c.socket->send(i % 2 ? "no json" : R"({"type":"mystery"})");
  c.tell({
      {"type", "info"}
  });
  std::string deep(1000, '[');
  for (int i = 0; i < 9; ++i)
    c.socket->send(deep);
  c.tell({
      {"type",        "prompt"     },
      {"voicePrompt", "still there"},
      {"last",        true         }
  });
  CAF_CHECK(eventually([&] { return r.events() == 1; }));
  for (int i = 0; i < 10; ++i)
    c.tell({
        {"type",    "setup"},
        {"callSid", sid    }
    });
  CAF_CHECK_EQUAL(c.next().code, 1007);
  CAF_CHECK(eventually([&] { return r.events() == 2; }));
  CAF_CHECK(std::holds_alternative<talk::line_lost>(r.event(1)));
  CAF_CHECK_EQUAL(r.services.hooks.sockets_garbled.load(), 1u);
}

CAF_TEST(a frame that is too large ends the socket) {
  relay_rig r;
  carrier_end c(r);
  c.set_up();
  c.socket->send(std::string(64 * 1024 + 1, ' '));
  CAF_CHECK_EQUAL(c.next().code, 1009);
  CAF_CHECK(eventually([&] { return r.events() == 1; }));
}

CAF_TEST(frames are read leniently and bounded) {
  auto prompt = [](json text) {
    json frame;
    frame["type"] = "prompt";
    frame["voicePrompt"] = std::move(text);
    return read_relay_frame(frame.dump());
  };
  CAF_CHECK_EQUAL(std::get<talk::words>(*prompt(std::string(9000, 'a')).tells).text.size(), 4000u);
  CAF_CHECK(std::get<talk::words>(*prompt("no last").tells).final);
  CAF_CHECK(prompt(5).what == relay_frame::kind::unreadable);
  CAF_CHECK(prompt(nullptr).what == relay_frame::kind::unreadable);
  // Other carriers have other ids.
  auto setup = read_relay_frame(R"({"type":"setup","callSid":"v3:abc","extra":{"deep":[1]}})");
  CAF_CHECK(setup.what == relay_frame::kind::setup);
  CAF_CHECK_EQUAL(setup.call, "v3:abc");
  CAF_CHECK(read_relay_frame(R"({"type":"dtmf","digit":"D"})").what == relay_frame::kind::passing);
  CAF_CHECK(read_relay_frame(R"({"type":"dtmf"})").what == relay_frame::kind::unreadable);
  auto cut = read_relay_frame(R"({"type":"interrupt","durationUntilInterruptMs":"soon"})");
  CAF_CHECK_EQUAL(std::get<talk::cut>(*cut.tells).spoken.count(), 0);
  cut = read_relay_frame(R"({"type":"interrupt","durationUntilInterruptMs":-4e99})");
  CAF_CHECK_EQUAL(std::get<talk::cut>(*cut.tells).spoken.count(), 0);
  CAF_CHECK_EQUAL(write_relay_order(talk::say{}), "");
  CAF_CHECK_EQUAL(write_relay_order(talk::press{"abc"}), "");
  CAF_CHECK_EQUAL(write_relay_order(line_closed{}), "");
}
