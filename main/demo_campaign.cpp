#include "main/demo_campaign.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <sstream>
#include <utility>

#include "domain/embedded.hpp"
#include "domain/time.hpp"
#include "main/api_document.hpp"
#include "main/demo_talks.hpp"

namespace ringmaster {

namespace embedded {
/// config/demo/*.csv
std::vector<embedded_file> demo();
} // namespace embedded

namespace {

using json = nlohmann::json;

const json settings{
    {"name",                    "Spring check-up"                                          },
    {"description",             "Forty fictitious patients are reminded of their check-up."},
    {"type",                    "reminder"                                                 },
    {"script",                  "Hello, this is the practice of Doctor Winter. It is time for your spring check-up. "
               "Please call us to make an appointment. Goodbye."             },
    {"timezone",                "UTC"                                                      },
    {"allowed_call_start_time", "00:00"                                                    },
    {"allowed_call_end_time",   "24:00"                                                    },
    {"allowed_days_of_week",    {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}          },
    {"rate_limit_per_minute",   demo_campaign::per_minute                                  },
    {"max_attempts",            3                                                          }
};

std::int64_t most_within_a_minute(std::vector<instant> at) {
  std::sort(at.begin(), at.end());
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < at.size(); ++last) {
    while (at[last] - at[first] >= std::chrono::minutes(1))
      ++first;
    most = std::max(most, last - first + 1);
  }
  return static_cast<std::int64_t>(most);
}

} // namespace

result<demo_campaign> demo_campaign::load(api_client& api) {
  auto made = read_document(api.post("/api/campaigns", settings.dump()));
  if (!made)
    return fail(made.error());
  demo_campaign c(api, text_of((*made)["campaign"], "id"));
  for (const auto& file : embedded::demo()) {
    auto added = read_document(api.call(
        http::method::post, "/api/campaigns/" + c.id_ + "/targets", file.text, "text/csv"));
    if (!added)
      return fail(added.error());
    const auto& report = added->contains("targets") && (*added)["targets"].is_object()
                             ? (*added)["targets"]
                             : *added;
    c.accepted_ += number_of(report, "accepted");
  }
  if (c.accepted_ == 0)
    return fail(errc::internal, "no target of the demo was accepted");
  return c;
}

result<void> demo_campaign::start() {
  auto started = read_document(api_->patch("/api/campaigns/" + id_, R"({"action":"start"})"));
  if (!started)
    return fail(started.error());
  return {};
}

result<demo_progress> demo_campaign::look() {
  auto seen = read_document(api_->get("/api/campaigns/" + id_));
  if (!seen)
    return fail(seen.error());
  const auto& campaign = (*seen)["campaign"];
  const auto& counts = campaign.contains("progress") ? campaign["progress"] : campaign;
  demo_progress p;
  p.status = text_of(campaign, "status");
  p.wait_reason = text_of(campaign, "wait_reason");
  p.total = number_of(counts, "total");
  p.pending = number_of(counts, "pending");
  p.calling = number_of(counts, "calling");
  p.completed = number_of(counts, "completed");
  p.failed = number_of(counts, "failed");
  p.skipped = number_of(counts, "skipped");
  p.attempts = number_of(counts, "attempts");
  return p;
}

result<bool> demo_campaign::is_processed() {
  std::vector<std::string> talks;
  auto calls = each_item(*api_, "/api/campaigns/" + id_ + "/calls", "calls", [&](const json& c) {
    auto outcome = text_of(c, "outcome");
    if (outcome == "answered" || outcome == "voicemail")
      talks.push_back(text_of(c, "id"));
  });
  if (!calls)
    return fail(calls.error());
  for (const auto& id : talks) {
    auto done = ringmaster::is_processed(*api_, id);
    if (!done || !*done)
      return done;
  }
  return true;
}

result<demo_outcomes> demo_campaign::count() {
  demo_outcomes o;
  auto targets =
      each_item(*api_, "/api/campaigns/" + id_ + "/targets", "targets", [&](const json& t) {
        ++o.targets[text_of(t, "status")];
      });
  if (!targets)
    return fail(targets.error());
  std::vector<instant> dials;
  std::vector<std::string> talks;
  auto calls = each_item(*api_, "/api/campaigns/" + id_ + "/calls", "calls", [&](const json& c) {
    auto outcome = text_of(c, "outcome");
    ++o.calls[outcome.empty() ? "no call" : outcome];
    o.retried += number_of(c, "attempt_number") > 1;
    if (auto at = parse_rfc3339(text_of(c, "created_at")))
      dials.push_back(*at);
    if (outcome == "answered" || outcome == "voicemail")
      talks.push_back(text_of(c, "id"));
  });
  if (!calls)
    return fail(calls.error());
  for (const auto& id : talks) {
    auto what = talk_in_a_word(*api_, id);
    if (!what)
      return fail(what.error());
    ++o.talks[*what];
  }
  o.most_per_minute = most_within_a_minute(std::move(dials));
  return o;
}

std::string write_table(const demo_outcomes& o) {
  std::ostringstream out;
  auto block = [&](const char* title, const std::map<std::string, std::int64_t>& counts) {
    std::int64_t sum = 0;
    for (const auto& [name, count] : counts)
      sum += count;
    out << std::left << std::setw(16) << title << std::right << std::setw(6) << sum << '\n';
    std::vector<std::pair<std::string, std::int64_t>> rows(counts.begin(), counts.end());
    std::stable_sort(
        rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [name, count] : rows)
      out << "  " << std::left << std::setw(14) << name << std::right << std::setw(6) << count
          << std::setw(6) << (sum > 0 ? (count * 100 + sum / 2) / sum : 0) << " %\n";
  };
  block("targets", o.targets);
  block("calls", o.calls);
  block("conversations", o.talks);
  out << "  " << std::left << std::setw(14) << "of them again" << std::right << std::setw(6)
      << o.retried << '\n';
  out << "most dials within 60 s: " << o.most_per_minute << " (limit " << demo_campaign::per_minute
      << ")\n";
  return out.str();
}

} // namespace ringmaster
