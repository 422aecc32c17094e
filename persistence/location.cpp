#include "persistence/location.hpp"

#include <memory>

#include <libpq-fe.h>

namespace ringmaster::db {

result<location> location::parse(const std::string& url) {
  char* problem = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
    PQconninfoParse(url.c_str(), &problem), &PQconninfoFree);
  if (problem)
    PQfreemem(problem);
  if (!options)
    return fail(errc::invalid, "database.url is not a PostgreSQL address such as "
                               "postgresql://user:password@host:5432/ringmaster");
  location where;
  for (auto* option = options.get(); option->keyword; ++option)
    if (option->val && *option->val)
      where.values_[option->keyword] = option->val;
  return where;
}

location location::with(const std::string& key, const std::string& value) const {
  auto copy = *this;
  copy.values_[key] = value;
  return copy;
}

location location::with_default(const std::string& key, const std::string& value) const {
  return values_.contains(key) ? *this : with(key, value);
}

location location::without(const std::string& key) const {
  auto copy = *this;
  copy.values_.erase(key);
  return copy;
}

std::string location::value(const std::string& key) const {
  auto found = values_.find(key);
  return found == values_.end() ? std::string{} : found->second;
}

std::string location::text() const {
  std::string text;
  for (const auto& [key, value] : values_) {
    text += key + "='";
    for (char c : value) {
      if (c == '\'' || c == '\\')
        text += '\\';
      text += c;
    }
    text += "' ";
  }
  return text;
}

std::string location::describe() const {
  auto host = value("host").empty() ? std::string("localhost") : value("host");
  return value("user") + "@" + host + "/" + value("dbname");
}

liveness ping(const location& where) {
  switch (PQping(where.with_default("connect_timeout", "3").text().c_str())) {
    case PQPING_OK: return liveness::accepts;
    case PQPING_REJECT: return liveness::busy;
    default: return liveness::silent;
  }
}

} // namespace ringmaster::db
