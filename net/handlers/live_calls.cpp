#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"
#include "net/money_json.hpp"
#include "net/query.hpp"
#include "net/talk_views.hpp"
#include "net/task_views.hpp"
#include "net/views.hpp"
#include "wire/digest.hpp"

// What was said in a call, and what came of it.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

/// A call with what belongs to it. `talk` is none where it never was a conversation.
struct detail {
  call::view call;
  std::optional<talk::view> talk;
  std::vector<talk::segment> said;
  std::vector<task::record> follow_ups;
  std::vector<audit_view> audit;
  call_cost cost;
};

result<detail> read_detail(desk_work& w, const attempt_id& id) {
  detail d;
  auto call = w.find_call(id);
  if (!call)
    return fail(call.error());
  d.call = std::move(*call);
  auto talk = w.conversations().find(id);
  if (talk)
    d.talk = std::move(*talk);
  else if (talk.error().code != errc::not_found)
    return fail(talk.error());
  if (d.talk) {
    auto said = w.conversations().transcript(id);
    if (!said)
      return fail(said.error());
    d.said = std::move(*said);
    for (const auto& next : d.talk->follow_ups) {
      auto task = w.tasks().find(next);
      if (task)
        d.follow_ups.push_back(std::move(*task));
      else if (task.error().code != errc::not_found)
        return fail(task.error());
    }
  }
  page_request trail;
  trail.limit = 500;
  auto audit = w.list_audit(trail, to_string(id));
  if (!audit)
    return fail(audit.error());
  d.audit = std::move(audit->items);
  auto cost = w.ledger().cost(id);
  if (!cost)
    return fail(cost.error());
  d.cost = std::move(*cost);
  return d;
}

json show_follow_up(const task::record& t) {
  json j;
  j["id"] = to_string(t.id);
  j["title"] = t.title;
  j["raw_instruction"] = t.raw_instruction;
  j["status"] = std::string(task::to_string(t.state));
  return j;
}

/// There is no sum of two currencies.
json show_cost(const call_cost& c) {
  json j;
  j["carrier"] = show_money(c.carrier);
  j["models"] = show_money(c.models);
  auto total = c.models;
  if (c.carrier)
    total.micros += c.carrier->micros;
  bool same = !c.carrier || c.carrier->currency == c.models.currency;
  j["total"] = same ? show_money(total) : json();
  return j;
}

http::response show_detail(const detail& d) {
  json doc;
  doc["call_session"] = show(d.call);
  doc["cost"] = show_cost(d.cost);
  doc["conversation"] = d.talk ? show(*d.talk) : json();
  doc["transcript"] = talk::write_transcript(d.said);
  doc["segments"] = show_all(d.said);
  const auto* found = d.talk && d.talk->found ? &*d.talk->found : nullptr;
  doc["summary"] = found && !found->summary.empty() ? json(found->summary) : json();
  doc["goal_achieved"] = found ? json(std::string(talk::to_string(found->goal_achieved))) : json();
  doc["sentiment"] = found ? json(std::string(talk::to_string(found->mood))) : json();
  auto& values = doc["extracted_data"] = json::array();
  if (found)
    for (const auto& v : found->values)
      values.push_back(show(v, d.said));
  auto& tasks = doc["follow_up_tasks"] = json::array();
  for (const auto& t : d.follow_ups)
    tasks.push_back(show_follow_up(t));
  auto& audit = doc["audit"] = json::array();
  for (const auto& a : d.audit)
    audit.push_back(show(a));
  return answer(200, doc);
}

struct part {
  call::view call;
  std::vector<talk::segment> said;
};

http::response show_part(const part& p, std::int64_t after) {
  json doc;
  doc["call_session_id"] = to_string(p.call.id);
  doc["transcript"] = talk::write_transcript(p.said);
  doc["segments"] = show_all(p.said);
  doc["last"] = p.said.empty() ? json(after) : json(p.said.back().n);
  doc["call_ended"] = p.call.ended_at.has_value();
  return answer(200, doc);
}

http::response show_processed(const attempt_id& id, const talk::wrapped& w) {
  std::int64_t known = 0;
  for (const auto& v : w.found.values)
    known += v.known();
  json doc;
  doc["call_session_id"] = to_string(id);
  doc["summary"] = w.found.summary.empty() ? json() : json(w.found.summary);
  doc["task_status"] = w.task ? json(std::string(task::to_string(w.task->state))) : json();
  doc["extracted_data_count"] = known;
  doc["follow_up_tasks_created"] = w.follow_ups_made;
  return answer(200, doc);
}

error still_processing() {
  return error{
      .code = errc::unavailable,
      .detail = "the processing takes longer than a request may; it goes on, read the call later",
      .retry_after = std::chrono::seconds(10)};
}

/// The answer that was given under this key before. A key that nobody has used stays unclaimed.
asio::awaitable<result<std::optional<desk_work::stored_answer>>>
earlier_answer(exchange& x, const std::string& key, const std::string& hash) {
  std::optional<desk_work::stored_answer> earlier;
  bool unused = false;
  std::function<result<void>(desk_work&)> look = [&](desk_work& w) -> result<void> {
    auto claimed = w.claim_key(key, idempotency_route(x.req), hash);
    if (!claimed)
      return fail(claimed.error());
    earlier = std::move(*claimed);
    if (earlier)
      return {};
    unused = true;
    return fail(errc::conflict, "taken back"); // the claim goes with the transaction
  };
  auto looked = co_await transact(x, std::move(look));
  if (!looked && !unused)
    co_return fail(std::move(looked.error()));
  co_return std::move(earlier);
}

} // namespace

// GET /api/call-sessions/{id}
answer_of_handler get_call(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) { return read_detail(w, *id); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_detail(*found) : refuse(x, found.error());
}

// GET /api/call-sessions/{id}/transcript?after=12
answer_of_handler read_transcript(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  query_reader query(x.req);
  auto after = query.integer("after", 0, std::numeric_limits<std::int32_t>::max()).value_or(0);
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) -> result<part> {
    // The call is read first: what is said after it has ended is in the segments then.
    auto call = w.find_call(*id);
    if (!call)
      return fail(call.error());
    auto said = w.conversations().transcript(*id, static_cast<std::int32_t>(after));
    if (!said)
      return fail(said.error());
    return part{std::move(*call), std::move(*said)};
  };
  auto found = co_await from_desk(x, work);
  co_return found ? show_part(*found, after) : refuse(x, found.error());
}

// POST /api/call-sessions/{id}/process
answer_of_handler process_session(exchange& x) {
  auto id = path_id<attempt_id>(x, "call session");
  if (!id)
    co_return refuse(x, id.error());
  auto key = idempotency_key(x.req);
  if (!key)
    co_return refuse(x, key.error());
  auto hash = wire::to_hex(wire::sha256(x.text));
  if (*key) {
    auto earlier = co_await earlier_answer(x, **key, hash);
    if (!earlier)
      co_return refuse(x, earlier.error());
    if (*earlier)
      co_return replay(**earlier);
  }
  auto find = [&](desk_work& w) { return w.find_call(*id); };
  auto known = co_await from_desk(x, find);
  if (!known)
    co_return refuse(x, known.error());
  ringmaster::process_call order{x.who, *id};
  auto done =
      co_await ask_within<talk::wrapped>(x.svc.engine, std::move(order), x.svc.process_patience);
  if (!done)
    co_return refuse(x, still_processing());
  if (!*done)
    co_return refuse(x, done->error());
  auto out = show_processed(*id, **done);
  if (*key) {
    std::function<result<void>(desk_work&)> keep = [&](desk_work& w) -> result<void> {
      auto claimed = w.claim_key(**key, idempotency_route(x.req), hash);
      if (!claimed || *claimed)
        return {}; // the same request, sent twice at the same time, has kept its answer
      return w.store_answer(**key, idempotency_route(x.req), {out.status, out.body});
    };
    // What was processed was processed: the answer is given even where it cannot be kept.
    co_await transact(x, std::move(keep));
  }
  co_return out;
}

} // namespace ringmaster::net::handlers
