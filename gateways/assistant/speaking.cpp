#include "gateways/assistant/asking.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <optional>
#include <utility>

#include "domain/rules.hpp"
#include "gateways/assistant/json_text.hpp"
#include "gateways/assistant/prompts.hpp"
#include "gateways/assistant/shape.hpp"
#include "gateways/assistant/spoken_text.hpp"

namespace ringmaster::assistant {

namespace {

using milliseconds = std::chrono::milliseconds;
using kind = refusal::kind;

constexpr int wrong_calls_max = 3;

/// One turn on its way through the providers.
class speaking {
public:
  speaking(
      panel with, operation& who, const turn& what,
      const std::function<void(std::string_view)>& tell)
      : with_(with), who_(who), turn_(what), tell_(tell) {}

  asio::awaitable<result<turn_end>> run() {
    for (const auto& one : with_.providers) {
      if (who_.canceled() || done_)
        break;
      if (one->is_rules())
        speak_by_rules(*one);
      else
        co_await try_provider(*one);
      // What was said cannot be unsaid: nobody else begins anew.
      if (!end_.text.empty())
        break;
    }
    if (done_) {
      end_.tries = std::move(tries_);
      co_return std::move(end_);
    }
    error why = excuses_.all();
    if (who_.canceled())
      why.detail = "the engine is stopping";
    co_return fail(std::move(why));
  }

private:
  bool broke() const {
    if (!turn_.budget_micros)
      return false;
    auto left = *turn_.budget_micros;
    for (const auto& one : tries_)
      left -= one.cost_micros;
    return left <= 0;
  }

  void say(const std::string& words) {
    if (words.empty())
      return;
    end_.text += words;
    tell_(words);
  }

  void speak_by_rules(const provider& by) {
    auto made = rules::speak(turn_);
    usage none;
    none.provider = by.told().name;
    none.model = rules::provider;
    none.prompt_version = rules::version;
    tries_.push_back(std::move(none));
    say(made.text);
    end_.calls = std::move(made.calls);
    done_ = true;
  }

  /// Why the provider is not asked now; nothing if it was admitted, with a place in `place`.
  asio::awaitable<std::optional<std::string>>
  enter(provider& to, const provider::key& key, seats::seat& place) {
    std::optional<std::string> no = to.paused(key);
    if (!no && to.has_price() && broke())
      no = "daily budget reached";
    if (!no && to.throttled())
      no = "it asks for a pause";
    if (!no) {
      place = co_await to.places.take(who_, to.told().live_connect_timeout, true);
      if (!place)
        no = "all its places are taken";
      else if (!to.admit())
        no = "it is left alone after failures";
    }
    co_return no;
  }

  asio::awaitable<void> try_provider(provider& to) {
    auto key = to.key_for(turn_.keys);
    if (!key) {
      excuses_.add(to, key.error().detail);
      co_return;
    }
    wire_prompt words;
    words.messages = messages_for(turn_);
    words.tools = turn_.tools;
    words.max_tokens = std::max(turn_.max_tokens, 1);
    words.stream = true;
    pace times;
    times.connect = to.told().live_connect_timeout;
    times.first = to.told().live_first_timeout;
    times.gap = to.told().live_gap_timeout;
    times.whole = to.told().live_timeout;
    times.text_max = static_cast<std::size_t>(words.max_tokens) * 16 + 4096;
    int again = 0, wrong_calls = 0;
    while (!who_.canceled()) {
      seats::seat place;
      auto no = co_await enter(to, *key, place);
      if (no) {
        excuses_.add(to, *no);
        co_return;
      }
      auto silent = end_.text.empty();
      spoken_text filter(turn_.chat != nullptr); // a chat names its sources as [1]
      std::function<void(std::string_view)> on_text = [this, &filter](std::string_view text) {
        say(filter.feed(text));
      };
      auto got = co_await to.ask(who_, words, *key, times, on_text);
      place = seats::seat();
      if (auto version = version_of(turn_); !version.empty())
        got.cost.prompt_version = std::move(version);
      tries_.push_back(got.cost);
      if (got.learned)
        continue;
      if (got.failed) {
        // Once more, while nobody has heard a word; but nobody waits for a rate limit on the line.
        bool retry = silent && end_.text.empty() && got.failed->may_retry() &&
                     got.failed->what != kind::rate && again++ == 0;
        if (retry)
          continue;
        excuses_.add(to, got.failed->detail);
        co_return;
      }
      auto calls = got.said.finished_calls();
      if (calls.empty() && end_.text.empty()) {
        tries_.back().failure = "the answer has nothing that can be said";
        excuses_.add(to, tries_.back().failure);
        co_return;
      }
      auto answers = judge(calls);
      if (answers.empty()) {
        end_.calls = std::move(calls);
        done_ = true;
        co_return;
      }
      tries_.back().failure = "a tool call that cannot be made";
      if (++wrong_calls >= wrong_calls_max) {
        excuses_.add(to, "it keeps asking for tools that do not exist, or with wrong arguments");
        co_return;
      }
      message said;
      said.from = message::role::assistant;
      said.text = got.said.text;
      said.calls = std::move(calls);
      words.messages.push_back(std::move(said));
      for (auto& one : answers)
        words.messages.push_back(std::move(one));
    }
    excuses_.add(to, "canceled");
  }

  /// The answers to a turn in which a call is wrong; none if all can be made. Every call gets one:
  /// providers refuse a turn with open calls.
  std::vector<message> judge(std::vector<tool_call>& calls) const {
    std::vector<message> answers;
    bool wrong = false;
    for (auto& call : calls) {
      message answer;
      answer.from = message::role::tool;
      answer.answers = call.id;
      auto found = std::find_if(turn_.tools.begin(), turn_.tools.end(), [&](const tool& t) {
        return t.name == call.name;
      });
      std::optional<std::string> why;
      if (found == turn_.tools.end())
        why = "there is no tool of this name";
      else
        why = misfit_arguments(found->schema, call.arguments);
      wrong = wrong || why;
      answer.text =
          object_text()
              .text("error", why.value_or("not done, because another call was wrong; ask again"))
              .str();
      answers.push_back(std::move(answer));
    }
    if (!wrong)
      answers.clear();
    return answers;
  }

  const panel with_;
  operation& who_;
  const turn& turn_;
  const std::function<void(std::string_view)>& tell_;
  std::vector<usage> tries_;
  turn_end end_;
  bool done_ = false;
  excuses excuses_;
};

} // namespace

asio::awaitable<result<turn_end>> speak(
    panel with, operation& who, const turn& what,
    const std::function<void(std::string_view)>& tell) {
  speaking one(with, who, what, tell);
  auto made = co_await one.run();
  co_return made;
}

} // namespace ringmaster::assistant
