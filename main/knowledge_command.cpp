#include "main/knowledge_command.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "main/api_client.hpp"
#include "main/json_text.hpp"
#include "main/knowledge_report.hpp"

namespace ringmaster {

namespace {

struct check_options {
  std::string url = "http://127.0.0.1:8080", key;
  bool json = false;
};

int fail_with(const std::string& why) {
  std::cerr << "ringmaster: " << plain_text(why) << '\n';
  return 1;
}

int run_check(const check_options& o) {
  auto client = api_client::connect(o.url, o.key);
  if (!client)
    return fail_with(client.error().detail);
  knowledge_report report(o.json);
  // One request checks for some seconds; the next goes on where it ended.
  std::optional<std::int64_t> offset = 0;
  while (offset) {
    auto answer =
        (*client)->post("/api/knowledge/check?offset=" + std::to_string(*offset), std::string());
    if (!answer)
      return fail_with(answer.error().detail);
    if (!answer->ok())
      return fail_with(answer->problem());
    auto part = report.take(answer->body);
    if (!part)
      return fail_with(part.error().detail);
    std::cout << part->text << std::flush;
    if (part->next_offset && *part->next_offset <= *offset)
      return fail_with("the engine does not come to an end");
    offset = part->next_offset;
  }
  std::cout << report.summary() << std::flush;
  return report.all_answered() ? 0 : 1;
}

} // namespace

void add_knowledge_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("knowledge", "What the agents know");
  command->require_subcommand(1);
  auto* check =
      command->add_subcommand("check", "Ask every question again that was resolved with an answer");
  auto o = std::make_shared<check_options>();
  check->add_option("--url", o->url, "base URL of the engine")->capture_default_str();
  check->add_option("--key", o->key, "API key with the scope read")->required();
  check->add_flag("--json", o->json, "one JSON line per question, and one at the end");
  check->footer(
      "Prints each question with its verdict, and what is said instead where it is not answered "
      "any\n"
      "more. Nothing is stored. Exit code 0 when every question is answered, 1 otherwise.\n\n"
      "Example:\n"
      "  ringmaster knowledge check --url https://calls.example.com --key rm_…");
  check->callback([o, &exit_code] { exit_code = run_check(*o); });
}

} // namespace ringmaster
