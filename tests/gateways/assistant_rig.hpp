#pragma once

#include <caf/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateways/assistant/model_gateway.hpp"
#include "tests/support/model_server.hpp"

namespace ringmaster::test {

using namespace std::chrono_literals;

struct steady_time final : clock {
  instant now() const override { return instant(std::chrono::microseconds(1'795'223'969'000'000)); }
  std::chrono::nanoseconds boot() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

struct counting_random final : random_source {
  std::uint64_t next() override { return n += 0x9e3779b97f4a7c15ULL; }
  std::atomic<std::uint64_t> n{1};
};

inline config::ai_provider
provider_at(const model_server& server, std::string name = "house", std::string kind = "openai") {
  config::ai_provider made;
  made.name = std::move(name);
  made.base_url = server.url(kind == "gemini" ? "/v1beta" : "/v1");
  made.kind = std::move(kind);
  made.model = "m-1";
  made.api_key = config::secret("sk-0123456789");
  made.timeout = 2000ms;
  made.live_first_timeout = made.live_gap_timeout = 300ms;
  made.live_timeout = 2000ms;
  return made;
}

/// A gateway in front of the providers of a test, with quick retries.
struct gateway_rig {
  explicit gateway_rig(
      std::vector<config::ai_provider> providers,
      std::function<void(assistant::gateway_settings&)> change = {}) {
    assistant::gateway_settings s;
    s.providers = std::move(providers);
    s.backoff_first = 5ms;
    s.backoff_most = 20ms;
    if (change)
      change(s);
    auto made = assistant::model_gateway::make(std::move(s), time, random);
    CAF_REQUIRE(made.has_value());
    one = std::move(*made);
  }

  std::future<assistant::completion> start(assistant::order what) {
    auto told = std::make_shared<std::promise<assistant::completion>>();
    auto got = told->get_future();
    one->ask(std::move(what), [told](assistant::completion c) { told->set_value(std::move(c)); });
    return got;
  }

  assistant::completion ask(assistant::order what) {
    auto got = start(std::move(what));
    if (got.wait_for(10s) != std::future_status::ready)
      CAF_FAIL("no answer came");
    auto told = got.get();
    if (!told.what)
      CAF_MESSAGE(told.what.error().detail);
    return told;
  }

  struct spoken {
    std::string text;
    std::vector<std::string> pieces;
    result<assistant::turn_end> end = fail(errc::internal, "never ended");
  };
  spoken speak(assistant::turn what) {
    spoken made;
    auto ended = std::make_shared<std::promise<result<assistant::turn_end>>>();
    auto got = ended->get_future();
    auto handle = one->speak(
        std::move(what),
        [&](std::string_view words) {
          made.text += words;
          made.pieces.emplace_back(words);
        },
        [ended](result<assistant::turn_end> e) { ended->set_value(std::move(e)); });
    if (got.wait_for(10s) != std::future_status::ready)
      CAF_FAIL("the turn did not end");
    made.end = got.get();
    return made;
  }

  steady_time time;
  counting_random random;
  std::unique_ptr<assistant::model_gateway> one;
};

inline assistant::order approval_order() {
  assistant::order made;
  assistant::approval_request asked;
  asked.about.instruction = "Book a table for four";
  asked.about.phone_number = "+14155550123";
  made.what = asked;
  made.patience = 8000ms;
  return made;
}
/// What fits an approval_request.
inline const std::string approval_json = R"({"needed":true,"reason":"It binds you."})";

inline config::ai_provider rules_provider() {
  config::ai_provider made;
  made.name = made.kind = "rules";
  return made;
}

/// Why there is no reply; empty if there is one.
inline std::string why(const assistant::completion& c) {
  return c.what ? "" : c.what.error().detail;
}

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline assistant::turn turn_of(std::string_view words = "Hello?") {
  assistant::turn made;
  made.messages.resize(2);
  made.messages[0].from = assistant::message::role::system;
  made.messages[0].text = "You speak on the phone.";
  made.messages[1].text = words;
  return made;
}

/// Waits for a condition, at most five seconds.
template <class Condition>
bool comes_true(Condition condition) {
  auto deadline = std::chrono::steady_clock::now() + 5s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

} // namespace ringmaster::test
