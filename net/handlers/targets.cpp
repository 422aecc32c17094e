#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "net/campaign_body.hpp"
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

// Shorter lists are one transaction and leave nothing to look up later: the answer says it all.
constexpr std::size_t noted_from = 100;

/// A body that is at hand as a whole: taken as a whole, or not at all.
asio::awaitable<http::response> add_whole(exchange& x, upload_order order) {
  auto read = read_targets(x.text);
  if (!read)
    co_return refuse(x, read.error());
  const bool noted = read->size() >= noted_from;
  target::report checked;
  upload::refused refused;
  auto rows = co_await check_rows(
    std::move(*read), order.default_max_attempts, x.svc.region(), checked, &refused);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto report = checked;
    json doc;
    if (!noted) {
      if (auto added = w.add_targets(order.into, rows, report); !added)
        return fail(added.error());
      doc["targets"] = show(report);
      return outcome{answer(report.accepted > 0 ? 201 : 200, doc)};
    }
    auto id = w.lists().begin_import(order.into, order.what);
    if (!id)
      return fail(id.error());
    if (auto added = w.lists().add_part(*id, order.into, rows, refused, report); !added)
      return fail(added.error());
    if (auto ended = w.lists().end_import(*id, upload::status::done, ""); !ended)
      return fail(ended.error());
    doc["targets"] = show(report);
    doc["import"] = show_upload(order.into, *id, upload::status::done);
    return outcome{answer(report.accepted > 0 ? 201 : 200, doc)};
  };
  auto out = co_await transact_once(x, std::move(work));
  if (out.status == 201)
    x.svc.engine.tell(targets_added{order.into});
  co_return out;
}

asio::awaitable<http::response> add_json(exchange& x, upload_order order) {
  auto start = co_await read_start(*x.body, x.svc.settings.limits.body_bytes);
  if (!start)
    co_return refuse(x, start.error());
  if (start->whole) {
    x.text = std::move(start->text);
    co_return co_await add_whole(x, order);
  }
  auto rows = json_rows();
  co_return co_await import_rows(x, order, *rows, std::move(start->text));
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

// POST /api/campaigns/{id}/targets?map=phone_number:Telefon   JSON, application/x-ndjson or text/csv
answer_of_handler add_targets(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  auto type = list_type(x.req);
  query_reader query(x.req);
  auto how = read_row_options(query);
  if (type != "text/csv" && (how.header || !how.map.empty()))
    query.mistake(how.header ? "header" : "map", "no_columns", "only CSV has columns");
  upload_order order{*id};
  order.more = query.flag("more", false);
  order.lines_before = static_cast<std::size_t>(query.integer("lines_before", 0, 1'000'000'000).value_or(0));
  if (auto named = query.text("import"); named && !(order.on = import_id::parse(*named)))
    query.mistake("import", "invalid", "is not the id of an upload");
  if (type == "application/json" && (order.more || order.on))
    query.mistake(order.on ? "import" : "more", "not_in_parts", "a JSON list is one request");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.find_campaign(*id); };
  auto known = co_await from_desk(x, work);
  if (!known)
    co_return refuse(x, known.error());
  order.default_max_attempts = known->settings.max_attempts;
  order.what = upload::form::json;
  if (type == "application/json")
    co_return co_await add_json(x, order);
  order.what = type == "text/csv" ? upload::form::csv : upload::form::ndjson;
  auto rows = type == "text/csv" ? csv_rows(std::move(how)) : ndjson_rows();
  co_return co_await import_rows(x, order, *rows);
}

} // namespace ringmaster::net::handlers
