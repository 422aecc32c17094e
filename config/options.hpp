#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"

// The table of all options. Only config's own files and its tests include it.

namespace ringmaster::config {

/// What is wrong with a text, as a sentence without the option's name; nothing if it is fine.
using text_check = std::optional<std::string> (*)(std::string_view);

std::optional<std::string> check_listen(std::string_view text);
/// As check_listen, but empty means "the same listener".
std::optional<std::string> check_optional_listen(std::string_view text);
std::optional<std::string> check_url(std::string_view text);
std::optional<std::string> check_base_path(std::string_view text);
std::optional<std::string> check_database_url(std::string_view text);
std::optional<std::string> check_not_empty(std::string_view text);
std::optional<std::string> check_e164(std::string_view text);
std::optional<std::string> check_network(std::string_view text);
std::optional<std::string> check_country(std::string_view text);
std::optional<std::string> check_mode(std::string_view text);
std::optional<std::string> check_language(std::string_view text);
std::optional<std::string> check_log_level(std::string_view text);
std::optional<std::string> check_log_format(std::string_view text);
std::optional<std::string> check_anything(std::string_view text);
std::optional<std::string> check_provider_name(std::string_view text);
std::optional<std::string> check_provider_kind(std::string_view text);
/// As check_url, but empty means the kind's own.
std::optional<std::string> check_optional_url(std::string_view text);
std::optional<std::string> check_tokens_field(std::string_view text);
std::optional<std::string> check_effort(std::string_view text);

/// The lowest and the highest value that is accepted.
template <class T>
struct bounds {
  T low;
  T high;
};

/// True or false.
struct yes_or_no {};

/// Shows every option of `s` to `f`, in the order of config/example.toml: its name, its place in
/// the settings, and its bound (a `bounds` for numbers and durations, a `text_check` for texts and
/// the members of lists). Those of `[ai.NAME]` follow below.
template <class Settings, class F>
void each_option(Settings& s, F&& f) {
  using namespace std::chrono_literals;
  using count = bounds<std::size_t>;
  using span = bounds<std::chrono::milliseconds>;
  constexpr std::size_t kib = 1024;

  f("http.listen", s.http.listen, &check_listen);
  f("http.public_url", s.http.public_url, &check_url);
  f("http.webhooks_listen", s.http.webhooks_listen, &check_optional_listen);
  f("http.admin_listen", s.http.admin_listen, &check_optional_listen);
  f("http.threads", s.http.threads, count{0, 256});
  f("http.base_path", s.http.base_path, &check_base_path);
  f("http.trusted_proxies", s.http.trusted_proxies, &check_network);

  f("database.url", s.database.url, &check_database_url);
  f("database.lanes", s.database.lanes, count{1, 16});
  f("database.desks", s.database.desks, count{1, 64});

  f("data.directory", s.data.directory, &check_not_empty);

  f("console.directory", s.console.directory, &check_anything);

  f("carrier.base_url", s.carrier.base_url, &check_url);
  f("carrier.account_sid", s.carrier.account_sid, &check_anything);
  f("carrier.auth_token", s.carrier.auth_token, &check_anything);
  f("carrier.previous_auth_token", s.carrier.previous_auth_token, &check_anything);
  f("carrier.api_key_sid", s.carrier.api_key_sid, &check_anything);
  f("carrier.api_key_secret", s.carrier.api_key_secret, &check_anything);
  f("carrier.from", s.carrier.from, &check_e164);
  f("carrier.calls_per_second", s.carrier.calls_per_second, bounds<double>{0, 10'000});
  f("carrier.reconcile_after", s.carrier.reconcile_after, span{100ms, 1h});
  f("carrier.reconcile_again", s.carrier.reconcile_again, span{100ms, 1h});
  f("carrier.reconcile_give_up", s.carrier.reconcile_give_up, span{100ms, 24h});
  f("carrier.request_timeout", s.carrier.request_timeout, span{100ms, 2min});
  f("carrier.ring_timeout", s.carrier.ring_timeout, span{1s, 10min});
  f("carrier.time_limit", s.carrier.time_limit, span{1s, 4h});
  f("carrier.poll_silence", s.carrier.poll_silence, span{100ms, 1h});
  f("carrier.price_after", s.carrier.price_after, span{1s, 24h});
  f("carrier.connections", s.carrier.connections, count{1, 1'024});
  f("carrier.ca_file", s.carrier.ca_file, &check_anything);
  f("carrier.mode", s.carrier.mode, &check_mode);

  f("calling.countries", s.calling.countries, &check_country);
  f("calling.min_gap", s.calling.min_gap, span{0ms, 30 * 24h});
  f("calling.close_guard", s.calling.close_guard, span{0ms, 10min});
  f("calling.retry_busy", s.calling.retry_busy, span{0ms, 30 * 24h});
  f("calling.retry_no_answer", s.calling.retry_no_answer, span{0ms, 30 * 24h});
  f("calling.retry_voicemail", s.calling.retry_voicemail, span{0ms, 30 * 24h});
  f("calling.retry_failed", s.calling.retry_failed, span{0ms, 30 * 24h});
  f("calling.disclosure", s.calling.disclosure, &check_anything);
  f("calling.recording", s.calling.recording, yes_or_no{});
  f("calling.recording_notice", s.calling.recording_notice, &check_anything);
  f("calling.detect_machines", s.calling.detect_machines, yes_or_no{});

  f("talk.language", s.talk.language, &check_language);
  f("talk.voice", s.talk.voice, &check_anything);
  f("talk.filler_after", s.talk.filler_after, span{200ms, 30s});
  f("talk.thought_most", s.talk.thought_most, span{500ms, 2min});
  f("talk.silence_after", s.talk.silence_after, span{1s, 1min});
  f("talk.hold_most", s.talk.hold_most, span{0ms, 1h});
  f("talk.owner_patience", s.talk.owner_patience, span{1s, 10min});
  f("talk.turns_most", s.talk.turns_most, count{2, 1'000});

  f("ai.providers", s.ai.providers, &check_provider_name);

  f("brain.per_user", s.brain.per_user, count{1, 1'000});
  f("brain.per_user_queue", s.brain.per_user_queue, count{0, 10'000});
  f("brain.most", s.brain.most, count{1, 10'000});
  f("brain.queue", s.brain.queue, count{0, 100'000});
  f("brain.patience", s.brain.patience, span{1s, 10min});
  f("brain.consult_patience", s.brain.consult_patience, span{10ms, 5s});

  f("actors.watch", s.actors.watch, yes_or_no{});

  f("webhooks.allow_private", s.webhooks.allow_private, &check_network);
  f("webhooks.ca_file", s.webhooks.ca_file, &check_anything);

  f("limits.header_bytes", s.limits.header_bytes, count{1 * kib, 64 * kib});
  f("limits.body_bytes", s.limits.body_bytes, count{1 * kib, 64 * kib * kib});
  f("limits.hook_body_bytes", s.limits.hook_body_bytes, count{1 * kib, 1 * kib * kib});
  f("limits.list_body_bytes", s.limits.list_body_bytes, count{1 * kib, 16 * kib * kib * kib});
  f("limits.connections", s.limits.connections, count{1, 1'000'000});
  f("limits.connections_per_address", s.limits.connections_per_address, count{1, 1'000'000});
  f("limits.desk_queue", s.limits.desk_queue, count{1, 1'000'000});
  f("limits.header_timeout", s.limits.header_timeout, span{100ms, 2min});
  f("limits.idle_timeout", s.limits.idle_timeout, span{100ms, 1h});
  f("limits.drain_timeout", s.limits.drain_timeout, span{0ms, 10min});

  f("log.level", s.log.level, &check_log_level);
  f("log.format", s.log.format, &check_log_format);
}

/// The same for one section `[ai.NAME]`; the names are those within the section.
template <class Provider, class F>
void each_provider_option(Provider& p, F&& f) {
  using namespace std::chrono_literals;
  using count = bounds<std::size_t>;
  using span = bounds<std::chrono::milliseconds>;
  using price = bounds<double>;

  f("kind", p.kind, &check_provider_kind);
  f("base_url", p.base_url, &check_optional_url);
  f("api_key", p.api_key, &check_anything);
  f("model", p.model, &check_anything);
  f("ca_file", p.ca_file, &check_anything);
  f("timeout", p.timeout, span{100ms, 10min});
  f("connect_timeout", p.connect_timeout, span{50ms, 1min});
  f("live_connect_timeout", p.live_connect_timeout, span{50ms, 1min});
  f("live_first_timeout", p.live_first_timeout, span{50ms, 1min});
  f("live_gap_timeout", p.live_gap_timeout, span{50ms, 1min});
  f("live_timeout", p.live_timeout, span{100ms, 10min});
  f("concurrency", p.concurrency, count{1, 1'000});
  f("queue", p.queue, count{0, 10'000});
  f("answer_tokens", p.answer_tokens, count{100, 100'000});
  f("max_tokens_field", p.max_tokens_field, &check_tokens_field);
  f("json_schema", p.json_schema, yes_or_no{});
  f("tools", p.tools, yes_or_no{});
  f("stream_usage", p.stream_usage, yes_or_no{});
  f("reasoning_effort", p.reasoning_effort, &check_effort);
  f("prompt_price", p.prompt_price, price{0, 100'000});
  f("completion_price", p.completion_price, price{0, 100'000});
}

/// `host:port` in its two parts; `[::1]:8080` loses its brackets.
struct address {
  std::string host;
  std::uint16_t port = 0;
};
std::optional<address> read_address(std::string_view text);
bool is_loopback(std::string_view host);

/// How many letters must be added, taken or changed to get from one word to the other.
std::size_t distance(std::string_view a, std::string_view b);

} // namespace ringmaster::config
