#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/phone_number.hpp"
#include "domain/time.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
#include "net/number_import.hpp"
#include "net/query.hpp"
#include "net/views.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t numbers_max = 1000;

struct wanted {
  phone_number number;
  std::string reason;
};
struct order {
  std::vector<wanted> numbers;
  bool one = false; ///< the body named one number, not a list
};

void read_one(object_reader& r, const std::string& region, std::vector<wanted>& into) {
  r.require("phone_number");
  auto text = r.text("phone_number");
  auto reason = r.text("reason", 500).value_or("");
  if (!text)
    return;
  auto read = read_number(*text, region);
  if (read)
    into.push_back({read->number, std::move(reason)});
  else
    r.mistake(
      "phone_number", read.error().fields.empty() ? "invalid" : read.error().fields[0].code,
      read.error().fields.empty() ? read.error().detail : read.error().fields[0].message);
}

result<order> read_order(std::string_view body, const std::string& region) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  order o;
  if (auto items = r.list("suppressions", numbers_max)) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      object_reader inner((*items)[i], pointer_to("/suppressions", i));
      read_one(inner, region, o.numbers);
      inner.finish();
      r.take(inner.mistakes());
    }
  } else if (!r.has("suppressions")) {
    o.one = true;
    read_one(r, region, o.numbers);
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return o;
}

http::response show_added(const std::vector<suppression_view>& added, bool one) {
  json doc;
  if (one) {
    doc["suppression"] = show(added.front());
  } else {
    auto& items = doc["suppressions"] = json::array();
    for (const auto& s : added)
      items.push_back(show(s));
  }
  return answer(201, doc);
}

json show_all(const page<suppression_view>& found) {
  auto items = json::array();
  for (const auto& s : found.items)
    items.push_back(show(s));
  return items;
}

} // namespace

// GET /api/suppressions
answer_of_handler list_suppressions(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [&](desk_work& w) { return w.list_suppressions(asked); };
  auto found = co_await from_desk(x, work);
  if (!found)
    co_return refuse(x, found.error());
  co_return show_page(
    x.req, "suppressions", show_all(*found), asked, found->total, found->next_cursor);
}

namespace {

asio::awaitable<http::response> add_whole(exchange& x) {
  auto wish = read_order(x.text, x.svc.region());
  if (!wish)
    co_return refuse(x, wish.error());
  std::vector<suppression_row> rows;
  for (const auto& one : wish->numbers)
    rows.push_back({one.number, one.reason});
  std::vector<campaign_id> touched;
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    std::vector<suppression_view> added;
    for (const auto& one : rows) {
      auto made = w.add_suppression(one.number, one.reason, "api");
      if (!made)
        return fail(made.error());
      added.push_back(std::move(*made));
    }
    // They stand on the list: what is left to do is to set aside what waits for them.
    auto done = w.lists().suppress(rows, "api");
    if (!done)
      return fail(done.error());
    touched = std::move(done->campaigns);
    return outcome{show_added(added, wish->one)};
  };
  auto out = co_await transact_once(x, std::move(work));
  for (const auto& campaign : touched)
    x.svc.engine.tell(targets_added{campaign}); // it may have nothing left to call
  co_return out;
}

} // namespace

// POST /api/suppressions   {"phone_number": "+1...", "reason": "asked not to be called"}, or a long
// list as CSV or NDJSON
answer_of_handler add_suppressions(exchange& x) {
  auto type = list_type(x.req);
  if (type == "application/json") {
    auto read = co_await read_json(x);
    if (!read)
      co_return refuse(x, read.error());
    co_return co_await add_whole(x);
  }
  number_sink sink = [who = x.who](desk& d, std::span<const suppression_row> rows) {
    result<suppressed> done;
    auto ran = d.transact(who, [&](desk_work& w) -> result<void> {
      done = w.lists().suppress(rows, "import");
      return done ? result<void>{} : result<void>(fail(done.error()));
    });
    return ran ? done : result<suppressed>(fail(ran.error()));
  };
  co_return co_await answer_numbers(x, type, "report", std::move(sink));
}

// DELETE /api/suppressions/{id}
answer_of_handler remove_suppression(exchange& x) {
  auto id = path_id<suppression_id>(x, "suppression");
  if (!id)
    co_return refuse(x, id.error());
  std::function<result<void>(desk_work&)> work = [&](desk_work& w) {
    return w.remove_suppression(*id);
  };
  auto done = co_await transact(x, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

// -- for everybody on this installation --

// GET /api/admin/suppressions
answer_of_handler list_everywhere(exchange& x) {
  query_reader query(x.req);
  auto asked = query.page();
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [asked](desk& d) { return d.installation().list_suppressed(asked); };
  auto found = co_await on_desk<page<everywhere_view>>(x.svc.engine, std::move(work));
  if (!found)
    co_return refuse(x, found.error());
  auto items = json::array();
  for (const auto& v : found->items)
    items.push_back(
      {{"phone_number", v.number.reveal()},
       {"scope", "installation"},
       {"reason", v.reason},
       {"source", v.source},
       {"created_at", to_rfc3339(v.created_at)}});
  co_return show_page(
    x.req, "suppressions", std::move(items), asked, found->total, found->next_cursor);
}

// POST /api/admin/suppressions   as POST /api/suppressions
answer_of_handler suppress_everywhere(exchange& x) {
  auto type = list_type(x.req);
  if (type != "application/json") {
    number_sink sink = [who = x.who](desk& d, std::span<const suppression_row> rows) {
      return d.installation().suppress(who, rows, "import");
    };
    co_return co_await answer_numbers(x, type, "report", std::move(sink));
  }
  auto read = co_await read_json(x);
  if (!read)
    co_return refuse(x, read.error());
  auto wish = read_order(x.text, x.svc.region());
  if (!wish)
    co_return refuse(x, wish.error());
  std::vector<suppression_row> rows;
  for (const auto& one : wish->numbers)
    rows.push_back({one.number, one.reason});
  auto work = [who = x.who, rows](desk& d) { return d.installation().suppress(who, rows, "api"); };
  auto done = co_await on_desk<suppressed>(x.svc.engine, std::move(work));
  if (!done)
    co_return refuse(x, done.error());
  for (const auto& campaign : done->campaigns)
    x.svc.engine.tell(targets_added{campaign});
  number_report report;
  report.done = std::move(*done);
  json doc;
  doc["report"] = show(report);
  co_return answer(200, doc);
}

// DELETE /api/admin/suppressions?phone_number=%2B14155550100
answer_of_handler allow_everywhere(exchange& x) {
  query_reader query(x.req);
  auto text = query.text("phone_number").value_or("");
  auto number = read_number(text, x.svc.region());
  if (!number)
    query.mistake("phone_number", "not_a_number", "must be the number to be taken off the list");
  if (auto good = query.verdict(); !good)
    co_return refuse(x, good.error());
  auto work = [who = x.who, number = number->number](desk& d) { return d.installation().lift(who, number); };
  auto done = co_await on_desk<void>(x.svc.engine, std::move(work));
  co_return done ? answer(200, json::object()) : refuse(x, done.error());
}

} // namespace ringmaster::net::handlers
