#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/ask.hpp"
#include "net/csv.hpp"
#include "net/handlers/handlers.hpp"
#include "wire/result_schema.hpp"

// What came of every target of a campaign, as a table: one statement for each piece.

namespace ringmaster::net::handlers {

namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view result_prefix = "result.";

constexpr std::string_view results_head =
    "phone_number,contact_name,client_id,status,attempt_count,last_attempt_at,call_outcome,"
    "call_summary,reason,last_call_id,goal_achieved,opt_out";

constexpr std::int64_t rows_at_once = 1'000; ///< read in one statement, sent as one piece

enum class form : std::uint8_t { csv, ndjson };

/// What the export needs when the request itself is gone.
struct export_job {
  services& svc;
  identity who;
  campaign_id id;
  form as;
  std::vector<std::string> wanted; ///< keys of the campaign's result schema
  std::vector<result_row> next;
};

/// The columns that the campaign's own schema adds. One that cannot be read any more adds none.
std::vector<std::string> read_wanted(const campaign::view& c) {
  std::vector<std::string> names;
  if (auto fields = wire::read_result_schema(c.settings.talk.result_schema))
    for (const auto& f : *fields)
      names.push_back(std::string(result_prefix) + f.name);
  return names;
}

std::string write_head(const std::vector<std::string>& wanted) {
  std::string out(results_head);
  for (const auto& name : wanted)
    out += "," + csv_safe_cell(name);
  return out + "\r\n";
}

/// The value under a key as one cell; the parts of a list with semicolons between them.
std::string cell_of(const talk::findings& found, const std::string& key) {
  for (const auto& v : found.values) {
    if (v.key != key || !v.known())
      continue;
    if (!v.text.empty())
      return v.text;
    std::string out;
    for (const auto& [name, text] : v.parts)
      out += (out.empty() ? "" : "; ") + text;
    return out;
  }
  return {};
}

void write_csv(std::string& out, const result_row& r, const std::vector<std::string>& wanted) {
  const auto& t = r.target;
  for (const auto& cell :
       {t.number.reveal(), t.contact_name, t.client_id, std::string(target::to_string(t.state)),
        std::to_string(t.attempt_count),
        t.last_attempt_at ? to_rfc3339(*t.last_attempt_at) : std::string(), t.call_outcome,
        t.call_summary, t.reason})
    out += csv_safe_cell(cell) + ",";
  out += t.last_call ? to_string(*t.last_call) : std::string();
  out += "," + (r.found ? std::string(talk::to_string(r.found->goal_achieved)) : std::string());
  out += r.found ? r.found->opt_out ? ",yes" : ",no" : ",";
  for (const auto& key : wanted)
    out += "," + (r.found ? csv_safe_cell(cell_of(*r.found, key)) : std::string());
  out += "\r\n";
}

void write_json(std::string& out, const result_row& r, const std::vector<std::string>& wanted) {
  auto text = [](const std::string& s) { return s.empty() ? json() : json(s); };
  const auto& t = r.target;
  json j;
  j["target_id"] = to_string(t.id);
  j["phone_number"] = t.number.reveal();
  j["contact_name"] = text(t.contact_name);
  j["client_id"] = text(t.client_id);
  j["status"] = target::to_string(t.state);
  j["attempt_count"] = t.attempt_count;
  j["last_attempt_at"] = t.last_attempt_at ? json(to_rfc3339(*t.last_attempt_at)) : json();
  j["call_outcome"] = text(t.call_outcome);
  j["call_summary"] = text(t.call_summary);
  j["reason"] = text(t.reason);
  j["last_call_id"] = t.last_call ? json(to_string(*t.last_call)) : json();
  j["goal_achieved"] = r.found ? json(talk::to_string(r.found->goal_achieved)) : json();
  j["opt_out"] = r.found ? json(r.found->opt_out) : json();
  auto& values = j["result"] = json::object();
  for (const auto& key : wanted) {
    auto& slot = values[key.substr(result_prefix.size())] = json();
    if (!r.found)
      continue;
    for (const auto& v : r.found->values)
      if (v.key == key && v.known())
        slot = json::parse(wire::write_value(v), nullptr, false);
    if (slot.is_discarded())
      slot = json();
  }
  out += j.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string write_rows(const export_job& job) {
  std::string out;
  for (const auto& r : job.next)
    job.as == form::csv ? write_csv(out, r, job.wanted) : write_json(out, r, job.wanted);
  return out;
}

template <class Read>
auto in_transaction(desk& d, const identity& who, Read read)
    -> std::invoke_result_t<Read, desk_work&> {
  typename std::invoke_result_t<Read, desk_work&>::value_type found;
  auto done = d.transact(who, [&](desk_work& w) -> result<void> {
    auto got = read(w);
    if (!got)
      return fail(got.error());
    found = std::move(*got);
    return {};
  });
  if (!done)
    return fail(done.error());
  return found;
}

result<std::vector<result_row>> read_next(desk& d, const export_job& job) {
  return in_transaction(d, job.who, [&](desk_work& w) {
    return w.lists().results(job.id, job.next.back().target.id, rows_at_once);
  });
}

struct beginning {
  std::vector<std::string> wanted;
  std::vector<result_row> first;
};

result<beginning> read_beginning(desk& d, const identity& who, const campaign_id& id) {
  return in_transaction(d, who, [&](desk_work& w) -> result<beginning> {
    auto campaign = w.find_campaign(id);
    if (!campaign)
      return fail(campaign.error());
    auto first = w.lists().results(id, std::nullopt, rows_at_once);
    if (!first)
      return fail(first.error());
    return beginning{read_wanted(*campaign), std::move(*first)};
  });
}

asio::awaitable<void> write_results(std::shared_ptr<export_job> job, http::body_writer& to) {
  auto text = (job->as == form::csv ? write_head(job->wanted) : std::string()) + write_rows(*job);
  while ((text.empty() || co_await to.write(std::move(text))) && job->next.size() == rows_at_once) {
    auto work = [job](desk& d) { return read_next(d, *job); };
    auto found = co_await on_desk<std::vector<result_row>>(job->svc.engine, std::move(work));
    if (!found) {
      // The connection is cut without the end of the body: half a file must not pass for a whole.
      throw std::runtime_error(
          "the export of campaign " + to_string(job->id) + " broke off: " + found.error().detail);
    }
    job->next = std::move(*found);
    text = write_rows(*job);
  }
}

answer_of_handler export_as(exchange& x, form as) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [who = x.who, id = *id](desk& d) { return read_beginning(d, who, id); };
  auto found = co_await on_desk<beginning>(x.svc.engine, std::move(work));
  if (!found)
    co_return refuse(x, found.error());
  auto job = std::make_shared<export_job>(
      export_job{x.svc, x.who, *id, as, std::move(found->wanted), std::move(found->first)});
  const std::string suffix = as == form::csv ? ".csv" : ".ndjson";
  http::response head;
  head.content_type = as == form::csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  head.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"results-" + to_string(*id) + suffix + "\""});
  co_return http::streamed(
      std::move(head), [job](http::body_writer& to) { return write_results(job, to); });
}

} // namespace

// GET /api/campaigns/{id}/results.csv
answer_of_handler export_results(exchange& x) { return export_as(x, form::csv); }

// GET /api/campaigns/{id}/results.ndjson
answer_of_handler export_result_lines(exchange& x) { return export_as(x, form::ndjson); }

} // namespace ringmaster::net::handlers
