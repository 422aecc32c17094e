#define CAF_SUITE webhook_sender

#include <caf/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateways/webhooks/webhook_sender.hpp"
#include "tests/support/model_server.hpp"
#include "wire/webhook_signature.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;

namespace {

struct still_clock final : clock {
  instant now() const override { return instant(std::chrono::seconds(1'614'265'330)); }
  std::chrono::nanoseconds boot() const override { return 1h; }
};

struct post {
  explicit post(
      const std::vector<std::string>& allowed = {"127.0.0.1/32"},
      std::chrono::milliseconds patience = 5s) {
    webhooks::sender_settings settings;
    for (const auto& text : allowed)
      settings.allowed.push_back(parse_network(text).value());
    settings.patience = patience;
    auto made = webhooks::webhook_sender::make(settings, time);
    if (!made)
      throw std::runtime_error(made.error().detail);
    sender = std::move(*made);
  }

  std::future<webhook::answer> start(webhook::parcel p) {
    auto told = std::make_shared<std::promise<webhook::answer>>();
    sender->send(std::move(p), [told](webhook::answer a) { told->set_value(std::move(a)); });
    return told->get_future();
  }
  webhook::answer send(webhook::parcel p) {
    auto coming = start(std::move(p));
    if (coming.wait_for(8s) != std::future_status::ready)
      throw std::runtime_error("no answer at all");
    return coming.get();
  }

  still_clock time;
  std::unique_ptr<webhooks::webhook_sender> sender;
};

webhook::parcel parcel(std::string url) {
  webhook::parcel p;
  p.id = *delivery_id::parse("018f0000-0000-7000-8000-000000000001");
  p.url = std::move(url);
  p.payload = R"({"type": "webhook.test", "timestamp": "2026-03-02T10:00:00Z", "data": {}})";
  p.secrets = {"0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"};
  return p;
}

model_server::script answering(std::string bytes) {
  return [bytes = std::move(bytes)](raw_socket& to, const model_server::asked&) {
    return to.send(bytes);
  };
}

std::string header(const model_server::asked& one, const std::string& name) {
  auto at = one.head.find("\r\n" + name + ": ");
  if (at == std::string::npos)
    return {};
  at += name.size() + 4;
  return one.head.substr(at, one.head.find("\r\n", at) - at);
}

} // namespace

CAF_TEST(a message is sent byte by byte with its id its time and two signatures) {
  model_server receiver(answering(whole(204, "")));
  post p;
  auto one = parcel(receiver.url("/hooks?from=us"));
  auto came = p.send(one);
  CAF_CHECK_EQUAL(came.status, 204);
  CAF_CHECK_EQUAL(came.error, "");
  auto got = receiver.requests();
  CAF_REQUIRE_EQUAL(got.size(), 1u);
  CAF_CHECK(got[0].head.starts_with("POST /hooks?from=us HTTP/1.1\r\n"));
  CAF_CHECK_EQUAL(got[0].body, one.payload);
  CAF_CHECK_EQUAL(header(got[0], "Content-Type"), "application/json");
  CAF_CHECK_EQUAL(header(got[0], "webhook-id"), to_string(one.id));
  CAF_CHECK_EQUAL(header(got[0], "webhook-timestamp"), "1614265330");
  CAF_CHECK_EQUAL(
      header(got[0], "webhook-signature"),
      wire::sign_webhook(one.secrets, to_string(one.id), 1'614'265'330, one.payload));
  CAF_CHECK(header(got[0], "webhook-signature").find(" v1,") != std::string::npos);
}

CAF_TEST(messages that follow each other take one connection) {
  model_server receiver(answering(whole(200, "{}")));
  post p;
  for (int i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(p.send(parcel(receiver.url())).status, 200);
  CAF_CHECK_EQUAL(receiver.connections(), 1);
}

CAF_TEST(nothing is sent to an address that is not public) {
  model_server receiver(answering(whole(200, "{}")));
  auto port = receiver.url("").substr(std::string("http://127.0.0.1").size());
  const std::vector<std::string> none;
  post nobody_allowed(none);
  // As it stands, as a name, and in forms that only a resolver reads.
  for (auto host :
       {"127.0.0.1", "localhost", "0x7f.0.0.1", "2130706433", "127.1", "[::1]",
        "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    auto came = nobody_allowed.send(parcel("http://" + std::string(host) + port));
    CAF_CHECK_EQUAL(came.status, 0);
    if (came.error.find("not public") == std::string::npos &&
        came.error.find("resolved") == std::string::npos)
      CAF_ERROR(host << ": " << came.error);
  }
  post another_allowed({"127.0.0.2/32", "10.0.0.0/8"});
  CAF_CHECK(
      another_allowed.send(parcel(receiver.url())).error.find("loopback") != std::string::npos);
  CAF_CHECK_EQUAL(receiver.connections(), 0);
}

CAF_TEST(a public address is taken by https at its ports alone) {
  post p;
  CAF_CHECK(p.send(parcel("http://8.8.8.8/")).error.find("https") != std::string::npos);
  CAF_CHECK(p.send(parcel("https://8.8.8.8:22/")).error.find("443") != std::string::npos);
  CAF_CHECK(p.send(parcel("ftp://8.8.8.8/")).error.find("cannot be used") != std::string::npos);
}

CAF_TEST(a redirect is an answer and is not followed) {
  model_server elsewhere(answering(whole(200, "{}")));
  model_server receiver(
      answering(whole(307, "", "text/plain", "Location: " + elsewhere.url() + "\r\n")));
  post p;
  CAF_CHECK_EQUAL(p.send(parcel(receiver.url())).status, 307);
  CAF_CHECK_EQUAL(elsewhere.count(), 0u);
}

CAF_TEST(the time that a receiver asks for is read) {
  model_server busy(answering(whole(503, "", "text/plain", "Retry-After: 120\r\n")));
  model_server odd(answering(whole(429, "", "text/plain", "Retry-After: soon\r\n")));
  post p;
  auto came = p.send(parcel(busy.url()));
  CAF_CHECK_EQUAL(came.status, 503);
  CAF_CHECK(came.retry_after == 120s);
  CAF_CHECK(!p.send(parcel(odd.url())).retry_after);
}

CAF_TEST(a long answer counts by its status and is not read to its end) {
  model_server long_one(answering(whole(200, std::string(200'000, 'x'))));
  model_server endless([](raw_socket& to, const model_server::asked&) {
    to.send(stream_head("text/plain"));
    while (to.send(chunk(std::string(10'000, 'x')))) {
      // until the other side has had enough
    }
    return false;
  });
  post p;
  CAF_CHECK_EQUAL(p.send(parcel(long_one.url())).status, 200);
  CAF_CHECK_EQUAL(p.send(parcel(endless.url())).status, 200);
}

CAF_TEST(whoever does not answer in time has not taken it) {
  model_server silent([](raw_socket&, const model_server::asked&) { return true; });
  model_server hasty([](raw_socket&, const model_server::asked&) { return false; });
  post p({"127.0.0.1/32"}, 500ms);
  auto late = p.send(parcel(silent.url()));
  CAF_CHECK_EQUAL(late.status, 0);
  CAF_CHECK(!late.error.empty());
  CAF_CHECK_EQUAL(p.send(parcel(hasty.url())).status, 0);
  auto gone = raw_socket::listen();
  auto port = gone.port();
  gone.close();
  CAF_CHECK_EQUAL(p.send(parcel("http://127.0.0.1:" + std::to_string(port) + "/")).status, 0);
}

CAF_TEST(a message without a secret is not sent) {
  model_server receiver(answering(whole(200, "{}")));
  post p;
  auto one = parcel(receiver.url());
  one.secrets.clear();
  CAF_CHECK(p.send(one).error.find("secret") != std::string::npos);
  CAF_CHECK_EQUAL(receiver.count(), 0u);
}

CAF_TEST(a sender that goes leaves what hangs behind) {
  model_server silent([](raw_socket&, const model_server::asked&) { return true; });
  auto p = std::make_unique<post>();
  auto one = p->start(parcel(silent.url()));
  while (silent.count() == 0)
    std::this_thread::yield();
  p.reset(); // returns at once; the callback is dropped with its promise
  CAF_CHECK(one.wait_for(0s) == std::future_status::ready);
}

CAF_TEST(a file of certificates that is none is refused at the start) {
  still_clock time;
  webhooks::sender_settings settings;
  settings.ca_file = "/nowhere/ca.pem";
  CAF_CHECK(!webhooks::webhook_sender::make(settings, time));
}
