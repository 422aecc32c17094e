#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster::net {

/// A JSON value that was read. Members of an object keep their order and their names are unique.
struct json_value {
  enum class kind : std::uint8_t { null, boolean, integer, real, text, list, object };

  kind what = kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text; ///< of a text; of a real, the number as it was written
  std::vector<json_value> items;                           ///< of a list
  std::vector<std::pair<std::string, json_value>> members; ///< of an object

  const json_value* find(std::string_view name) const;
};
std::string_view to_string(json_value::kind k);

/// Reads one JSON document. `malformed`, with a pointer where there is one, for broken syntax or
/// UTF-8, nesting deeper than 32, the same member twice, and the character U+0000, which the
/// database cannot keep.
result<json_value> parse_json(std::string_view text);

/// Appends a member's name to a JSON pointer (RFC 6901).
std::string pointer_to(std::string_view parent, std::string_view member);
std::string pointer_to(std::string_view parent, std::size_t index);

bool valid_utf8(std::string_view text);

/// Reads the members of one object and collects every mistake. A member that is absent, or wrong,
/// is `nullopt`; after all reads `finish` names the members that nobody asked for, and `verdict`
/// says whether all was well.
class object_reader {
 public:
  /// A body, or something in it at `pointer`. What is no object is one mistake.
  explicit object_reader(const json_value& from, std::string pointer = "");

  std::optional<std::string> text(std::string_view name, std::size_t bytes_max = 64 * 1024);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  /// The outer is whether it was given; `null` is a value.
  std::optional<std::optional<std::int64_t>> integer_or_null(
    std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<instant> time(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t most);
  /// The items of a list, each to be read on its own.
  const std::vector<json_value>* list(std::string_view name, std::size_t most);

  /// The member as it stands, for what needs more than one type; null if it is absent.
  const json_value* member(std::string_view name) { return take_member(name); }

  bool has(std::string_view name) const;
  /// Adds a mistake if `name` is absent.
  void require(std::string_view name);
  /// Adds a mistake of this object's member.
  void mistake(std::string_view name, std::string code, std::string message);
  /// The same for a member of another type than `wanted` ("a string").
  void wrong_type(std::string_view name, std::string_view wanted, const json_value& found);
  /// Takes the mistakes of something inside over.
  void take(std::vector<field_error> mistakes);
  /// Takes over what the domain finds wrong, but for fields that are known to be wrong already.
  void take_findings(const error& findings);

  void finish();
  const std::vector<field_error>& mistakes() const { return mistakes_; }
  /// `invalid` with all mistakes, or nothing.
  result<void> verdict() const;
  std::string at(std::string_view name) const { return pointer_to(pointer_, name); }

 private:
  const json_value* take_member(std::string_view name);

  const json_value* from_ = nullptr;
  std::string pointer_;
  std::vector<std::string_view> asked_;
  std::vector<field_error> mistakes_;
};

/// `invalid` with these mistakes.
error invalid_fields(std::vector<field_error> fields);

} // namespace ringmaster::net
