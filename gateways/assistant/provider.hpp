#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/breaker.hpp"
#include "domain/inspection.hpp"
#include "domain/ports.hpp"
#include "gateways/assistant/gateway_settings.hpp"
#include "gateways/assistant/operation.hpp"
#include "gateways/assistant/wire_prompt.hpp"

namespace ringmaster::assistant {

/// How long the parts of a try may take.
struct pace {
  pace() = default;

  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds first{60'000}; ///< to the first word
  std::chrono::milliseconds gap{60'000};   ///< from one word to the next
  std::chrono::milliseconds whole{60'000};
  std::size_t text_max = 1024 * 1024; ///< a model that says more is cut off
};

/// One model provider as it is now: its connections, its places, and whether its door is open.
/// Belongs to the gateway's thread.
class provider {
public:
  /// Throws what the TLS library throws about a CA file. The base URL must have been checked.
  provider(
      asio::io_context& io, config::ai_provider told, http::url base,
      const gateway_settings& numbers, const clock& time, random_source& random);

  const config::ai_provider& told() const { return told_; }
  bool is_rules() const { return told_.kind == "rules"; }
  bool has_price() const { return told_.prompt_price > 0 || told_.completion_price > 0; }

  /// The key that a user's order is sent with.
  struct key {
    std::string secret; ///< may be empty: the server asks for none
    bool own = false;
  };
  result<key> key_for(const std::vector<own_key>& keys) const;

  /// Why it is not asked at all at the moment; nothing if it may be.
  std::optional<std::string> paused(const key& with) const;
  /// How long the provider itself wants to be left alone; nothing if it does not.
  std::optional<std::chrono::milliseconds> throttled() const;
  /// Takes the word of the breaker; what was admitted must be asked, or withdrawn.
  bool admit() { return door_.admit(time_.boot()); }
  void withdraw() { door_.withdraw(); }

  /// How it stands, for people.
  inspection::model_view view() const;

  /// One try of one question.
  struct outcome {
    outcome() = default;

    heard said;
    std::optional<refusal> failed;
    bool learned = false; ///< it failed by something that is now done otherwise
    usage cost;
  };
  /// `on_text` gets the text of a stream as it comes. All that is given must outlive the try.
  asio::awaitable<outcome>
  ask(operation& who, const wire_prompt& what, const key& with, pace times,
      const std::function<void(std::string_view)>& on_text);

  /// Keeps no connection from now on.
  void close() {
    if (client_)
      client_->close();
  }

  seats places;

private:
  struct hearing;
  std::int64_t price(std::int64_t prompt, std::int64_t completion) const;
  asio::awaitable<void> exchange(operation& who, hearing& h);
  asio::awaitable<void> read_refused(http::exchange& over, hearing& h, const http::reply& head);
  asio::awaitable<void> read_whole(http::exchange& over, hearing& h);
  asio::awaitable<void> read_stream(http::exchange& over, hearing& h);
  void judge(hearing& h);
  void conclude(hearing& h);
  bool learn(const hearing& h);
  void account(hearing& h);

  const config::ai_provider told_;
  const gateway_settings& numbers_;
  const clock& time_;
  random_source& random_;
  abilities can_;
  std::unique_ptr<dialect> dialect_;
  std::unique_ptr<http::client> client_;
  breaker door_;
  std::chrono::nanoseconds paused_until_{0};
  std::string paused_why_;
};

} // namespace ringmaster::assistant
