#pragma once

#include <string>
#include <string_view>

namespace ringmaster::assistant {

/// `text` as a JSON string; broken UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

/// JSON as it grows: members keep their order, and what is JSON already is taken as it is.
class object_text {
public:
  object_text& raw(std::string_view name, std::string_view json);
  object_text& text(std::string_view name, std::string_view value) {
    return raw(name, json_string(value));
  }
  /// The members of another object, which must be one.
  object_text& members_of(std::string_view json);
  bool empty() const { return body_.empty(); }
  std::string str() const { return "{" + body_ + "}"; }

private:
  std::string body_;
};

class array_text {
public:
  array_text& raw(std::string_view json);
  bool empty() const { return body_.empty(); }
  std::string str() const { return "[" + body_ + "]"; }

private:
  std::string body_;
};

} // namespace ringmaster::assistant
