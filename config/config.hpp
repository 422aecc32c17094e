#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/retry.hpp"

namespace ringmaster::config {

/// A value that must not be printed. It has no formatter on purpose.
class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

/// A model provider: one section `[ai.NAME]`.
struct ai_provider {
  std::string name;
  std::string kind;     ///< "openai", "gemini" or "rules"
  std::string base_url; ///< without a slash at the end
  secret api_key;       ///< empty: only the keys of users, or a server that asks for none
  std::string model;
  std::string ca_file; ///< additional trust for a server of one's own
  // In the background nobody waits on the line; live, a person does.
  std::chrono::milliseconds timeout{60'000};
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds live_connect_timeout{1'000};
  std::chrono::milliseconds live_first_timeout{6'000};
  std::chrono::milliseconds live_gap_timeout{5'000};
  std::chrono::milliseconds live_timeout{60'000};
  std::size_t concurrency = 4;
  std::size_t queue = 32; ///< requests that wait for their turn; more go to the next provider
  std::size_t answer_tokens = 4'000;
  // What servers differ in.
  std::string max_tokens_field = "max_tokens";
  bool json_schema = true;
  bool tools = true;
  bool stream_usage = true;
  std::string reasoning_effort; ///< empty: not sent
  double prompt_price = 0, completion_price = 0; ///< USD per million tokens
};

/// Every setting, with its default. config/example.toml names each; a test holds the two together.
struct settings {
  struct {
    std::string listen = "127.0.0.1:8080";
    std::string public_url = "http://127.0.0.1:8080";
    std::string webhooks_listen; ///< empty: the same listener
    std::string admin_listen;    ///< empty: the same listener
    std::size_t threads = 0;     ///< 0: by cores
    std::string base_path;       ///< "/ringmaster" behind a path of a proxy; empty: none
    std::vector<std::string> trusted_proxies; ///< whose X-Forwarded headers are believed
  } http;

  struct {
    secret url; ///< empty: private cluster under data.directory
    std::size_t lanes = 2; ///< STORE lanes that write
    std::size_t desks = 2; ///< connections for the API's transactions
  } database;

  struct {
    std::string directory = "./var";
  } data;

  struct {
    std::string directory; ///< empty: beside the program
  } console;

  struct {
    std::string base_url = "https://api.twilio.com";
    std::string account_sid;
    secret auth_token;
    secret previous_auth_token; ///< accepted for signatures while a token is rotated
    std::string api_key_sid;
    secret api_key_secret;
    std::vector<std::string> from; ///< E.164 caller ids
    double calls_per_second = 1;   ///< 0: no pacing
    std::chrono::milliseconds reconcile_after{60'000};
    std::chrono::milliseconds reconcile_again{30'000};
    std::chrono::milliseconds reconcile_give_up{600'000};
    std::chrono::milliseconds request_timeout{15'000};
    std::chrono::milliseconds ring_timeout{30'000};
    std::chrono::milliseconds time_limit{600'000};
    std::chrono::milliseconds poll_silence{30'000}; ///< silence beyond ring timeout or time limit
    std::chrono::milliseconds price_after{60'000}; ///< from a call's end to the question what it cost
    std::size_t connections = 32;
    std::string ca_file; ///< additional trust for a carrier of one's own
    std::string mode = "gather";
  } carrier;

  struct {
    std::vector<std::string> countries;       ///< empty: those of carrier.from
    std::chrono::milliseconds min_gap{900'000};
    std::chrono::milliseconds close_guard{5'000};
    std::chrono::milliseconds retry_busy{300'000};
    std::chrono::milliseconds retry_no_answer{1'800'000};
    std::chrono::milliseconds retry_voicemail{14'400'000};
    std::chrono::milliseconds retry_failed{900'000};
    std::string disclosure = "This is an automated call.";
    bool recording = false; ///< users may have calls recorded
    std::string recording_notice = "This call may be recorded.";
    bool detect_machines = true;
  } calling;

  /// The bounds of every conversation; talk::limits has their meaning.
  struct {
    std::string language = "en-US";
    std::string voice; ///< empty: the carrier's
    std::chrono::milliseconds filler_after{2'500};
    std::chrono::milliseconds thought_most{10'000};
    std::chrono::milliseconds silence_after{8'000};
    std::chrono::milliseconds hold_most{180'000};
    std::chrono::milliseconds owner_patience{60'000};
    std::size_t turns_most = 60;
  } talk;

  struct {
    std::vector<std::string> providers{"rules"}; ///< asked in this order
    std::vector<ai_provider> named;              ///< by name; "rules" needs no section
  } ai;

  /// Users' questions to their agents.
  struct {
    std::size_t per_user = 4; ///< answered at one time
    std::size_t per_user_queue = 8;
    std::size_t most = 64;    ///< of all users
    std::size_t queue = 256;
    std::chrono::milliseconds patience{60'000};
    std::chrono::milliseconds consult_patience{300}; ///< of a call, for the knowledge base
  } brain;

  struct {
    bool watch = true; ///< count and time what the actors do, for the actor console
  } actors;

  /// Messages to addresses of users.
  struct {
    std::vector<std::string> allow_private; ///< ranges that may be private, plain, at any port
    std::string ca_file;                    ///< additional trust for receivers of one's own
  } webhooks;

  struct {
    std::size_t header_bytes = 8 * 1024;
    std::size_t body_bytes = 1024 * 1024;
    std::size_t hook_body_bytes = 64 * 1024;
    std::size_t list_body_bytes = 1024ull * 1024 * 1024;
    std::size_t connections = 10'000;
    std::size_t connections_per_address = 64;
    std::size_t desk_queue = 1'000;  ///< API requests waiting for a desk; more are 503
    std::chrono::milliseconds header_timeout{5'000};
    std::chrono::milliseconds idle_timeout{30'000};
    std::chrono::milliseconds drain_timeout{10'000};
  } limits;

  struct {
    std::string level = "info";
    std::string format = "text"; ///< text or json
  } log;
};

/// One option as the documentation and `config show` tell it.
struct option {
  std::string name;    ///< "http.listen"
  std::string value;   ///< as text; secrets as "***"
  std::string origin;  ///< "default", "file", "environment"
};

/// Reads defaults < TOML file < environment (`RINGMASTER_HTTP_LISTEN`; also `…_FILE` for secrets).
/// All mistakes are reported together: unknown names with the nearest known one, wrong types,
/// values out of bounds, durations without a unit. Durations are texts such as "500ms", "30s",
/// "10m", "4h", or a bare number of seconds. Lists in the environment are comma-separated.
/// `file` may be empty: no file.
result<settings> load(const std::string& file, const std::map<std::string, std::string>& environment);

/// The process's environment, names beginning with `RINGMASTER_` only.
std::map<std::string, std::string> environment();

/// Every option with its present value and where it came from.
std::vector<option> describe(
  const settings& s, const std::string& file, const std::map<std::string, std::string>& environment);

/// "1500ms", "30s", "10m", "4h", "2d", or a bare number of seconds.
result<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds d);

/// Where people reach the pages and the API: the public URL, with the base path at its end.
std::string page_url(const settings& s);

/// True for a URL that keeps a secret: https, or a host that is this machine.
bool keeps_secrets(std::string_view url);

} // namespace ringmaster::config
