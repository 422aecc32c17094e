#include "main/window_command.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "domain/time.hpp"
#include "domain/window.hpp"
#include "main/clock.hpp"
#include "main/json_text.hpp"
#include "main/window_batch.hpp"

namespace ringmaster {

namespace {

struct window_options {
  std::string timezone, start, end, at;
  std::vector<std::string> days;
  bool batch = false;
};

/// Writes the one case as a line of JSON and lets the batch answer it, so that there is one reading.
int answer_one(const window_options& o) {
  std::string line = "{\"timezone\":" + json_text(o.timezone) +
                     ",\"allowed_call_start_time\":" + json_text(o.start) +
                     ",\"allowed_call_end_time\":" + json_text(o.end) + ",\"allowed_days_of_week\":[";
  for (std::size_t i = 0; i < o.days.size(); ++i)
    line += (i > 0 ? "," : "") + json_text(o.days[i]);
  line += "]";
  if (!o.at.empty())
    line += ",\"at\":" + json_text(o.at);
  line += "}";
  auto length = line.size();
  line.resize(length + window_batch::slack());
  std::string answer;
  window_batch{}.answer(std::string_view{line}.substr(0, length), system_clock_port{}.now(), answer);
  std::cout << answer << std::flush;
  bool judged = calling_window::parse(o.timezone, o.start, o.end, o.days).has_value() &&
                (o.at.empty() || parse_rfc3339(o.at).has_value());
  return judged ? 0 : 2;
}

} // namespace

void add_window_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("window", "Say whether calls are allowed, and when next");
  auto o = std::make_shared<window_options>();
  command->add_option("--timezone", o->timezone, "IANA name of the zone, such as Europe/Berlin");
  command->add_option("--days", o->days, "allowed days, such as mon,tue,wed")->delimiter(',');
  command->add_option("--start", o->start, "first moment of the day, HH:MM or HH:MM:SS");
  command->add_option("--end", o->end, "first moment after it; 24:00 is the end of the day");
  command->add_option("--at", o->at, "the instant to judge, RFC 3339; default: now");
  command->add_flag("--batch", o->batch, "read one JSON case a line from stdin, answer one a line");
  command->footer(
    "Answers {\"allowed\", \"reason\", \"next_open_at\", \"closes_at\"} as one line of JSON. What\n"
    "cannot be judged is not allowed. Exit code 0, or 2 when the case itself is wrong; a batch\n"
    "goes on after a wrong line.\n\n"
    "Examples:\n"
    "  ringmaster window --timezone America/New_York --days mon,tue --start 09:00 --end 18:00\n"
    "  ringmaster window --timezone Asia/Calcutta --days sat --start 22:00 --end 02:00 \\\n"
    "    --at 2026-12-05T17:00:00Z\n"
    "  echo '{\"timezone\":\"UTC\",\"allowed_call_start_time\":\"09:00\",\n"
    "    \"allowed_call_end_time\":\"18:00\",\"allowed_days_of_week\":[\"mon\"]}' | tr -d '\\n' |\n"
    "    ringmaster window --batch");
  command->callback([o, command, &exit_code] {
    if (o->batch) {
      system_clock_port clock;
      auto done = run_window_batch(STDIN_FILENO, STDOUT_FILENO, [&] { return clock.now(); });
      if (!done) {
        std::cerr << "ringmaster: " << done.error().detail << '\n';
        exit_code = 1;
      }
      return;
    }
    for (const auto* name : {"--timezone", "--days", "--start", "--end"})
      if (command->get_option(name)->empty())
        throw CLI::RequiredError(name);
    exit_code = answer_one(*o);
  });
}

} // namespace ringmaster
