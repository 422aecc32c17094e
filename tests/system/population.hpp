#pragma once

#include <map>
#include <string>

#include "tests/system/openapi_document.hpp"
#include "tests/support/stage.hpp"

namespace ringmaster::system_test {

using namespace ringmaster::support;

/// An engine with two users; the first owns one of everything, each with a text in it that nobody
/// else may ever see.
struct population {
  stage s;
  api ann, bob;
  std::string canary;
  /// Ann's things by the path segment before their id in routes ("campaigns" to its id).
  std::map<std::string, std::string> ids;

  population();

  openapi_document description() const;
  /// A path with its `{…}` replaced by Ann's ids, or by one that nobody has.
  std::string fill(const std::string& path, bool with_anns) const;
  /// A body that would be accepted from the owner where one is needed.
  std::string body_for(const operation& o, const openapi_document& d) const;
};

/// One line for every row of every table, so that two pictures are equal only if nothing changed.
/// `except` holds `table.column` names that may.
std::map<std::string, std::string>
picture(support::sql& db, const std::vector<std::string>& except = {});

/// What differs between two pictures, for messages.
std::string difference(
  const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after);

} // namespace ringmaster::system_test
