#include "tests/support/stage.hpp"

#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace ringmaster::support {

std::string binary() {
  if (const char* given = std::getenv("RINGMASTER_TEST_BINARY"))
    return given;
  return RINGMASTER_BINARY_DIR "/ringmaster";
}

long option(const char* name, long usual) {
  const char* given = std::getenv(name);
  return given ? std::atol(given) : usual;
}

std::uint64_t seed() {
  static const std::uint64_t chosen = [] {
    const auto value =
        static_cast<std::uint64_t>(option("RINGMASTER_TEST_SEED", wall_us() % 1'000'000'000));
    std::cerr << "RINGMASTER_TEST_SEED=" << value << std::endl;
    return value;
  }();
  return chosen;
}

stage::stage(const engine_settings& settings, const carrier_flags& flags)
    : settings_(settings), flags_(flags), authority_("127.0.0.1:" + std::to_string(free_port())),
      carrier_authority_("127.0.0.1:" + std::to_string(free_port())),
      log_(folder_ / "carrier.ndjson") {
  const engine_settings usual{
      {"HTTP_LISTEN",               authority_                    },
      {"HTTP_PUBLIC_URL",           "http://" + authority_        },
      {"DATA_DIRECTORY",            folder_ / "var"               },
      {"CARRIER_BASE_URL",          "http://" + carrier_authority_},
      {"CARRIER_ACCOUNT_SID",       account_sid                   },
      {"CARRIER_AUTH_TOKEN",        auth_token                    },
      {"CARRIER_FROM",              caller_id                     },
      {"CARRIER_CALLS_PER_SECOND",  "0"                           },
      {"CARRIER_RECONCILE_AFTER",   "1s"                          },
      {"CARRIER_RECONCILE_AGAIN",   "1s"                          },
      {"CARRIER_RECONCILE_GIVE_UP", "3s"                          },
      {"CARRIER_REQUEST_TIMEOUT",   "3s"                          },
      {"CARRIER_POLL_SILENCE",      "3s"                          },
      {"CARRIER_RING_TIMEOUT",      "5s"                          },
      {"CARRIER_TIME_LIMIT",        "60s"                         },
      {"CALLING_MIN_GAP",           "1s"                          },
  };
  settings_.insert(usual.begin(), usual.end());
}

stage::~stage() {
  if (engine_.running())
    stop_engine(seconds(15));
  engine_ = {};
  carrier_ = {};
  // A database that outlived its engine must not outlive the test.
  if (auto left = cluster()) {
    ::kill(left->postmaster, SIGCONT);
    ::kill(left->postmaster, SIGQUIT);
    wait_until(seconds(10), [&] { return ::kill(left->postmaster, 0) != 0; });
  }
}

std::map<std::string, std::string> stage::environment() const {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : settings_)
    out["RINGMASTER_" + name] = value;
  return out;
}

void stage::start_carrier() {
  launch what;
  what.program = binary();
  what.arguments = {"carrier",       "--listen",  carrier_authority_,
                    "--account-sid", account_sid, "--auth-token",
                    auth_token,      "--log",     folder_ / "carrier.ndjson"};
  what.arguments.insert(what.arguments.end(), flags_.begin(), flags_.end());
  what.output = folder_ / "carrier.out";
  what.working_folder = folder_.path();
  carrier_ = child_process(what);
  const bool up = wait_until(seconds(10), [&] {
    return !carrier_.running() || http_connection(carrier_authority_).connected();
  });
  if (!up || !carrier_.running())
    throw std::runtime_error("the carrier did not start: " + carrier_.output());
}

carrier_log& stage::log() {
  log_.refresh();
  return log_;
}

void stage::change_carrier(const json& change) const {
  const auto done = http_call(
      carrier_authority_, "POST", "/simulator/scenario",
      {
          {"Content-Type", "application/json"}
  },
      change.dump());
  if (done.status < 200 || done.status > 299)
    throw std::runtime_error(
        "the carrier refused a change: " + std::to_string(done.status) + " " + done.body);
}

void stage::start_engine() {
  launch what;
  what.program = binary();
  what.arguments = {"serve"};
  what.environment = environment();
  what.output = folder_ / "engine.out";
  what.working_folder = folder_.path();
  started_us_ = steady_us();
  engine_ = child_process(what);
  if (!engine_.line_after("listening on http://", seconds(30)))
    throw std::runtime_error("the engine did not start: " + engine_.output());
}

std::optional<milliseconds> stage::ready_within(milliseconds patience) const {
  const auto left = patience - milliseconds((steady_us() - started_us_) / 1000);
  const bool ready = wait_until(std::max(left, milliseconds(1)), [&] {
    return http_call(authority_, "GET", "/readyz", {}, {}, seconds(2)).status == 200;
  });
  if (!ready)
    return std::nullopt;
  return milliseconds((steady_us() - started_us_) / 1000);
}

std::optional<milliseconds> stage::ready_as_promised() const {
  constexpr milliseconds promised{3000};
  constexpr std::int64_t worth_telling_us = 100'000;
  const auto took = ready_within(seconds(30));
  if (!took) {
    std::cerr << "not ready after 30 s: " << engine_tail() << "\n";
    return std::nullopt;
  }
  const auto now = wall_us();
  const milliseconds stood_still(
      stalls_.total_us(now - took->count() * 1000, now, worth_telling_us) / 1000);
  if (*took <= promised)
    return took;
  std::cerr << "ready after " << took->count() << " ms; the machine stood still for "
            << stood_still.count() << " ms of them: " << engine_tail() << "\n";
  return *took <= promised + stood_still ? took : std::nullopt;
}

std::optional<int> stage::stop_engine(milliseconds patience) {
  engine_.signal(SIGTERM);
  return engine_.wait(patience);
}

finished stage::command(const std::vector<std::string>& words, const std::string& input) const {
  launch what;
  what.program = binary();
  what.arguments = words;
  what.environment = environment();
  what.working_folder = folder_.path();
  if (!input.empty()) {
    what.input = folder_ / "command.in";
    write_text(what.input, input);
  }
  return run(what, seconds(60));
}

api stage::add_user(const std::string& email) const {
  const auto added = command({"user", "add", email});
  if (added.status != 0)
    throw std::runtime_error("user add: " + added.output);
  const auto made = command({"key", "create", "--user", email, "--json"});
  // The key is the one line that is JSON; log lines may stand around it.
  for (std::size_t at = 0; at < made.output.size();) {
    const auto end = std::min(made.output.find('\n', at), made.output.size());
    const auto line = json::parse(made.output.substr(at, end - at), nullptr, false);
    if (line.is_object() && line.contains("key"))
      return {authority_, line["key"].get<std::string>()};
    at = end + 1;
  }
  throw std::runtime_error("key create: " + made.output);
}

std::optional<cluster_seen> stage::cluster() const { return find_cluster(folder_ / "var"); }

std::unique_ptr<sql> stage::database() const {
  const auto where = cluster();
  if (!where)
    throw std::runtime_error("no private cluster runs in " + folder_.path());
  const auto user = superuser_of(*where);
  // The engine's database is the one that is no template and not called postgres, if there is one.
  sql probe(where->connect_as(user, "postgres"));
  const auto others = probe.rows(
      "select datname from pg_database where not datistemplate and datname <> 'postgres' limit 1");
  const auto name = others.empty() ? std::string("postgres") : *others[0].at("datname");
  return std::make_unique<sql>(where->connect_as(user, name));
}

std::string stage::engine_tail() const {
  const auto text = read_text(folder_ / "engine.out");
  return text.size() > 4000 ? text.substr(text.size() - 4000) : text;
}

long progress(const json& campaign, const std::string& name) {
  if (!campaign.contains("progress"))
    return -1;
  return campaign["progress"].value(name, -1L);
}

std::string progress_line(const json& campaign) {
  return campaign.value("status", "?") + " " +
         (campaign.contains("progress") ? campaign["progress"].dump() : "no progress");
}

} // namespace ringmaster::support
