#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/handlers/handlers.hpp"
#include "net/import.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

// Uploads of targets that came to an end, or did not.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

json show(const upload::view& v) {
  auto j = show_upload(v.campaign, v.id, v.state);
  j["form"] = upload::to_string(v.what);
  j["actor"] = v.actor;
  j["accepted"] = v.accepted;
  j["duplicates"] = v.duplicates;
  j["rejected"] = v.rejected;
  j["rejected_kept"] = v.rejected_kept;
  j["reason"] = v.reason.empty() ? json() : json(v.reason);
  j["created_at"] = to_rfc3339(v.created_at);
  j["updated_at"] = to_rfc3339(v.updated_at);
  j["ended_at"] = net::show(v.ended_at);
  return j;
}

/// What the report needs when the request itself is gone.
struct report_job {
  services& svc;
  identity who;
  import_id id;
  std::int64_t left_out = 0; ///< refused rows that were only counted
};

result<upload::report_piece> read_piece(desk& d, const report_job& job, std::int64_t from) {
  upload::report_piece piece;
  auto done = d.transact(job.who, [&](desk_work& w) -> result<void> {
    auto read = w.lists().read_refused(job.id, from);
    if (!read)
      return fail(read.error());
    piece = std::move(*read);
    return {};
  });
  if (!done)
    return fail(done.error());
  return piece;
}

asio::awaitable<void> write_report(std::shared_ptr<report_job> job, http::body_writer& to) {
  std::string text(refused_head());
  for (std::int64_t from = 0; co_await to.write(std::move(text));) {
    auto work = [job, from](desk& d) { return read_piece(d, *job, from); };
    auto piece = co_await on_desk<upload::report_piece>(job->svc.engine, std::move(work));
    // The connection is cut without the end of the body: half a report must not pass for a whole.
    if (!piece)
      throw std::runtime_error("the report of upload " + to_string(job->id) + " broke off: " + piece.error().detail);
    if (!piece->next)
      break;
    from = *piece->next;
    text = std::move(piece->lines);
  }
  if (job->left_out > 0) {
    auto rest = ",,not_kept," + std::to_string(job->left_out) + " more rows were refused\r\n";
    co_await to.write(std::move(rest));
  }
}

} // namespace

// GET /api/campaigns/{id}/imports
answer_of_handler list_imports(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  query_reader query(x.req);
  auto asked = query.page();
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.lists().list_imports(*id, asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& v : found->items)
    items.push_back(show(v));
  co_return show_page(
    x.req, "imports", std::move(items), asked, found->total, found->next_cursor);
}

// GET /api/campaigns/{id}/imports/{import_id}/rejected.csv
answer_of_handler download_rejected(exchange& x) {
  auto of = path_id<campaign_id>(x, "campaign");
  auto id = import_id::parse(x.values[1]);
  if (!of || !id)
    co_return refuse(x, error{.code = errc::not_found, .detail = "there is no such upload"});
  auto work = [&](desk_work& w) { return w.lists().find_import(*of, *id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto job = std::make_shared<report_job>(
    report_job{x.svc, x.who, *id, found->rejected - found->rejected_kept});
  http::response head;
  head.content_type = "text/csv; charset=utf-8";
  head.headers.push_back(
    {"Content-Disposition", "attachment; filename=\"rejected-" + to_string(*id) + ".csv\""});
  co_return http::streamed(
    std::move(head), [job](http::body_writer& to) { return write_report(job, to); });
}

} // namespace ringmaster::net::handlers
