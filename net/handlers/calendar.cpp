#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/calendar_body.hpp"
#include "net/calendar_views.hpp"
#include "net/handlers/handlers.hpp"
#include "net/knowledge_body.hpp"
#include "net/news.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

// Proposals for the calendar: agents make them, and only a user's yes changes anything.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

/// A proposal with what else is at its time.
struct weighed {
  calendar::proposal proposal;
  std::vector<calendar::conflict> conflicts;
  std::optional<calendar::event> event;   ///< that an approval made or changed
  std::optional<std::int64_t> stale;      ///< not done: If-Match names another version than this
  std::vector<notification::view> said{}; ///< in this transaction
};

http::response show_weighed(int status, const weighed& w) {
  json doc;
  doc["calendar_proposal"] = show(w.proposal, w.conflicts);
  if (w.event)
    doc["event"] = show(*w.event);
  auto out = answer(status, doc);
  out.headers.push_back({"ETag", etag_of(w.proposal.version, out.body)});
  if (status == 201)
    out.headers.push_back({"Location", "/api/calendar/proposals/" + to_string(w.proposal.id)});
  return out;
}

/// What has been decided has no conflicts any more.
result<std::vector<calendar::conflict>> conflicts_of(desk_work& w, const calendar::proposal& p) {
  if (p.state != calendar::status::pending || p.what == calendar::change::cancel)
    return std::vector<calendar::conflict>{};
  return w.calendar().conflicts(p);
}

result<weighed> weigh(desk_work& w, calendar::proposal p) {
  auto conflicts = conflicts_of(w, p);
  if (!conflicts)
    return fail(conflicts.error());
  return weighed{std::move(p), std::move(*conflicts), {}, {}};
}

/// The proposal that a wish amounts to, with the event that it changes.
result<calendar::proposal_draft> draft_of(desk_work& w, const proposal_wish& wish) {
  auto settings = w.settings().read();
  if (!settings)
    return fail(settings.error());
  calendar::proposal_draft d;
  d.who = wish.who;
  d.context = wish.context;
  d.what = wish.what;
  d.event = wish.event;
  d.reason = wish.reason;
  std::optional<calendar::entry> before;
  if (wish.event) {
    auto found = w.calendar().find_event(*wish.event);
    if (!found)
      return fail(found.error());
    if (found->cancelled)
      return fail(errc::conflict, "the event is cancelled already");
    before = std::move(found->as);
  }
  if (wish.what == calendar::change::cancel) {
    d.as = *before;
  } else {
    auto as = put_together(wish.entry, before ? &*before : nullptr, settings->timezone);
    if (!as)
      return fail(as.error());
    d.as = std::move(*as);
  }
  if (auto good = calendar::check(d); !good)
    return fail(good.error());
  return d;
}

/// The act of a person. An approval shows what was at that time when it was given.
result<weighed>
act_once(desk_work& w, const http::request& req, const proposal_id& id, const calendar::act& what) {
  auto found = w.calendar().find_proposal(id);
  if (!found)
    return fail(found.error());
  if (!version_matches(req, found->version)) {
    weighed out{*found, {}, {}, found->version};
    return out;
  }
  bool edits = std::holds_alternative<calendar::edit>(what);
  auto before = conflicts_of(w, *found);
  if (!before)
    return fail(before.error());
  auto done = w.calendar().act(id, what, found->version);
  if (!done)
    return fail(done.error());
  if (edits)
    return weigh(w, std::move(*done));
  weighed out{std::move(*done), std::move(*before), {}, {}};
  if (out.proposal.state == calendar::status::approved && out.proposal.event) {
    auto event = w.calendar().find_event(*out.proposal.event);
    if (!event)
      return fail(event.error());
    out.event = std::move(*event);
  }
  return out;
}

http::response show_acted(exchange& x, const result<weighed>& done) {
  if (!done)
    return refuse(x, done.error());
  if (done->stale)
    return refuse_stale(x, "proposal", *done->stale);
  tell_proposal(x.svc.engine, x.who.user, done->proposal);
  return show_weighed(200, *done);
}

asio::awaitable<http::response> act_on(exchange& x, proposal_id id, calendar::act what) {
  auto work = [&](desk_work& w) { return act_once(w, x.req, id, what); };
  auto done = co_await from_desk(x, work);
  co_return show_acted(x, done);
}

} // namespace

// GET /api/calendar/proposals?status=pending
answer_of_handler list_proposals(exchange& x) {
  struct row {
    calendar::proposal proposal;
    std::vector<calendar::conflict> conflicts;
  };
  query_reader query(x.req);
  auto asked = query.page();
  std::optional<calendar::status> state;
  if (auto word = query.text("status"); word && !(state = calendar::parse_status(*word)))
    query.mistake("status", "unknown_status", "must be one of pending, approved, rejected");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) -> result<page<row>> {
    auto found = w.calendar().list_proposals(asked, state);
    if (!found)
      return fail(found.error());
    page<row> out;
    out.total = found->total;
    out.next_cursor = found->next_cursor;
    for (auto& p : found->items) {
      auto conflicts = conflicts_of(w, p);
      if (!conflicts)
        return fail(conflicts.error());
      out.items.push_back({std::move(p), std::move(*conflicts)});
    }
    return out;
  };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& r : found->items)
    items.push_back(show(r.proposal, r.conflicts));
  co_return show_page(
      x.req, "calendar_proposals", std::move(items), asked, found->total, found->next_cursor);
}

// POST /api/calendar/proposals   {"title": "Dentist", "starts_at": "2026-11-24T15:00"}
answer_of_handler propose_entry(exchange& x) {
  auto wish = read_proposal(x.text);
  if (!wish)
    co_return refuse(x, wish.error());
  proposal_id id{make_uuid7(x.svc.time.now(), x.svc.random)};
  std::optional<weighed> made;
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    made.reset();
    auto draft = draft_of(w, *wish);
    if (!draft)
      return fail(draft.error());
    auto stored = w.calendar().propose(id, *draft);
    if (!stored)
      return fail(stored.error());
    auto out = weigh(w, std::move(*stored));
    if (!out)
      return fail(out.error());
    auto said = said_now(w, id.value);
    if (!said)
      return fail(said.error());
    out->said = std::move(*said);
    made = std::move(*out);
    return outcome{show_weighed(201, *made)};
  };
  auto out = co_await transact_once(x, std::move(work));
  if (made && out.status == 201) {
    tell_proposal(x.svc.engine, x.who.user, made->proposal);
    for (const auto& n : made->said)
      tell_said(x.svc.engine, x.who.user, n);
  }
  co_return out;
}

// GET /api/calendar/proposals/{id}
answer_of_handler get_proposal(exchange& x) {
  auto id = path_id<proposal_id>(x, "proposal");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) -> result<weighed> {
    auto found = w.calendar().find_proposal(*id);
    if (!found)
      return fail(found.error());
    return weigh(w, std::move(*found));
  };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_weighed(200, *found);
  if (unchanged(x.req, out.headers.back().value)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

// PATCH /api/calendar/proposals/{id}   {"starts_at": "2026-11-24T16:00"}
answer_of_handler edit_proposal(exchange& x) {
  auto id = path_id<proposal_id>(x, "proposal");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) -> result<weighed> {
    auto found = w.calendar().find_proposal(*id);
    if (!found)
      return fail(found.error());
    // What is decided is refused as such, whatever the edit says.
    if (auto may = calendar::decide(*found, calendar::edit{found->as}); !may)
      return fail(may.error());
    auto given = read_edit(x.text);
    if (!given)
      return fail(given.error());
    auto as = put_together(*given, &found->as, found->as.timezone);
    if (!as)
      return fail(as.error());
    return act_once(w, x.req, *id, calendar::edit{std::move(*as)});
  };
  auto done = co_await from_desk(x, work);
  co_return show_acted(x, done);
}

// POST /api/calendar/proposals/{id}/approve   {"note": "fine"}
answer_of_handler approve_proposal(exchange& x) {
  auto id = path_id<proposal_id>(x, "proposal");
  if (!id)
    co_return refuse(x, id.error());
  auto note = read_remark(x.text, "note", 500);
  if (!note)
    co_return refuse(x, note.error());
  calendar::act what = calendar::approve{std::move(*note)};
  co_return co_await act_on(x, *id, std::move(what));
}

// POST /api/calendar/proposals/{id}/reject   {"note": "I am away"}
answer_of_handler reject_proposal(exchange& x) {
  auto id = path_id<proposal_id>(x, "proposal");
  if (!id)
    co_return refuse(x, id.error());
  auto note = read_remark(x.text, "note", 500);
  if (!note)
    co_return refuse(x, note.error());
  calendar::act what = calendar::reject{std::move(*note)};
  co_return co_await act_on(x, *id, std::move(what));
}

} // namespace ringmaster::net::handlers
