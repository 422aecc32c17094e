#include "main/registry_command.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

#include "main/api_client.hpp"
#include "main/csv_batches.hpp"
#include "main/json_text.hpp"

namespace ringmaster {

namespace {

constexpr std::size_t rows_at_once = 50'000;

struct registry_options {
  std::string name, file, as_of, jurisdiction = "US-DNC", url = "http://127.0.0.1:8080", key;
};

int fail_with(const std::string& why) {
  std::cerr << "ringmaster: " << plain_text(why) << '\n';
  return 1;
}

/// Sends the list piece by piece; it takes the place of the one before with its last piece.
int load(const registry_options& o) {
  std::ifstream in(o.file, std::ios::binary);
  if (!in)
    return fail_with("cannot read " + o.file);
  auto client = api_client::connect(o.url, o.key);
  if (!client)
    return fail_with(client.error().detail);
  csv_batches list(in, rows_at_once);
  std::string id;
  std::size_t sent = 0, refused = 0;
  const bool shown = isatty(STDERR_FILENO) == 1;
  auto piece = list.next();
  if (piece && !*piece)
    return fail_with(o.file + " has no numbers");
  while (piece && *piece) {
    auto b = std::move(**piece);
    piece = list.next();
    bool more = !piece || piece->has_value(); // a list that cannot be read on is never complete
    auto answer = (*client)->call(
      http::method::post,
      "/api/admin/registries?name=" + o.name + "&jurisdiction=" + o.jurisdiction + "&as_of=" + o.as_of +
        "&more=" + (more ? "true" : "false") + (id.empty() ? "" : "&registry=" + id),
      std::move(b.text), "text/csv");
    if (!answer)
      return fail_with(answer.error().detail + "; the list before is still in use");
    if (!answer->ok())
      return fail_with(answer->problem());
    auto doc = nlohmann::json::parse(answer->body, nullptr, false);
    if (!doc.is_object() || !doc.contains("registry") || !doc.contains("report"))
      return fail_with("the answer cannot be read");
    id = doc["registry"].value("id", id);
    sent += b.rows;
    refused += doc["report"].value("rejected_total", std::size_t{0});
    if (shown)
      std::fprintf(stderr, "\r\x1b[K%zu rows, %zu refused", sent, refused);
    if (more)
      continue;
    if (shown)
      std::fputs("\r\x1b[K", stderr);
    std::cout << o.name << ": " << doc["registry"].value("rows", std::size_t{0}) << " numbers of " << o.as_of
              << ", " << refused << " rows refused\n";
    return refused > 0 ? 1 : 0;
  }
  return fail_with((piece ? std::string("the list could not be sent") : piece.error().detail) + "; the list before is still in use");
}

int show_all(const registry_options& o) {
  auto client = api_client::connect(o.url, o.key);
  if (!client)
    return fail_with(client.error().detail);
  auto answer = (*client)->get("/api/admin/registries");
  if (!answer)
    return fail_with(answer.error().detail);
  if (!answer->ok())
    return fail_with(answer->problem());
  auto doc = nlohmann::json::parse(answer->body, nullptr, false);
  if (!doc.is_object() || !doc.contains("registries"))
    return fail_with("the answer cannot be read");
  for (const auto& r : doc["registries"])
    std::cout << plain_text(r.value("name", "")) << "  " << plain_text(r.value("jurisdiction", "")) << "  "
              << plain_text(r.value("as_of", "")) << "  " << r.value("rows", std::size_t{0}) << " numbers  "
              << (r.value("status", "") != "loaded" ? "not complete" : r.value("fresh", false) ? "fresh" : "stale") << '\n';
  return 0;
}

} // namespace

void add_registry_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("registry", "Copies of registries of people who want no calls");
  command->require_subcommand(1);
  auto o = std::make_shared<registry_options>();
  auto common = [&](CLI::App* sub) {
    sub->add_option("--url", o->url, "base URL of the engine")->capture_default_str();
    sub->add_option("--key", o->key, "API key of an operator with the scope admin")->required();
  };
  auto* fill = command->add_subcommand("load", "Load a copy; it takes the place of the one of the same name");
  fill->add_option("name", o->name, "name of the list, as ftc-415")->required();
  fill->add_option("file", o->file, "CSV with phone_number in its header, or numbers alone")->required();
  fill->add_option("--as-of", o->as_of, "the day of the copy, as 2026-11-01")->required();
  fill->add_option("--jurisdiction", o->jurisdiction, "whose registry it is")->capture_default_str();
  common(fill);
  fill->callback([o, &exit_code] { exit_code = load(*o); });
  auto* list = command->add_subcommand("list", "List the copies, and whether they are fresh");
  common(list);
  list->callback([o, &exit_code] { exit_code = show_all(*o); });
}

} // namespace ringmaster
