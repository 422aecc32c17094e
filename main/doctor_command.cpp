#include "main/doctor_command.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/checkup.hpp"
#include "gateways/assistant/model_gateway.hpp"
#include "gateways/telephony/line_inspector.hpp"
#include "main/api_client.hpp"
#include "main/clock.hpp"
#include "main/doctor_machine.hpp"
#include "main/json_text.hpp"
#include "main/logging.hpp"
#include "main/place.hpp"
#include "net/application.hpp"
#include "persistence/cluster.hpp"
#include "persistence/examination.hpp"
#include "persistence/master_key.hpp"

namespace ringmaster {

namespace fs = std::filesystem;
using checkup::finding;
using checkup::verdict;

namespace {

struct doctor_options {
  std::string file;
  bool json = false;
  bool online = true;
};

constexpr std::chrono::seconds patience{60}; ///< with one look; each has a deadline of its own

/// Waits for what a look brings back.
template <class Answer, class Start>
result<Answer> wait_for(Start start) {
  auto told = std::make_shared<std::promise<result<Answer>>>();
  auto got = told->get_future();
  start([told](result<Answer> answer) { told->set_value(std::move(answer)); });
  if (got.wait_for(patience) != std::future_status::ready)
    return fail(errc::unavailable, "no answer came within a minute");
  return got.get();
}

/// One look at everything, in the order in which one thing rests on another.
class examination {
public:
  examination(config::settings s, const doctor_options& o) : settings_(std::move(s)), options_(o) {}

  std::vector<finding> run() {
    look_at_data();
    look_at_ports();
    look_at_database();
    auto allowed = open_files_allowed(engine_pid_);
    add(checkup::judge_open_files(allowed, open_files_needed(settings_)));
    add(check_zones());
    add(check_numbers(settings_));
    add(check_console(settings_));
    look_outside();
    return std::move(all_);
  }

private:
  void add(finding f) { all_.push_back(std::move(f)); }

  void look_at_data() {
    const auto& path = settings_.data.directory;
    auto directory = look_at_directory(path);
    std::error_code trouble;
    if (fs::exists(fs::path(path) / "master.key", trouble)) {
      auto keys = master_key::load_or_make(path, random_); // it is there, so none is made
      if (keys)
        keys_ = std::make_unique<master_key>(std::move(*keys));
      else
        directory.key_trouble = keys.error().detail;
    }
    add(checkup::judge_directory(directory));
    if (auto disk = look_at_disk(path))
      add(checkup::judge_disk(disk->free_bytes, disk->free_inodes, path));
    else
      add(checkup::skip("data.disk", "the system does not tell", "install.md"));
    inspector_ = std::make_unique<telephony::line_inspector>(
        telephony::inspector_settings::from(settings_, keys_ ? keys_->derive("callback") : ""),
        time_, random_);
  }

  // -- ports

  /// True if the engine of this installation answers there: it proves that it has our key.
  bool is_ours(const std::string& address) {
    auto echo = wait_for<inspection::echo_findings>(
        [&](auto done) { inspector_->echo(url_of(address), std::move(done)); });
    return echo && echo->ours;
  }

  static bool is_engine(const std::string& address) {
    auto client = api_client::connect(url_of(address), "");
    if (!client)
      return false;
    auto alive = (*client)->get("/healthz");
    return alive && alive->status == 200 && alive->body.find("\"alive\"") != std::string::npos;
  }

  static std::string option_of(const std::string& listener) {
    return listener == "webhooks" ? "http.webhooks_listen"
           : listener == "admin"  ? "http.admin_listen"
                                  : "http.listen";
  }

  void look_at_ports() {
    std::vector<checkup::port_facts> ports;
    for (const auto& listener : net::listeners_of(settings_)) {
      auto p = look_at_port(option_of(listener.name), listener.address);
      // Only the listener of webhooks can prove whose engine it is.
      if (p.held && listener.what.carrier && is_ours(listener.address)) {
        p.ours = true;
        engine_here_ = true;
        engine_pid_ = p.pid;
      }
      p.engine = p.ours || (p.held && listener.what.everybody && is_engine(listener.address));
      ports.push_back(std::move(p));
    }
    for (auto& p : ports) {
      // The other listeners belong to the same process; where it is not told, to an engine at
      // least.
      if (p.engine && engine_here_ && p.pid == engine_pid_)
        p.ours = true;
      add(checkup::judge_port(p));
    }
  }

  // -- the database

  void skip_database(const std::string& why) {
    for (const char* id :
         {"database.schema", "database.role", "database.durability", "time.database"})
      add(checkup::skip(id, why, "install.md"));
  }

  void look_at_database() {
    const bool own_server = settings_.database.url.empty();
    std::error_code trouble;
    auto directory = fs::absolute(settings_.data.directory, trouble);
    if (own_server && !cluster::is_made(directory)) {
      auto programs = cluster::find_programs(directory);
      if (programs)
        add(checkup::skip(
            "database.server", "the first start makes a private server with " + programs->string(),
            "install.md"));
      else
        add(
            {"database.server", verdict::fail, programs.error().detail,
             "apt-get install postgresql, or set database.url", "install.md"});
      skip_database("there is no database yet");
      return;
    }
    auto asked = database_examination::begin(settings_, keys_.get(), time_);
    if (!asked) {
      add(
          {"database.server", verdict::fail, asked.error().detail,
           own_server ? "look into " + (directory / "postgres.log").string()
                      : "start the server, or set database.url right",
           "install.md"});
      skip_database("not checked: the database cannot be asked");
      return;
    }
    database_ = std::move(*asked);
    const auto& d = database_->found();
    engine_here_ = engine_here_ || d.engine_runs;
    add(checkup::judge_server(d.version, d.where, d.started_here, d.engine_runs));
    add(checkup::judge_schema(d.missing, d.schema_trouble));
    add(checkup::judge_role(d.role, d.leaks, d.role_trouble));
    add(checkup::judge_durability(d.synchronous_commit, d.fsync));
    add(checkup::judge_clock(
        "time.database", "the database's clock", d.ahead, std::chrono::milliseconds(100)));
  }

  // -- outside

  void look_outside() {
    if (!options_.online) {
      for (const char* id :
           {"carrier.account", "carrier.callers", "time.carrier", "http.public_url"})
        add(checkup::skip(id, "not asked: --offline", "install.md"));
      for (const auto& name : settings_.ai.providers)
        add(checkup::skip("ai." + name, "not asked: --offline", "models.md"));
      return;
    }
    look_at_carrier();
    look_at_public_url();
    look_at_models();
  }

  void look_at_carrier() {
    const auto& c = settings_.carrier;
    if (c.account_sid.empty()) {
      for (const char* id : {"carrier.account", "carrier.callers", "time.carrier"})
        add(checkup::skip(id, "no carrier is configured", "install.md"));
      return;
    }
    auto found = wait_for<inspection::carrier_findings>(
        [&](auto done) { inspector_->look_at_carrier(c.from, std::move(done)); });
    for (auto& f : checkup::judge_carrier(found, c.base_url, c.base_url.starts_with("http://")))
      add(std::move(f));
    if (!found || !found->ahead)
      add(checkup::skip("time.carrier", "the carrier told no time", "install.md"));
    else
      add(checkup::judge_clock(
          "time.carrier", "the carrier's clock", *found->ahead, std::chrono::milliseconds(600)));
  }

  void look_at_public_url() {
    const auto& url = settings_.http.public_url;
    if (!keys_) {
      add(checkup::skip(
          "http.public_url", "not checked: no engine runs (" + url + ")", "install.md"));
      return;
    }
    auto echo = wait_for<inspection::echo_findings>(
        [&](auto done) { inspector_->echo({}, std::move(done)); });
    add(checkup::judge_echo(echo, url, engine_here_));
  }

  void look_at_models() {
    auto models = assistant::model_gateway::make(
        assistant::gateway_settings::from(settings_), time_, random_);
    for (const auto& name : settings_.ai.providers) {
      if (!models) {
        add(checkup::judge_model(name, fail(models.error())));
        continue;
      }
      auto told = wait_for<assistant::usage>(
          [&](auto done) { (*models)->try_out(name, {}, std::move(done)); });
      add(checkup::judge_model(name, told));
    }
  }

  const config::settings settings_;
  const doctor_options& options_;
  system_clock_port time_;
  system_random random_;
  std::unique_ptr<master_key> keys_;
  std::unique_ptr<telephony::line_inspector> inspector_;
  std::unique_ptr<database_examination> database_;
  bool engine_here_ = false; ///< the engine of this installation runs
  int engine_pid_ = 0;
  std::vector<finding> all_;
};

// -- telling
// ---------------------------------------------------------------------------------------

std::string sum(const std::vector<finding>& all) {
  using checkup::count;
  return std::to_string(all.size()) + " checks: " + std::to_string(count(all, verdict::ok)) +
         " ok, " + std::to_string(count(all, verdict::warn)) + " warned, " +
         std::to_string(count(all, verdict::skipped)) + " skipped, " +
         std::to_string(count(all, verdict::fail)) + " failed";
}

void print_text(const std::vector<finding>& all) {
  auto padded = [](std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
  };
  for (const auto& f : all) {
    std::cout << padded(std::string(checkup::to_string(f.is)), 9) << padded(f.id, 23)
              << plain_text(f.measured) << '\n';
    if (!f.mend.empty())
      std::cout << padded("", 9) << "mend: " << plain_text(f.mend) << " (docs/" << f.page << ")\n";
  }
  std::cout << sum(all) << std::endl;
}

void print_json(const std::vector<finding>& all) {
  using checkup::count;
  std::cout << "{\"ok\":" << (checkup::exit_code(all) == 0 ? "true" : "false")
            << ",\"version\":" << json_text(RINGMASTER_VERSION)
            << ",\"failed\":" << count(all, verdict::fail)
            << ",\"warned\":" << count(all, verdict::warn)
            << ",\"skipped\":" << count(all, verdict::skipped) << ",\"checks\":[";
  const char* between = "";
  for (const auto& f : all) {
    std::cout << between << "{\"id\":" << json_text(f.id)
              << ",\"result\":" << json_text(checkup::to_string(f.is))
              << ",\"measured\":" << json_text(f.measured)
              << ",\"mend\":" << (f.mend.empty() ? "null" : json_text(f.mend))
              << ",\"page\":" << json_text("docs/" + f.page) << "}";
    between = ",";
  }
  std::cout << "]}" << std::endl;
}

int examine(const doctor_options& o) {
  std::vector<finding> all;
  auto settings = load_settings(o.file);
  if (settings) {
    set_up_logging("off", settings->log.format);
    all = checkup::judge_settings({}, o.file);
    examination one(std::move(*settings), o);
    for (auto& f : one.run())
      all.push_back(std::move(f));
  } else {
    std::vector<std::string> mistakes;
    for (const auto& field : settings.error().fields)
      mistakes.push_back(field.message);
    if (mistakes.empty())
      mistakes.push_back(settings.error().detail);
    all = checkup::judge_settings(mistakes, o.file);
    for (const char* id :
         {"data.directory", "http.listen", "database.server", "carrier.account", "http.public_url"})
      all.push_back(checkup::skip(id, "not checked: the settings are wrong", "install.md"));
  }
  o.json ? print_json(all) : print_text(all);
  return checkup::exit_code(all);
}

} // namespace

void add_doctor_command(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("doctor", "Check the settings and everything that the engine needs");
  auto o = std::make_shared<doctor_options>();
  command->add_option("--config", o->file, "settings file, the one that the engine uses")
      ->envname("RINGMASTER_CONFIG");
  command->add_flag(
      "--json", o->json,
      "print {\"ok\", \"checks\": [{\"id\", \"result\", \"measured\", \"mend\", \"page\"}]}");
  command->add_flag(
      "--online,!--offline", o->online,
      "ask the carrier, the models and the public URL (default), or nobody");
  command->footer("Works beside a running engine and without one; a private database that nobody "
                  "runs is started\n"
                  "for the check and stopped again. Nothing is changed, and nobody is called. A "
                  "model is asked a\n"
                  "tiny question, which may cost a few tokens. Exit code 0 if nothing failed, 1 if "
                  "something did,\n"
                  "2 for a wrong command line.\n\n"
                  "Examples:\n"
                  "  ringmaster doctor --config /etc/ringmaster/ringmaster.toml\n"
                  "  ringmaster doctor --offline --json");
  command->callback([o, &exit_code] { exit_code = examine(*o); });
}

} // namespace ringmaster
