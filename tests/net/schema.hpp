#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ringmaster::net_tests {

using json = nlohmann::ordered_json;

/// Holds JSON values against the part of JSON Schema that our OpenAPI document uses: type (a name
/// or a list), allOf, required, properties, additionalProperties, items, enum, bounds of numbers and
/// sizes, and references into the document. Other words than these are mistakes of the document.
class schema_checker {
 public:
  explicit schema_checker(const json& document) : document_(document) {}
  /// What is wrong with `value`, each with its place; empty if nothing is.
  std::vector<std::string> check(const json& schema, const json& value) const;
  /// Follows a `$ref`.
  const json& resolve(const json& schema) const;

 private:
  void look(
    const json& schema, const json& value, const std::string& at,
    std::vector<std::string>& wrong) const;
  const json& document_;
};

} // namespace ringmaster::net_tests
