#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "domain/people.hpp"
#include "net/handlers/handlers.hpp"
#include "net/json.hpp"

// Who the user is, for proving it on the phone. Values come in here and never go out again.

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

using field_values = std::vector<std::pair<std::string, std::string>>;

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// {"fields": {"date_of_birth": "1980-02-01", "address": null}}
result<field_values> read_fields(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  field_values out;
  r.require("fields");
  auto fields = r.member("fields");
  if (fields && fields->what != json_value::kind::object)
    r.wrong_type("fields", "an object of fields and texts", *fields);
  if (fields && fields->what == json_value::kind::object) {
    object_reader inner(*fields, r.at("fields"));
    for (const auto& [name, given] : fields->members) {
      if (!contains(auth_fields(), name))
        inner.mistake(name, "unknown_field", "is not a field that can prove who somebody is");
      else if (given.what == json_value::kind::null)
        out.emplace_back(name, "");
      else if (auto text = inner.text(name))
        out.emplace_back(name, std::move(*text));
    }
    r.take(inner.mistakes());
    if (fields->members.empty())
      r.mistake("fields", "nothing_to_update", "an update needs at least one field");
  }
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return out;
}

/// The book names its fields by themselves; in the body they stand below `fields`.
error below_fields(error why) {
  for (auto& f : why.fields)
    f.pointer = "/fields" + f.pointer;
  return why;
}

struct known {
  std::vector<std::string> set, allowed;
};

result<known> read_known(desk_work& w) {
  auto set = w.identities().fields();
  if (!set)
    return fail(set.error());
  auto settings = w.settings().read();
  if (!settings)
    return fail(settings.error());
  return known{std::move(*set), std::move(settings->allowed_auth_fields)};
}

http::response show_known(const known& k) {
  json doc;
  auto& items = doc["identity_fields"] = json::array();
  for (const auto& name : auth_fields()) {
    json one;
    one["name"] = name;
    one["set"] = contains(k.set, name);
    one["allowed"] = contains(k.allowed, name);
    items.push_back(std::move(one));
  }
  return answer(200, doc);
}

} // namespace

// GET /api/identity-fields
answer_of_handler get_identity(exchange& x) {
  auto work = [&](desk_work& w) { return read_known(w); };
  auto found = co_await from_desk(x, work);
  co_return found ? show_known(*found) : refuse(x, found.error());
}

// PUT /api/identity-fields   {"fields": {"date_of_birth": "1980-02-01", "address": null}}
answer_of_handler put_identity(exchange& x) {
  auto fields = read_fields(x.text);
  if (!fields)
    co_return refuse(x, fields.error());
  auto work = [&](desk_work& w) -> result<known> {
    if (auto written = w.identities().write(*fields); !written)
      return fail(below_fields(std::move(written.error())));
    return read_known(w);
  };
  auto done = co_await from_desk(x, work);
  co_return done ? show_known(*done) : refuse(x, done.error());
}

} // namespace ringmaster::net::handlers
