#include <algorithm>
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

} // namespace ringmaster::net::handlers
