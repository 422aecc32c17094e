#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/permit.hpp"
#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/news.hpp"
#include "net/query.hpp"
#include "net/task_body.hpp"
#include "net/task_views.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

http::response show_task(const task::record& t) {
  json doc;
  doc["call_task"] = show(t);
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(t.version, out.body)});
  return out;
}

http::response show_created(const task::record& t) {
  json doc;
  doc["call_task"] = show(t);
  doc["ai_plan"] = show(t.plan);
  doc["status"] = std::string(task::to_string(t.state));
  doc["requires_clarification"] = requires_clarification(t);
  auto out = answer(201, doc);
  out.headers.push_back({"ETag", etag_of(t.version, out.body)});
  out.headers.push_back({"Location", "/api/call-tasks/" + to_string(t.id)});
  return out;
}

json show_all(const page<task::record>& found) {
  auto items = json::array();
  for (const auto& t : found.items)
    items.push_back(show(t));
  return items;
}

/// A task with what belongs to it.
struct detail {
  task::record task;
  std::optional<contact::view> contact;
  std::vector<call::view> calls;
};

http::response show_detail(const detail& d) {
  json doc;
  auto& task = doc["call_task"] = show(d.task);
  task["contact"] = d.contact ? show(*d.contact) : json();
  auto& calls = task["call_sessions"] = json::array();
  for (const auto& c : d.calls)
    calls.push_back(show(c));
  auto out = answer(200, doc);
  out.headers.push_back({"ETag", etag_of(d.task.version, out.body)});
  return out;
}

/// `status` of the call's session is in `call_session`; the one at the top is the task's.
http::response show_started(const task_started& s, const std::optional<phone_number>& number) {
  json doc;
  doc["call_session"] = s.call ? show(*s.call) : json();
  doc["call_sid"] = s.call && s.call->sid ? json(s.call->sid->value) : json();
  doc["status"] = std::string(task::to_string(s.task.state));
  doc["phone_number"] = number ? json(number->reveal()) : json();
  doc["call_script"] = show(std::optional(s.script));
  doc["call_task"] = show(s.task);
  doc["dialed"] = s.pass.dialed;
  doc["why"] = std::string(permit::to_string(s.pass.why));
  doc["reason"] = s.pass.reason.empty() ? permit::describe(s.pass.why) : s.pass.reason;
  doc["next_at"] = show(s.pass.next_at);
  return answer(200, doc);
}

/// The task as it is after it was planned, or as far as it came while the request waited.
asio::awaitable<std::optional<task::record>> wait_for_plan(exchange& x, task_id id) {
  plan_task order{x.who.user, id};
  auto planned =
      co_await ask_within<task::record>(x.svc.engine, std::move(order), x.svc.plan_patience);
  if (planned && *planned)
    co_return std::move(**planned);
  auto work = [&](desk_work& w) { return w.tasks().find(id); };
  auto now = co_await from_desk(x, work);
  if (!now)
    co_return std::nullopt;
  co_return std::move(*now);
}

/// Keeps the final answer under the request's Idempotency-Key, where the first one stands so far.
asio::awaitable<void> keep_answer(exchange& x, const std::string& key, const http::response& out) {
  std::function<result<void>(desk_work&)> keep = [&](desk_work& w) {
    return w.store_answer(key, idempotency_route(x.req), {out.status, out.body});
  };
  // The task stands, whatever becomes of this.
  co_await transact(x, std::move(keep));
}

/// What became of an act: the task after it, or what the request has to know instead.
struct acted {
  std::optional<task::record> task;
  std::vector<notification::view> said;   ///< with this act, in its transaction
  std::optional<campaign_id> in_progress; ///< not done: the call's campaign has to be canceled
  std::optional<std::int64_t> stale;      ///< not done: If-Match names another version than this
};

/// A step that exists, but only as the engine's own, is refused as any other that a user cannot
/// take: with the present status and what follows it.
error as_wrong_state(error why, task::status now) {
  if (why.code != errc::invalid || why.fields.size() != 1 || why.fields[0].code != "not_by_hand")
    return why;
  error told{.code = errc::wrong_state, .detail = why.fields[0].message};
  told.current_status = std::string(task::to_string(now));
  told.allowed_transitions = task::next_of(now);
  return told;
}

/// One act in one transaction. `ends_call`: the act cancels; in progress that is the campaign's
/// step, and nothing is done here.
result<acted> act_once(
    desk_work& w, const http::request& req, const task_id& id, const task::act& what,
    bool ends_call) {
  auto found = w.tasks().find(id);
  if (!found)
    return fail(found.error());
  acted out;
  if (!version_matches(req, found->version)) {
    out.stale = found->version;
    return out;
  }
  if (ends_call && found->state == task::status::in_progress && found->campaign) {
    out.in_progress = found->campaign;
    return out;
  }
  // The version holds the two reads together: a call that begins in between is a `conflict`.
  auto done = w.tasks().act(id, what, found->version);
  if (!done)
    return fail(as_wrong_state(std::move(done.error()), found->state));
  auto said = said_now(w, id.value);
  if (!said)
    return fail(said.error());
  out.task = std::move(*done);
  out.said = std::move(*said);
  return out;
}

asio::awaitable<result<acted>>
act_on(exchange& x, task_id id, task::act what, bool ends_call = false) {
  constexpr int tries_max = 3;
  for (int i = 1;; ++i) {
    auto work = [&](desk_work& w) { return act_once(w, x.req, id, what, ends_call); };
    auto done = co_await from_desk(x, work);
    bool again = !done && done.error().code == errc::conflict && i < tries_max;
    if (again && x.req.find("If-Match") == nullptr)
      continue;
    if (done && done->task) {
      tell_changed(x.svc.engine, x.who.user, *done->task);
      for (const auto& n : done->said)
        tell_said(x.svc.engine, x.who.user, n);
    }
    co_return done;
  }
}

http::response show_acted(const exchange& x, const result<acted>& done) {
  if (!done)
    return refuse(x, done.error());
  if (done->stale)
    return refuse_stale(x, "task", *done->stale);
  if (!done->task)
    return refuse(
        x, error{.code = errc::conflict, .detail = "the task's call is just beginning; try again"});
  return show_task(*done->task);
}

/// Cancels a task whose call is under way: by its campaign, whose step moves the task with it.
asio::awaitable<http::response> cancel_call(exchange& x, task_id id, campaign_id campaign) {
  change::steer_campaign step;
  step.who = x.who;
  step.campaign = campaign;
  step.on = campaign::action::cancel;
  step.of_task = true;
  auto steered = co_await ask<campaign_steered>(x.svc.engine, std::move(step));
  if (steered && steered->task) {
    tell_changed(x.svc.engine, x.who.user, *steered->task);
    co_return show_task(*steered->task);
  }
  if (!steered && steered.error().code != errc::wrong_state &&
      steered.error().code != errc::not_found)
    co_return refuse(x, steered.error());
  // The call has ended in between. The task says what is possible now.
  task::patch to_canceled;
  to_canceled.to = task::status::canceled;
  task::act what = task::edited{std::move(to_canceled)};
  auto done = co_await act_on(x, id, std::move(what), true);
  co_return show_acted(x, done);
}

} // namespace

// GET /api/call-tasks?status=ready_to_call&priority=high&q=dentist
answer_of_handler list_tasks(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  task_book::filter filter;
  filter.q = query.text("q").value_or("");
  if (auto name = query.text("status"); name && !(filter.state = task::parse_status(*name)))
    query.mistake("status", "unknown_status", "is not a status of tasks");
  if (auto name = query.text("priority"); name && !(filter.urgency = task::parse_priority(*name)))
    query.mistake("priority", "unknown_priority", "must be one of low, normal, high, urgent");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.tasks().list(asked, filter); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(x.req, "tasks", show_all(*found), asked, found->total, found->next_cursor);
}

// POST /api/call-tasks   {"raw_instruction": "Call my dentist and get the earliest appointment"}
answer_of_handler create_task(exchange& x) {
  auto draft = read_new_task(x.text, x.svc.region());
  if (!draft)
    co_return refuse(x, draft.error());
  task_id id{make_uuid7(x.svc.time.now(), x.svc.random)};
  std::optional<task::record> made;
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    made.reset();
    auto created = w.tasks().create(id, *draft);
    if (!created)
      return fail(created.error());
    made = std::move(*created);
    return outcome{show_created(*made)};
  };
  auto out = co_await transact_once(x, std::move(work));
  if (!made || out.status != 201)
    co_return out; // refused, or the answer of an earlier request
  tell_changed(x.svc.engine, x.who.user, *made);
  auto planned = co_await wait_for_plan(x, id);
  if (!planned)
    co_return out;
  out = show_created(*planned);
  if (auto key = idempotency_key(x.req); key && *key)
    co_await keep_answer(x, **key, out);
  co_return out;
}

// GET /api/call-tasks/{id}
answer_of_handler get_task(exchange& x) {
  auto id = path_id<task_id>(x, "task");
  if (!id)
    co_return refuse(x, id.error());
  auto work = [&](desk_work& w) -> result<detail> {
    detail d;
    auto found = w.tasks().find(*id);
    if (!found)
      return fail(found.error());
    d.task = std::move(*found);
    auto calls = w.tasks().calls(*id);
    if (!calls)
      return fail(calls.error());
    d.calls = std::move(*calls);
    if (d.task.contact) {
      auto contact = w.contacts().find(*d.task.contact);
      if (contact)
        d.contact = std::move(*contact);
      else if (contact.error().code != errc::not_found)
        return fail(contact.error());
    }
    return d;
  };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  auto out = show_detail(*found);
  if (unchanged(x.req, out.headers.back().value)) {
    out.status = 304;
    out.body.clear();
  }
  co_return out;
}

// PATCH /api/call-tasks/{id}   {"target_phone_number": "+1...", "answers": {"date": "Tuesday"}}
answer_of_handler update_task(exchange& x) {
  auto id = path_id<task_id>(x, "task");
  if (!id)
    co_return refuse(x, id.error());
  auto patch = read_task_patch(x.text);
  if (!patch)
    co_return refuse(x, patch.error());
  // Whoever may write or dial may also stop.
  bool cancels = patch->to == task::status::canceled;
  bool stops = cancels && is_bare_step(*patch);
  auto wanted = stops ? scope::write | scope::dial : static_cast<std::uint8_t>(scope::write);
  if (auto may = permit(x.key->scopes, wanted); !may)
    co_return refuse(x, may.error());
  task::act what = task::edited{std::move(*patch)};
  auto done = co_await act_on(x, *id, std::move(what), cancels);
  if (done && done->in_progress)
    co_return co_await cancel_call(x, *id, *done->in_progress);
  co_return show_acted(x, done);
}

// DELETE /api/call-tasks/{id}
answer_of_handler discard_task(exchange& x) {
  auto id = path_id<task_id>(x, "task");
  if (!id)
    co_return refuse(x, id.error());
  task::act what = task::discarded{};
  auto done = co_await act_on(x, *id, std::move(what));
  co_return show_acted(x, done);
}

// POST /api/call-tasks/{id}/approve
answer_of_handler approve_task(exchange& x) {
  auto id = path_id<task_id>(x, "task");
  if (!id)
    co_return refuse(x, id.error());
  task::act what = task::approved{};
  auto done = co_await act_on(x, *id, std::move(what));
  co_return show_acted(x, done);
}

// POST /api/call-tasks/{id}/start-call
answer_of_handler start_call(exchange& x) {
  auto id = path_id<task_id>(x, "task");
  if (!id)
    co_return refuse(x, id.error());
  if (auto key = idempotency_key(x.req); !key)
    co_return refuse(x, key.error());
  struct before {
    task::record task;
    std::optional<phone_number> number;
  };
  auto find = [&](desk_work& w) -> result<before> {
    auto known = w.tasks().find(*id);
    if (!known)
      return fail(known.error());
    auto around = w.tasks().around(*known);
    if (!around)
      return fail(around.error());
    auto number = task::number_to_call(*known, *around);
    return before{std::move(*known), std::move(number)};
  };
  auto known = co_await from_desk(x, find);
  if (!known)
    co_return refuse(x, known.error());
  std::function<asio::awaitable<http::response>()> dial = [&]() -> asio::awaitable<http::response> {
    start_task order{x.who, *id};
    auto started = co_await ask<task_started>(x.svc.engine, std::move(order));
    if (!started)
      co_return refuse(x, started.error());
    auto number = started->call ? std::optional(started->call->to) : known->number;
    co_return show_started(*started, number);
  };
  co_return co_await dial_once(x, std::move(dial));
}

} // namespace ringmaster::net::handlers
