#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/options.hpp"

// One value of a setting: from text, and as text.

namespace ringmaster::config {

/// What is wrong with a value, as the end of a sentence that begins with the option's name.
using mistake = std::optional<std::string>;

/// Numbers and durations as their bounds are told.
std::string show(std::size_t x);
std::string show(std::chrono::milliseconds x);
std::string show(double x);

template <class T>
mistake within(T x, const bounds<T>& b) {
  if (x >= b.low && x <= b.high)
    return std::nullopt;
  return "must be from " + show(b.low) + " to " + show(b.high);
}

/// Reads a value as it stands in the environment; `into` is untouched by a mistake.
mistake take(std::string_view raw, std::string& into, text_check check);
mistake take(std::string_view raw, secret& into, text_check check);
mistake take(std::string_view raw, std::size_t& into, const bounds<std::size_t>& b);
mistake take(std::string_view raw, double& into, const bounds<double>& b);
mistake take(
    std::string_view raw, std::chrono::milliseconds& into, const bounds<std::chrono::milliseconds>& b);
mistake take(std::string_view raw, std::vector<std::string>& into, text_check check);
mistake take(std::string_view raw, bool& into, yes_or_no);

/// A value for people; secrets as "***".
std::string tell(const std::string& x);
std::string tell(const secret& x);
std::string tell(bool x);
std::string tell(std::size_t x);
std::string tell(double x);
std::string tell(std::chrono::milliseconds x);
std::string tell(const std::vector<std::string>& x);

} // namespace ringmaster::config
