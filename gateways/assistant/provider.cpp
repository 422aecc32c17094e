#include "gateways/assistant/provider.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include <spdlog/spdlog.h>

#include "gateways/assistant/event_stream.hpp"
#include "http/names.hpp"

namespace ringmaster::assistant {

namespace {

using kind = refusal::kind;

std::string path_of(const http::url& base) {
  auto path = base.target;
  while (path.ends_with('/'))
    path.pop_back();
  return path;
}

std::unique_ptr<dialect>
dialect_of(const config::ai_provider& told, const std::string& prefix, const abilities& can) {
  return told.kind == "gemini" ? make_gemini(prefix, told.model, can)
                               : make_openai(prefix, told.model, can);
}

} // namespace

provider::provider(
    asio::io_context& io, config::ai_provider told, http::url base, const gateway_settings& numbers,
    const clock& time, random_source& random)
    : places(told.concurrency, told.queue), told_(std::move(told)), numbers_(numbers), time_(time),
      random_(random) {
  can_.max_tokens_field = told_.max_tokens_field;
  can_.json_schema = told_.json_schema;
  can_.tools = told_.tools;
  can_.stream_usage = told_.stream_usage;
  can_.reasoning_effort = told_.reasoning_effort;
  if (is_rules())
    return;
  dialect_ = dialect_of(told_, path_of(base), can_);
  http::client_options options;
  options.connections_max = told_.concurrency;
  options.ca_file = told_.ca_file;
  // Only how closely the deadlines of all exchanges are watched.
  options.connect_timeout = told_.live_connect_timeout;
  options.request_timeout = told_.live_gap_timeout;
  client_ = std::make_unique<http::client>(io, std::move(base), std::move(options));
}

result<provider::key> provider::key_for(const std::vector<own_key>& keys) const {
  key made;
  for (const auto& one : keys)
    if (one.provider == told_.name && !one.secret.empty()) {
      if (!config::keeps_secrets(told_.base_url))
        return fail(errc::invalid, "a user's own key is sent over https only");
      made.secret = one.secret;
      made.own = true;
      return made;
    }
  made.secret = told_.api_key.reveal();
  bool asks_for_one = told_.base_url.starts_with("https://api.openai.com/") ||
                      told_.base_url.starts_with("https://generativelanguage.googleapis.com/");
  if (made.secret.empty() && asks_for_one)
    return fail(errc::invalid, "no key is set");
  return made;
}

std::optional<std::string> provider::paused(const key& with) const {
  if (with.own || time_.boot() >= paused_until_)
    return std::nullopt;
  return "paused: " + paused_why_;
}

std::optional<std::chrono::milliseconds> provider::throttled() const {
  auto now = time_.boot();
  if (door_.read(now) != breaker::state::throttled)
    return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(door_.next_at() - now);
}

inspection::model_view provider::view() const {
  using door = inspection::model_view::door;
  inspection::model_view made;
  made.name = told_.name;
  made.kind = told_.kind;
  made.model = told_.model;
  made.base_url = told_.base_url;
  made.has_key = !told_.api_key.empty();
  auto now = time_.boot();
  if (now < paused_until_) {
    made.is = door::paused;
    made.detail = paused_why_;
    return made;
  }
  switch (door_.read(now)) {
  case breaker::state::closed:
    made.is = door::open;
    break;
  case breaker::state::throttled:
    made.is = door::throttled;
    break;
  case breaker::state::open:
    made.is = door::closed;
    break;
  case breaker::state::half_open:
    made.is = door::trying;
    break;
  }
  return made;
}

/// What one try hears, and when it must have.
struct provider::hearing {
  hearing(const wire_prompt& w, const key& k, pace t, const std::function<void(std::string_view)>& f)
    : what(w), with(k), times(t), on_text(f) {}

  const wire_prompt& what;
  const key& with;
  const pace times;
  const std::function<void(std::string_view)>& on_text;
  std::chrono::nanoseconds begin{0};
  std::size_t asked_bytes = 0;
  bool reached = false; ///< the request may have been worked on
  outcome made;

  void fail(kind why, std::string detail) {
    refusal no;
    no.what = why;
    no.detail = std::move(detail);
    made.failed = std::move(no);
  }
};

asio::awaitable<provider::outcome> provider::ask(
    operation& who, const wire_prompt& what, const key& with, pace times,
    const std::function<void(std::string_view)>& on_text) {
  hearing h(what, with, times, on_text);
  h.begin = time_.boot();
  try {
    co_await exchange(who, h);
  } catch (const std::exception& failure) {
    h.fail(kind::nonsense, "a mistake of the engine");
    spdlog::error("assistant: asking {} failed: {}", told_.name, failure.what());
  }
  if (who.canceled())
    h.fail(kind::canceled, "canceled");
  else if (!h.made.failed)
    judge(h);
  h.made.learned = h.made.failed && h.made.failed->what == kind::request && learn(h);
  conclude(h);
  account(h);
  co_return std::move(h.made);
}

asio::awaitable<void> provider::exchange(operation& who, hearing& h) {
  auto request = dialect_->write(h.what, h.with.secret);
  h.asked_bytes = request.body.size();
  http::exchange over(*client_);
  operation::watch watched(who, over);
  http::exchange_limits limits;
  limits.connect = h.times.connect;
  limits.head = std::min(h.times.first, h.times.whole);
  limits.body_max = h.what.stream ? numbers_.stream_bytes : numbers_.answer_bytes;
  limits.repeat = true; // a question is harmless to repeat
  auto head = co_await over.begin(std::move(request), limits);
  h.reached = head.what == http::reply::how::broken || head.what == http::reply::how::answered;
  if (head.what != http::reply::how::answered) {
    h.fail(kind::broken, presentable(head.detail, h.with.secret));
    co_return;
  }
  if (head.status < 200 || head.status > 299) {
    h.reached = false; // who refuses sends no bill
    co_await read_refused(over, h, head);
    co_return;
  }
  const auto* coding = head.find("content-encoding");
  const auto* type = head.find("content-type");
  auto media = type ? type->substr(0, type->find(';')) : std::string();
  while (media.ends_with(' '))
    media.pop_back();
  bool is_json = http::same_name(media, "application/json") || media.ends_with("+json");
  if (coding && !http::same_name(*coding, "identity"))
    h.fail(kind::nonsense, "the answer is compressed although nobody asked for it");
  else if (h.what.stream && http::same_name(media, "text/event-stream"))
    co_await read_stream(over, h);
  else if (is_json)
    co_await read_whole(over, h);
  else
    h.fail(
        kind::nonsense,
        presentable(
            "the answer is " + (media.empty() ? "of no type" : media) + " and no JSON", {}));
}

asio::awaitable<void>
provider::read_refused(http::exchange& over, hearing& h, const http::reply& head) {
  constexpr std::size_t enough = 64 * 1024;
  std::string body;
  while (body.size() < enough) {
    auto got = co_await over.read(h.times.gap);
    if (got.what != http::exchange::piece::kind::bytes)
      break;
    body += got.bytes;
  }
  h.made.failed = read_refusal(head.status, head.headers, body, h.with.secret);
}

asio::awaitable<void> provider::read_whole(http::exchange& over, hearing& h) {
  std::string body;
  while (true) {
    auto left =
        std::chrono::ceil<std::chrono::milliseconds>(h.times.whole - (time_.boot() - h.begin));
    if (left.count() <= 0) {
      h.fail(kind::broken, "the answer took too long");
      co_return;
    }
    auto got = co_await over.read(std::min(left, h.times.first));
    if (got.what == http::exchange::piece::kind::end)
      break;
    if (got.what == http::exchange::piece::kind::failed) {
      bool too_large = got.detail.ends_with("too large");
      h.fail(
          too_large ? kind::nonsense : kind::broken,
          got.late ? "the answer took too long" : got.detail);
      co_return;
    }
    body += got.bytes;
    if (body.size() > numbers_.answer_bytes) {
      h.fail(kind::nonsense, "the answer is too large");
      co_return;
    }
  }
  h.made.failed = dialect_->take(body, h.with.secret, h.made.said);
  if (!h.made.failed && h.on_text && !h.made.said.text.empty())
    h.on_text(h.made.said.text);
}

asio::awaitable<void> provider::read_stream(http::exchange& over, hearing& h) {
  // When all has been said, only the tokens are still to be told.
  constexpr std::chrono::milliseconds afterwards{500};
  auto& said = h.made.said;
  event_stream events(numbers_.event_bytes);
  bool over_now = false, worded = false;
  auto last_word = h.begin;
  auto on_data = [&](std::string_view data) {
    if (dialect_->is_last(data)) {
      over_now = true;
      return false;
    }
    auto told = said.text.size();
    auto calls = said.calls.size();
    auto pieces = said.calls.empty() ? 0 : said.calls.back().arguments.size();
    said.alive = false;
    h.made.failed = dialect_->take(data, h.with.secret, said);
    if (h.made.failed)
      return false;
    bool grew = said.text.size() > told || said.calls.size() > calls ||
                (calls > 0 && said.calls.back().arguments.size() > pieces);
    if (grew || (worded && said.alive)) {
      worded = worded || grew;
      last_word = time_.boot();
    }
    if (said.text.size() > told && h.on_text)
      h.on_text(std::string_view(said.text).substr(told));
    if (said.text.size() > h.times.text_max) {
      said.why = heard::finish::length;
      over_now = true;
    }
    return !over_now;
  };
  while (true) {
    auto now = time_.boot();
    auto due = worded ? last_word + h.times.gap : h.begin + h.times.first;
    due = std::min<std::chrono::nanoseconds>(due, h.begin + h.times.whole);
    if (said.why != heard::finish::none)
      due = std::min<std::chrono::nanoseconds>(due, now + afterwards);
    auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now);
    http::exchange::piece got;
    if (left.count() > 0)
      got = co_await over.read(left);
    else
      got.late = true;
    if (got.what == http::exchange::piece::kind::bytes) {
      if (!events.feed(got.bytes, on_data))
        break;
      continue;
    }
    if (got.what == http::exchange::piece::kind::end)
      events.finish(on_data);
    else if (said.why == heard::finish::none)
      h.fail(
          got.detail.ends_with("too large") ? kind::nonsense : kind::broken,
          got.late ? (worded ? "the answer fell silent" : "no first word came in time")
                   : got.detail);
    break;
  }
  if (events.too_long())
    h.fail(kind::nonsense, "an event of the answer is too large");
  if (over_now && !h.made.failed) {
    // The connection may be used again if nothing but its end follows.
    constexpr std::chrono::milliseconds moment{20};
    co_await over.read(moment);
  }
  if (!h.made.failed && said.why == heard::finish::none)
    h.fail(kind::broken, "the answer broke off");
}

/// An answer came to its end: can it be used?
void provider::judge(hearing& h) {
  const auto& said = h.made.said;
  bool blank = said.text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (!said.refused.empty())
    h.fail(kind::unfit, presentable("the model refuses: " + said.refused, h.with.secret));
  else if (said.why == heard::finish::filtered)
    h.fail(
        kind::unfit,
        presentable("the provider's filter cut the answer (" + said.why_word + ")", {}));
  else if (blank && said.calls.empty())
    h.fail(
        kind::unfit, said.why == heard::finish::length ? "the answer was cut before its first word"
                                                       : "the answer is empty");
  else if (said.why == heard::finish::length && !h.what.stream)
    h.fail(kind::unfit, "the answer was cut at " + std::to_string(h.what.max_tokens) + " tokens");
}

/// Tells the door what came of it.
void provider::conclude(hearing& h) {
  auto now = time_.boot();
  if (!h.made.failed) {
    door_.succeed();
    if (!h.with.own)
      paused_until_ = std::chrono::nanoseconds(0);
    return;
  }
  const auto& no = *h.made.failed;
  bool was_open = door_.read(now) == breaker::state::open;
  switch (no.what) {
  case kind::canceled:
    door_.withdraw();
    return;
  case kind::broken:
  case kind::nonsense:
    door_.fail(now, random_);
    break;
  case kind::rate:
    if (h.with.own) {
      door_.succeed(); // one user's limit is not the others'
    } else {
      std::optional<std::chrono::seconds> wait;
      if (no.wait && *no.wait >= std::chrono::seconds(1))
        wait = std::chrono::ceil<std::chrono::seconds>(*no.wait);
      door_.throttle(now, wait, random_);
    }
    break;
  case kind::key:
    door_.succeed();
    if (!h.with.own) {
      paused_until_ = now + numbers_.pause;
      paused_why_ = no.detail;
      spdlog::error(
          "assistant: {} does not take the key and is left alone for {}: {}", told_.name,
          config::format_duration(numbers_.pause), no.detail);
    }
    break;
  case kind::quota:
    door_.succeed();
    spdlog::error(
        "assistant: the account at {} is used up{}: {}", told_.name,
        h.with.own ? " (a user's own)" : "", no.detail);
    break;
  case kind::request:
  case kind::unfit:
    door_.succeed();
    break;
  }
  if (!was_open && door_.read(now) == breaker::state::open)
    spdlog::warn("assistant: {} is left alone for a while: {}", told_.name, no.detail);
}

/// Servers differ in what they take; a refusal that names a part of the request turns it off.
bool provider::learn(const hearing& h) {
  const auto& text = h.made.failed->raw;
  auto names = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  auto off = [&](bool& ability) { return std::exchange(ability, false); };
  bool changed = false;
  if (names("'" + can_.max_tokens_field + "'") && can_.max_tokens_field == told_.max_tokens_field) {
    can_.max_tokens_field =
        can_.max_tokens_field == "max_tokens" ? "max_completion_tokens" : "max_tokens";
    changed = true;
  } else if (names("stream_options") && h.what.stream) {
    changed = off(can_.stream_usage);
  } else if (
      (names("response_format") || names("json_schema") || names("responseSchema")) &&
      !h.what.schema.empty()) {
    changed = off(can_.json_schema);
  } else if (names("reasoning_effort")) {
    changed = !std::exchange(can_.reasoning_effort, {}).empty();
  } else if (
      (names("does not support tools") || names("requires --jinja") ||
       names("--enable-auto-tool-choice")) &&
      !h.what.tools.empty()) {
    changed = off(can_.tools);
  }
  if (changed)
    spdlog::warn(
        "assistant: {} does not take a part of the request, which is done without from now on: {}",
        told_.name, h.made.failed->detail);
  return changed;
}

std::int64_t provider::price(std::int64_t prompt, std::int64_t completion) const {
  // Dollars per million tokens are millionths of a dollar per token.
  return static_cast<std::int64_t>(std::ceil(
      static_cast<double>(prompt) * told_.prompt_price +
      static_cast<double>(completion) * told_.completion_price - 1e-9));
}

void provider::account(hearing& h) {
  constexpr std::size_t bytes_per_token = 4;
  auto estimate = [](std::size_t bytes) {
    return static_cast<std::int64_t>((bytes + bytes_per_token - 1) / bytes_per_token);
  };
  auto& cost = h.made.cost;
  const auto& said = h.made.said;
  cost.provider = told_.name;
  cost.model = told_.model;
  std::size_t said_bytes = said.text.size() + said.refused.size();
  for (const auto& one : said.calls)
    said_bytes += one.name.size() + one.arguments.size();
  cost.prompt_tokens = said.prompt_tokens.value_or(h.reached ? estimate(h.asked_bytes) : 0);
  cost.completion_tokens = said.completion_tokens.value_or(estimate(said_bytes));
  cost.cost_micros = price(cost.prompt_tokens, cost.completion_tokens);
  cost.took = std::chrono::duration_cast<std::chrono::milliseconds>(time_.boot() - h.begin);
  if (h.made.failed)
    cost.failure = h.made.failed->detail;
}

} // namespace ringmaster::assistant
