#define CAF_SUITE assistant_failure

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <string>

#include "domain/rules.hpp"
#include "tests/gateways/assistant_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace ringmaster::assistant;

namespace {

model_server::script always(std::string bytes) {
  return [bytes = std::move(bytes)](raw_socket& peer, const model_server::asked&) {
    return peer.send(bytes);
  };
}

const std::string good = whole(200, chat_answer(approval_json));

std::string error_of(std::string_view code, std::string_view message = "as the test says") {
  return R"({"error":{"message":")" + std::string(message) +
         R"(","type":"t","param":null,"code":")" + std::string(code) + R"("}})";
}

/// What one provider's answers make of an order, with how often it was asked.
struct verdict {
  completion told;
  std::size_t asked = 0;
};
verdict with(
    model_server::script play, std::function<void(config::ai_provider&)> change = {},
    order what = approval_order()) {
  model_server server(std::move(play));
  auto p = provider_at(server);
  if (change)
    change(p);
  gateway_rig rig({p});
  auto told = rig.ask(std::move(what));
  return {std::move(told), server.count()};
}

} // namespace

CAF_TEST(servers that fail are asked again and then left) {
  for (std::string bytes :
       {whole(500, error_of("x")),
        whole(
            503, R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})"),
        whole(408, ""), whole(409, ""), whole(502, "<html>", "text/html"),
        std::string("HTTP/1.1 2"), std::string()}) {
    auto got = with([&](raw_socket& peer, const model_server::asked&) {
      peer.send(bytes);
      return false;
    });
    CAF_CHECK(!got.told.what);
    CAF_CHECK_EQUAL(got.asked, 4u);
    CAF_CHECK_EQUAL(got.told.tries.size(), 4u);
  }
  model_server server([](raw_socket& peer, const model_server::asked& one) {
    return peer.send(one.number < 2 ? whole(500, "") : good);
  });
  gateway_rig rig({provider_at(server)});
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
  CAF_CHECK_EQUAL(server.count(), 3u);
}

CAF_TEST(a server may say whether it wants to be asked again) {
  CAF_CHECK_EQUAL(
      with(always(whole(500, "", "text/plain", "x-should-retry: false\r\n"))).asked, 1u);
  CAF_CHECK_EQUAL(with(always(whole(400, "", "text/plain", "x-should-retry: true\r\n"))).asked, 4u);
  CAF_CHECK_EQUAL(with(always(whole(401, "", "text/plain", "x-should-retry: true\r\n"))).asked, 1u);
}

CAF_TEST(a rate limit is waited for and a used up account is not) {
  for (std::string code : {"insufficient_quota", "credit_balance_exhausted"}) {
    auto got = with(always(whole(429, error_of(code))));
    CAF_CHECK_EQUAL(got.asked, 1u);
    CAF_CHECK(has(why(got.told), code));
  }
  for (std::string header :
       {"retry-after-ms: 150\r\n", "retry-after-ms: 150\r\nRetry-After: 9999\r\n", ""}) {
    model_server server([&](raw_socket& peer, const model_server::asked& one) {
      return peer.send(
          one.number == 0 ? whole(429, error_of("rate_limit_exceeded"), "application/json", header)
                          : good);
    });
    gateway_rig rig({provider_at(server)});
    auto begin = std::chrono::steady_clock::now();
    CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
    CAF_CHECK_EQUAL(server.count(), 2u);
    if (!header.empty())
      CAF_CHECK(std::chrono::steady_clock::now() - begin >= 150ms);
  }
}

CAF_TEST(a retry delay in the body counts and one that is too long goes to the next provider) {
  const std::string body =
      R"([{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x/google.rpc.RetryInfo","retryDelay":"0.2s"}]}}])";
  model_server server([&](raw_socket& peer, const model_server::asked& one) {
    return peer.send(one.number == 0 ? whole(429, body) : good);
  });
  gateway_rig rig({provider_at(server)});
  auto begin = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
  CAF_CHECK(std::chrono::steady_clock::now() - begin >= 200ms);

  model_server slow(always(
      whole(429, error_of("rate_limit_exceeded"), "application/json", "Retry-After: 61\r\n"))),
      next(always(good));
  gateway_rig two({provider_at(slow, "slow"), provider_at(next, "next")});
  begin = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(why(two.ask(approval_order())), "");
  CAF_CHECK_EQUAL(slow.count(), 1u);
  // And it is not asked again before its time.
  auto told = two.ask(approval_order());
  CAF_CHECK_EQUAL(why(told), "");
  CAF_CHECK_EQUAL(slow.count(), 1u);
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

CAF_TEST(a wrong key pauses the provider for all but those with a key of their own) {
  model_server server([](raw_socket& peer, const model_server::asked& one) {
    return peer.send(
        one.has("Bearer sk-own")
            ? good
            : whole(401, error_of("invalid_api_key", "Incorrect API key provided: sk-0123456789")));
  });
  gateway_rig rig({provider_at(server)});
  auto told = rig.ask(approval_order());
  CAF_CHECK(!told.what);
  CAF_CHECK(!has(why(told), "sk-0123456789"));
  CAF_CHECK(!has(told.tries.front().failure, "sk-0123456789"));
  CAF_CHECK(has(why(rig.ask(approval_order())), "paused"));
  CAF_CHECK_EQUAL(server.count(), 1u);
  auto own = approval_order();
  own.keys.push_back({"house", "sk-own"});
  own.keys.push_back({"elsewhere", "sk-other"});
  CAF_CHECK_EQUAL(why(rig.ask(own)), "");
  CAF_CHECK_EQUAL(server.count(), 2u);
}

CAF_TEST(a wrong key of a user pauses nobody) {
  model_server server([](raw_socket& peer, const model_server::asked& one) {
    return peer.send(
        one.has("Bearer own-key-of-a-user") ? whole(403, error_of("x", "own-key-of-a-user is bad"))
                                            : good);
  });
  gateway_rig rig({provider_at(server)});
  auto own = approval_order();
  own.keys.push_back({"house", "own-key-of-a-user"});
  auto told = rig.ask(own);
  CAF_CHECK(!told.what);
  CAF_CHECK(!has(why(told), "own-key-of-a-user"));
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
}

CAF_TEST(when all fail the error names each and nothing is asked twice without need) {
  model_server a(always(whole(400, error_of("bad")))),
      b(always(whole(429, error_of("insufficient_quota"))));
  std::string gone;
  {
    model_server c(always(good));
    gone = c.url();
  }
  auto dead = provider_at(a, "dead");
  dead.base_url = gone;
  gateway_rig rig({provider_at(a, "alpha"), provider_at(b, "beta"), dead});
  auto told = rig.ask(approval_order());
  CAF_REQUIRE(!told.what);
  CAF_CHECK(told.what.error().code == errc::unavailable);
  for (auto part : {"alpha: HTTP 400 (bad)", "beta: HTTP 429", "dead: no connection"})
    if (!has(why(told), part))
      CAF_ERROR(why(told) << " lacks " << part);
  CAF_CHECK_EQUAL(a.count(), 1u);
  CAF_CHECK_EQUAL(b.count(), 1u);
  // What never reached a server costs nothing.
  for (const auto& one : told.tries)
    CAF_CHECK_EQUAL(one.prompt_tokens, 0);
}

CAF_TEST(rules answer where the models fail and cost nothing) {
  model_server server(always(whole(500, "")));
  gateway_rig rig({provider_at(server), rules_provider()});
  auto told = rig.ask(approval_order());
  CAF_REQUIRE_EQUAL(why(told), "");
  CAF_CHECK_EQUAL(told.tries.back().provider, "rules");
  CAF_CHECK_EQUAL(told.tries.back().prompt_version, rules::version);
  CAF_CHECK_EQUAL(told.tries.back().cost_micros, 0);
  CAF_CHECK(*told.what == rules::answer(approval_order().what));
}

CAF_TEST(silence ends by the provider timeout and by the patience of the order) {
  auto silent = [](raw_socket& peer, const model_server::asked&) {
    peer.read_to_end();
    return false;
  };
  model_server quiet(silent), next(always(good));
  auto p = provider_at(quiet, "quiet");
  p.timeout = 100ms;
  {
    gateway_rig rig({p, provider_at(next, "next")});
    auto told = rig.ask(approval_order());
    CAF_CHECK_EQUAL(why(told), "");
    CAF_CHECK_EQUAL(quiet.count(), 4u);
    // The question may have been worked on: it is booked by estimate.
    CAF_CHECK(told.tries.front().prompt_tokens > 100);
  }
  p.timeout = 60'000ms;
  gateway_rig rig({p, provider_at(next, "next")});
  auto order = approval_order();
  order.patience = 200ms;
  auto begin = std::chrono::steady_clock::now();
  auto told = rig.ask(order);
  CAF_CHECK(has(why(told), "no model answered in time"));
  CAF_CHECK(told.what.error().code == errc::unavailable);
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 2s);
}

CAF_TEST(a kept connection that dies is no failure) {
  model_server server([](raw_socket& peer, const model_server::asked& one) {
    if (one.number == 1) {
      peer.reset();
      return false;
    }
    return peer.send(good);
  });
  gateway_rig rig({provider_at(server)});
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
  auto told = rig.ask(approval_order());
  CAF_CHECK_EQUAL(why(told), "");
  CAF_CHECK_EQUAL(told.tries.size(), 1u);
  CAF_CHECK_EQUAL(server.count(), 3u);
}

CAF_TEST(no more requests run at one time than the provider has places) {
  std::atomic<int> now{0}, most{0};
  model_server server([&](raw_socket& peer, const model_server::asked&) {
    auto n = ++now;
    for (auto seen = most.load(); n > seen && !most.compare_exchange_weak(seen, n);)
      continue;
    ::poll(nullptr, 0, 20);
    --now;
    return peer.send(good);
  });
  auto p = provider_at(server);
  p.concurrency = 2;
  p.queue = 4;
  gateway_rig rig({p});
  std::vector<std::future<completion>> all;
  for (int i = 0; i < 12; ++i)
    all.push_back(rig.start(approval_order()));
  int answered = 0, turned_away = 0;
  for (auto& one : all) {
    auto told = one.get();
    answered += told.what.has_value();
    turned_away += has(why(told), "too many requests");
  }
  CAF_CHECK_EQUAL(most.load(), 2);
  CAF_CHECK_EQUAL(answered, 6);
  CAF_CHECK_EQUAL(turned_away, 6);
}

CAF_TEST(a provider that keeps failing is left alone) {
  model_server server(
      [](raw_socket& peer, const model_server::asked&) { return peer.send(whole(500, "")); });
  gateway_rig rig({provider_at(server), rules_provider()});
  for (int i = 0; i < 4; ++i)
    CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
  // Five failures in a row, and the door is shut.
  CAF_CHECK_EQUAL(server.count(), 5u);
}

CAF_TEST(a provider with a price is passed over when nothing is left to spend) {
  model_server dear(always(whole(200, chat_answer("wrong")))), free(always(good));
  auto p = provider_at(dear, "dear");
  p.prompt_price = 1;
  gateway_rig rig({p, provider_at(free, "free")});
  auto order = approval_order();
  order.budget_micros = 0;
  auto told = rig.ask(order);
  CAF_CHECK_EQUAL(why(told), "");
  CAF_CHECK_EQUAL(dear.count(), 0u);
  // A repair is not bought on credit: the first try spends all there is.
  order.budget_micros = 100;
  told = rig.ask(order);
  CAF_CHECK_EQUAL(why(told), "");
  CAF_CHECK_EQUAL(dear.count(), 1u);
  gateway_rig alone({p});
  order.budget_micros = 0;
  CAF_CHECK(has(why(alone.ask(order)), "dear: daily budget reached"));
}

CAF_TEST(what a server does not take is left out from then on) {
  model_server server([](raw_socket& peer, const model_server::asked& one) {
    if (one.has("\"max_tokens\""))
      return peer.send(whole(
          400,
          error_of(
              "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with "
                                       "this model. Use 'max_completion_tokens' instead.")));
    if (one.has("\"response_format\""))
      return peer.send(
          whole(400, error_of("x", "response_format cannot be combined with a grammar")));
    return peer.send(good);
  });
  gateway_rig rig({provider_at(server)});
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
  CAF_CHECK_EQUAL(server.count(), 3u);
  CAF_CHECK(server.requests()[2].has("\"max_completion_tokens\":4000"));
  CAF_CHECK(server.requests()[2].has("It must fit this JSON Schema"));
  CAF_CHECK_EQUAL(why(rig.ask(approval_order())), "");
  CAF_CHECK_EQUAL(server.count(), 4u);
}

CAF_TEST(every order is called back when the gateway goes) {
  model_server server([](raw_socket& peer, const model_server::asked&) {
    peer.read_to_end();
    return false;
  });
  auto p = provider_at(server);
  p.concurrency = 2;
  p.timeout = 60'000ms;
  std::vector<std::future<completion>> all;
  auto begin = std::chrono::steady_clock::now();
  {
    gateway_rig rig({p});
    for (int i = 0; i < 5; ++i)
      all.push_back(rig.start(approval_order()));
    CAF_CHECK(comes_true([&] { return server.count() == 2; }));
  }
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 3s);
  for (auto& one : all) {
    CAF_REQUIRE(one.wait_for(0s) == std::future_status::ready);
    auto told = one.get();
    CAF_CHECK(has(why(told), "the engine is stopping"));
  }
}
