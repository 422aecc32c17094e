#include <optional>

#include <nlohmann/json.hpp>

#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

json show_all(const page<call::view>& found) {
  auto items = json::array();
  for (const auto& c : found.items)
    items.push_back(show(c));
  return items;
}

asio::awaitable<http::response> list(
  exchange& x, std::optional<campaign_id> of, std::string_view name) {
  query_reader query(x.req);
  auto asked = query.page();
  if (!of)
    if (auto given = query.text("campaign_id"); given && !(of = campaign_id::parse(*given)))
      query.mistake("campaign_id", "not_an_id", "is not an id");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.list_calls(of, asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(x.req, name, show_all(*found), asked, found->total, found->next_cursor);
}

http::response show_call(const call::view& c) {
  json doc;
  doc["call_session"] = show(c);
  return answer(200, doc);
}

} // namespace

// GET /api/campaigns/{id}/calls
answer_of_handler list_campaign_calls(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  co_return co_await list(x, *id, "calls");
}

// GET /api/call-sessions?campaign_id=...
answer_of_handler list_calls(exchange& x) { return list(x, std::nullopt, "call_sessions"); }

// GET /api/call-sessions/{id}
answer_of_handler get_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.find_call(*id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_call(*found);
}

} // namespace ringmaster::net::handlers
