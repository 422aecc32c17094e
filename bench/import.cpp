// A million rows in one upload: how long against PostgreSQL's own COPY of the same rows into the same
// table, what memory the engine takes for it, and how the campaign answers meanwhile.

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/arena.hpp"
#include "bench/load/histogram.hpp"
#include "tests/support/waiting.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;
namespace fs = std::filesystem;

/// The n-th number: spread over the 7,000 exchanges of ten areas, as rows of a customer list are, for
/// what is known of an exchange is remembered.
std::string number_of(std::size_t n) {
  static constexpr const char* areas[] = {"212", "312", "415", "512", "617", "702", "303", "206", "404", "713"};
  char text[16];
  std::snprintf(text, sizeof text, "+1%s%03zu%04zu", areas[n % 10], 200 + n / 10 % 700, n / 7'000 % 10'000);
  return text;
}

/// The list in one of the forms that the API takes.
std::string write_list(const std::string& form, std::size_t rows) {
  std::string text = form == "csv" ? "phone_number,contact_name,client_id\n" : form == "json" ? "[" : "";
  text.reserve(rows * (form == "csv" ? 48 : 100));
  for (std::size_t i = 0; i < rows; ++i) {
    const auto number = number_of(i), name = "Person " + std::to_string(i) + ", Esq", id = "c-" + std::to_string(i);
    if (form == "csv")
      text += number + ",\"" + name + "\"," + id + "\n";
    else
      text += (form == "json" && i > 0 ? "," : "") + std::string(R"({"phone_number":")") + number +
              R"(","contact_name":")" + name + R"(","client_id":")" + id + "\"}\n";
  }
  return form == "json" ? text + "]" : text;
}

std::string campaign_of(const support::api& user) {
  auto made = user.post("/api/campaigns", support::open_campaign("Import"));
  if (made.status != 201)
    throw std::runtime_error("create: " + made.summary());
  return support::text(made.json["campaign"], "id");
}

/// The greatest resident memory of a process since it was last asked to forget it, in kB.
long peak_kb(pid_t of) {
  std::ifstream in("/proc/" + std::to_string(of) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmHWM:"))
      return std::stol(line.substr(6));
  return 0;
}
void forget_peak(pid_t of) { std::ofstream("/proc/" + std::to_string(of) + "/clear_refs") << "5"; }

/// Asks for the campaign and its list in turn while an import runs.
class visitor {
 public:
  visitor(const support::api& user, const std::string& campaign)
    : thread_([this, user, path = "/api/campaigns/" + campaign] {
        for (std::size_t i = 0; !over_; ++i) {
          const auto target = i % 2 == 0 ? path : path + "/targets?limit=50";
          const auto said = user.get(target);
          if (said.status == 200)
            (i % 2 == 0 ? campaign_ : list_).add(said.came_us - said.sent_us);
          else
            ++refused_;
          support::let_pass(std::chrono::milliseconds(20));
        }
      }) {}
  ~visitor() { end(); }
  void end() {
    over_ = true;
    if (thread_.joinable())
      thread_.join();
  }
  void print() const {
    std::printf("  GET campaign: %s\n  GET targets:  %s\n  refused: %zu\n", latencies(campaign_).c_str(),
                latencies(list_).c_str(), refused_);
  }

 private:
  std::atomic<bool> over_{false};
  histogram campaign_, list_;
  std::size_t refused_ = 0;
  std::thread thread_;
};

double seconds_since(std::int64_t begin_us) {
  return static_cast<double>(support::steady_us() - begin_us) / 1e6;
}

/// COPY by the superuser, whom no policy holds: for any other COPY FROM is refused under row-level
/// security. Indexes, constraints and triggers are as they are.
double copy(arena& a, const std::string& campaign, const std::string& file, std::size_t rows) {
  auto db = a.stage().database();
  const auto user = db->text("select user_id::text from ringmaster.campaigns where id = $1", {campaign});
  {
    std::ofstream out(file, std::ios::binary);
    char id[64];
    for (std::size_t i = 0; i < rows; ++i) {
      std::snprintf(id, sizeof id, "01a2%04zx-%04zx-7000-8000-%012zx", i >> 16 & 0xffff, i & 0xffff, i * 2'654'435'761 & 0xffffffffffff);
      out << user << '\t' << campaign << '\t' << id << '\t' << number_of(i) << "\tgeographic\tUS\tPerson " << i
          << ", Esq\tc-" << i << "\t\t1\n";
    }
  }
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  const auto begin = support::steady_us();
  db->rows("copy ringmaster.targets (user_id, campaign_id, id, phone_number, number_class, country, contact_name, "
           "client_id, timezone, max_attempts) from '" + file + "'");
  const auto took = seconds_since(begin);
  if (db->count("select count(*) from ringmaster.targets where campaign_id = $1", {campaign}) != static_cast<long>(rows))
    throw std::runtime_error("COPY did not store all rows");
  db->rows("truncate ringmaster.targets cascade");
  db->rows("checkpoint");
  fs::remove(file);
  return took;
}

struct imported {
  double seconds = 0;
  long peak_kb = 0;
  bool exact = false;
};

imported import(arena& a, const std::string& campaign, const std::string& form, const std::string& list, std::size_t rows) {
  const auto engine = a.stage().engine().pid();
  forget_peak(engine);
  const auto idle = peak_kb(engine);
  const auto before = a.cpu();
  visitor v(a.user(), campaign);
  const auto begin = support::steady_us();
  const auto type = form == "csv" ? "text/csv" : form == "json" ? "application/json" : "application/x-ndjson";
  const auto said = a.user().call(
    "POST", "/api/campaigns/" + campaign + "/targets", list, {{"Content-Type", type}}, std::chrono::minutes(20));
  imported out;
  out.seconds = seconds_since(begin);
  out.peak_kb = peak_kb(engine) - idle;
  v.end();
  const auto spent = a.cpu() - before;
  if (said.status != 201)
    throw std::runtime_error("import: " + said.summary());
  std::printf("  import %s: %.1f s, %.0f rows/s, peak of the engine +%.1f MB (%.1f idle)\n%s\n", form.c_str(), out.seconds,
              static_cast<double>(rows) / out.seconds, static_cast<double>(out.peak_kb) / 1024,
              static_cast<double>(idle) / 1024, per_event(spent, rows).c_str());
  v.print();
  auto db = a.stage().database();
  out.exact = said.json["targets"]["accepted"] == rows &&
              db->count("select count(distinct phone_number) from ringmaster.targets where campaign_id = $1", {campaign}) == static_cast<long>(rows) &&
              db->count("select total from ringmaster.campaign_progress where campaign_id = $1", {campaign}) == static_cast<long>(rows);
  db->rows("truncate ringmaster.targets cascade");
  db->rows("checkpoint");
  return out;
}

} // namespace

int main() {
  try {
    const auto rows = static_cast<std::size_t>(option("ROWS", 1'000'000));
    const auto rounds = static_cast<std::size_t>(option("ROUNDS", 2));
    std::printf("%s\n", machine_line().c_str());
    arena a;
    bool exact = true;
    std::vector<double> ratios;
    const std::vector<std::string> forms{"csv", "ndjson", "json"};
    for (std::size_t i = 0; i < rounds; ++i) {
      std::printf("round %zu\n", i + 1);
      const auto copied = copy(a, campaign_of(a.user()), a.stage().folder() / "rows.copy", rows);
      std::printf("  COPY: %.1f s, %.0f rows/s\n", copied, static_cast<double>(rows) / copied);
      const auto& form = forms[i % forms.size()];
      const auto list = write_list(form, rows);
      const auto made = import(a, campaign_of(a.user()), form, list, rows);
      ratios.push_back(made.seconds / copied);
      std::printf("  import / COPY: %.2f\n", ratios.back());
      exact = exact && made.exact;
    }
    std::printf("import / COPY, median of %zu rounds: %.2f\n", rounds, median(ratios));
    if (!exact)
      std::printf("VIOLATION: what was stored is not what was sent\n");
    return exact ? 0 : 1;
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
}
