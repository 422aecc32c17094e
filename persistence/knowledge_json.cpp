#include "persistence/knowledge_json.hpp"

#include <nlohmann/json.hpp>

#include "persistence/db.hpp"
#include "persistence/task_json.hpp"

namespace ringmaster {
namespace {

using json = nlohmann::json;

[[noreturn]] void refuse(const std::string& what) {
  throw db::failure(db::trouble::other, "stored JSON is not of its shape: " + what);
}

json parse(std::string_view text) {
  auto value = json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded())
    refuse("it cannot be read");
  return value;
}

const json& member(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name))
    refuse(std::string(name) + " is missing");
  return object.at(name);
}

std::string text(const json& object, const char* name) {
  const auto& value = member(object, name);
  if (!value.is_string())
    refuse(std::string(name) + " is no text");
  return value.get<std::string>();
}

} // namespace

std::string write_citations(const std::vector<knowledge::citation>& list) {
  auto out = json::array();
  for (const auto& c : list)
    out.push_back({
        {"reference", storable(c.reference)},
        {"title",     storable(c.title)    },
        {"quote",     storable(c.quote)    },
    });
  return out.dump();
}

std::vector<knowledge::citation> read_citations(std::string_view stored) {
  auto value = parse(stored);
  if (!value.is_array())
    refuse("sources are no array");
  std::vector<knowledge::citation> list;
  for (const auto& one : value)
    list.push_back({text(one, "reference"), text(one, "title"), text(one, "quote")});
  return list;
}

std::string write_entry(const calendar::entry& e) {
  json out{
      {"title",     storable(e.title)              },
      {"location",  storable(e.location)           },
      {"notes",     storable(e.notes)              },
      {"starts_at", db::timestamp_text(e.starts_at)},
      {"ends_at",   db::timestamp_text(e.ends_at)  },
      {"timezone",  e.timezone                     },
      {"all_day",   e.all_day                      },
  };
  return out.dump();
}

calendar::entry read_entry(std::string_view stored) {
  auto value = parse(stored);
  calendar::entry e;
  e.title = text(value, "title");
  e.location = text(value, "location");
  e.notes = text(value, "notes");
  e.starts_at = db::parse_timestamp(text(value, "starts_at"));
  e.ends_at = db::parse_timestamp(text(value, "ends_at"));
  e.timezone = text(value, "timezone");
  const auto& whole = member(value, "all_day");
  if (!whole.is_boolean())
    refuse("all_day is no truth value");
  e.all_day = whole.get<bool>();
  return e;
}

} // namespace ringmaster
