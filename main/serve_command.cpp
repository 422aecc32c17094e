#include "main/serve_command.hpp"

#include <CLI/CLI.hpp>

#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include "domain/error.hpp"
#include "main/logging.hpp"
#include "main/place.hpp"
#include "main/termination.hpp"
#include "main/wiring.hpp"

namespace ringmaster {

namespace {

int serve(const std::string& file) {
  termination ending;
  auto settings = load_settings(file);
  if (!settings) {
    std::cerr << "ringmaster: " << settings.error().detail << '\n';
    return settings.error().code == errc::unavailable ? 1 : 2;
  }
  set_up_logging(settings->log.level, settings->log.format);
  try {
    auto engine = wiring::start(*settings);
    if (!engine) {
      spdlog::error("cannot start: {}", engine.error().detail);
      spdlog::shutdown();
      return 1;
    }
    std::cout << "listening on http://" << (*engine)->address() << std::endl;
    if (auto link = (*engine)->welcome(); !link)
      spdlog::warn("there is no welcome link: {}", link.error().detail);
    else if (!link->empty())
      std::cerr << "set the first password at " << *link << std::endl;
    auto number = ending.wait();
    spdlog::info("signal {}: draining; a second one ends at once", number);
    ending.end_at_once(1);
    (*engine)->drain();
    spdlog::info("ended");
    spdlog::shutdown();
    return 0;
  } catch (const std::exception& failure) {
    spdlog::critical("ended by a failure: {}", failure.what());
    spdlog::shutdown();
    return 1;
  }
}

} // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("serve", "Run the engine");
  auto file = std::make_shared<std::string>();
  command->add_option("--config", *file, "settings file (TOML); config/example.toml names every option")
    ->envname("RINGMASTER_CONFIG");
  command->footer(
    "Every option can also be given as an environment variable RINGMASTER_SECTION_KEY. Without\n"
    "database.url the engine makes and runs a private PostgreSQL in data.directory. When requests\n"
    "are accepted, `listening on http://…` is printed to stdout; everything else goes to stderr,\n"
    "the link with which the first password is set among it.\n"
    "SIGTERM and SIGINT drain; a second signal ends at once. Exit code 0 after a signal, 1 if\n"
    "something failed, 2 if a setting is wrong.\n\n"
    "Examples:\n"
    "  ringmaster serve --config /etc/ringmaster/ringmaster.toml\n"
    "  RINGMASTER_HTTP_LISTEN=127.0.0.1:0 RINGMASTER_DATA_DIRECTORY=/srv/calls ringmaster serve");
  command->callback([file, &exit_code] { exit_code = serve(*file); });
}

} // namespace ringmaster
