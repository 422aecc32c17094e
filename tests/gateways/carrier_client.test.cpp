#define CAF_SUITE carrier_client

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateways/telephony/carrier_client.hpp"
#include "http/server.hpp"
#include "tests/support/raw_socket.hpp"
#include "wire/callback_token.hpp"
#include "wire/digest.hpp"
#include "wire/form.hpp"

using namespace ringmaster;
using namespace ringmaster::telephony;
using namespace ringmaster::test;
using namespace std::chrono_literals;
using how = enum attempt::exchange::how;

namespace {

const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string sid = "CA0123456789abcdef0123456789abcdef";
const std::string other_sid = "CAffffffffffffffffffffffffffffffff";
const std::string ours = "+14155550199";
const std::string theirs = "+14155550100";

std::string call_body(std::string_view status = "queued", std::string_view id = sid, std::string_view to = theirs) {
  return R"({"sid": ")" + std::string(id) + R"(", "status": ")" + std::string(status) + R"(", "to": ")" +
         std::string(to) + R"(", "from": ")" + ours +
         R"(", "direction": "outbound-api", "queue_time": "250", "date_created": "Tue, 31 Aug 2010 20:36:28 +0000"})";
}

std::string error_body(int code, const std::string& message = "no") {
  return R"({"code": )" + std::to_string(code) + R"(, "message": ")" + message + R"(", "status": 400})";
}

/// The carrier's side: remembers what was asked and answers as the test says.
class stage : public http::application {
 public:
  using play = std::function<http::response(const http::request&)>;

  explicit stage(play p) : play_(std::move(p)), server_(*this, {}, 1) {
    auto at = server_.start("127.0.0.1:0");
    if (!at)
      throw std::runtime_error(at.error().detail);
    url = "http://" + *at;
  }
  ~stage() override { server_.drain(1s); }

  std::vector<http::request> asked() {
    std::lock_guard lock(mutex_);
    return asked_;
  }

  result<http::body_policy> policy(const http::request&) override { return http::body_policy{}; }
  bool exempt(const http::request&) override { return true; }
  http::response refuse(const http::request*, int status, const error& why) override {
    http::response made;
    made.status = status;
    made.body = why.detail;
    return made;
  }
  boost::asio::awaitable<http::response> handle(http::request req, http::body_reader*) override {
    {
      std::lock_guard lock(mutex_);
      asked_.push_back(req);
    }
    co_return play_(req);
  }

  std::string url;

 private:
  play play_;
  std::mutex mutex_;
  std::vector<http::request> asked_;
  http::server server_;
};

http::response answer(int status, std::string body, std::vector<http::header> headers = {}) {
  http::response made;
  made.status = status;
  made.body = std::move(body);
  made.headers = std::move(headers);
  return made;
}

carrier_settings settings_for(const std::string& url) {
  carrier_settings s;
  s.base_url = url;
  s.account_sid = account;
  s.user = account;
  s.password = "0123456789abcdef0123456789abcdef";
  s.public_url = "https://engine.example.com";
  s.callback_key = "key of the tokens";
  s.connect_timeout = 1000ms;
  s.request_timeout = 1000ms;
  s.warm_connections = 0;
  return s;
}

std::unique_ptr<carrier_client> client_for(const std::string& url, std::chrono::milliseconds timeout = 1000ms) {
  auto s = settings_for(url);
  s.connect_timeout = s.request_timeout = timeout;
  auto made = carrier_client::make(std::move(s));
  CAF_REQUIRE(made);
  return std::move(*made);
}

create_order order(std::function<bool()> gate = {}) {
  create_order o;
  o.user = user_id{{{1}}};
  o.attempt = attempt_id{{{2}}};
  o.to = phone_number::from_canonical(theirs);
  o.from = phone_number::from_canonical(ours);
  o.ring_timeout = 25s;
  o.time_limit = 900s;
  o.gate = std::move(gate);
  return o;
}

template <class Answer, class Ask>
Answer wait_for(Ask ask) {
  auto told = std::make_shared<std::promise<Answer>>();
  auto got = told->get_future();
  ask([told](Answer a) { told->set_value(std::move(a)); });
  if (got.wait_for(8s) != std::future_status::ready)
    CAF_FAIL("no answer came");
  return got.get();
}

attempt::exchange create(carrier& with, std::function<bool()> gate = {}) {
  return wait_for<attempt::exchange>([&](auto done) { with.create(order(std::move(gate)), std::move(done)); });
}

result<call_news> fetch(carrier& with) {
  return wait_for<result<call_news>>([&](auto done) { with.fetch(call_sid{sid}, std::move(done)); });
}

result<call_news> end(carrier& with, carrier::ending by) {
  return wait_for<result<call_news>>([&](auto done) { with.end(call_sid{sid}, by, std::move(done)); });
}

result<call_news> redirect(carrier& with, std::int32_t number) {
  return wait_for<result<call_news>>([&](auto done) {
    with.redirect(call_sid{sid}, user_id{{{1}}}, attempt_id{{{2}}}, number, std::move(done));
  });
}

result<std::vector<attempt::listed_call>> list(carrier& with) {
  return wait_for<result<std::vector<attempt::listed_call>>>([&](auto done) {
    with.list(phone_number::from_canonical(theirs), phone_number::from_canonical(ours), std::move(done));
  });
}

/// What one create comes to when the carrier answers so.
attempt::exchange told(int status, const std::string& body, std::vector<http::header> headers = {}) {
  stage carrier([&](const http::request&) { return answer(status, body, headers); });
  auto client = client_for(carrier.url);
  auto x = create(*client);
  CAF_CHECK_EQUAL(carrier.asked().size(), 1u);
  return x;
}

/// What one create comes to when the carrier's socket does this after the request has come.
attempt::exchange cut(std::function<void(raw_socket&)> script, std::chrono::milliseconds timeout = 1000ms) {
  auto listener = raw_socket::listen();
  std::atomic<int> heads{0};
  std::thread peer([&] {
    for (int i = 0; i < 2; ++i) {
      auto socket = listener.accept();
      if (!socket)
        return;
      if (!socket->read_until("\r\n\r\n").empty())
        ++heads;
      script(*socket);
    }
  });
  auto client = client_for("http://127.0.0.1:" + std::to_string(listener.port()), timeout);
  auto x = create(*client);
  client.reset();
  ::shutdown(listener.fd(), SHUT_RDWR);
  peer.join();
  // Never a second request.
  CAF_CHECK_EQUAL(heads.load(), 1);
  return x;
}

attempt::event verdict(const attempt::exchange& x) { return attempt::judge(x).on; }

} // namespace

// -- create --------------------------------------------------------------------------------------------

CAF_TEST(a create says what the carrier must know) {
  stage carrier([](const http::request&) { return answer(201, call_body()); });
  auto client = client_for(carrier.url);
  int asked = 0;
  auto x = create(*client, [&] { return ++asked > 0; });
  CAF_CHECK_EQUAL(asked, 1);
  CAF_CHECK(x.how == how::answered);
  CAF_CHECK_EQUAL(x.http_status, 201);
  CAF_CHECK(x.sid == call_sid{sid});
  CAF_CHECK(x.numbers_match);
  CAF_CHECK(x.state == call::status::queued);
  CAF_CHECK(x.queue_time == 250ms);
  CAF_CHECK(verdict(x) == attempt::event::accept);

  auto all = carrier.asked();
  CAF_REQUIRE_EQUAL(all.size(), 1u);
  const auto& req = all.front();
  CAF_CHECK(req.verb == http::method::post);
  CAF_CHECK_EQUAL(req.target, "/2010-04-01/Accounts/" + account + "/Calls.json");
  CAF_CHECK_EQUAL(req.header_or("Content-Type"), "application/x-www-form-urlencoded");
  CAF_CHECK_EQUAL(req.header_or("Accept"), "application/json");
  CAF_CHECK_EQUAL(
    req.header_or("Authorization"),
    "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==");
  CAF_CHECK(req.body.starts_with("To=%2B14155550100&From=%2B14155550199&Url=https%3A%2F%2F"));
  auto form = wire::parse_form(req.body);
  CAF_REQUIRE(form);
  auto token = wire::write_callback_token("key of the tokens", user_id{{{1}}}, attempt_id{{{2}}});
  const wire::fields expected{
    {"To", theirs},
    {"From", ours},
    {"Url", "https://engine.example.com/api/webhooks/voice/" + token + "#rc=2&rp=ct,5xx"},
    {"Method", "POST"},
    {"StatusCallback",
     "https://engine.example.com/api/webhooks/call-status/" + token + "#rc=5&rp=all&ct=2000&rt=5000"},
    {"StatusCallbackMethod", "POST"},
    {"StatusCallbackEvent", "initiated"},
    {"StatusCallbackEvent", "ringing"},
    {"StatusCallbackEvent", "answered"},
    {"StatusCallbackEvent", "completed"},
    {"Timeout", "25"},
    {"TimeLimit", "900"},
    {"MachineDetection", "DetectMessageEnd"},
    {"AsyncAmd", "true"},
    {"AsyncAmdStatusCallback",
     "https://engine.example.com/api/webhooks/amd/" + token + "#rc=5&rp=all&ct=2000&rt=5000"},
    {"AsyncAmdStatusCallbackMethod", "POST"},
  };
  CAF_CHECK(*form == expected);
}

CAF_TEST(a create without detection says nothing of machines) {
  stage carrier([](const http::request&) { return answer(201, call_body()); });
  auto client = client_for(carrier.url);
  auto plain = order();
  plain.detect_machine = false;
  wait_for<attempt::exchange>([&](auto done) { client->create(std::move(plain), std::move(done)); });
  auto all = carrier.asked();
  CAF_REQUIRE_EQUAL(all.size(), 1u);
  CAF_CHECK(all.front().body.find("Machine") == std::string::npos);
  CAF_CHECK(all.front().body.find("Amd") == std::string::npos);
}

CAF_TEST(a closed gate sends nothing) {
  stage carrier([](const http::request&) { return answer(201, call_body()); });
  auto client = client_for(carrier.url);
  auto x = create(*client, [] { return false; });
  CAF_CHECK(x.how == how::not_sent);
  CAF_CHECK(verdict(x) == attempt::event::withdraw);
  CAF_CHECK(carrier.asked().empty());
}

CAF_TEST(no connection is nothing sent and the gate is not asked) {
  std::string url;
  {
    auto taken = raw_socket::listen();
    url = "http://127.0.0.1:" + std::to_string(taken.port());
  }
  int asked = 0;
  for (const auto& base : {url, std::string("http://no-such-host.invalid")}) {
    auto client = client_for(base, 300ms);
    auto x = create(*client, [&] { return ++asked > 0; });
    CAF_CHECK(x.how == how::not_sent);
    CAF_CHECK(verdict(x) == attempt::event::withdraw);
  }
  // A listener that never speaks TLS.
  auto mute = raw_socket::listen();
  auto client = client_for("https://127.0.0.1:" + std::to_string(mute.port()), 200ms);
  auto x = create(*client, [&] { return ++asked > 0; });
  CAF_CHECK(x.how == how::not_sent);
  CAF_CHECK_EQUAL(asked, 0);
}

CAF_TEST(a refusal with its code is no call) {
  for (auto [status, code] : {std::pair{400, 21211}, {400, 21215}, {401, 20003}, {403, 20003}, {404, 20404}}) {
    auto x = told(status, error_body(code));
    CAF_CHECK(x.how == how::answered);
    CAF_CHECK_EQUAL(x.http_status, status);
    CAF_CHECK(x.carrier_code == code);
    CAF_CHECK(verdict(x) == attempt::event::reject);
  }
}

CAF_TEST(a throttled create is withdrawn and its wait is told) {
  auto x = told(429, error_body(20429), {{"Retry-After", "7"}});
  CAF_CHECK(verdict(x) == attempt::event::withdraw);
  CAF_CHECK(x.retry_after == 7s);
  CAF_CHECK(!told(429, "slow down").retry_after);
  for (std::string odd : {"", "-1", "soon", "1.5", "Tue, 31 Aug 2010 20:36:29 GMT", "99999999999999999999"})
    CAF_CHECK(!told(429, "", {{"Retry-After", odd}}).retry_after);
  CAF_CHECK(told(429, "", {{"Retry-After", "86400"}}).retry_after == 3600s);
}

CAF_TEST(an error inside the carrier proves nothing) {
  for (int status : {500, 502, 503, 504}) {
    CAF_CHECK(verdict(told(status, error_body(20500))) == attempt::event::lose);
    CAF_CHECK(verdict(told(status, "<html>bad gateway</html>")) == attempt::event::lose);
    CAF_CHECK(verdict(told(status, "")) == attempt::event::lose);
  }
}

CAF_TEST(a redirect proves nothing and is not followed) {
  CAF_CHECK(verdict(told(302, "", {{"Location", "/elsewhere"}})) == attempt::event::lose);
  CAF_CHECK(verdict(told(307, "", {{"Location", "/elsewhere"}})) == attempt::event::lose);
}

CAF_TEST(an acceptance that cannot be used proves a call of unknown name) {
  for (const auto& body :
       {std::string(), std::string("<html>"), std::string("{}"), call_body("queued", "CAnonsense"),
        call_body("queued", sid, "+14155550111"), call_body().substr(0, 60), std::string("[") + call_body() + "]",
        std::string(R"({"sid": 7})"), std::string(1000, '['), call_body() + call_body()}) {
    auto x = told(201, body);
    CAF_CHECK(x.how == how::answered);
    CAF_CHECK(verdict(x) == attempt::event::lose);
    CAF_CHECK(!x.detail.empty());
  }
  // An unknown status is no reason to doubt the call.
  CAF_CHECK(verdict(told(201, call_body("levitating"))) == attempt::event::accept);
}

CAF_TEST(an answer that is too big proves nothing) {
  auto x = told(201, R"({"x": ")" + std::string(100'000, 'x') + "\"}");
  CAF_CHECK(x.how == how::broken);
  CAF_CHECK(verdict(x) == attempt::event::lose);
}

CAF_TEST(a connection that breaks after the request proves nothing) {
  const std::string whole = "HTTP/1.1 201 Created\r\nContent-Length: 999\r\n\r\n" + call_body();
  for (std::string bytes : {std::string(), std::string("HTTP/1.1 2"), whole, std::string("HTTP/1.1 100 Continue\r\n\r\n"),
                            std::string("garbage\r\n\r\n"), std::string("\0\0\0\0", 4)}) {
    for (bool reset : {false, true}) {
      auto x = cut([&](raw_socket& peer) {
        peer.send(bytes);
        if (reset)
          peer.reset();
      });
      CAF_CHECK(x.how == how::broken);
      CAF_CHECK(verdict(x) == attempt::event::lose);
    }
  }
}

CAF_TEST(silence after the request proves nothing) {
  auto x = cut([](raw_socket& peer) { peer.read_to_end(); }, 150ms);
  CAF_CHECK(x.how == how::broken);
  CAF_CHECK(verdict(x) == attempt::event::lose);
}

CAF_TEST(a kept connection that breaks is not tried again) {
  auto listener = raw_socket::listen();
  std::atomic<int> heads{0};
  std::thread peer([&] {
    auto socket = listener.accept();
    if (!socket)
      return;
    for (int i = 0; i < 2; ++i) {
      auto head = socket->read_until("\r\n\r\n");
      socket->read_until("TimeLimit=900");
      heads += !head.empty();
      if (i == 0)
        socket->send("HTTP/1.1 201 Created\r\nContent-Length: " + std::to_string(call_body().size()) + "\r\n\r\n" + call_body());
    }
    socket->close();
    if (auto again = listener.accept())
      heads += !again->read_until("\r\n\r\n").empty();
  });
  auto client = client_for("http://127.0.0.1:" + std::to_string(listener.port()));
  CAF_CHECK(create(*client).how == how::answered);
  auto x = create(*client);
  CAF_CHECK(x.how == how::broken);
  client.reset();
  ::shutdown(listener.fd(), SHUT_RDWR);
  peer.join();
  CAF_CHECK_EQUAL(heads.load(), 2);
}

CAF_TEST(what is told to people holds no number and no secret) {
  auto x = told(
    400, error_body(21211, "The number +14155550100 (see https://e.example/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA) is bad"),
    {{"Twilio-Request-Id", "RQ0123456789abcdef0123456789abcdef"}});
  CAF_CHECK(x.detail.find("5550100") == std::string::npos);
  CAF_CHECK(x.detail.find("AAAA") == std::string::npos);
  CAF_CHECK(x.detail.find("21211") != std::string::npos);
  CAF_CHECK(x.detail.find("is bad") != std::string::npos);
  CAF_CHECK(x.detail.find("RQ0123456789abcdef0123456789abcdef") != std::string::npos);
  auto html = told(502, "<html>" + std::string(5000, '-') + " call +1 415 555 0100");
  CAF_CHECK(html.detail.size() < 1200u);
  CAF_CHECK(told(400, error_body(1), {{"Twilio-Request-Id", "+14155550100"}}).detail.find("5550100") == std::string::npos);
}

CAF_TEST(many creates at once are each sent once) {
  std::atomic<int> next{0};
  stage carrier([&](const http::request& req) {
    auto form = wire::parse_form(req.body);
    char id[40];
    std::snprintf(id, sizeof id, "CA%032x", next++);
    return answer(201, call_body("queued", id, *wire::find(*form, "To")));
  });
  auto client = client_for(carrier.url, 5000ms);
  constexpr int count = 500;
  std::atomic<int> accepted{0}, ended{0};
  for (int i = 0; i < count; ++i) {
    auto o = order();
    o.to = phone_number::from_canonical("+1415555" + std::to_string(1000 + i));
    client->create(std::move(o), [&](attempt::exchange x) {
      accepted += verdict(x) == attempt::event::accept;
      ++ended;
    });
  }
  auto deadline = std::chrono::steady_clock::now() + 8s;
  while (ended < count && std::chrono::steady_clock::now() < deadline)
    ::poll(nullptr, 0, 1);
  CAF_CHECK_EQUAL(accepted.load(), count);
  CAF_CHECK_EQUAL(carrier.asked().size(), static_cast<std::size_t>(count));
}

CAF_TEST(every callback comes once also at the end) {
  auto listener = raw_socket::listen();
  std::atomic<int> ended{0}, not_sent{0}, broken{0};
  {
    auto s = settings_for("http://127.0.0.1:" + std::to_string(listener.port()));
    s.connections = 2;
    s.request_timeout = 300ms;
    auto client = carrier_client::make(std::move(s));
    CAF_REQUIRE(client);
    for (int i = 0; i < 10; ++i)
      (*client)->create(order(), [&](attempt::exchange x) {
        ++ended;
        not_sent += x.how == how::not_sent;
        broken += x.how == how::broken;
      });
  }
  CAF_CHECK_EQUAL(ended.load(), 10);
  CAF_CHECK(broken.load() <= 2);
  CAF_CHECK_EQUAL(not_sent.load() + broken.load(), 10);
}

// -- end, fetch, list ------------------------------------------------------------------------------------

CAF_TEST(a call is fetched) {
  stage carrier([](const http::request&) { return answer(200, call_body("in-progress")); });
  auto client = client_for(carrier.url);
  auto news = fetch(*client);
  CAF_REQUIRE(news);
  CAF_CHECK(news->state == call::status::in_progress);
  CAF_CHECK_EQUAL(news->sid.value, sid);
  CAF_CHECK_EQUAL(news->to, theirs);
  auto all = carrier.asked();
  CAF_REQUIRE_EQUAL(all.size(), 1u);
  CAF_CHECK_EQUAL(all.front().target, "/2010-04-01/Accounts/" + account + "/Calls/" + sid + ".json");
  CAF_CHECK(all.front().verb == http::method::get);
}

CAF_TEST(a fetch that brings nothing says why) {
  std::atomic<int> status{404};
  std::string body;
  stage carrier([&](const http::request&) { return answer(status, body); });
  auto client = client_for(carrier.url);
  auto why = [&](int code, std::string text) {
    status = code;
    body = std::move(text);
    auto news = fetch(*client);
    CAF_REQUIRE(!news);
    return news.error().code;
  };
  CAF_CHECK(why(404, error_body(20404)) == errc::not_found);
  CAF_CHECK(why(401, error_body(20003)) == errc::unauthenticated);
  CAF_CHECK(why(429, error_body(20429)) == errc::rate_limited);
  CAF_CHECK(why(503, "") == errc::unavailable);
  CAF_CHECK(why(302, "") == errc::unavailable);
  CAF_CHECK(why(200, "{}") == errc::unavailable);
  CAF_CHECK(why(200, "nonsense") == errc::unavailable);
  CAF_CHECK(why(200, call_body("levitating")) == errc::unavailable);
  CAF_CHECK(why(200, call_body("queued", other_sid)) == errc::unavailable);
}

CAF_TEST(an id that is none never becomes a path) {
  stage carrier([](const http::request&) { return answer(200, call_body()); });
  auto client = client_for(carrier.url);
  auto news = wait_for<result<call_news>>(
    [&](auto done) { client->fetch(call_sid{"../../Balance"}, std::move(done)); });
  CAF_CHECK(!news);
  news = wait_for<result<call_news>>(
    [&](auto done) { client->end(call_sid{""}, carrier::ending::hang_up, std::move(done)); });
  CAF_CHECK(!news);
  CAF_CHECK(carrier.asked().empty());
}

CAF_TEST(a call is ended by its status) {
  for (auto [by, word] : {std::pair{carrier::ending::cancel, "canceled"}, {carrier::ending::hang_up, "completed"}}) {
    stage carrier([&, word = word](const http::request&) { return answer(200, call_body(word)); });
    auto client = client_for(carrier.url);
    auto news = end(*client, by);
    CAF_REQUIRE(news);
    CAF_CHECK_EQUAL(call::to_string(news->state), word);
    auto all = carrier.asked();
    CAF_REQUIRE_EQUAL(all.size(), 1u);
    CAF_CHECK_EQUAL(all.front().body, std::string("Status=") + word);
    CAF_CHECK_EQUAL(all.front().target, "/2010-04-01/Accounts/" + account + "/Calls/" + sid + ".json");
  }
}

CAF_TEST(a call that is over already is fetched) {
  for (auto [status, code] : {std::pair{400, 21220}, {404, 20404}}) {
    stage carrier([&, status = status, code = code](const http::request& req) {
      return req.verb == http::method::post ? answer(status, error_body(code)) : answer(200, call_body("completed"));
    });
    auto client = client_for(carrier.url);
    auto news = end(*client, carrier::ending::hang_up);
    CAF_REQUIRE(news);
    CAF_CHECK(news->state == call::status::completed);
    CAF_CHECK_EQUAL(carrier.asked().size(), 2u);
  }
  stage carrier([](const http::request&) { return answer(404, error_body(20404)); });
  auto client = client_for(carrier.url);
  auto news = end(*client, carrier::ending::hang_up);
  CAF_CHECK(!news && news.error().code == errc::not_found);
  stage refusing([](const http::request&) { return answer(400, error_body(21218)); });
  auto other = client_for(refusing.url);
  CAF_CHECK(!end(*other, carrier::ending::cancel));
  CAF_CHECK_EQUAL(refusing.asked().size(), 1u);
}

CAF_TEST(a call in progress is sent to its next document) {
  stage carrier([](const http::request&) { return answer(200, call_body("in-progress")); });
  auto client = client_for(carrier.url);
  auto news = redirect(*client, 7);
  CAF_REQUIRE(news);
  CAF_CHECK(news->state == call::status::in_progress);
  auto all = carrier.asked();
  CAF_REQUIRE_EQUAL(all.size(), 1u);
  CAF_CHECK(all.front().verb == http::method::post);
  CAF_CHECK_EQUAL(all.front().target, "/2010-04-01/Accounts/" + account + "/Calls/" + sid + ".json");
  auto form = wire::parse_form(all.front().body);
  CAF_REQUIRE(form);
  auto token = wire::write_callback_token("key of the tokens", user_id{{{1}}}, attempt_id{{{2}}});
  const wire::fields expected{
    {"Url", "https://engine.example.com/api/webhooks/gather/" + token + "/7#rc=2&rp=ct,5xx"},
    {"Method", "POST"},
  };
  CAF_CHECK(*form == expected);
}

CAF_TEST(a redirect that changes nothing says why) {
  struct row {
    int status;
    std::string body;
    errc code;
  };
  for (const auto& r :
       {row{400, error_body(21220), errc::wrong_state}, row{404, error_body(20404), errc::not_found},
        row{400, error_body(21205), errc::invalid}, row{503, "", errc::unavailable},
        row{200, call_body("in-progress", other_sid), errc::unavailable}}) {
    stage carrier([&](const http::request&) { return answer(r.status, r.body); });
    auto client = client_for(carrier.url);
    auto news = redirect(*client, 1);
    CAF_REQUIRE(!news);
    CAF_CHECK(news.error().code == r.code);
    // Once: what was asked twice could cut off what the first document says.
    CAF_CHECK_EQUAL(carrier.asked().size(), 1u);
  }
  stage carrier([](const http::request&) { return answer(200, call_body()); });
  auto client = client_for(carrier.url);
  CAF_CHECK(redirect(*client, -1).error().code == errc::invalid);
  CAF_CHECK(carrier.asked().empty());
}

CAF_TEST(a list is followed page by page) {
  const std::string path = "/2010-04-01/Accounts/" + account + "/Calls.json";
  std::string own_url;
  stage carrier([&](const http::request& req) {
    if (req.query.starts_with("To="))
      return answer(
        200, R"({"calls": [)" + call_body("completed") + "," + call_body("queued", other_sid, "+14155550111") +
               R"(], "next_page_uri": ")" + path + "?Page=1&PageToken=PA%2Bx\"}");
    if (req.query == "Page=1&PageToken=PA%2Bx")
      return answer(200, R"({"calls": [], "next_page_uri": ")" + own_url + path + "?Page=2\"}");
    return answer(200, R"({"calls": [)" + call_body("busy", other_sid) + R"(], "next_page_uri": null})");
  });
  own_url = carrier.url;
  auto client = client_for(carrier.url);
  auto got = list(*client);
  CAF_REQUIRE(got);
  CAF_REQUIRE_EQUAL(got->size(), 2u); // the one to another number is none of ours
  CAF_CHECK_EQUAL((*got)[0].sid.value, sid);
  CAF_CHECK((*got)[0].state == call::status::completed);
  CAF_CHECK_EQUAL((*got)[1].sid.value, other_sid);
  CAF_CHECK((*got)[0].created_at.has_value());
  CAF_CHECK_EQUAL((*got)[0].direction, "outbound-api");
  auto all = carrier.asked();
  CAF_REQUIRE_EQUAL(all.size(), 3u);
  CAF_CHECK_EQUAL(all[0].target, path + "?To=%2B14155550100&From=%2B14155550199&PageSize=1000");
  CAF_CHECK_EQUAL(all[1].target, path + "?Page=1&PageToken=PA%2Bx");
  CAF_CHECK_EQUAL(all[2].target, path + "?Page=2");
}

CAF_TEST(a list that leads away is not followed) {
  const std::string path = "/2010-04-01/Accounts/" + account + "/Calls.json";
  stage elsewhere([](const http::request&) { return answer(200, R"({"calls": []})"); });
  for (std::string next : {elsewhere.url + path + "?Page=1", std::string("https://example.com") + path + "?Page=1",
                           std::string("//example.com") + path + "?Page=1", std::string("/2010-04-01/Accounts.json?Page=1"),
                           path, std::string("javascript:alert"), path + "?To=%2B14155550100&From=%2B14155550199&PageSize=1000"}) {
    stage carrier([&](const http::request&) { return answer(200, R"({"calls": [], "next_page_uri": ")" + next + "\"}"); });
    auto client = client_for(carrier.url);
    CAF_CHECK(!list(*client));
    CAF_CHECK_EQUAL(carrier.asked().size(), 1u);
  }
  CAF_CHECK(elsewhere.asked().empty());
}

CAF_TEST(a list without end or with broken rows is unreadable) {
  const std::string path = "/2010-04-01/Accounts/" + account + "/Calls.json";
  std::atomic<int> page{0};
  stage carrier([&](const http::request&) {
    return answer(200, R"({"calls": [], "next_page_uri": ")" + path + "?Page=" + std::to_string(++page) + "\"}");
  });
  auto client = client_for(carrier.url, 4000ms);
  CAF_CHECK(!list(*client));
  CAF_CHECK(page.load() <= 20);
  stage broken([](const http::request&) { return answer(200, R"({"calls": [{"sid": null}]})"); });
  auto other = client_for(broken.url);
  CAF_CHECK(!list(*other));
}

CAF_TEST(the newest calls are one page) {
  const std::string path = "/2010-04-01/Accounts/" + account + "/Calls.json";
  stage carrier([&](const http::request&) {
    return answer(200, R"({"calls": [)" + call_body() + R"(], "next_page_uri": ")" + path + "?Page=1\"}");
  });
  auto client = client_for(carrier.url);
  auto got = wait_for<result<std::vector<attempt::listed_call>>>([&](auto done) { client->recent(std::move(done)); });
  CAF_REQUIRE(got);
  CAF_CHECK_EQUAL(got->size(), 1u);
  CAF_CHECK_EQUAL(carrier.asked().size(), 1u);
}

CAF_TEST(a path in front of the carrier is kept) {
  stage carrier([](const http::request& req) {
    return answer(
      200, R"({"calls": [], "next_page_uri": )" +
             (req.query.starts_with("To=") ? "\"/2010-04-01/Accounts/" + account + "/Calls.json?Page=1\"" : std::string("null")) +
             "}");
  });
  auto client = client_for(carrier.url + "/proxy/");
  CAF_CHECK(list(*client));
  for (const auto& req : carrier.asked())
    CAF_CHECK(req.path.starts_with("/proxy/2010-04-01/Accounts/"));
  CAF_CHECK_EQUAL(carrier.asked().size(), 2u);
}

// -- settings --------------------------------------------------------------------------------------------

CAF_TEST(settings that cannot work are refused) {
  auto refused = [](std::function<void(carrier_settings&)> change) {
    auto s = settings_for("http://127.0.0.1:1");
    change(s);
    auto made = carrier_client::make(std::move(s));
    return !made && made.error().code == errc::invalid;
  };
  CAF_CHECK(!refused([](carrier_settings&) {}));
  CAF_CHECK(refused([](carrier_settings& s) { s.base_url = "ftp://a"; }));
  CAF_CHECK(refused([](carrier_settings& s) { s.base_url = "http://a?b"; }));
  CAF_CHECK(refused([](carrier_settings& s) { s.account_sid = "AC/../x"; }));
  CAF_CHECK(refused([](carrier_settings& s) { s.password.clear(); }));
  CAF_CHECK(refused([](carrier_settings& s) { s.user = "a:b"; }));
  CAF_CHECK(refused([](carrier_settings& s) { s.callback_key.clear(); }));
  CAF_CHECK(refused([](carrier_settings& s) { s.public_url = "engine"; }));
  CAF_CHECK(refused([](carrier_settings& s) {
    s.base_url = "https://127.0.0.1:1";
    s.ca_file = "/no/such/file";
  }));
}
