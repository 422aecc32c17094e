#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/phone_number.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"
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

// POST /api/suppressions   {"phone_number": "+1...", "reason": "asked not to be called"}
answer_of_handler add_suppressions(exchange& x) {
  auto wish = read_order(x.text, x.svc.region());
  if (!wish)
    co_return refuse(x, wish.error());
  std::function<result<outcome>(desk_work&)> work = [&](desk_work& w) -> result<outcome> {
    std::vector<suppression_view> added;
    for (const auto& one : wish->numbers) {
      auto made = w.add_suppression(one.number, one.reason, "api");
      if (!made)
        return fail(made.error());
      added.push_back(std::move(*made));
    }
    return outcome{show_added(added, wish->one)};
  };
  co_return co_await transact_once(x, std::move(work));
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

} // namespace ringmaster::net::handlers
