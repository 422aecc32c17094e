#include "main/import_command.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "domain/ids.hpp"
#include "main/api_client.hpp"
#include "main/csv_batches.hpp"
#include "main/json_text.hpp"
#include "main/line_batches.hpp"

namespace ringmaster {

namespace {

constexpr std::size_t shown_max = 20; ///< refused rows that are printed; the report has all

struct import_options {
  std::string campaign, file, url = "http://127.0.0.1:8080", key, map, header, report;
  std::size_t batch = 10'000;
  bool json = false;
};

struct totals {
  std::size_t rows = 0, accepted = 0, duplicates = 0, rejected = 0, shown = 0;
  std::string upload;   ///< its id
  std::string report;   ///< where its refused rows are
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

/// Adds what became of one piece and prints its first refused rows.
void take(const std::string& body, bool as_json, totals& t) {
  auto answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object())
    return;
  if (auto mark = answer.find("import"); mark != answer.end() && mark->is_object()) {
    t.upload = mark->value("id", t.upload);
    t.report = mark->value("rejected_csv", t.report);
  }
  const auto& report = report_of(answer);
  t.accepted += count_of(report, "accepted");
  t.duplicates += count_of(report, "duplicates");
  t.rejected += count_of(report, "rejected_total");
  auto rows = report.find("rejected");
  if (rows == report.end() || !rows->is_array())
    return;
  for (const auto& row : *rows) {
    if (!row.is_object() || !row.contains("line") || !row["line"].is_number_integer())
      continue;
    auto line = row["line"].get<std::ptrdiff_t>();
    auto code = row.value("code", std::string{});
    auto message = row.value("message", std::string{});
    if (as_json)
      std::cout << "{\"line\":" << line << ",\"code\":" << json_text(code)
                << ",\"message\":" << json_text(message) << "}\n";
    else if (t.shown++ < shown_max)
      std::cout << "line " << line << ": " << plain_text(message.empty() ? code : message) << '\n';
  }
}

int fail_with(const std::string& why) {
  std::cerr << "ringmaster: " << plain_text(why) << '\n';
  return 1;
}

/// By the name's end, else by the first character: an object begins a line of NDJSON.
bool is_ndjson(const std::string& file, std::istream& in) {
  auto ending = std::filesystem::path(file).extension().string();
  if (ending == ".ndjson" || ending == ".jsonl")
    return true;
  if (ending == ".csv" || ending == ".tsv")
    return false;
  bool object = (in >> std::ws).peek() == '{';
  in.clear();
  in.seekg(0);
  return object;
}

std::string in_query(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '~') {
      out += static_cast<char>(c);
      continue;
    }
    out += '%';
    out += hex[c >> 4];
    out += hex[c & 15];
  }
  return out;
}

/// The pieces of the list, whatever its form.
class pieces {
 public:
  pieces(std::istream& in, const import_options& o, bool ndjson) {
    // A map names headers, unless it is said that there is none.
    std::optional<bool> header;
    if (!o.header.empty())
      header = o.header == "yes";
    else if (!o.map.empty())
      header = true;
    if (ndjson)
      lines_.emplace(in, o.batch);
    else
      csv_.emplace(in, o.batch, header);
  }
  result<std::optional<csv_batches::batch>> next() { return lines_ ? lines_->next() : csv_->next(); }
  std::string query(const import_options& o) const {
    if (lines_)
      return {};
    return std::string("&header=") + (csv_->has_header() ? "yes" : "no") +
           (o.map.empty() ? "" : "&map=" + in_query(o.map));
  }
  const char* type() const { return lines_ ? "application/x-ndjson" : "text/csv"; }

 private:
  std::optional<csv_batches> csv_;
  std::optional<line_batches> lines_;
};

/// Sends the list piece by piece: one upload, which ends with the last piece.
result<void> send_all(api_client& client, pieces& list, const import_options& o, const progress_bar& bar, totals& t) {
  auto piece = list.next();
  while (true) {
    if (!piece)
      return fail(piece.error());
    if (!*piece)
      return {};
    auto b = std::move(**piece);
    piece = list.next();
    bool more = piece && piece->has_value();
    auto target = "/api/campaigns/" + o.campaign + "/targets?lines_before=" + std::to_string(b.line_offset) +
                  "&more=" + (more ? "true" : "false") + (t.upload.empty() ? "" : "&import=" + t.upload) +
                  list.query(o);
    auto answer = client.call(http::method::post, target, std::move(b.text), list.type());
    const std::string again = "; " + std::to_string(t.rows) +
                              " rows were sent. Run the import again: what is there already counts as duplicates.";
    if (!answer)
      return fail(errc::unavailable, answer.error().detail + again);
    t.rows += b.rows;
    take(answer->body, o.json, t);
    if (!answer->ok())
      return fail(errc::invalid, answer->problem() + (t.accepted > 0 ? again : ""));
    bar.show(b.bytes_read, t);
  }
}

/// Keeps the report of refused rows beside the list, or where it was asked for.
void keep_report(api_client& client, const import_options& o, const totals& t) {
  if (t.rejected == 0 || t.report.empty())
    return;
  auto where = o.report.empty() ? o.file + ".rejected.csv" : o.report;
  auto report = client.get(t.report);
  std::ofstream out(where, std::ios::binary);
  if (report && report->ok() && out.write(report->body.data(), static_cast<std::streamsize>(report->body.size())) && out.flush())
    std::cerr << "the refused rows stand in " << plain_text(where) << '\n';
  else
    std::cerr << "ringmaster: the report of refused rows could not be kept in " << plain_text(where) << "; it is at "
              << t.report << '\n';
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
  pieces list(in, o, is_ndjson(o.file, in));
  result<void> sent;
  {
    progress_bar bar(unknown ? 0 : size);
    sent = send_all(**client, list, o, bar, t);
  }
  keep_report(**client, o, t);
  if (!sent)
    return fail_with(sent.error().detail);
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
  auto* command = app.add_subcommand("import", "Add the targets of a CSV or NDJSON file to a campaign");
  auto o = std::make_shared<import_options>();
  command->add_option("campaign", o->campaign, "id of the campaign")->required();
  command->add_option("file", o->file, "the list: CSV, or NDJSON by its ending or its first character")->required();
  command->add_option("--url", o->url, "base URL of the engine")->capture_default_str();
  command->add_option("--key", o->key, "API key with the scope write")->required();
  command->add_option("--batch", o->batch, "rows a request")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  command->add_option("--map", o->map, "columns of a CSV: phone_number:Telefon,contact_name:Name");
  command->add_option("--header", o->header, "whether a CSV's first line names the columns; default: found out")
    ->check(CLI::IsMember({"yes", "no"}));
  command->add_option("--report", o->report, "where refused rows are kept; default: FILE.rejected.csv");
  command->add_flag("--json", o->json, "one JSON line per rejected row that the answers name, and one at the end");
  command->footer(
    "The first line may name the columns: phone_number, contact_name, client_id, timezone,\n"
    "max_attempts. Without it they stand in that order. The first rejected rows are printed with their\n"
    "line, all of them stand in the report;\n"
    "numbers that are in the campaign already count as duplicates, so an import that broke off is\n"
    "simply run again. Exit code 0 when every row was accepted or a duplicate, 1 otherwise.\n\n"
    "Examples:\n"
    "  ringmaster import 0192f0c4-… patients.csv --key rm_…\n"
    "  ringmaster import 0192f0c4-… patients.csv --url https://calls.example.com --key rm_… --json");
  command->callback([o, &exit_code] { exit_code = run_import(*o); });
}

} // namespace ringmaster
