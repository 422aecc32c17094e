#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace ringmaster::system_test {

using nlohmann::json;

/// One method of one path.
struct operation {
  std::string method; ///< upper case
  std::string path;   ///< with `{id}`
  json spec;
  json parameters; ///< of the path and of the operation, resolved

  /// The schema of the JSON request body; null if it takes none.
  json body_schema;
  /// The declared answer for a status: exact, `4XX`, or default; null if there is none.
  json answer_for(int status) const;
  bool has_path_parameter() const { return path.find('{') != std::string::npos; }
};

/// The engine's own description of its API, as it serves it.
class openapi_document {
 public:
  explicit openapi_document(json document) : document_(std::move(document)) {}

  std::vector<operation> operations() const;
  /// Follows `$ref`.
  json resolve(json schema) const;
  /// A value that fits the schema, as small as it may be: required members only.
  json sample(const json& schema, int depth = 0) const;
  /// Names of the members of an object schema that are texts (or may be).
  std::vector<std::string> text_members(const json& schema) const;
  /// Adds one line for everything in `value` that does not fit. `whole`: members that the schema
  /// does not name are wrong; a part of an `allOf` names only its own.
  void judge(
    const json& schema, const json& value, const std::string& where,
    std::vector<std::string>& complaints, bool whole = true) const;

 private:
  json document_;
};

} // namespace ringmaster::system_test
