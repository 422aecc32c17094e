#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/views.hpp"
#include "net/webhook_body.hpp"
#include "wire/webhook_signature.hpp"

// Addresses of users' that are told what happens. The carrier's webhooks, which come in, are in
// net/twilio.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

std::string make_secret(random_source& random) {
  std::string bytes(32, '\0');
  random.fill(std::span(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()));
  return bytes;
}

json with_webhook(const webhook::view& w) {
  json doc;
  doc["webhook"] = show(w);
  return doc;
}

/// The secret is shown once and kept sealed, not even for a repeated request.
outcome show_secret(int status, const webhook::view& w, const std::string& secret) {
  auto doc = with_webhook(w);
  auto kept = doc;
  doc["secret"] = wire::show_webhook_secret(secret);
  kept["secret"] = nullptr;
  outcome out{answer(status, doc)};
  if (status == 201)
    out.given.headers.push_back({"Location", "/api/webhooks/" + to_string(w.id)});
  out.stored_body = answer(status, kept).body;
  return out;
}

http::response show_all(const std::vector<webhook::view>& all) {
  json doc;
  auto& items = doc["webhooks"] = json::array();
  for (const auto& w : all)
    items.push_back(show(w));
  doc["total"] = all.size();
  doc["topics"] = std::vector<std::string>(webhook::topics().begin(), webhook::topics().end());
  return answer(200, doc);
}

http::response show_one(const webhook::view& w) { return answer(200, with_webhook(w)); }

http::response show_delivery(int status, const webhook::delivery& d) {
  json doc;
  doc["delivery"] = show(d, true);
  return answer(status, doc);
}

http::response show_replayed(std::int64_t count) {
  json doc;
  doc["replayed"] = count;
  return answer(202, doc);
}

json show_items(const page<webhook::delivery>& found) {
  auto items = json::array();
  for (const auto& d : found.items)
    items.push_back(show(d, false));
  return items;
}

webhook::draft draft_of(const webhook::view& v) {
  return {v.url, v.description, v.topics, v.active};
}

} // namespace

// GET /api/webhooks
answer_of_handler list_webhooks(exchange& x) {
  auto work = [&](desk_work& w) { return w.webhooks().list(); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_all(*found) : refuse(x, found.error());
}

// POST /api/webhooks   {"url": "https://...", "topics": ["call.completed"], "description": "..."}
answer_of_handler create_webhook(exchange& x) {
  auto wish = read_webhook(x.text, true);
  if (!wish)
    co_return refuse(x, wish.error());
  auto draft = wish->applied_to({}, x.svc.settings);
  if (!draft)
    co_return refuse(x, draft.error());
  webhook_id id{make_uuid7(x.svc.time.now(), x.svc.random)};
  auto secret = make_secret(x.svc.random);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto made = w.webhooks().create(id, *draft, secret);
    if (!made)
      return fail(made.error());
    return show_secret(201, *made, secret);
  };
  auto given = co_await transact_once(x, std::move(work));
  x.svc.engine.tell(webhooks_changed{});
  co_return given;
}

// GET /api/webhooks/{id}
answer_of_handler get_webhook(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.webhooks().find(*id); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_one(*found) : refuse(x, found.error());
}

// PATCH /api/webhooks/{id}   {"active": true}
answer_of_handler update_webhook(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  auto wish = read_webhook(x.text, false);
  if (!wish)
    co_return refuse(x, wish.error());
  auto work = [&](desk_work& w) -> result<webhook::view> {
    auto before = w.webhooks().find(*id);
    if (!before)
      return before;
    auto draft = wish->applied_to(draft_of(*before), x.svc.settings);
    if (!draft)
      return fail(draft.error());
    return w.webhooks().replace(*id, *draft);
  };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  x.svc.engine.tell(webhooks_changed{});
  co_return show_one(*done);
}

// DELETE /api/webhooks/{id}
answer_of_handler delete_webhook(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) {
    return w.webhooks().remove(*id);
  };
  auto done = co_await transact(x, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

// POST /api/webhooks/{id}/rotate-secret
answer_of_handler rotate_webhook_secret(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  auto secret = make_secret(x.svc.random);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto done = w.webhooks().rotate(*id, secret);
    if (!done)
      return fail(done.error());
    return show_secret(200, *done, secret);
  };
  co_return co_await transact_once(x, std::move(work));
}

// POST /api/webhooks/{id}/test
answer_of_handler test_webhook(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.webhooks().test(*id); };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  x.svc.engine.tell(webhooks_changed{});
  co_return show_delivery(202, *done);
}

// GET /api/webhooks/{id}/deliveries?status=failed
answer_of_handler list_deliveries(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  query_reader query(x.req);
  auto asked = query.page();
  std::optional<webhook::status> state;
  if (auto word = query.text("status")) {
    state = webhook::parse_status(*word);
    if (!state)
      query.mistake("status", "unknown", "must be pending, sending, delivered or failed");
  }
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.webhooks().deliveries(*id, asked, state); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(
      x.req, "deliveries", show_items(*found), asked, found->total, found->next_cursor);
}

// GET /api/webhooks/{id}/deliveries/{delivery}
answer_of_handler get_delivery(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  auto which = delivery_id::parse(x.values[1]);
  if (!id || !which)
    co_return refuse(x, error{.code = errc::not_found, .detail = "there is no such delivery"});
  auto work = [&](desk_work& w) { return w.webhooks().find_delivery(*id, *which); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_delivery(200, *found) : refuse(x, found.error());
}

// POST /api/webhooks/{id}/replay   {"delivery_id": "..."} or {"since": "2026-03-02T10:00:00Z"}
answer_of_handler replay_deliveries(exchange& x) {
  auto id = path_id<webhook_id>(x, "webhook");
  if (!id)
    co_return refuse(x, id.error());
  auto wish = read_replay(x.text);
  if (!wish)
    co_return refuse(x, wish.error());
  auto work = [&](desk_work& w) -> result<std::int64_t> {
    if (const auto* one = std::get_if<delivery_id>(&*wish))
      return w.webhooks().replay(*id, *one);
    return w.webhooks().replay_since(*id, std::get<instant>(*wish));
  };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  x.svc.engine.tell(webhooks_changed{});
  co_return show_replayed(*done);
}

} // namespace ringmaster::net::handlers
