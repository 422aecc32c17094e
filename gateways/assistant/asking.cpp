#include "gateways/assistant/asking.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <optional>
#include <utility>

#include "domain/rules.hpp"
#include "gateways/assistant/prompts.hpp"
#include "gateways/assistant/replies.hpp"
#include "gateways/assistant/shape.hpp"

namespace ringmaster::assistant {

namespace {

using milliseconds = std::chrono::milliseconds;
using kind = refusal::kind;

std::string repair_words(const std::string& wrong) {
  auto text = repair_prompt().text;
  constexpr std::string_view place = "{error}";
  if (auto at = text.find(place); at != std::string::npos)
    text.replace(at, place.size(), wrong);
  return text;
}

/// One order on its way through the providers.
class asking {
public:
  asking(panel with, operation& who, const order& what)
      : with_(with), who_(who), order_(what), begin_(with.time.boot()),
        question_(function_of(order_.what)) {}

  asio::awaitable<completion> run() {
    for (const auto& one : with_.providers) {
      if (over())
        break;
      if (one->is_rules())
        answer_by_rules(*one);
      else
        co_await try_provider(*one);
      if (reply_)
        break;
    }
    if (reply_) {
      completion made{std::move(*reply_), std::move(tries_)};
      co_return made;
    }
    error why = excuses_.all();
    if (who_.canceled())
      why.detail = "the engine is stopping";
    else if (over())
      why.detail = "no model answered in time; " + why.detail;
    completion made{fail(std::move(why)), std::move(tries_)};
    co_return made;
  }

private:
  milliseconds left() const {
    return std::chrono::ceil<milliseconds>(order_.patience - (with_.time.boot() - begin_));
  }
  bool over() const { return who_.canceled() || left().count() <= 0; }

  bool broke() const {
    if (!order_.budget_micros)
      return false;
    auto left = *order_.budget_micros;
    for (const auto& one : tries_)
      left -= one.cost_micros;
    return left <= 0;
  }

  void answer_by_rules(const provider& by) {
    reply_ = rules::answer(order_.what);
    usage none;
    none.provider = by.told().name;
    none.model = rules::provider;
    none.prompt_version = rules::version;
    tries_.push_back(std::move(none));
  }

  wire_prompt first_words(const provider& by) const {
    wire_prompt made;
    made.messages = messages_for(order_.what);
    made.max_tokens = static_cast<std::int64_t>(by.told().answer_tokens);
    made.schema_name = to_string(question_);
    made.schema = write_schema(shape_of(question_));
    return made;
  }

  /// A place, with the provider's door open. None with the excuse noted.
  asio::awaitable<seats::seat> enter(provider& to, const provider::key& key) {
    seats::seat place;
    while (!over()) {
      std::optional<std::string> no = to.paused(key);
      if (!no && to.has_price() && broke())
        no = "daily budget reached";
      if (no) {
        excuses_.add(to, *no);
        co_return place;
      }
      if (auto wait = to.throttled()) {
        if (*wait > with_.numbers.wait_most || *wait >= left()) {
          excuses_.add(to, "it asks for a longer pause than can be waited");
          co_return place;
        }
        co_await who_.wait(*wait);
        continue;
      }
      if (!place) {
        place = co_await to.places.take(who_, left(), false);
        if (!place) {
          excuses_.add(to, "too many requests are waiting for it");
          co_return place;
        }
        continue; // the world may have changed meanwhile
      }
      if (to.admit())
        co_return place;
      excuses_.add(to, "it is left alone after failures");
      place = seats::seat();
      co_return place;
    }
    place = seats::seat();
    co_return place;
  }

  asio::awaitable<void> try_provider(provider& to) {
    auto key = to.key_for(order_.keys);
    if (!key) {
      excuses_.add(to, key.error().detail);
      co_return;
    }
    auto words = first_words(to);
    bool repaired = false;
    for (int again = 0; !over();) {
      auto place = co_await enter(to, *key);
      if (!place)
        co_return;
      pace times;
      times.connect = to.told().connect_timeout;
      times.whole = std::min(to.told().timeout, left());
      times.first = times.gap = times.whole;
      auto got = co_await to.ask(who_, words, *key, times, nobody_);
      place = seats::seat();
      got.cost.prompt_version = prompt_of(question_).version;
      tries_.push_back(got.cost);
      if (got.learned)
        continue;
      if (!got.failed) {
        auto read = read_reply(order_.what, got.said.text);
        if (read) {
          reply_ = std::move(*read);
          co_return;
        }
        auto wrong = presentable(read.error().detail, key->secret);
        tries_.back().failure = "the answer does not fit: " + wrong;
        if (std::exchange(repaired, true)) {
          excuses_.add(to, "the answer does not fit, also when asked again: " + wrong);
          co_return;
        }
        correct(words, got.said.text, wrong);
        continue;
      }
      if (!got.failed->may_retry() || again >= with_.numbers.retries) {
        excuses_.add(to, got.failed->detail);
        co_return;
      }
      auto wait = std::max(
          back_off(with_.numbers, again++, with_.random),
          got.failed->wait.value_or(milliseconds(0)));
      if (wait > with_.numbers.wait_most || wait >= left()) {
        excuses_.add(to, got.failed->detail);
        co_return;
      }
      last_ = got.failed->detail;
      co_await who_.wait(wait);
    }
    excuses_.add(to, last_.empty() ? "no time was left" : last_);
  }

  static void correct(wire_prompt& words, const std::string& answer, const std::string& wrong) {
    constexpr std::size_t quoted_max = 16 * 1024;
    message said, asked;
    said.from = message::role::assistant;
    said.text = answer.substr(0, quoted_max);
    asked.from = message::role::user;
    asked.text = repair_words(wrong);
    words.messages.push_back(std::move(said));
    words.messages.push_back(std::move(asked));
  }

  const panel with_;
  const std::function<void(std::string_view)> nobody_; ///< hears whole answers only
  operation& who_;
  const order& order_;
  const std::chrono::nanoseconds begin_;
  const function question_;
  std::vector<usage> tries_;
  std::optional<reply> reply_;
  excuses excuses_;
  std::string last_;
};

} // namespace

void excuses::add(const provider& of, std::string why) {
  said_.emplace_back(of.told().name, std::move(why));
}

error excuses::all() const {
  error why;
  why.code = errc::unavailable;
  why.detail = "no model answered";
  const char* between = ": ";
  for (const auto& [name, text] : said_) {
    why.detail += between + name + ": " + text;
    between = "; ";
  }
  return why;
}

milliseconds back_off(const gateway_settings& numbers, int again, random_source& random) {
  auto full = std::min<milliseconds>(
      numbers.backoff_most, numbers.backoff_first * (1LL << std::clamp(again, 0, 20)));
  auto off = full.count() / 4;
  return full - milliseconds(
                    static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(off + 1)));
}

asio::awaitable<completion> answer(panel with, operation& who, const order& what) {
  asking one(with, who, what);
  auto made = co_await one.run();
  co_return made;
}

} // namespace ringmaster::assistant
