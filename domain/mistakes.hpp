#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "domain/text.hpp"

namespace ringmaster {

/// Collects mistakes, so that a user sees all of them at once.
class mistakes {
public:
  void add(std::string pointer, std::string code, std::string message) {
    found_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  /// The mistakes of a part; those without a place of their own go to `pointer`.
  void add_all(error&& why, std::string_view pointer) {
    if (why.fields.empty())
      add(std::string{pointer}, std::string{to_string(why.code)}, std::move(why.detail));
    for (auto& field : why.fields)
      found_.push_back(std::move(field));
  }

  /// All mistakes of a part that stands at `pointer`, whatever place they name themselves.
  void add_at(std::string_view pointer, error&& why) {
    for (auto& field : why.fields)
      field.pointer = pointer;
    add_all(std::move(why), pointer);
  }

  /// `least` and `most` count characters after trimming. With `lines`, line ends are welcome.
  void check_text(
      std::string_view pointer, std::string_view text, std::size_t least, std::size_t most,
      bool lines = false) {
    text = trimmed(text);
    auto length = count_characters(text);
    if (!length)
      add(std::string{pointer}, "not_utf8", "is not valid UTF-8");
    else if (*length < least)
      add(std::string{pointer}, "empty", "must not be empty");
    else if (*length > most)
      add(std::string{pointer}, "too_long",
          "must have at most " + std::to_string(most) + " characters");
    else if (has_control_character(text, lines))
      add(std::string{pointer}, "control_character", "must not hold control characters");
  }

  template <class T>
  void check_range(std::string_view pointer, T value, T least, T most) {
    if (value < least || value > most)
      add(std::string{pointer}, "out_of_range",
          "must be between " + std::to_string(least) + " and " + std::to_string(most));
  }

  bool none() const { return found_.empty(); }

  /// The refusal: one mistake is told in full, several are counted.
  error take() {
    error why{.code = errc::invalid, .detail = {}};
    why.detail = found_.size() == 1
                     ? found_.front().pointer.substr(1) + ": " + found_.front().message
                     : std::to_string(found_.size()) + " fields are not acceptable";
    why.fields = std::move(found_);
    return why;
  }

private:
  std::vector<field_error> found_;
};

} // namespace ringmaster
