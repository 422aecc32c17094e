#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"
#include "net/calendar_token.hpp"
#include "net/calendar_views.hpp"
#include "net/handlers/handlers.hpp"
#include "net/query.hpp"
#include "net/views.hpp"
#include "wire/form.hpp"

// The calendar itself, as JSON and for other programs.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_event(const calendar::event& e) {
  json doc;
  doc["event"] = show(e);
  return answer(200, doc);
}

http::response show_ical(const exchange& x, std::span<const calendar::event> all) {
  http::response out;
  out.content_type = "text/calendar; charset=utf-8";
  out.body = calendar::write_ical(all, "Ringmaster", x.svc.time.now());
  return out;
}

/// One and the same answer for tokens that are missing, wrong or taken back.
http::response refuse_token(const exchange& x) {
  return refuse(x, error{.code = errc::not_found, .detail = "there is no such calendar"});
}

} // namespace

// GET /api/calendar/events?since=2026-11-01T00:00:00Z&cancelled=true
answer_of_handler list_events(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  bool all = query.flag("cancelled", false);
  std::optional<instant> since;
  if (auto text = query.text("since")) {
    if (auto read = parse_rfc3339(*text))
      since = *read;
    else
      query.mistake("since", "not_a_time", "must be like 2026-11-24T00:00:00Z");
  }
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.calendar().list_events(asked, since, all); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& e : found->items)
    items.push_back(show(e));
  co_return show_page(x.req, "events", std::move(items), asked, found->total, found->next_cursor);
}

// GET /api/calendar/events/{id}
answer_of_handler get_event(exchange& x) {
  auto id = path_id<event_id>(x, "event");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.calendar().find_event(*id); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_event(*found) : refuse(x, found.error());
}

// GET /api/calendar/events/{id}/ics
answer_of_handler download_event(exchange& x) {
  auto id = path_id<event_id>(x, "event");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.calendar().find_event(*id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_ical(x, {&*found, 1});
  out.headers.push_back({"Content-Disposition", "attachment; filename=\"event.ics\""});
  co_return out;
}

// POST /api/calendar/subscription
answer_of_handler subscribe_calendar(exchange& x) {
  auto token = make_calendar_token(x.who.user, x.svc.random);
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    if (auto kept = w.calendar().set_token(token.sha256); !kept)
      return fail(kept.error());
    json doc;
    doc["url"] = config::page_url(x.svc.settings) + "/api/calendar.ics?token=" + token.text;
    auto stored = doc;
    stored["url"] = nullptr; // shown once and kept nowhere, not even for a repeat
    outcome out{answer(201, doc)};
    out.stored_body = answer(201, stored).body;
    return out;
  };
  co_return co_await transact_once(x, std::move(work));
}

// DELETE /api/calendar/subscription
answer_of_handler unsubscribe_calendar(exchange& x) {
  std::function<result<void>(desk_work&)> work = [](desk_work& w) {
    return w.calendar().set_token("");
  };
  auto done = co_await transact(x, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

// GET /api/calendar.ics?token=...
answer_of_handler show_calendar(exchange& x) {
  auto fields = wire::parse_form(x.req.query, 8);
  auto given = fields ? wire::find(*fields, "token") : nullptr;
  auto token = given ? read_calendar_token(*given) : std::nullopt;
  if (!token)
    co_return refuse_token(x);
  x.who = {token->user, "calendar subscription", x.req.id};
  using events = std::vector<calendar::event>;
  auto work = [&](desk_work& w) -> result<std::optional<events>> {
    auto fits = w.calendar().token_fits(token->sha256);
    if (!fits)
      return fail(fits.error());
    if (!*fits)
      return std::optional<events>();
    auto all = w.calendar().subscribed();
    if (!all)
      return fail(all.error());
    return std::optional<events>(std::move(*all));
  };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  if (!*found)
    co_return refuse_token(x);
  auto out = show_ical(x, **found);
  // It may be kept by the program that subscribed, by nobody in between, and is asked for anew.
  auto etag = etag_of(0, out.body);
  out.headers.push_back({"ETag", etag});
  out.headers.push_back({"Cache-Control", "private, no-cache"});
  if (unchanged(x.req, etag)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

} // namespace ringmaster::net::handlers
