#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "actors/actor_board.hpp"
#include "net/ask.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

// The actors of the engine, for operators: kinds, ids and times, whosever they are; never what
// somebody said, nor a number.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

/// How long an actor may take to say what it is about.
constexpr std::chrono::milliseconds patience{1'000};

using board_ptr = std::shared_ptr<actor_board>;

result<board_ptr> board_of(const exchange& x) {
  if (auto board = x.svc.engine.actors())
    return board;
  return fail(errc::not_found, "this engine does not watch its actors; see actors.watch");
}

result<void> no_such_actor() { return fail(errc::not_found, "there is no such actor any more"); }

result<std::uint64_t> actor_of(const exchange& x) {
  const auto text = x.values[0];
  std::uint64_t id = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), end, id);
  if (code != std::errc() || stopped != end)
    return fail(no_such_actor().error());
  return id;
}

std::optional<actor_board::order> read_order(std::string_view text) {
  using enum actor_board::order;
  if (text == "tree")
    return tree;
  if (text == "name")
    return name;
  if (text == "mailbox")
    return mailbox;
  if (text == "rate" || text == "messages_per_second")
    return rate;
  if (text == "p99" || text == "handler_p99_us")
    return p99;
  if (text == "restarts")
    return restarts;
  if (text == "age" || text == "age_seconds")
    return age;
  return std::nullopt;
}

/// What stands on clock.boot() as a time of the day.
std::optional<instant> as_time(const exchange& x, std::chrono::nanoseconds boot) {
  if (boot == std::chrono::nanoseconds(0))
    return std::nullopt;
  return x.svc.time.now() + std::chrono::duration_cast<instant::duration>(boot - x.svc.time.boot());
}

json show_row(const exchange& x, const actor_row& a) {
  json j;
  j["id"] = std::to_string(a.id);
  j["parent_id"] = a.parent == 0 ? json() : json(std::to_string(a.parent));
  j["kind"] = std::string(to_string(a.kind));
  j["name"] = a.name();
  j["state"] = a.working ? "working" : a.mailbox > 0 ? "queued" : "idle";
  j["mailbox"] = a.mailbox;
  j["messages_per_second"] = a.per_second;
  j["handler_p50_us"] = a.p50_us;
  j["handler_p99_us"] = a.p99_us;
  j["restarts"] = a.restarts;
  j["last_error"] = a.last_error.empty() ? json() : json(a.last_error);
  j["age_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(a.age).count();
  j["next_timer_at"] = show(as_time(x, a.next_timer));
  j["children"] = a.children;
  j["restartable"] = actor_board::restartable(a.kind);
  j["stoppable"] = actor_board::stoppable(a.kind);
  return j;
}

json show_fields(const actor_state& s) {
  auto j = json::object();
  for (const auto& [name, value] : s.fields)
    std::visit([&, &name = name](const auto& v) { j[name] = v; }, value);
  return j;
}

void add_buckets(json& to, const actor_state& s) {
  for (const auto& b : s.buckets) {
    json j;
    j["name"] = b.name;
    j["used"] = b.used;
    j["limit"] = b.limit;
    j["window_seconds"] = b.window_seconds;
    to.push_back(std::move(j));
  }
}

using asked_state = std::optional<result<actor_state>>;

asio::awaitable<asked_state> ask_state(const board_ptr& board, std::uint64_t id, uuid about) {
  auto start = [board, id, about](deliver<actor_state> then) {
    board->ask(id, about, std::move(then));
  };
  co_return co_await answer_within<actor_state>(std::move(start), patience);
}

/// The name of the actor, typed by whoever acts.
result<void> read_confirmation(std::string_view body, const std::string& name) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  r.require("confirm");
  if (auto confirm = r.text("confirm", 200); confirm && *confirm != name)
    r.mistake("confirm", "mismatch", "must be the actor's name: " + name);
  r.finish();
  return r.verdict();
}

struct target_actor {
  board_ptr board;
  actor_row row;
};

/// Which actor is meant; and the trail says so before anything is done to it.
asio::awaitable<result<target_actor>>
begin_act(exchange& x, std::string_view act, bool possible(actor_kind)) {
  auto board = board_of(x);
  if (!board)
    co_return fail(board.error());
  auto id = actor_of(x);
  if (!id)
    co_return fail(id.error());
  auto found = (*board)->find(*id);
  if (!found)
    co_return fail(no_such_actor().error());
  auto& row = found->row;
  if (auto sure = read_confirmation(x.text, row.name()); !sure)
    co_return fail(sure.error());
  if (!possible(row.kind))
    co_return fail(
        errc::wrong_state, act == "restart"
                               ? "nobody would make this actor again; restart the engine instead"
                               : "only a call or a campaign can be stopped");
  std::function<result<void>(desk_work&)> note = [&](desk_work& w) {
    return w.note_operation(
        "actor." + std::string(act), std::string(to_string(row.kind)), row.subject,
        "by the actor console");
  };
  auto noted = co_await transact(x, std::move(note));
  if (!noted)
    co_return fail(noted.error());
  target_actor meant{*board, std::move(row)};
  co_return meant;
}

http::response show_act(const std::string& act, const actor_row& row, bool taken) {
  json doc;
  doc["act"] = act;
  doc["name"] = row.name();
  doc["taken"] = taken;
  return answer(200, doc);
}

} // namespace

// GET /api/admin/actors?q=&sort=&cursor=&limit=
answer_of_handler list_actors(exchange& x) {
  query_reader query(x.req);
  actor_board::query what;
  what.q = query.text("q", 100).value_or("");
  what.limit = static_cast<std::size_t>(query.integer("limit", 1, 500).value_or(50));
  what.offset = static_cast<std::size_t>(query.integer("cursor", 0, 10'000'000).value_or(0));
  if (auto sort = query.text("sort", 40)) {
    if (auto order = read_order(*sort))
      what.by = *order;
    else
      query.mistake("sort", "unknown", "must be tree, name, mailbox, rate, p99, restarts or age");
  }
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto board = board_of(x);
  if (!board)
    co_return refuse(x, board.error());
  auto found = (*board)->list(what);
  json doc;
  doc["actors"] = json::array();
  for (const auto& row : found.rows)
    doc["actors"].push_back(show_row(x, row));
  doc["total"] = found.total;
  const auto next = what.offset + what.limit;
  doc["next_cursor"] = next < found.total ? json(std::to_string(next)) : json();
  co_return answer(200, doc);
}

// GET /api/admin/actors/{id}
answer_of_handler get_actor(exchange& x) {
  auto board = board_of(x);
  if (!board)
    co_return refuse(x, board.error());
  auto id = actor_of(x);
  if (!id)
    co_return refuse(x, id.error());
  auto found = (*board)->find(*id);
  if (!found)
    co_return refuse(x, no_such_actor().error());
  const auto& row = found->row;
  auto actor = show_row(x, row);
  const uuid nothing;
  auto state = co_await ask_state(*board, *id, nothing);
  auto buckets = json::array();
  actor["state_json"] = json();
  if (state && *state) {
    actor["state_json"] = show_fields(**state);
    add_buckets(buckets, **state);
  }
  // A campaign's paces are kept by the SCHEDULER, which stands above it.
  if (row.kind == actor_kind::campaign && row.parent != 0)
    if (auto kept = co_await ask_state(*board, row.parent, row.subject); kept && *kept) {
      if (actor["state_json"].is_object())
        actor["state_json"].update(show_fields(**kept));
      add_buckets(buckets, **kept);
    }
  auto recent = json::array();
  for (const auto& m : found->recent) {
    json j;
    j["type"] = m.type;
    j["at"] = show(as_time(x, m.at));
    j["took_us"] = m.took_us;
    recent.push_back(std::move(j));
  }
  actor["recent_messages"] = std::move(recent);
  actor["buckets"] = std::move(buckets);
  json doc;
  doc["actor"] = std::move(actor);
  co_return answer(200, doc);
}

// POST /api/admin/actors/{id}/restart
answer_of_handler restart_actor(exchange& x) {
  auto target = co_await begin_act(x, "restart", &actor_board::restartable);
  if (!target)
    co_return refuse(x, target.error());
  if (auto done = target->board->restart(target->row.id); !done)
    co_return refuse(x, done.error());
  co_return show_act("restart", target->row, true);
}

// POST /api/admin/actors/{id}/stop
answer_of_handler stop_actor(exchange& x) {
  auto target = co_await begin_act(x, "stop", &actor_board::stoppable);
  if (!target)
    co_return refuse(x, target.error());
  auto start = [&](deliver<actor_state> then) {
    target->board->stop(target->row.id, x.who, std::move(then));
  };
  auto heard = co_await answer_within<actor_state>(std::move(start), patience);
  if (heard && !*heard)
    co_return refuse(x, heard->error());
  co_return show_act("stop", target->row, heard.has_value());
}

} // namespace ringmaster::net::handlers
