#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/ask.hpp"
#include "net/campaign_body.hpp"
#include "net/csv.hpp"
#include "net/handlers/handlers.hpp"
#include "net/import.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

json show_all(const page<target::view>& found) {
  auto items = json::array();
  for (const auto& t : found.items)
    items.push_back(show(t));
  return items;
}

std::string media_type(const http::request& req) {
  auto value = req.header_or("Content-Type");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && value.back() == ' ')
    value.remove_suffix(1);
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

asio::awaitable<http::response> add_json(
  exchange& x, const campaign_id& id, std::int32_t default_max_attempts) {
  auto text = co_await read_all(*x.body);
  if (!text)
    co_return refuse(x, text.error());
  x.text = std::move(*text);
  auto read = read_targets(x.text);
  if (!read)
    co_return refuse(x, read.error());
  target::report checked;
  auto rows =
    co_await check_rows(std::move(*read), default_max_attempts, x.svc.region(), checked);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto report = checked;
    if (auto added = w.add_targets(id, rows, report); !added)
      return fail(added.error());
    json doc;
    doc["targets"] = show(report);
    return outcome{answer(report.accepted > 0 ? 201 : 200, doc)};
  };
  auto out = co_await transact_once(x, std::move(work));
  if (out.status == 201)
    x.svc.engine.tell(targets_added{id});
  co_return out;
}

// -- the export -------------------------------------------------------------------------------------

constexpr std::string_view results_head =
  "phone_number,contact_name,client_id,status,attempt_count,last_attempt_at,call_outcome,"
  "call_summary,reason,last_call_id\r\n";

std::string results_rows(const page<target::view>& found) {
  std::string out;
  for (const auto& t : found.items) {
    for (const auto& cell :
         {t.number.reveal(), t.contact_name, t.client_id, std::string(target::to_string(t.state)),
          std::to_string(t.attempt_count),
          t.last_attempt_at ? to_rfc3339(*t.last_attempt_at) : std::string(), t.call_outcome,
          t.call_summary, t.reason})
      out += csv_safe_cell(cell) + ",";
    out += (t.last_call ? to_string(*t.last_call) : std::string()) + "\r\n";
  }
  return out;
}

/// What the export needs when the request itself is gone.
struct export_job {
  services& svc;
  identity who;
  campaign_id id;
  page<target::view> next;
};

result<page<target::view>> read_page(
  desk& d, const identity& who, const campaign_id& id, const std::string& cursor) {
  page<target::view> found;
  auto done = d.transact(who, [&](desk_work& w) -> result<void> {
    auto read = w.list_targets(id, {.limit = 500, .offset = 0, .cursor = cursor}, std::nullopt);
    if (!read)
      return fail(read.error());
    found = std::move(*read);
    return {};
  });
  if (!done)
    return fail(done.error());
  return found;
}

asio::awaitable<void> write_results(
  std::shared_ptr<export_job> job, http::body_writer& to) {
  auto piece = std::string(results_head) + results_rows(job->next);
  while (co_await to.write(std::move(piece)) && !job->next.next_cursor.empty()) {
    auto cursor = job->next.next_cursor;
    auto work = [job, cursor](desk& d) { return read_page(d, job->who, job->id, cursor); };
    auto found = co_await on_desk<page<target::view>>(job->svc.engine, std::move(work));
    if (!found) {
      // The connection is cut without the end of the body: half a file must not pass for a whole.
      throw std::runtime_error(
        "the export of campaign " + to_string(job->id) + " broke off: " + found.error().detail);
    }
    job->next = std::move(*found);
    piece = results_rows(job->next);
  }
}

} // namespace

// GET /api/campaigns/{id}/targets?status=pending
answer_of_handler list_targets(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  query_reader query(x.req);
  auto asked = query.page();
  std::optional<target::status> status;
  if (auto name = query.text("status"); name && !(status = target::parse_status(*name)))
    query.mistake("status", "unknown_status", "is not a status of targets");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.list_targets(*id, asked, status); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(
    x.req, "targets", show_all(*found), asked, found->total, found->next_cursor);
}

// POST /api/campaigns/{id}/targets   JSON, application/x-ndjson or text/csv
answer_of_handler add_targets(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto type = media_type(x.req);
  auto work = [&](desk_work& w) { return w.find_campaign(*id); };
  auto known = co_await from_desk(x, work);
  if (!known)
    co_return refuse(x, known.error());
  auto attempts = known->settings.max_attempts;
  if (type == "application/json")
    co_return co_await add_json(x, *id, attempts);
  auto rows = type == "text/csv" ? csv_rows() : ndjson_rows();
  co_return co_await import_rows(x, *id, attempts, *rows);
}

// GET /api/campaigns/{id}/results.csv
answer_of_handler export_results(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto first = [who = x.who, id = *id](desk& d) { return read_page(d, who, id, ""); };
  auto found = co_await on_desk<page<target::view>>(x.svc.engine, std::move(first));
  if (!found)
    co_return refuse(x, found.error());
  auto job = std::make_shared<export_job>(export_job{x.svc, x.who, *id, std::move(*found)});
  http::response head;
  head.content_type = "text/csv; charset=utf-8";
  head.headers.push_back(
    {"Content-Disposition", "attachment; filename=\"results-" + to_string(*id) + ".csv\""});
  co_return http::streamed(std::move(head), [job](http::body_writer& to) {
    return write_results(job, to);
  });
}

} // namespace ringmaster::net::handlers
