#define CAF_SUITE carrier_relay
#include <caf/test/unit_test.hpp>

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "carrier/simulator.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "http/websocket.hpp"
#include "tests/carrier/samples.hpp"
#include "wire/carrier_signature.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace asio = boost::asio;

namespace {

const std::string connect =
  "<Response><Connect action=\"/after\"><ConversationRelay url=\"ws://127.0.0.1:9/relay/tok\" "
  "partialPrompts=\"true\" dtmfDetection=\"true\" interruptible=\"speech\"/></Connect></Response>";

/// A carrier whose callee is a persona and whose calls talk by a socket that the test holds.
struct hall {
  explicit hall(const std::string& persona) : o(rules(persona)) {
    sid = o.create()["sid"].get<std::string>();
    document = connect;
  }
  static scenario rules(const std::string& persona) {
    auto s = plain();
    s.personas = built_in_personas();
    if (!persona.empty())
      CAF_REQUIRE(parse_callee("+12125550100=" + persona, s));
    return s;
  }

  void take_orders() {
    for (auto orders = o.board.take_sockets(); !orders.empty(); orders = o.board.take_sockets())
      for (auto& what : orders)
        take_order(what);
  }
  void take_order(switchboard::call_socket& what) {
    serial = what.serial;
    session = what.order.session;
    if (what.order.what == socket_order::kind::open) {
      opened.push_back(what.order.text);
      if (answer_sockets)
        o.board.socket_opened(serial, session, o.now);
      else
        o.board.socket_closed(serial, session, o.now);
    } else if (what.order.what == socket_order::kind::send) {
      frames.push_back(json::parse(what.order.text));
    } else {
      closed.push_back(what.order.code);
      o.board.socket_closed(serial, session, o.now);
    }
  }
  void live(std::chrono::microseconds span) {
    const auto until = o.now + span;
    for (;;) {
      o.board.advance(o.now);
      take_orders();
      for (auto& e : o.board.take_due(o.now)) {
        errand_answer got;
        got.result = {try_result::how::answered, 200};
        got.content_type = "text/xml";
        got.body = e.to.url.ends_with("/after") ? after : document;
        sent.push_back(e);
        o.board.finished(e, got, o.now);
        take_orders();
      }
      auto due = o.board.next_due();
      if (!due || *due > until)
        break;
      o.now = std::max(o.now, *due);
    }
    o.now = until;
  }
  void send(const json& frame) { o.board.socket_message(serial, session, frame.dump(), o.now); }
  void say(const std::string& text, bool interruptible = true) {
    // In pieces, as a model makes them.
    const auto half = text.size() / 2;
    send({{"type", "text"}, {"token", text.substr(0, half)}, {"last", false}, {"interruptible", interruptible}});
    send({{"type", "text"}, {"token", text.substr(half)}, {"last", true}, {"interruptible", interruptible}});
  }
  std::vector<json> of(const std::string& type) const {
    std::vector<json> out;
    for (const auto& f : frames)
      if (f["type"] == type)
        out.push_back(f);
    return out;
  }
  std::vector<std::string> prompts() const {
    std::vector<std::string> out;
    for (const auto& f : of("prompt"))
      if (f["last"] == true)
        out.push_back(f["voicePrompt"]);
    return out;
  }
  const errand* action() const {
    for (const auto& e : sent)
      if (e.to.url.ends_with("/after"))
        return &e;
    return nullptr;
  }

  office o;
  std::string sid, document, after = "<Response><Hangup/></Response>";
  bool answer_sockets = true;
  std::uint32_t serial = 0, session = 0;
  std::vector<std::string> opened;
  std::vector<json> frames;
  std::vector<int> closed;
  std::vector<errand> sent;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

CAF_TEST(a socket begins with setup and carries a whole conversation) {
  hall h("dentist");
  h.live(5s);
  CAF_REQUIRE_EQUAL(h.opened.size(), 1u);
  CAF_CHECK_EQUAL(h.opened[0], "ws://127.0.0.1:9/relay/tok");
  CAF_REQUIRE(!h.frames.empty());
  CAF_CHECK_EQUAL(h.frames[0]["type"].get<std::string>(), "setup");
  CAF_CHECK_EQUAL(h.frames[0]["callSid"].get<std::string>(), h.sid);
  CAF_CHECK_EQUAL(h.frames[0]["accountSid"].get<std::string>(), account);
  CAF_CHECK(h.frames[0]["sessionId"].get<std::string>().starts_with("VX"));
  h.live(4s);
  CAF_REQUIRE_EQUAL(h.prompts().size(), 1u);
  CAF_CHECK(has(h.prompts()[0], "Harbor Dental"));
  // Unfinished sentences come before the finished one and are its beginning.
  auto first = h.of("prompt").front();
  CAF_CHECK(first["last"] == false);
  CAF_CHECK(h.prompts()[0].starts_with(first["voicePrompt"].get<std::string>()));

  h.say("Hello, I would like to make an appointment.");
  h.live(12s);
  CAF_REQUIRE_EQUAL(h.prompts().size(), 2u);
  CAF_CHECK(has(h.prompts()[1], "Which"));
  h.say("The first one, please.");
  h.live(10s);
  h.say("Alex Doe.");
  h.live(10s);
  CAF_CHECK(has(h.prompts().back(), "confirmation number"));
  CAF_CHECK(h.of("interrupt").empty());
  h.say("Thank you very much.");
  h.send({{"type", "end"}, {"handoffData", "{\"why\":\"done\"}"}});
  h.live(5s);
  CAF_REQUIRE(h.action());
  CAF_CHECK_EQUAL(value(*h.action(), "SessionStatus"), "ended");
  CAF_CHECK_EQUAL(value(*h.action(), "HandoffData"), "{\"why\":\"done\"}");
  CAF_CHECK_EQUAL(value(*h.action(), "CallStatus"), "in-progress");
  CAF_CHECK_EQUAL(value(*h.action(), "SessionId"), h.frames[0]["sessionId"].get<std::string>());
  CAF_CHECK_EQUAL(h.o.status(h.sid), "completed");
  CAF_CHECK(h.closed == std::vector<int>{1000});
  // The log tells what was said before the end, and what the callee said.
  std::vector<std::string> said, heard;
  for (const auto& l : h.o.lines()) {
    if (l["kind"] == "said" && l["whole"] == true)
      said.push_back(l["text"]);
    if (l["kind"] == "heard" && l["told"] == true)
      heard.push_back(l["text"]);
  }
  CAF_REQUIRE_EQUAL(said.size(), 4u);
  CAF_CHECK_EQUAL(said[0], "Hello, I would like to make an appointment.");
  CAF_CHECK_EQUAL(said[3], "Thank you very much.");
  CAF_CHECK(heard == h.prompts());
}

CAF_TEST(who speaks into a sentence cuts it where that is allowed) {
  const std::string text = "I am calling about many things and I would like to tell you each of them in detail today";
  for (bool allowed : {true, false}) {
    hall h("angry-opt-out");
    h.live(7s);
    h.say(text, allowed);
    h.live(10s);
    auto cuts = h.of("interrupt");
    CAF_REQUIRE_EQUAL(cuts.size(), allowed ? 1u : 0u);
    if (allowed) {
      const auto heard = cuts[0]["utteranceUntilInterrupt"].get<std::string>();
      CAF_CHECK(!heard.empty() && text.starts_with(heard) && heard.size() < text.size());
      CAF_CHECK(cuts[0]["durationUntilInterruptMs"].get<int>() > 500);
      CAF_CHECK(has(plain_words(h.prompts().back()), "list"));
    } else {
      // Nothing of it is told while what cannot be interrupted is spoken.
      for (const auto& prompt : h.prompts())
        CAF_CHECK(!has(prompt, "number any more. Take me off your list") && !has(prompt, "Stop calling me! Take me"));
    }
  }
}

CAF_TEST(digits reach a menu and keys come as frames) {
  hall h("ivr");
  h.live(20s);
  CAF_REQUIRE(!h.prompts().empty());
  CAF_CHECK(has(h.prompts()[0], "press 1"));
  h.send({{"type", "sendDigits"}, {"digits", "1"}});
  h.live(11s);
  bool desk = false;
  for (const auto& one : h.prompts())
    desk = desk || has(one, "Appointments, this is");
  CAF_CHECK(desk);

  hall pressing("");
  CAF_REQUIRE(parse_script("{\"to\":\"+12125550100\",\"gather\":[{\"digits\":\"12\"}]}", pressing.o.rules));
  pressing.live(4s);
  pressing.say("Press something.");
  pressing.live(5s);
  auto keys = pressing.of("dtmf");
  CAF_REQUIRE_EQUAL(keys.size(), 2u);
  CAF_CHECK_EQUAL(keys[1]["digit"].get<std::string>(), "2");
}

CAF_TEST(a callee who hangs up completes the session) {
  hall h("wrong-number");
  h.live(7s);
  h.say("I am sorry, goodbye.");
  h.live(6s);
  CAF_CHECK_EQUAL(h.o.status(h.sid), "completed");
  CAF_REQUIRE(h.action());
  CAF_CHECK_EQUAL(value(*h.action(), "SessionStatus"), "completed");
  CAF_CHECK_EQUAL(value(*h.action(), "CallStatus"), "completed");
  CAF_CHECK(h.closed == std::vector<int>{1000});
}

CAF_TEST(a socket that is lost lets the action go on with a new one) {
  hall h("dentist");
  h.after = connect;
  h.live(9s);
  h.o.board.socket_closed(h.serial, h.session, h.o.now);
  h.live(2s);
  CAF_REQUIRE(h.action());
  CAF_CHECK_EQUAL(value(*h.action(), "SessionStatus"), "failed");
  CAF_CHECK_EQUAL(value(*h.action(), "ErrorCode"), "64105");
  CAF_CHECK_EQUAL(h.opened.size(), 2u);
  CAF_REQUIRE_EQUAL(h.of("setup").size(), 2u);
  CAF_CHECK(h.of("setup")[0]["sessionId"] != h.of("setup")[1]["sessionId"]);
  h.say("I would like an appointment.");
  h.live(12s);
  CAF_CHECK(has(h.prompts().back(), "Which"));
}

CAF_TEST(a socket that cannot be opened or is not allowed fails the session) {
  hall h("dentist");
  h.answer_sockets = false;
  h.live(10s);
  CAF_REQUIRE(h.action());
  CAF_CHECK_EQUAL(value(*h.action(), "ErrorCode"), "64102");
  for (const auto* url : {"ws://engine.example.com/x", "http://127.0.0.1/x", "ws://127.0.0.1@evil.example/x",
                          "ws://127.evil.example/x", ""}) {
    hall other("dentist");
    other.document = "<Response><Connect action=\"/after\"><ConversationRelay url=\"" + std::string(url) +
                     "\"/></Connect></Response>";
    other.live(10s);
    CAF_CHECK(other.opened.empty());
    CAF_REQUIRE(other.action());
    CAF_CHECK_EQUAL(value(*other.action(), "ErrorCode"), "64101");
  }
}

CAF_TEST(ten messages in a row that mean nothing close the socket) {
  hall h("dentist");
  h.live(9s);
  for (int i = 0; i < 9; ++i)
    h.send({{"type", "nonsense"}});
  h.say("Hello."); // counts anew
  for (int i = 0; i < 9; ++i)
    h.o.board.socket_message(h.serial, h.session, "{", h.o.now);
  h.take_orders();
  CAF_CHECK(h.closed.empty());
  h.send({{"type", "text"}, {"token", nullptr}});
  h.live(1s);
  CAF_CHECK(h.closed == std::vector<int>{1007});
  CAF_REQUIRE(h.action());
  CAF_CHECK_EQUAL(value(*h.action(), "ErrorCode"), "64105");
  int notices = 0;
  for (const auto& l : h.o.lines())
    notices += l["kind"] == "notice" && l["code"] == 64107;
  CAF_CHECK_EQUAL(notices, 19);
}

CAF_TEST(new instructions end a session without its action) {
  hall h("dentist");
  h.live(9s);
  h.say("A sentence that is being spoken when the call is sent elsewhere by its owner.");
  h.live(1s);
  h.document = "<Response><Say>Bye.</Say><Hangup/></Response>";
  h.o.change(h.sid, {{"Url", "https://engine.example.com/other"}, {"Method", "POST"}});
  h.live(5s);
  CAF_CHECK(h.closed == std::vector<int>{1000});
  CAF_CHECK(!h.action());
  CAF_CHECK_EQUAL(h.o.status(h.sid), "completed");
}

// -- over the wire ---------------------------------------------------------------------------------

namespace {

/// The engine's side: a document with a relay, and a socket that says one sentence and ends.
struct engine_side final : http::application {
  result<http::body_policy> policy(const http::request&) override { return http::body_policy{}; }
  bool exempt(const http::request&) override { return true; }
  http::response refuse(const http::request*, int status, const error&) override {
    http::response out;
    out.status = status;
    return out;
  }
  asio::awaitable<http::response> handle(http::request req, http::body_reader*) override {
    if (req.path.starts_with("/relay/")) {
      signature_fits = wire::verify(
        {scenario().auth_token}, "ws" + base.substr(4) + req.target, {}, req.header_or("X-Twilio-Signature"));
      http::websocket_limits numbers;
      co_return http::upgraded(numbers, [this](std::shared_ptr<http::websocket> line) { return talk(line); });
    }
    auto form = wire::parse_form(req.body).value_or(wire::fields{});
    http::response out;
    out.content_type = "text/xml";
    out.body = "<Response><Hangup/></Response>";
    if (req.path == "/voice")
      out.body = "<Response><Connect action=\"" + base + "/after\"><ConversationRelay url=\"ws" + base.substr(4) +
                 "/relay/tok\"/></Connect></Response>";
    if (req.path == "/after") {
      const auto* status = wire::find(form, "SessionStatus");
      std::lock_guard lock(mutex);
      ended = status ? *status : "none";
      changed.notify_all();
    }
    co_return out;
  }
  asio::awaitable<void> talk(std::shared_ptr<http::websocket> line) {
    for (;;) {
      auto got = co_await line->read();
      if (got.what == http::websocket::incoming::kind::closed)
        co_return;
      auto frame = json::parse(got.text);
      std::string type = frame["type"];
      {
        std::lock_guard lock(mutex);
        types.push_back(type);
      }
      // The greeting may cut the first question: it is asked again.
      const bool prompt = type == "prompt" && frame["last"] == true;
      if (prompt && has(frame["voicePrompt"], "dollars"))
        line->send(R"({"type":"end","handoffData":"{}"})");
      else if (prompt || type == "setup")
        line->send(R"({"type":"text","token":"How much is a new tube?","last":true})");
    }
  }

  std::string base;
  std::atomic<bool> signature_fits{false};
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> types;
  std::string ended;
};

} // namespace

CAF_TEST(a relay runs over real sockets with a signed handshake) {
  engine_side app;
  http::server server(app, {}, 1);
  auto at = server.start("127.0.0.1:0");
  CAF_REQUIRE(at);
  app.base = "http://" + *at;
  auto rules = plain();
  rules.listen = "127.0.0.1:0";
  rules.time_scale = 50;
  CAF_REQUIRE(parse_callee("+12125550100=shop", rules));
  telco::simulator simulator(rules, [began = std::chrono::steady_clock::now()] {
    return noon + std::chrono::duration_cast<instant::duration>(std::chrono::steady_clock::now() - began);
  });
  auto base = simulator.start();
  CAF_REQUIRE(base);
  auto form = with(without(order(), "StatusCallback"), "Url", app.base + "/voice");
  asio::io_context io;
  http::client client(io, *http::parse_url(*base), {});
  http::outgoing out;
  out.verb = http::method::post;
  out.target = calls_path;
  out.body = wire::write_form(form);
  out.headers = {{"Authorization", authorization()}, {"Content-Type", "application/x-www-form-urlencoded"}};
  int status = 0;
  asio::co_spawn(
    io,
    [&]() -> asio::awaitable<void> {
      auto got = co_await client.send(std::move(out));
      status = got.status;
    },
    asio::detached);
  while (status == 0 && io.run_one() > 0) {
  }
  CAF_REQUIRE_EQUAL(status, 201);
  {
    std::unique_lock lock(app.mutex);
    app.changed.wait_for(lock, 20s, [&] { return !app.ended.empty(); });
    CAF_CHECK_EQUAL(app.ended, "ended");
    CAF_REQUIRE(!app.types.empty());
    CAF_CHECK_EQUAL(app.types.front(), "setup");
  }
  CAF_CHECK(app.signature_fits.load());
  simulator.stop();
  server.drain(100ms);
}
