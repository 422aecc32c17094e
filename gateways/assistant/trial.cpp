// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include "gateways/assistant/asking.hpp"

#include <algorithm>
#include <utility>

#include "domain/rules.hpp"

namespace ringmaster::assistant {

namespace {

constexpr std::int64_t tokens_most = 64; ///< models that think first use some of them up
constexpr std::chrono::milliseconds patience{20'000};
constexpr int tries_most = 6; ///< as many as there are abilities to learn about

wire_prompt tiny_question() {
  wire_prompt made;
  message asked;
  asked.from = message::role::user;
  asked.text = "Answer with the one word: ready";
  made.messages.push_back(std::move(asked));
  made.max_tokens = tokens_most;
  return made;
}

} // namespace

asio::awaitable<usage> try_out(panel with, operation& who, provider& to, provider::key key) {
  usage told;
  told.provider = to.told().name;
  told.model = to.told().model;
  told.prompt_version = "trial-1";
  if (to.is_rules()) {
    told.model = rules::provider;
    co_return told;
  }
  const auto words = tiny_question();
  const std::function<void(std::string_view)> nobody;
  const auto begin = with.time.boot();
  pace times;
  times.connect = to.told().connect_timeout;
  times.whole = std::min(to.told().timeout, patience);
  times.first = times.gap = times.whole;
  for (int i = 0; i < tries_most && !who.canceled(); ++i) {
    auto got = co_await to.ask(who, words, key, times, nobody);
    told.prompt_tokens += got.cost.prompt_tokens;
    told.completion_tokens += got.cost.completion_tokens;
    told.cost_micros += got.cost.cost_micros;
    if (got.learned)
      continue;
    // One that was cut at so few tokens has been thinking: it is there.
    bool there = !got.failed || (got.failed->what == refusal::kind::unfit &&
                                 got.said.why == heard::finish::length);
    told.failure = there ? std::string() : got.failed->detail;
    break;
  }
  told.took = std::chrono::ceil<std::chrono::milliseconds>(with.time.boot() - begin);
  co_return told;
}

} // namespace ringmaster::assistant
