#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "domain/ids.hpp"

namespace ringmaster::db {

/// An array parameter as a text literal, `{a,b}`, which every version of libpqxx can send. Texts
/// are always quoted, so that commas, braces, quotes, backslashes and the word null stay data.
class array {
 public:
  array() { text_.push_back('{'); }
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

  void add(std::string_view value) {
    separate();
    text_.push_back('"');
    for (char c : value) {
      if (c == '"' || c == '\\')
        text_.push_back('\\');
      text_.push_back(c);
    }
    text_.push_back('"');
  }
  void add(const std::string& value) { add(std::string_view(value)); }
  void add(const char* value) { add(std::string_view(value)); }
  void add(std::int64_t value) {
    separate();
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    text_.append(digits, end);
  }
  void add(std::int32_t value) { add(std::int64_t{value}); }
  void add(bool value) {
    separate();
    text_ += value ? "t" : "f";
  }
  /// As microseconds since 1970; read in SQL by `at(...)`.
  void add(instant value) { add(static_cast<std::int64_t>(value.time_since_epoch().count())); }
  void add(const uuid& value);
  template <class Tag>
  void add(const id<Tag>& value) {
    add(value.value);
  }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value)
      add(*value);
    else
      add_null();
  }
  void add_null() {
    separate();
    text_ += "NULL";
  }

  std::size_t size() const { return count_; }
  /// Closes the array and gives the text away.
  std::string take() {
    text_.push_back('}');
    return std::move(text_);
  }

 private:
  void separate() {
    if (count_++ > 0)
      text_.push_back(',');
  }

  std::string text_;
  std::size_t count_ = 0;
};

/// Long texts glued together by a control character, for `string_to_array($1, chr(31))`, which is
/// several times cheaper to read than an array literal. Bytes that PostgreSQL would refuse (zero,
/// broken UTF-8) and the separator itself are written as %XX.
class joined_texts {
 public:
  void add(std::string_view value);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool any_ = false;
};

} // namespace ringmaster::db
