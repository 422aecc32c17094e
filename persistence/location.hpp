#pragma once

#include <map>
#include <string>

#include "domain/error.hpp"

namespace ringmaster::db {

/// Where a database is: the keywords of libpq, read from a URL or put together.
class location {
 public:
  location() = default;

  /// Reads `postgresql://...` or `host=... dbname=...`. The mistake, if any, never shows the
  /// password.
  static result<location> parse(const std::string& url);

  location with(const std::string& key, const std::string& value) const;
  location with_default(const std::string& key, const std::string& value) const;
  location without(const std::string& key) const;
  std::string value(const std::string& key) const;

  /// As libpq reads it: key='value' ...
  std::string text() const;
  /// For people: user, host and database, without password.
  std::string describe() const;

 private:
  std::map<std::string, std::string> values_;
};

/// What a server says when it is asked whether it takes connections. No credentials needed.
enum class liveness { accepts, busy, silent };
liveness ping(const location& where);

} // namespace ringmaster::db
