#include "main/demo_command.hpp"

#include <CLI/CLI.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "carrier/simulator.hpp"
#include "main/api_client.hpp"
#include "main/clock.hpp"
#include "main/console_setup.hpp"
#include "main/demo_campaign.hpp"
#include "main/demo_knowledge.hpp"
#include "main/demo_tasks.hpp"
#include "main/json_text.hpp"
#include "main/logging.hpp"
#include "main/place.hpp"
#include "main/termination.hpp"
#include "main/wiring.hpp"
#include "net/api_key.hpp"
#include "net/session.hpp"
#include "persistence/store.hpp"

namespace ringmaster {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* demo_user = "demo@ringmaster.example";
constexpr const char* caller_id = "+14155550199";

struct demo_options {
  std::string listen = "127.0.0.1:8080";
  std::string data;
  std::optional<std::uint64_t> seed;
  double time_scale = 12;
  bool until_complete = false;
  bool verbose = false;
};

/// The data directory of the demo: the one that was named, or one that goes away with it.
class demo_folder {
 public:
  explicit demo_folder(const std::string& named) : path_(named) {
    if (!path_.empty())
      return;
    auto pattern = (fs::temp_directory_path() / "ringmaster-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error("cannot make a folder in " + fs::temp_directory_path().string());
    path_ = pattern;
    temporary_ = true;
    // Started by root, the private server runs as another user, who must get to its own folder.
    if (::geteuid() == 0)
      ::chmod(path_.c_str(), 0711);
  }
  ~demo_folder() {
    std::error_code ignored;
    if (temporary_)
      fs::remove_all(path_, ignored);
  }
  demo_folder(const demo_folder&) = delete;
  demo_folder& operator=(const demo_folder&) = delete;
  const std::string& path() const { return path_; }
  bool temporary() const { return temporary_; }

 private:
  std::string path_;
  bool temporary_ = false;
};

telco::scenario demo_carrier(const demo_options& o, random_source& random) {
  telco::scenario s;
  s.listen = "127.0.0.1:0";
  s.owned_numbers = {caller_id};
  s.seed = o.seed ? *o.seed : random.next() % 1'000'000;
  s.time_scale = o.time_scale;
  s.calls_per_second = 5;
  s.log = "none";
  // Tokens of this run only: nobody else on this machine can sign for the simulated carrier.
  std::string token;
  while (token.size() < 32)
    token += "0123456789abcdef"[random.next() % 16];
  s.auth_token = token;
  // Whom the tasks call, and who is behind the numbers of the campaign.
  s.personas = telco::built_in_personas();
  for (const auto& [number, who] : demo_tasks::callees())
    s.callees[number] = who;
  s.persona_mix = {{"shop", 1}, {"slow-talker", 1}, {"wrong-number", 1}, {"angry-opt-out", 1},
                   {"near-silent", 1}, {"interrupter", 1}};
  return s;
}

/// The first free address from the wished one on.
result<std::string> choose_address(const std::string& wished) {
  auto free = find_free(wished);
  auto colon = wished.rfind(':');
  if (free || colon == std::string::npos)
    return free;
  auto first = std::atoi(wished.c_str() + colon + 1);
  for (int port = first + 1; port < first + 50 && port < 65'536; ++port)
    if (auto next = find_free(wished.substr(0, colon + 1) + std::to_string(port))) {
      std::cerr << "port " << first << " is taken; using " << port << '\n';
      return next;
    }
  return free;
}

config::settings demo_settings(
  const std::string& address, const std::string& directory, const std::string& carrier_url,
  const telco::scenario& line) {
  // Nothing of a real installation may leak in: no file and no environment is read.
  config::settings s;
  s.http.listen = address;
  s.http.public_url = url_of(address);
  s.data.directory = directory;
  s.carrier.base_url = carrier_url;
  s.carrier.account_sid = line.account_sid;
  s.carrier.auth_token = config::secret(line.auth_token);
  s.carrier.from = {caller_id};
  s.carrier.calls_per_second = line.calls_per_second;
  s.carrier.reconcile_after = 2s;
  s.carrier.reconcile_again = 1s;
  s.carrier.reconcile_give_up = 10s;
  s.carrier.poll_silence = 5s;
  s.calling.min_gap = 2s;
  s.calling.retry_busy = 2s;
  s.calling.retry_no_answer = 3s;
  s.calling.retry_voicemail = 3s;
  s.calling.retry_failed = 2s;
  s.limits.drain_timeout = 3s;
  return s;
}

/// The demo's account, made or found, and a new key for it.
result<std::string> sign_up(database& store, random_source& random) {
  auto accounts = store.make_accounts();
  auto known = accounts->find_user(demo_user);
  if (!known)
    return fail(known.error());
  if (!*known)
    if (auto added = accounts->add_user(demo_user); !added)
      return fail(added.error());
  auto key = net::make_api_key(system_clock_port{}.now(), random);
  auto made = accounts->create_key(
    demo_user, key.id, "demo", 15, key.sha256, key.last_four, std::nullopt);
  if (!made)
    return fail(made.error());
  return key.text;
}

/// A link with which the demo's account sets its password; empty if none could be made.
std::string invite(database& store, random_source& random, const std::string& base) {
  auto token = net::make_secret(random);
  account::link fresh{token.sha256, system_clock_port{}.now() + account::link_life};
  auto set = store.make_accounts()->set_link(demo_user, fresh);
  return set ? welcome_url(base, token.text) : std::string();
}

/// One line that is rewritten on a terminal, and written now and then elsewhere.
class progress_line {
 public:
  progress_line() : terminal_(isatty(STDERR_FILENO) == 1) {}
  ~progress_line() {
    if (terminal_ && shown_)
      std::fputc('\n', stderr);
  }
  void show(const demo_progress& p, std::chrono::seconds since) {
    auto ended = p.completed + p.failed + p.skipped;
    auto key = std::make_pair(p.status, ended / 5);
    if (!terminal_ && shown_ && key == last_)
      return;
    last_ = key;
    shown_ = true;
    std::fprintf(
      stderr, "%s%3lld s  %-9s  %lld of %lld done: %lld reached, %lld not; %lld ringing or talking, %lld dials%s",
      terminal_ ? "\r\x1b[K" : "", static_cast<long long>(since.count()), p.status.c_str(),
      static_cast<long long>(ended), static_cast<long long>(p.total),
      static_cast<long long>(p.completed), static_cast<long long>(p.failed + p.skipped),
      static_cast<long long>(p.calling), static_cast<long long>(p.attempts), terminal_ ? "" : "\n");
    std::fflush(stderr);
  }

 private:
  bool terminal_;
  bool shown_ = false;
  std::pair<std::string, std::int64_t> last_;
};

int complain(const std::string& why) {
  std::cerr << "ringmaster: " << plain_text(why) << '\n';
  return 1;
}

/// Waits for the calls of the tasks and tells what became of each.
int tell_tasks(demo_tasks& tasks, const termination& ending) {
  constexpr auto patience = 1min;
  system_clock_port clock;
  const auto begin = clock.boot();
  while (true) {
    auto done = tasks.is_done();
    if (!done)
      return complain(done.error().detail);
    if (*done)
      break;
    if (clock.boot() - begin > patience)
      return complain("the calls of the tasks do not end");
    if (ending.wait_for(250ms) != 0)
      return complain("interrupted");
  }
  auto lines = tasks.tell();
  if (!lines)
    return complain(lines.error().detail);
  std::cout << "\ncall tasks, planned, talked through and read by the built-in rules\n\n" << *lines << std::flush;
  return 0;
}

/// Shows how agents learn, and what the calls have proposed for the calendar.
int tell_learning(api_client& api) {
  auto lines = tell_knowledge(api);
  if (!lines)
    return complain(lines.error().detail);
  std::cout << "\nan agent that does not know, and what it has learned\n\n" << *lines << std::flush;
  return 0;
}

/// Follows the campaign to its end; 0 when it is completed.
int follow(demo_campaign& campaign, const termination& ending) {
  constexpr auto patience = 5min;
  system_clock_port clock;
  const auto begin = clock.boot();
  {
    progress_line line;
    while (true) {
      auto p = campaign.look();
      if (!p)
        return complain(p.error().detail);
      auto since = std::chrono::duration_cast<std::chrono::seconds>(clock.boot() - begin);
      line.show(*p, since);
      if (p->status == "completed")
        break;
      if (p->status != "running")
        return complain("the campaign is " + p->status);
      if (since > patience)
        return complain("the campaign does not end: " + p->wait_reason);
      if (ending.wait_for(250ms) != 0)
        return complain("interrupted");
    }
  }
  while (true) {
    auto done = campaign.is_processed();
    if (!done)
      return complain(done.error().detail);
    if (*done)
      break;
    if (clock.boot() - begin > patience)
      return complain("the conversations of the campaign are not processed");
    if (ending.wait_for(250ms) != 0)
      return complain("interrupted");
  }
  auto outcomes = campaign.count();
  if (!outcomes)
    return complain(outcomes.error().detail);
  auto took = std::chrono::duration_cast<std::chrono::seconds>(clock.boot() - begin);
  std::cout << "\ncampaign completed in " << took.count() << " s\n\n" << write_table(*outcomes) << std::flush;
  return 0;
}

void explain(
  const std::string& base, const std::string& key, const std::string& link,
  const demo_campaign& campaign) {
  if (!link.empty())
    std::cout << "\nOpen the console and choose a password for " << demo_user << ":\n\n  " << link << "\n";
  std::cout << "\nRingmaster serves at " << base
            << "\nThe carrier is simulated: nobody is called.\n\n"
            << "For programs, this is a key of " << demo_user << ":\n\n"
            << "  export KEY=" << key << "\n\n"
            << "Look at the campaign of " << campaign.accepted() << " targets that waits for you:\n\n"
            << "  curl -s -H \"Authorization: Bearer $KEY\" " << base << "/api/campaigns\n\n"
            << "Start it, and see how far it is:\n\n"
            << "  curl -s -X PATCH -H \"Authorization: Bearer $KEY\" \\\n"
            << "    -H 'Content-Type: application/json' -d '{\"action\": \"start\"}' \\\n"
            << "    " << base << "/api/campaigns/" << campaign.id() << "\n"
            << "  curl -s -H \"Authorization: Bearer $KEY\" " << base << "/api/campaigns/"
            << campaign.id() << "\n\n"
            << "Three call tasks are there, too; one waits for a phone number, one is refused:\n\n"
            << "  curl -s -H \"Authorization: Bearer $KEY\" " << base << "/api/call-tasks\n\n"
            << "The API is described at " << base << "/openapi.json. Ctrl-C ends the demo."
            << std::endl;
}

int play(const demo_options& o, const termination& ending) {
  system_clock_port clock;
  system_random random;
  auto address = choose_address(o.listen);
  if (!address)
    return complain(address.error().detail);
  demo_folder folder(o.data);
  auto line = demo_carrier(o, random);
  telco::simulator simulator(line, [clock] { return clock.now(); });
  auto carrier_url = simulator.start();
  if (!carrier_url)
    return complain("the simulated carrier cannot start: " + carrier_url.error().detail);

  std::cerr << "starting the database and the engine\n";
  auto engine = wiring::start(demo_settings(*address, folder.path(), *carrier_url, line));
  if (!engine)
    return complain("cannot start: " + engine.error().detail);
  const auto base = "http://" + (*engine)->address();
  std::cout << "listening on " << base << std::endl;
  std::cerr << "simulated carrier at " << *carrier_url << ", seed " << line.seed << '\n';

  auto key = sign_up((*engine)->store(), random);
  if (!key)
    return complain(key.error().detail);
  auto api = api_client::connect(base, *key);
  if (!api)
    return complain(api.error().detail);
  auto campaign = demo_campaign::load(**api);
  if (!campaign)
    return complain(campaign.error().detail);
  std::cerr << "campaign " << campaign->id() << " with " << campaign->accepted() << " targets, "
            << demo_campaign::per_minute << " dials a minute at most\n";

  auto tasks = demo_tasks::load(**api);
  if (!tasks)
    return complain(tasks.error().detail);

  int code = 0;
  if (o.until_complete) {
    auto started = campaign->start();
    code = started ? follow(*campaign, ending) : complain(started.error().detail);
    if (code == 0) {
      auto called = tasks->start();
      code = called ? tell_tasks(*tasks, ending) : complain(called.error().detail);
      if (code == 0)
        code = tell_learning(**api);
    }
  } else {
    explain(base, *key, invite((*engine)->store(), random, base), *campaign);
    ending.wait();
    std::cerr << "\nending\n";
  }
  ending.end_at_once(1);
  (*engine)->drain();
  simulator.stop();
  return code;
}

int demo(const demo_options& o) {
  termination ending;
  set_up_logging(o.verbose ? "info" : "warn", "text");
  try {
    return play(o, ending);
  } catch (const std::exception& failure) {
    return complain(failure.what());
  }
}

} // namespace

void add_demo_command(CLI::App& app, int& exit_code) {
  auto* command =
    app.add_subcommand("demo", "Try it: the engine, a simulated carrier and a campaign, in one go");
  auto o = std::make_shared<demo_options>();
  command->add_flag(
    "--until-complete", o->until_complete, "start the campaign, show its progress, end with a table");
  command->add_option("--listen", o->listen, "address of the engine; the next free port if it is taken")
    ->capture_default_str();
  command->add_option("--data", o->data, "data directory to keep; without it a temporary one");
  command->add_option("--seed", o->seed, "where the simulated carrier's chance comes from");
  command->add_option("--time-scale", o->time_scale, "simulated phones live this many times faster")
    ->check(CLI::Range(0.1, 1000.0))
    ->capture_default_str();
  command->add_flag("--verbose", o->verbose, "show what the engine logs");
  command->footer(
    "Nobody is called: the carrier is a simulation on this machine, spoken to over its real wire.\n"
    "Exit code 0 when the campaign is completed (or, without --until-complete, after Ctrl-C).\n\n"
    "Examples:\n"
    "  ringmaster demo                   keeps serving, and prints how to sign in\n"
    "  ringmaster demo --until-complete  ends in about a minute with a table of outcomes");
  command->callback([o, &exit_code] { exit_code = demo(*o); });
}

} // namespace ringmaster
