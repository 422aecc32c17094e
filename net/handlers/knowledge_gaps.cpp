#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/agents.hpp"
#include "net/handlers/handlers.hpp"
#include "net/knowledge_body.hpp"
#include "net/knowledge_views.hpp"
#include "net/news.hpp"
#include "net/query.hpp"
#include "net/views.hpp"
#include "wire/digest.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_gap(const exchange& x, const gap::record& g) {
  json doc;
  doc["knowledge_gap"] = show(g, x.who.user);
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(g.version, out.body)});
  return out;
}

http::response show_logged(const exchange& x, const knowledge_book::logged& l) {
  json doc;
  doc["knowledge_gap"] = show(l.gap, x.who.user);
  doc["merged"] = l.merged;
  doc["reopened"] = l.reopened;
  auto out = answer(l.merged ? 200 : 201, doc);
  if (!l.merged)
    out.headers.push_back({"Location", "/api/knowledge-gaps/" + to_string(l.gap.id)});
  return out;
}

struct detail {
  gap::record gap;
  std::vector<gap::asking> askings;
};

http::response show_detail(const exchange& x, const detail& d) {
  json doc;
  doc["knowledge_gap"] = show(d.gap, x.who.user);
  auto& askings = doc["askings"] = json::array();
  for (const auto& a : d.askings)
    askings.push_back(show(a));
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(d.gap.version, out.body)});
  return out;
}

/// What an act, or the first part of resolving, came to.
struct acted {
  gap::record gap;
  std::optional<knowledge::chunk> chunk;
  std::optional<std::int64_t> stale; ///< not done: If-Match names another version than this
};

result<acted>
act_once(desk_work& w, const http::request& req, const gap_id& id, const gap::act& what) {
  auto found = w.knowledge().find_gap(id);
  if (!found)
    return fail(found.error());
  if (!version_matches(req, found->version))
    return acted{*found, {}, found->version};
  auto done = w.knowledge().act(id, what, found->version);
  if (!done)
    return fail(done.error());
  return acted{std::move(*done), {}, {}};
}

/// One act of the user in one transaction.
asio::awaitable<http::response> act_on(exchange& x, gap_id id, gap::act what) {
  auto work = [&](desk_work& w) { return act_once(w, x.req, id, what); };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  if (done->stale)
    co_return refuse_stale(x, "knowledge gap", *done->stale);
  tell_gap(x.svc.engine, x.who.user, done->gap);
  co_return show_gap(x, done->gap);
}

// -- resolving
// --------------------------------------------------------------------------------------

/// The chunk that answers a gap has an id of the gap's own: to answer it again writes it anew.
chunk_id chunk_of(const gap_id& id) {
  auto hash = wire::sha256("the answer to knowledge gap " + to_string(id));
  chunk_id out;
  for (std::size_t i = 0; i < out.value.bytes.size(); ++i)
    out.value.bytes[i] = hash[i];
  // Version 8 of RFC 9562: made by a rule of our own.
  out.value.bytes[6] = static_cast<std::uint8_t>((out.value.bytes[6] & 0x0f) | 0x80);
  out.value.bytes[8] = static_cast<std::uint8_t>((out.value.bytes[8] & 0x3f) | 0x80);
  return out;
}

/// The chunk as it will stand: what was not given comes from the gap.
result<knowledge::checked_chunk> chunk_for(const gap::record& g, const resolution& wish) {
  auto d = wish.chunk;
  if (d.text.empty())
    d.text = wish.notes;
  if (d.title.empty() && g.question.size() <= 200)
    d.title = g.question;
  if (d.category.empty())
    d.category = std::string(knowledge::to_string(g.suggested));
  d.source = "answer to a question";
  return knowledge::check(d);
}

/// Writes the answer. The gap stays open until its question was asked again.
result<acted>
write_answer(desk_work& w, const http::request& req, const gap_id& id, const resolution& wish) {
  auto found = w.knowledge().find_gap(id);
  if (!found)
    return fail(found.error());
  if (!version_matches(req, found->version))
    return acted{*found, {}, found->version};
  if (auto may = gap::decide(found->state, gap::resolve{wish.notes, {}}); !may)
    return fail(may.error());
  auto wanted = chunk_for(*found, wish);
  if (!wanted)
    return fail(wanted.error());
  auto own = found->chunk.value_or(chunk_of(id));
  auto before = w.knowledge().find_chunk(own);
  if (!before && before.error().code != errc::not_found)
    return fail(before.error());
  auto chunk = before ? w.knowledge().replace_chunk(own, *wanted, {})
                      : w.knowledge().add_chunk(own, *wanted, id);
  if (!chunk)
    return fail(chunk.error());
  // With the chunk the gap may have another version.
  auto now = w.knowledge().find_gap(id);
  if (!now)
    return fail(now.error());
  return acted{std::move(*now), std::move(*chunk), {}};
}

/// What came of asking the question again.
struct replayed {
  std::optional<brain::answered> after;
  std::string reason; ///< why the gap stays open; empty: it does not
};

http::response show_resolved(
    const exchange& x, const acted& done, const std::string& before, const replayed& again) {
  json doc;
  doc["knowledge_gap"] = show(done.gap, x.who.user);
  doc["chunk"] = done.chunk ? show(*done.chunk) : json();
  doc["before"]["reply"] = before.empty() ? json() : json(before);
  doc["after"] = json();
  if (again.after) {
    auto& after = doc["after"] = json::object();
    after["reply"] = again.after->reply;
    after["covered"] = again.after->covered;
    after["sources"] = show(again.after->sources);
  }
  doc["still_open"] = done.gap.state == gap::status::open;
  doc["reason"] = again.reason.empty() ? json() : json(again.reason);
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(done.gap.version, out.body)});
  return out;
}

asio::awaitable<replayed> replay_question(exchange& x, const gap::record& g) {
  replayed out;
  brain::inquiry what{g.who, g.question, {}, true};
  auto got = co_await ask_agent(x, std::move(what));
  if (!got) {
    out.reason =
        "the answer is in the knowledge base, but the question could not be asked again: " +
        got.error().detail + "; resolve it once more";
    co_return out;
  }
  if (!got->covered)
    out.reason = "the question was asked again, and the answer does not cover it yet; word it so "
                 "that it can stand as a reply";
  out.after = std::move(*got);
  co_return out;
}

/// The answer is written, the question asked again, and the gap settled if it is answered now.
asio::awaitable<http::response> resolve_with_answer(exchange& x, gap_id id, resolution wish) {
  auto write = [&](desk_work& w) { return write_answer(w, x.req, id, wish); };
  auto written = co_await from_desk(x, write);
  if (!written)
    co_return refuse(x, written.error());
  if (written->stale)
    co_return refuse_stale(x, "knowledge gap", *written->stale);
  auto before = written->gap.last_answer;
  auto again = co_await replay_question(x, written->gap);
  auto done = std::move(*written);
  if (again.reason.empty()) {
    gap::act what = gap::resolve{wish.notes, done.chunk->id};
    auto settle = [&](desk_work& w) { return w.knowledge().act(id, what); };
    auto settled = co_await from_desk(x, settle);
    if (!settled)
      co_return refuse(x, settled.error());
    done.gap = std::move(*settled);
  }
  tell_gap(x.svc.engine, x.who.user, done.gap);
  co_return show_resolved(x, done, before, again);
}

/// Settled by what a person noted; agents know no more than before.
asio::awaitable<http::response> resolve_as_noted(exchange& x, gap_id id, resolution wish) {
  gap::act what = gap::resolve{wish.notes, {}};
  auto work = [&](desk_work& w) { return act_once(w, x.req, id, what); };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  if (done->stale)
    co_return refuse_stale(x, "knowledge gap", *done->stale);
  tell_gap(x.svc.engine, x.who.user, done->gap);
  replayed nothing;
  co_return show_resolved(x, *done, done->gap.last_answer, nothing);
}

} // namespace

// GET /api/knowledge-gaps?status=open&category=prices&agent=aloha&q=parking
answer_of_handler list_gaps(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  knowledge_book::gap_filter filter;
  filter.q = query.text("q").value_or("");
  if (auto word = query.text("status"); word && !(filter.state = gap::parse_status(*word)))
    query.mistake("status", "unknown_status", "must be one of open, resolved, ignored");
  if (auto word = query.text("category");
      word && !(filter.about = knowledge::parse_category(*word)))
    query.mistake("category", "unknown_category", "is not a category of knowledge");
  if (auto word = query.text("agent"); word && !(filter.who = knowledge::parse_agent(*word)))
    query.mistake("agent", "unknown_agent", "must be one of aloha, sync, studio, insight");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.knowledge().list_gaps(asked, filter); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& g : found->items)
    items.push_back(show(g, x.who.user));
  co_return show_page(
      x.req, "knowledge_gaps", std::move(items), asked, found->total, found->next_cursor);
}

// POST /api/knowledge-gaps   {"question": "Do you have parking?", "agent": "aloha"}
answer_of_handler log_gap(exchange& x) {
  auto asked = read_gap(x.text);
  if (!asked)
    co_return refuse(x, asked.error());
  gap_id id{make_uuid7(x.svc.time.now(), x.svc.random)};
  std::optional<gap::record> logged;
  std::vector<notification::view> said;
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    logged.reset();
    auto done = w.knowledge().log_gap(id, *asked);
    if (!done)
      return fail(done.error());
    auto told = said_now(w, done->gap.id.value);
    if (!told)
      return fail(told.error());
    said = std::move(*told);
    auto out = show_logged(x, *done);
    logged = std::move(done->gap);
    return outcome{std::move(out)};
  };
  auto out = co_await transact_once(x, std::move(work));
  if (logged && out.status < 300) {
    tell_gap(x.svc.engine, x.who.user, *logged);
    for (const auto& n : said)
      tell_said(x.svc.engine, x.who.user, n);
  }
  co_return out;
}

// GET /api/knowledge-gaps/{id}
answer_of_handler get_gap(exchange& x) {
  auto id = path_id<gap_id>(x, "knowledge gap");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) -> result<detail> {
    auto found = w.knowledge().find_gap(*id);
    if (!found)
      return fail(found.error());
    auto askings = w.knowledge().askings(*id);
    if (!askings)
      return fail(askings.error());
    return detail{std::move(*found), std::move(*askings)};
  };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_detail(x, *found);
  if (unchanged(x.req, out.headers.back().value)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

// POST /api/knowledge-gaps/{id}/resolve
//   {"resolution_notes": "Yes, behind the house.", "add_to_knowledge_base": true}
answer_of_handler resolve_gap(exchange& x) {
  auto id = path_id<gap_id>(x, "knowledge gap");
  if (!id)
    co_return refuse(x, id.error());
  auto wish = read_resolution(x.text);
  if (!wish)
    co_return refuse(x, wish.error());
  std::function<asio::awaitable<http::response>()> settle =
      [&]() -> asio::awaitable<http::response> {
    if (wish->adds)
      co_return co_await resolve_with_answer(x, *id, *wish);
    co_return co_await resolve_as_noted(x, *id, *wish);
  };
  co_return co_await dial_once(x, std::move(settle));
}

// POST /api/knowledge-gaps/{id}/ignore   {"resolution_notes": "not ours"}
answer_of_handler ignore_gap(exchange& x) {
  auto id = path_id<gap_id>(x, "knowledge gap");
  if (!id)
    co_return refuse(x, id.error());
  auto notes = read_remark(x.text, "resolution_notes", 4'000);
  if (!notes)
    co_return refuse(x, notes.error());
  gap::act what = gap::ignore{std::move(*notes)};
  co_return co_await act_on(x, *id, std::move(what));
}

// POST /api/knowledge-gaps/{id}/reopen   {"reason": "asked again"}
answer_of_handler reopen_gap(exchange& x) {
  auto id = path_id<gap_id>(x, "knowledge gap");
  if (!id)
    co_return refuse(x, id.error());
  auto reason = read_remark(x.text, "reason", 500);
  if (!reason)
    co_return refuse(x, reason.error());
  gap::act what = gap::reopen{std::move(*reason)};
  co_return co_await act_on(x, *id, std::move(what));
}

} // namespace ringmaster::net::handlers
