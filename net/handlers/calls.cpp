#include <algorithm>
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

/// The few calls of one task, as a page.
result<page<call::view>> calls_of(desk_work& w, const task_id& id, const page_request& asked) {
  auto all = w.tasks().calls(id);
  if (!all)
    return fail(all.error());
  page<call::view> out;
  out.total = static_cast<std::int64_t>(all->size());
  auto first = std::min(asked.offset, *out.total);
  auto last = std::min(first + asked.limit, *out.total);
  out.items.assign(all->begin() + first, all->begin() + last);
  return out;
}

asio::awaitable<http::response> list(
  exchange& x, std::optional<campaign_id> of, std::string_view name) {
  query_reader query(x.req);
  auto asked = query.page();
  std::optional<task_id> of_task;
  std::string words;
  if (!of) {
    words = query.text("q").value_or("");
    if (auto given = query.text("campaign_id"); given && !(of = campaign_id::parse(*given)))
      query.mistake("campaign_id", "not_an_id", "is not an id");
    if (auto given = query.text("call_task_id"); given && !(of_task = task_id::parse(*given)))
      query.mistake("call_task_id", "not_an_id", "is not an id");
    if (of && of_task)
      query.mistake("call_task_id", "one_of_two", "goes without campaign_id");
    if (!words.empty() && (of || of_task))
      query.mistake("q", "one_of_two", "goes without campaign_id and call_task_id");
  }
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) {
    if (!words.empty())
      return w.conversations().search(words, asked);
    return of_task ? calls_of(w, *of_task, asked) : w.list_calls(of, asked);
  };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(x.req, name, show_all(*found), asked, found->total, found->next_cursor);
}

} // namespace

// GET /api/campaigns/{id}/calls
answer_of_handler list_campaign_calls(exchange& x) {
  auto id = path_id<campaign_id>(x, "campaign");
  if (!id)
    co_return refuse(x, id.error());
  co_return co_await list(x, *id, "calls");
}

// GET /api/call-sessions?campaign_id=..., ?call_task_id=... or ?q=words that were said
answer_of_handler list_calls(exchange& x) { return list(x, std::nullopt, "call_sessions"); }

} // namespace ringmaster::net::handlers
