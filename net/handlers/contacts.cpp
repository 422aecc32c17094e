#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "domain/people.hpp"
#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/task_body.hpp"
#include "net/task_views.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_contact(int status, const contact::view& c) {
  json doc;
  doc["contact"] = show(c);
  auto out = answer(status, doc);
  out.headers.push_back({"ETag", etag_of(c.version, out.body)});
  if (status == 201)
    out.headers.push_back({"Location", "/api/contacts/" + to_string(c.id)});
  return out;
}

json show_all(const page<contact::view>& found) {
  auto items = json::array();
  for (const auto& c : found.items)
    items.push_back(show(c));
  return items;
}

} // namespace

// GET /api/contacts?q=miller
answer_of_handler list_contacts(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  auto q = query.text("q").value_or("");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.contacts().list(asked, q); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(x.req, "contacts", show_all(*found), asked, found->total, found->next_cursor);
}

// POST /api/contacts   {"name": "Dr. Miller", "phone_number": "+1..."}
answer_of_handler create_contact(exchange& x) {
  auto wish = read_contact(x.text, x.svc.region());
  if (!wish)
    co_return refuse(x, wish.error());
  contact_id id{make_uuid7(x.svc.time.now(), x.svc.random)};
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto made = w.contacts().create(id, *wish);
    if (!made)
      return fail(made.error());
    return outcome{show_contact(201, *made)};
  };
  co_return co_await transact_once(x, std::move(work));
}

// GET /api/contacts/{id}
answer_of_handler get_contact(exchange& x) {
  auto id = path_id<contact_id>(x, "contact");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.contacts().find(*id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_contact(200, *found);
  if (unchanged(x.req, out.headers.back().value)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

// PATCH /api/contacts/{id}   {"email": "miller@example.com"}
answer_of_handler update_contact(exchange& x) {
  auto id = path_id<contact_id>(x, "contact");
  if (!id)
    co_return refuse(x, id.error());
  std::optional<std::int64_t> stale;
  auto work = [&](desk_work& w) -> result<contact::view> {
    auto found = w.contacts().find(*id);
    if (!found)
      return fail(found.error());
    if (!version_matches(x.req, found->version)) {
      stale = found->version;
      return found;
    }
    auto wish = read_contact(x.text, x.svc.region(), &*found);
    if (!wish)
      return fail(wish.error());
    // What was left out is what was read: the version holds the two together.
    return w.contacts().replace(*id, *wish, found->version);
  };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  co_return stale ? refuse_stale(x, "contact", *stale) : show_contact(200, *done);
}

// DELETE /api/contacts/{id}
answer_of_handler delete_contact(exchange& x) {
  auto id = path_id<contact_id>(x, "contact");
  if (!id)
    co_return refuse(x, id.error());
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) {
    return w.contacts().remove(*id);
  };
  auto done = co_await transact(x, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

} // namespace ringmaster::net::handlers
