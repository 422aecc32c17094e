#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace ringmaster {

/// The words of an enumeration whose values count up from zero, in their order. One table serves
/// both directions, so that what is printed can be read back.
template <class Enum, std::size_t N>
struct vocabulary {
  std::array<std::string_view, N> words;

  /// The word of `value`; a value outside the table (memory gone wrong) reads "?".
  constexpr std::string_view operator[](Enum value) const {
    auto at = static_cast<std::size_t>(value);
    return at < N ? words[at] : std::string_view{"?"};
  }

  /// The value of a word, exact.
  constexpr std::optional<Enum> find(std::string_view word) const {
    for (std::size_t i = 0; i < N; ++i)
      if (words[i] == word)
        return static_cast<Enum>(i);
    return std::nullopt;
  }
};

/// `vocabulary_of<status>("draft", "running")`
template <class Enum, class... Words>
constexpr auto vocabulary_of(Words... words) {
  return vocabulary<Enum, sizeof...(Words)>{{std::string_view{words}...}};
}

} // namespace ringmaster
