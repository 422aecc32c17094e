#include <functional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/notification.hpp"
#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/task_views.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_list(
    const http::request& req, const page_request& asked,
    const notification_book::unread_page& found) {
  json doc;
  auto& items = doc["notifications"] = json::array();
  for (const auto& n : found.list.items)
    items.push_back(show(n));
  doc["unread"] = found.unread;
  doc["total"] = found.list.total ? json(*found.list.total) : json();
  doc["limit"] = asked.limit;
  doc["offset"] = asked.offset;
  doc["next_cursor"] = found.list.next_cursor.empty() ? json() : json(found.list.next_cursor);
  auto out = answer(200, doc);
  if (!found.list.next_cursor.empty())
    out.headers.push_back(next_link(req, found.list.next_cursor));
  return out;
}

/// Other windows of the same user take the mark away, too.
void tell_read(const exchange& x, const std::string& subject) {
  json data;
  data["id"] = subject.empty() ? json() : json(subject);
  data["read"] = true;
  x.svc.engine.tell(notice{x.who.user, "notification_read", subject, data.dump()});
}

http::response show_one(const notification::view& n) {
  json doc;
  doc["notification"] = show(n);
  return answer(200, doc);
}

http::response show_marked(std::int64_t count) {
  json doc;
  doc["marked"] = count;
  return answer(200, doc);
}

} // namespace

// GET /api/notifications?unread=true
answer_of_handler list_notifications(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  bool unread_only = query.flag("unread", false);
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.notifications().list(asked, unread_only); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_list(x.req, asked, *found) : refuse(x, found.error());
}

// POST /api/notifications/{id}/read
answer_of_handler read_notification(exchange& x) {
  auto id = path_id<notification_id>(x, "notification");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.notifications().mark_read(*id); };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  tell_read(x, to_string(*id));
  co_return show_one(*done);
}

// POST /api/notifications/read-all
answer_of_handler read_all_notifications(exchange& x) {
  auto work = [&](desk_work& w) { return w.notifications().mark_all_read(); };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  if (*done > 0)
    tell_read(x, "");
  co_return show_marked(*done);
}

} // namespace ringmaster::net::handlers
