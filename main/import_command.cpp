#include "main/import_command.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <unistd.h>

#include "domain/ids.hpp"
#include "main/api_client.hpp"
#include "main/csv_batches.hpp"
#include "main/json_text.hpp"

namespace ringmaster {

namespace {

struct import_options {
  std::string campaign, file, url = "http://127.0.0.1:8080", key;
  std::size_t batch = 5'000;
  bool json = false;
};

struct totals {
  std::size_t rows = 0, accepted = 0, duplicates = 0, rejected = 0;
};

/// A bar for terminals, nothing elsewhere.
class progress_bar {
 public:
  explicit progress_bar(std::uintmax_t size) : size_(size), shown_(isatty(STDERR_FILENO) == 1) {}
  ~progress_bar() {
    if (shown_)
      std::fputs("\r\x1b[K", stderr);
  }
  void show(std::uintmax_t done, const totals& t) const {
    if (!shown_)
      return;
    constexpr int width = 32;
    auto part = size_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(size_));
    auto filled = static_cast<int>(part * width);
    std::fprintf(
      stderr, "\r\x1b[K[%s%s] %3d%%  %zu rows, %zu accepted, %zu duplicates, %zu rejected",
      std::string(static_cast<std::size_t>(filled), '#').c_str(),
      std::string(static_cast<std::size_t>(width - filled), '.').c_str(),
      static_cast<int>(part * 100), t.rows, t.accepted, t.duplicates, t.rejected);
    std::fflush(stderr);
  }

 private:
  std::uintmax_t size_;
  bool shown_;
};

std::size_t count_of(const nlohmann::json& report, const char* name) {
  auto found = report.find(name);
  if (found == report.end())
    return 0;
  if (found->is_number_unsigned())
    return found->get<std::size_t>();
  return found->is_array() ? found->size() : 0;
}

/// The report of an upload, wherever the answer keeps it.
const nlohmann::json& report_of(const nlohmann::json& answer) {
  for (const auto* name : {"targets", "report"})
    if (auto found = answer.find(name); found != answer.end() && found->is_object())
      return *found;
  return answer;
}

/// Adds what became of one piece and prints its rejected rows with their lines in the file.
void take(const std::string& body, const csv_batches::batch& b, bool as_json, totals& t) {
  auto answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object())
    return;
  const auto& report = report_of(answer);
  t.accepted += count_of(report, "accepted");
  t.duplicates += count_of(report, "duplicates");
  t.rejected +=
    report.contains("rejected_total") ? count_of(report, "rejected_total") : count_of(report, "rejected");
  auto rows = report.find("rejected");
  if (rows == report.end() || !rows->is_array())
    return;
  for (const auto& row : *rows) {
    if (!row.is_object() || !row.contains("line") || !row["line"].is_number_integer())
      continue;
    auto line = row["line"].get<std::ptrdiff_t>() + b.line_offset;
    auto code = row.value("code", std::string{});
    auto message = row.value("message", std::string{});
    if (as_json)
      std::cout << "{\"line\":" << line << ",\"code\":" << json_text(code)
                << ",\"message\":" << json_text(message) << "}\n";
    else
      std::cout << "line " << line << ": " << plain_text(message.empty() ? code : message) << '\n';
  }
}

int fail_with(const std::string& why) {
  std::cerr << "ringmaster: " << plain_text(why) << '\n';
  return 1;
}

int run_import(const import_options& o) {
  if (!campaign_id::parse(o.campaign))
    return fail_with(o.campaign + " is no campaign's id");
  std::ifstream in(o.file, std::ios::binary);
  if (!in)
    return fail_with("cannot read " + o.file);
  std::error_code unknown;
  auto size = std::filesystem::file_size(o.file, unknown);
  auto client = api_client::connect(o.url, o.key);
  if (!client)
    return fail_with(client.error().detail);

  totals t;
  csv_batches batches(in, o.batch);
  {
    progress_bar bar(unknown ? 0 : size);
    while (true) {
      auto b = batches.next();
      if (!b)
        return fail_with(b.error().detail);
      if (!*b)
        break;
      auto answer = (*client)->call(
        http::method::post, "/api/campaigns/" + o.campaign + "/targets", (*b)->text, "text/csv");
      if (!answer)
        return fail_with(
          answer.error().detail + "; " + std::to_string(t.rows) +
          " rows were sent. Run the import again: what is there already counts as duplicates.");
      t.rows += (*b)->rows;
      take(answer->body, **b, o.json, t);
      if (!answer->ok())
        return fail_with(answer->problem());
      bar.show((*b)->bytes_read, t);
    }
  }
  if (o.json)
    std::cout << "{\"rows\":" << t.rows << ",\"accepted\":" << t.accepted
              << ",\"duplicates\":" << t.duplicates << ",\"rejected\":" << t.rejected << "}\n";
  else
    std::cout << t.rows << " rows: " << t.accepted << " accepted, " << t.duplicates
              << " duplicates, " << t.rejected << " rejected\n";
  std::cout.flush();
  return t.rejected > 0 ? 1 : 0;
}

} // namespace

void add_import_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("import", "Add the targets of a CSV file to a campaign");
  auto o = std::make_shared<import_options>();
  command->add_option("campaign", o->campaign, "id of the campaign")->required();
  command->add_option("file", o->file, "the CSV file")->required();
  command->add_option("--url", o->url, "base URL of the engine")->capture_default_str();
  command->add_option("--key", o->key, "API key with the scope write")->required();
  command->add_option("--batch", o->batch, "rows a request")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  command->add_flag("--json", o->json, "one JSON line per rejected row, and one at the end");
  command->footer(
    "The first line may name the columns: phone_number, contact_name, client_id, timezone,\n"
    "max_attempts. Without it they stand in that order. Rejected rows are printed with their line;\n"
    "numbers that are in the campaign already count as duplicates, so an import that broke off is\n"
    "simply run again. Exit code 0 when every row was accepted or a duplicate, 1 otherwise.\n\n"
    "Examples:\n"
    "  ringmaster import 0192f0c4-… patients.csv --key rm_…\n"
    "  ringmaster import 0192f0c4-… patients.csv --url https://calls.example.com --key rm_… --json");
  command->callback([o, &exit_code] { exit_code = run_import(*o); });
}

} // namespace ringmaster
