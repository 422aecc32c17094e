#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

std::optional<instant> read_time(query_reader& query, std::string_view name) {
  auto text = query.text(name);
  if (!text)
    return std::nullopt;
  auto t = parse_rfc3339(*text);
  if (!t)
    query.mistake(name, "not_a_time", "is not a time like 2026-12-01T14:00:00Z");
  return t ? std::optional(*t) : std::nullopt;
}

} // namespace

// GET /api/campaigns/{id}/activity
answer_of_handler list_activity(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  query_reader query(x.req);
  auto asked = query.page();
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.campaigns().activity(*id, asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& a : found->items)
    items.push_back(show(a));
  co_return show_page(x.req, "activity", std::move(items), asked, found->total, found->next_cursor);
}

// GET /api/campaigns/{id}/chart?bucket=minute
answer_of_handler draw_campaign(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  query_reader query(x.req);
  auto bucket = query.text("bucket").value_or("minute");
  if (bucket != "minute" && bucket != "hour")
    query.mistake("bucket", "unknown_bucket", "is minute or hour");
  chart_request asked;
  asked.step = bucket == "hour" ? std::chrono::seconds(3600) : std::chrono::seconds(60);
  asked.from = read_time(query, "from");
  asked.to = read_time(query, "to");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.campaigns().draw(*id, asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  json doc;
  doc["bucket"] = bucket;
  doc["cut"] = found->cut;
  auto& list = doc["buckets"] = json::array();
  for (const auto& b : found->buckets)
    list.push_back({
        {"at",       to_rfc3339(b.at)},
        {"started",  b.started       },
        {"answered", b.answered      }
    });
  co_return answer(200, doc);
}

} // namespace ringmaster::net::handlers
