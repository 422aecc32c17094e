#include <chrono>
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
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_chunk(int status, const knowledge::chunk& c) {
  json doc;
  doc["chunk"] = show(c);
  auto out = answer(status, doc);
  out.headers.push_back({"ETag", etag_of(c.version, out.body)});
  if (status == 201)
    out.headers.push_back({"Location", "/api/knowledge/" + to_string(c.id)});
  return out;
}

json show_all(const page<knowledge::chunk>& found) {
  auto items = json::array();
  for (const auto& c : found.items)
    items.push_back(show(c));
  return items;
}

http::response show_rehearsal(const brain::inquiry& asked, const brain::answered& a) {
  json doc;
  doc["question"] = asked.text;
  doc["agent"] = std::string(knowledge::to_string(asked.to));
  doc["reply"] = a.reply;
  doc["covered"] = a.covered;
  doc["sources"] = show(a.sources);
  doc["by"] = a.by;
  return answer(200, doc);
}

json show_case(const gap::record& g, const brain::answered& a) {
  json one;
  one["gap_id"] = to_string(g.id);
  one["question"] = g.question;
  one["answered"] = a.covered;
  one["reply"] = a.reply;
  one["sources"] = show(a.sources);
  return one;
}

} // namespace

// GET /api/knowledge?q=parking&category=location
answer_of_handler list_chunks(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  auto q = query.text("q").value_or("");
  std::optional<knowledge::category> about;
  if (auto word = query.text("category"); word && !(about = knowledge::parse_category(*word)))
    query.mistake("category", "unknown_category", "is not a category of knowledge");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.knowledge().list_chunks(asked, q, about); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(x.req, "chunks", show_all(*found), asked, found->total, found->next_cursor);
}

// POST /api/knowledge   {"text": "Parking is free behind the house.", "source": "web site"}
answer_of_handler create_chunk(exchange& x) {
  auto wish = read_chunk(x.text);
  if (!wish)
    co_return refuse(x, wish.error());
  chunk_id id{make_uuid7(x.svc.time.now(), x.svc.random)};
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    auto made = w.knowledge().add_chunk(id, *wish);
    if (!made)
      return fail(made.error());
    return outcome{show_chunk(201, *made)};
  };
  co_return co_await transact_once(x, std::move(work));
}

// GET /api/knowledge/{id}
answer_of_handler get_chunk(exchange& x) {
  auto id = path_id<chunk_id>(x, "chunk");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return w.knowledge().find_chunk(*id); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_chunk(200, *found);
  if (unchanged(x.req, out.headers.back().value)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

// PUT /api/knowledge/{id}   {"text": "Parking is free behind the house, up to two hours."}
answer_of_handler put_chunk(exchange& x) {
  auto id = path_id<chunk_id>(x, "chunk");
  if (!id)
    co_return refuse(x, id.error());
  std::optional<std::int64_t> stale;
  auto work = [&](desk_work& w) -> result<knowledge::chunk> {
    auto before = w.knowledge().find_chunk(*id);
    if (!before)
      return fail(before.error());
    if (!version_matches(x.req, before->version)) {
      stale = before->version;
      return before;
    }
    auto wish = read_chunk(x.text, &*before);
    if (!wish)
      return fail(wish.error());
    // What was left out is what was read: the version holds the two together.
    return w.knowledge().replace_chunk(*id, *wish, before->version);
  };
  auto done = co_await from_desk(x, work);
  if (!done)
    co_return refuse(x, done.error());
  co_return stale ? refuse_stale(x, "chunk", *stale) : show_chunk(200, *done);
}

// DELETE /api/knowledge/{id}
answer_of_handler delete_chunk(exchange& x) {
  auto id = path_id<chunk_id>(x, "chunk");
  if (!id)
    co_return refuse(x, id.error());
  std::optional<std::int64_t> stale;
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) -> result<void> {
    auto found = w.knowledge().find_chunk(*id);
    if (!found)
      return fail(found.error());
    if (!version_matches(x.req, found->version)) {
      stale = found->version;
      return {};
    }
    return w.knowledge().remove_chunk(*id);
  };
  auto done = co_await transact(x, std::move(work));
  if (!done)
    co_return refuse(x, done.error());
  co_return stale ? refuse_stale(x, "chunk", *stale) : answer(200, json::object());
}

// POST /api/knowledge/ask   {"question": "Do you have parking?"}
answer_of_handler test_question(exchange& x) {
  auto asked = read_question(x.text);
  if (!asked)
    co_return refuse(x, asked.error());
  auto what = *asked;
  auto got = co_await ask_agent(x, std::move(what));
  co_return got ? show_rehearsal(*asked, *got) : refuse(x, got.error());
}

// POST /api/knowledge/check?offset=0
answer_of_handler check_knowledge(exchange& x) {
  constexpr std::size_t cases_most = 1'000;
  query_reader query(x.req);
  auto offset = static_cast<std::size_t>(query.integer("offset", 0, cases_most).value_or(0));
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.knowledge().cases(cases_most); };
  auto all = co_await from_desk(x, work);
  if (!all)
    co_return refuse(x, all.error());
  json doc;
  auto cases = json::array();
  std::int64_t answered = 0;
  const auto until = x.svc.time.boot() + x.svc.check_patience;
  auto at = offset;
  // At least one: whoever comes back for the rest gets on.
  for (; at < all->size() && (at == offset || x.svc.time.boot() < until); ++at) {
    const auto& one = (*all)[at];
    brain::inquiry what{one.who, one.question, {}, true};
    auto got = co_await ask_agent(x, std::move(what));
    if (!got)
      co_return refuse(x, got.error());
    answered += got->covered ? 1 : 0;
    cases.push_back(show_case(one, *got));
  }
  doc["checked"] = cases.size();
  doc["answered"] = answered;
  doc["total"] = all->size();
  doc["next_offset"] = at < all->size() ? json(at) : json();
  doc["cases"] = std::move(cases);
  co_return answer(200, doc);
}

} // namespace ringmaster::net::handlers
