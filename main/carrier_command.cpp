#include "main/carrier_command.hpp"

#include <csignal>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "carrier/scenario.hpp"
#include "carrier/simulator.hpp"
#include "main/clock.hpp"

namespace ringmaster {

namespace {

using telco::scenario;

/// The flags as they are written; read into a scenario when the command runs.
struct flags {
  scenario rules;
  std::optional<std::uint64_t> seed;
  std::string mix, ring, talk, slow, list_lag;
  std::string callbacks = "ordered";
  std::vector<std::string> faults, other_faults;
  std::string script;
  std::vector<std::string> callees;
  std::string persona_mix, persona_folder;
  bool list_personas = false;
};

/// Takes `read`'s value into `into`, or adds what is wrong to `mistakes`.
template <class T>
void take(std::string_view flag, result<T> read, T& into, std::string& mistakes) {
  if (read)
    into = *std::move(read);
  else
    mistakes += std::string(flag) + ": " + read.error().detail + "\n";
}

void note(std::string_view flag, const result<void>& done, std::string& mistakes) {
  if (!done)
    mistakes += std::string(flag) + ": " + done.error().detail + "\n";
}

std::string read_flags(flags& f) {
  std::string mistakes;
  auto& s = f.rules;
  if (!f.mix.empty())
    take("--mix", telco::parse_mix(f.mix), s.outcomes, mistakes);
  if (!f.ring.empty())
    take("--ring", telco::parse_time_range(f.ring), s.ring, mistakes);
  if (!f.talk.empty())
    take("--talk", telco::parse_time_range(f.talk), s.talk, mistakes);
  if (!f.slow.empty())
    take("--slow", telco::parse_time_range(f.slow), s.slow_for, mistakes);
  if (!f.list_lag.empty())
    take("--list-lag", telco::parse_time(f.list_lag), s.list_lag, mistakes);
  if (auto order = telco::parse_callback_order(f.callbacks))
    s.callbacks = *order;
  else
    mistakes += "--callbacks: ordered, shuffled or off\n";
  for (const auto& text : f.faults)
    note("--fault", telco::parse_faults(text, true, s), mistakes);
  for (const auto& text : f.other_faults)
    note("--fault-other", telco::parse_faults(text, false, s), mistakes);
  s.personas = telco::built_in_personas();
  if (!f.persona_folder.empty())
    note("--personas", telco::read_personas(f.persona_folder, s.personas), mistakes);
  for (const auto& text : f.callees)
    note("--persona", telco::parse_callee(text, s), mistakes);
  if (!f.persona_mix.empty())
    note("--persona-mix", telco::parse_persona_mix(f.persona_mix, s), mistakes);
  if (!f.script.empty()) {
    std::ifstream file(f.script);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file)
      mistakes += "--script: cannot read " + f.script + "\n";
    else
      note("--script", telco::parse_script(text, s), mistakes);
  }
  if (mistakes.empty())
    note("carrier", telco::check(s), mistakes);
  return mistakes;
}

int run(flags& f) {
  if (auto mistakes = read_flags(f); !mistakes.empty()) {
    std::cerr << mistakes;
    return 2;
  }
  auto& s = f.rules;
  if (f.list_personas) {
    for (const auto& [name, who] : s.personas)
      std::cout << name << ": " << who->description << "\n";
    return 0;
  }
  s.seed = f.seed ? *f.seed : system_random().next();

  // Blocked before the first thread starts, so that the signal waits for `sigwait` below.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  telco::simulator simulator(s, [clock = system_clock_port()] { return clock.now(); });
  auto address = simulator.start();
  if (!address) {
    std::cerr << address.error().detail << "\n";
    return 1;
  }
  std::cout << "seed " << s.seed << "\n"
            << "account sid " << s.account_sid << "\n"
            << "auth token " << s.auth_token << "\n"
            << "listening on " << *address << std::endl;
  int signal = 0;
  sigwait(&ends, &signal);
  simulator.stop();
  return 0;
}

} // namespace

void add_carrier_command(CLI::App& app, int& exit_code) {
  auto f = std::make_shared<flags>();
  auto& s = f->rules;
  auto* c = app.add_subcommand("carrier", "Simulate the carrier: its REST interface, calls and webhooks");
  c->add_option("--listen", s.listen, "Address and port; port 0 takes any free one")->capture_default_str();
  c->add_option("--account-sid", s.account_sid, "The account that may call")->capture_default_str();
  c->add_option("--auth-token", s.auth_token, "Its secret, which also signs webhooks");
  c->add_option("--from", s.owned_numbers, "Numbers that may stand in From (default: all)")->delimiter(',');
  c->add_option("--seed", f->seed, "Where all chance comes from (default: random, printed)");
  c->add_option("--cps", s.calls_per_second, "Calls per second that leave the queue; 0: no queue")
    ->capture_default_str();
  c->add_option("--time-scale", s.time_scale, "Phones live this many times faster, 0.1 to 1000")
    ->capture_default_str();
  c->add_option("--mix", f->mix, "Weights of outcomes: answered=60,busy=10,no-answer=15,failed=5,voicemail=10");
  c->add_option("--ring", f->ring, "Time until the callee answers (default 2s..8s)");
  c->add_option("--talk", f->talk, "Time until the callee hangs up (default 8s..60s)");
  c->add_option("--callbacks", f->callbacks, "ordered, shuffled or off")->capture_default_str();
  c->add_option("--list-lag", f->list_lag, "For how long lists miss a new call (default 0s)");
  c->add_option("--fault", f->faults, "Faults of creates and callbacks: 429=0.02,made-but-500=0.01,hang=0.01");
  c->add_option("--fault-other", f->other_faults, "Faults of fetches, lists and updates: 503=0.02");
  c->add_option("--slow", f->slow, "Delay of slow answers (default 500ms..3s)");
  c->add_option("--concurrent-max", s.concurrent_max, "More requests at once are answered 429; 0: no limit")
    ->capture_default_str();
  c->add_option("--keep", s.keep_calls, "Finished calls that are remembered")->capture_default_str();
  c->add_option("--log", s.log, "NDJSON log: a file, or none (default: memory, GET /simulator/log)");
  c->add_option("--script", f->script, "NDJSON file with fixed fates of numbers");
  c->add_option("--persona", f->callees, "Who answers a number: +14155550100=dentist; may be repeated");
  c->add_option("--persona-mix", f->persona_mix, "Who answers the others: dentist=2,voicemail=1 (default: random phrases)");
  c->add_option("--personas", f->persona_folder, "Folder of further personas, *.toml");
  c->add_flag("--list-personas", f->list_personas, "Name the personas and end");
  c->callback([f, &exit_code] { exit_code = run(*f); });
}

} // namespace ringmaster
