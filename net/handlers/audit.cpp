#include <nlohmann/json.hpp>

#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

namespace {

nlohmann::ordered_json show_all(const page<audit_view>& found) {
  auto items = nlohmann::ordered_json::array();
  for (const auto& a : found.items)
    items.push_back(show(a));
  return items;
}

} // namespace

// GET /api/audit?subject=<id>
answer_of_handler list_audit(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  auto subject = query.text("subject", 100).value_or("");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.list_audit(asked, subject); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(x.req, "audit", show_all(*found), asked, found->total, found->next_cursor);
}

} // namespace ringmaster::net::handlers
