#define CAF_SUITE webhook
#include <caf/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/webhook.hpp"

using namespace ringmaster;
using namespace std::chrono_literals;
using webhook::status;

namespace {

webhook::destination https(std::string host, std::string port = "443") {
  return {true, std::move(host), std::move(port)};
}
webhook::destination plain(std::string host, std::string port = "80") {
  return {false, std::move(host), std::move(port)};
}

webhook::draft to(std::string url) {
  webhook::draft d;
  d.url = std::move(url);
  return d;
}

bool takes(const webhook::destination& d, const std::vector<ip_network>& allowed = {}) {
  return webhook::check(to("https://x"), d, allowed).has_value();
}

const instant now{std::chrono::seconds(1'800'000'000)};

webhook::verdict answered(
    int code, std::int32_t attempt = 1, std::optional<std::chrono::seconds> after = {},
    std::optional<instant> failing_since = {}) {
  webhook::parcel p;
  p.attempt = attempt;
  p.failing_since = failing_since;
  webhook::answer a;
  a.status = code;
  a.retry_after = after;
  return webhook::judge(p, a, now, 0);
}

} // namespace

CAF_TEST(words of messages read back and topics are told apart) {
  for (auto s : {status::pending, status::sending, status::delivered, status::failed})
    CAF_CHECK(webhook::parse_status(webhook::to_string(s)) == s);
  CAF_CHECK(!webhook::parse_status("sent"));
  std::set<std::string_view> all(webhook::topics().begin(), webhook::topics().end());
  CAF_CHECK_EQUAL(all.size(), webhook::topics().size());
  for (auto t : all)
    CAF_CHECK(webhook::is_topic(t));
  CAF_CHECK(webhook::is_topic(webhook::test_topic));
  CAF_CHECK(!webhook::is_topic("call"));
  CAF_CHECK(!webhook::is_topic(""));
}

CAF_TEST(every state with every event) {
  struct row {
    status from;
    std::string_view on;
    std::optional<status> to;
  };
  const std::vector<row> table{
      {status::pending,   "claim",   status::sending  },
      {status::pending,   "accept",  {}               },
      {status::pending,   "refuse",  {}               },
      {status::pending,   "give_up", {}               },
      {status::pending,   "replay",  {}               },
      {status::sending,   "claim",   status::sending  },
      {status::sending,   "accept",  status::delivered},
      {status::sending,   "refuse",  status::pending  },
      {status::sending,   "give_up", status::failed   },
      {status::sending,   "replay",  {}               },
      {status::delivered, "claim",   {}               },
      {status::delivered, "accept",  {}               },
      {status::delivered, "refuse",  {}               },
      {status::delivered, "give_up", {}               },
      {status::delivered, "replay",  status::pending  },
      {status::failed,    "claim",   {}               },
      {status::failed,    "accept",  {}               },
      {status::failed,    "refuse",  {}               },
      {status::failed,    "give_up", {}               },
      {status::failed,    "replay",  status::pending  },
  };
  std::size_t lawful = 0;
  for (const auto& r : table) {
    std::optional<status> found;
    for (const auto& s : webhook::steps())
      if (s.from == r.from && s.on == r.on)
        found = s.to;
    CAF_CHECK(found == r.to);
    lawful += r.to.has_value();
  }
  CAF_CHECK_EQUAL(webhook::steps().size(), lawful);
}

CAF_TEST(any success delivers and nothing else does) {
  for (int code = 0; code < 600; ++code) {
    auto v = answered(code);
    CAF_CHECK_EQUAL(v.to == status::delivered, code >= 200 && code <= 299);
    if (code < 200 || code > 299)
      CAF_CHECK(!v.error.empty());
    CAF_CHECK_EQUAL(!v.disable.empty(), code == 410);
  }
  CAF_CHECK(answered(200).error.empty());
  CAF_CHECK(!answered(200).next_attempt_at);
  // Gone is gone: not even tried again.
  CAF_CHECK(answered(410).to == status::failed);
  CAF_CHECK(!answered(410).next_attempt_at);
  CAF_CHECK(answered(302).error.find("redirects are not followed") != std::string::npos);
}

CAF_TEST(the delays follow each other and the last failure gives up) {
  const std::vector<std::chrono::seconds> expected{5s, 5min, 30min, 2h, 5h, 10h, 10h};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    auto v = answered(500, static_cast<std::int32_t>(i) + 1);
    CAF_CHECK(v.to == status::pending);
    CAF_CHECK(v.next_attempt_at == now + expected[i]);
  }
  auto last = answered(500, static_cast<std::int32_t>(expected.size()) + 1);
  CAF_CHECK(last.to == status::failed);
  CAF_CHECK(!last.next_attempt_at);
  CAF_CHECK(last.disable.empty());
}

CAF_TEST(a delay is spread by a tenth at most and never comes early) {
  rc::check([](std::uint64_t random) {
    webhook::parcel p;
    p.attempt = *rc::gen::inRange(1, 8);
    webhook::answer a;
    a.status = 500;
    auto v = webhook::judge(p, a, now, random);
    std::chrono::microseconds delay = webhook::delays()[static_cast<std::size_t>(p.attempt) - 1];
    RC_ASSERT(v.next_attempt_at.has_value());
    RC_ASSERT(*v.next_attempt_at - now >= delay);
    RC_ASSERT(*v.next_attempt_at - now <= delay + delay / 10);
  });
}

CAF_TEST(a receiver that asks for time gets it within bounds) {
  CAF_CHECK(answered(503, 1, 120s).next_attempt_at == now + 120s);
  CAF_CHECK(answered(429, 2, 10s).next_attempt_at == now + 5min);
  CAF_CHECK(answered(503, 1, 24h).next_attempt_at == now + 24h);
  CAF_CHECK(answered(503, 1, 24h + 1s).next_attempt_at == now + 24h);
  CAF_CHECK(answered(503, 8, 10s).to == status::failed);
}

CAF_TEST(five days without a success disable an address) {
  CAF_CHECK(answered(500, 1, {}, now - 5 * 24h + 1us).disable.empty());
  CAF_CHECK(!answered(500, 1, {}, now - 5 * 24h).disable.empty());
  CAF_CHECK(!answered(0, 8, {}, now - 6 * 24h).disable.empty());
  CAF_CHECK(answered(200, 1, {}, now - 6 * 24h).disable.empty());
}

CAF_TEST(an address is taken by https at its ports and at public addresses) {
  CAF_CHECK(takes(https("hooks.example.com")));
  CAF_CHECK(takes(https("hooks.example.com", "8443")));
  CAF_CHECK(!takes(https("hooks.example.com", "444")));
  CAF_CHECK(!takes(https("hooks.example.com", "80")));
  CAF_CHECK(!takes(plain("hooks.example.com")));
  CAF_CHECK(!takes(plain("hooks.example.com", "443")));
  CAF_CHECK(takes(https("8.8.8.8")));
  CAF_CHECK(!takes(https("10.0.0.1")));
  CAF_CHECK(!takes(https("::1")));
  for (auto host : {"localhost", "LocalHost", "localhost.", "api.localhost"})
    CAF_CHECK(!takes(https(host)));
  CAF_CHECK(takes(https("mylocalhost")));
}

CAF_TEST(what the operator has allowed may be anything and nothing else changes) {
  const std::vector<ip_network> allowed{*parse_network("127.0.0.1/32")};
  CAF_CHECK(takes(plain("127.0.0.1", "9000"), allowed));
  CAF_CHECK(!takes(plain("127.0.0.2", "9000"), allowed));
  CAF_CHECK(!takes(https("10.0.0.1"), allowed));
  CAF_CHECK(!takes(plain("8.8.8.8"), allowed));
  // A name is judged by what it resolves to.
  CAF_CHECK(takes(plain("receiver.internal", "9000"), allowed));
  auto to = plain("receiver.internal", "9000");
  CAF_CHECK(!webhook::why_not(to, *parse_address("127.0.0.1"), allowed));
  CAF_CHECK(webhook::why_not(to, *parse_address("127.0.0.2"), allowed).has_value());
  CAF_CHECK(webhook::why_not(to, *parse_address("8.8.8.8"), allowed).has_value());
  CAF_CHECK(!webhook::why_not(https("x"), *parse_address("8.8.8.8"), allowed));
}

CAF_TEST(a draft is completed and its mistakes are told together) {
  auto d = to("https://x");
  d.description = "  billing ";
  d.topics = {"campaign.completed", "call.completed", "campaign.completed"};
  auto good = webhook::check(d, https("x"), {});
  CAF_REQUIRE(good.has_value());
  CAF_CHECK_EQUAL(good->description, "billing");
  CAF_CHECK((good->topics == std::vector<std::string>{"call.completed", "campaign.completed"}));
  d.url = std::string(2'001, 'x');
  d.description = std::string(201, 'x');
  d.topics = {"call.completed", "nonsense"};
  auto bad = webhook::check(d, plain("10.0.0.1"), {});
  CAF_REQUIRE(!bad.has_value());
  std::vector<std::string> pointers;
  for (const auto& f : bad.error().fields)
    pointers.push_back(f.pointer);
  CAF_CHECK((pointers == std::vector<std::string>{"/description", "/url", "/url", "/topics/1"}));
}
