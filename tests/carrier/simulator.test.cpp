#define CAF_SUITE carrier_simulator
#include <caf/test/unit_test.hpp>

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <unistd.h>

#include "carrier/simulator.hpp"
#include "http/client.hpp"
#include "http/server.hpp"
#include "tests/carrier/samples.hpp"
#include "wire/carrier_signature.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace asio = boost::asio;

namespace {

/// A clock that moves on by some milliseconds whenever it is looked at.
std::function<instant()> running_clock() {
  return [at = noon]() mutable { return at += 5ms; };
}

/// The caller's server: takes callbacks, gives documents, and keeps what came.
struct engine final : http::application {
  struct visit {
    std::string path, status, token, gathered;
    bool signature_fits;
  };

  result<http::body_policy> policy(const http::request&) override { return http::body_policy{}; }
  bool exempt(const http::request&) override { return true; }
  http::response refuse(const http::request*, int status, const error&) override {
    http::response out;
    out.status = status;
    return out;
  }
  asio::awaitable<http::response> handle(http::request req, http::body_reader*) override {
    auto form = wire::parse_form(req.body).value_or(wire::fields{});
    auto field = [&](std::string_view name) {
      const auto* found = wire::find(form, name);
      return found ? *found : std::string();
    };
    std::lock_guard lock(mutex);
    visits.push_back(
      {req.path, field("CallStatus"), std::string(req.header_or("I-Twilio-Idempotency-Token")),
       field("SpeechResult"),
       wire::verify(
         {scenario().auth_token}, base + req.target, form, req.header_or("X-Twilio-Signature"))});
    changed.notify_all();
    http::response out;
    if (req.path.starts_with("/status")) {
      out.status = failures-- > 0 ? 503 : 204;
      co_return out;
    }
    out.content_type = "text/xml";
    out.body = req.path == "/voice"
                 ? "<Response><Gather input=\"speech\" action=\"/said\"><Say>Hello</Say></Gather></Response>"
                 : "<Response><Say>Bye</Say><Hangup/></Response>";
    co_return out;
  }

  /// Waits until `count` visits came, or ten seconds.
  std::vector<visit> wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, 10s, [&] { return visits.size() >= count; });
    return visits;
  }

  std::string base;
  std::atomic<int> failures{0};
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<visit> visits;
};

/// One request and its end, seen from outside.
http::reply
send(const std::string& origin, http::method verb, const std::string& target, const std::string& body = {},
     std::chrono::milliseconds timeout = 5s) {
  asio::io_context io;
  http::client_options options;
  options.request_timeout = timeout;
  http::client client(io, *http::parse_url(origin), options);
  http::outgoing out;
  out.verb = verb;
  out.target = target;
  out.body = body;
  out.headers = {
    {"Authorization", authorization()}, {"Content-Type", "application/x-www-form-urlencoded"}};
  http::reply got;
  bool ended = false;
  asio::co_spawn(
    io,
    [&]() -> asio::awaitable<void> {
      got = co_await client.send(std::move(out));
      ended = true;
    },
    asio::detached);
  while (!ended && io.run_one() > 0) {
  }
  return got;
}

scenario on_loopback() {
  auto s = plain();
  s.listen = "127.0.0.1:0";
  s.time_scale = 100;
  return s;
}

http::limits edge() { return {}; }

} // namespace

CAF_TEST(a call goes from create to its end over the wire with valid signatures) {
  auto rules = on_loopback();
  CAF_REQUIRE(parse_script("{\"to\":\"+12125550100\",\"gather\":[\"yes please\"]}", rules));
  const auto log = std::filesystem::temp_directory_path() /
                   ("carrier-e2e-" + std::to_string(::getpid()) + ".ndjson");
  rules.log = log.string();
  engine app;
  http::server server(app, edge(), 1);
  auto at = server.start("127.0.0.1:0");
  CAF_REQUIRE(at);
  app.base = "http://" + *at;
  app.failures = 1;
  telco::simulator simulator(rules, running_clock());
  auto base = simulator.start();
  CAF_REQUIRE(base);

  auto form = with(with(order(), "Url", app.base + "/voice#rc=1"), "StatusCallback", app.base + "/status/tok#rc=5&rp=all");
  auto made = send(*base, http::method::post, calls_path, wire::write_form(form));
  CAF_REQUIRE_EQUAL(made.status, 201);
  const auto sid = json::parse(made.body)["sid"].get<std::string>();

  // Four events, the first of them twice because its first answer was 503, and two documents.
  auto visits = app.wait_for(7);
  CAF_REQUIRE_EQUAL(visits.size(), 7u);
  std::vector<std::string> events, tokens, documents;
  for (const auto& v : visits) {
    CAF_CHECK(v.signature_fits);
    if (v.path.starts_with("/status")) {
      events.push_back(v.status);
      tokens.push_back(v.token);
    } else {
      documents.push_back(v.path + v.gathered);
    }
  }
  CAF_CHECK((events == std::vector<std::string>{"initiated", "initiated", "ringing", "in-progress", "completed"}));
  CAF_CHECK((documents == std::vector<std::string>{"/voice", "/saidyes please"}));
  // The repeated one names itself as such; the others do not.
  CAF_REQUIRE_EQUAL(tokens.size(), 5u);
  CAF_CHECK_EQUAL(tokens[0], tokens[1]);
  CAF_CHECK(tokens[1] != tokens[2]);

  auto fetched = send(*base, http::method::get, office::path_of(sid));
  CAF_CHECK_EQUAL(json::parse(fetched.body)["status"].get<std::string>(), "completed");
  auto listed = send(*base, http::method::get, calls_path + "?To=%2B12125550100");
  CAF_CHECK_EQUAL(json::parse(listed.body)["calls"].size(), 1u);
  simulator.stop();

  // The log of the file says the same.
  std::ifstream file(log);
  int creates = 0, callbacks = 0;
  for (std::string line; std::getline(file, line);) {
    auto l = json::parse(line);
    creates += l.contains("create") && l["call_made"] == true && l["token"] == "tok";
    callbacks += l["kind"] == "callback" && l["result"] == "answered";
  }
  CAF_CHECK_EQUAL(creates, 1);
  CAF_CHECK(callbacks >= 4);
  std::filesystem::remove(log);
  server.drain(100ms);
}

CAF_TEST(cut and hanging connections bring no answer while the call is made or not) {
  auto rules = on_loopback();
  rules.callbacks = callback_order::off;
  CAF_REQUIRE(parse_script(
    "{\"to\":\"+12125550101\",\"fault\":\"cut\"}\n{\"to\":\"+12125550102\",\"fault\":\"made-but-cut\"}\n"
    "{\"to\":\"+12125550103\",\"fault\":\"cut-middle\"}\n{\"to\":\"+12125550104\",\"fault\":\"made-but-hang\"}\n"
    "{\"to\":\"+12125550105\",\"fault\":\"hang\"}\n{\"to\":\"+12125550106\",\"fault\":\"made-but-500\"}\n",
    rules));
  telco::simulator simulator(rules, running_clock());
  auto base = simulator.start();
  CAF_REQUIRE(base);
  struct row {
    std::string to;
    int status;
    bool made;
  };
  for (const auto& r : {row{"+12125550101", 0, false}, {"+12125550102", 0, true},
                        {"+12125550103", 0, true}, {"+12125550104", 0, true},
                        {"+12125550105", 0, false}, {"+12125550106", 500, true}}) {
    auto got = send(*base, http::method::post, calls_path, wire::write_form(order(r.to)), 500ms);
    if (r.status == 0)
      CAF_CHECK(got.what == http::reply::how::broken);
    else
      CAF_CHECK_EQUAL(got.status, r.status);
    auto listed = send(*base, http::method::get, calls_path + "?To=" + wire::percent_encode(r.to));
    CAF_CHECK_EQUAL(json::parse(listed.body)["calls"].size(), r.made ? 1u : 0u);
  }
}

CAF_TEST(the admin view shows the log and changes the scenario) {
  telco::simulator simulator(on_loopback(), running_clock());
  auto base = simulator.start();
  CAF_REQUIRE(base);
  auto changed = send(
    *base, http::method::post, "/simulator/scenario", R"({"fault":"429-after=1","callbacks":"off"})");
  CAF_CHECK_EQUAL(changed.status, 200);
  auto refused = send(*base, http::method::post, "/simulator/scenario", R"({"listen":"x"})");
  CAF_CHECK_EQUAL(refused.status, 400);
  auto got = send(*base, http::method::post, calls_path, wire::write_form(order()));
  CAF_CHECK_EQUAL(got.status, 429);
  CAF_REQUIRE(got.find("Retry-After"));
  auto log = send(*base, http::method::get, "/simulator/log");
  auto first = json::parse(log.body.substr(0, log.body.find('\n')));
  CAF_CHECK_EQUAL(first["fault"].get<std::string>(), "429-after");
  CAF_CHECK_EQUAL(send(*base, http::method::get, "/simulator/log?after=2").body, "");
  CAF_CHECK_EQUAL(send(*base, http::method::get, "/simulator/calls").body, "");
  CAF_CHECK_EQUAL(send(*base, http::method::get, "/simulator/else").status, 404);
}

CAF_TEST(an address that is taken and a broken scenario are told) {
  telco::simulator first(on_loopback(), running_clock());
  auto base = first.start();
  CAF_REQUIRE(base);
  auto rules = on_loopback();
  rules.listen = base->substr(7);
  CAF_CHECK(!telco::simulator(rules, running_clock()).start());
  rules = on_loopback();
  rules.time_scale = 0;
  CAF_CHECK(!telco::simulator(rules, running_clock()).start());
  rules = on_loopback();
  rules.log = "/proc/no/such/place";
  CAF_CHECK(!telco::simulator(rules, running_clock()).start());
  first.stop();
  first.stop();
}
