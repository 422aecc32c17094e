#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "domain/assistant.hpp"
#include "domain/rules_reader.hpp"

// What the sources of content risks share; others include rules.hpp.

namespace ringmaster::rules {

using assistant::risks;
using phrases = std::initializer_list<std::string_view>;

/// What was found so far; each kind once, with its gravest level.
struct verdict {
  risks out;
  void add(risks::level level, std::string kind, std::string why) {
    out.verdict = std::max(out.verdict, level);
    auto same = [&](const auto& f) { return f.kind == kind; };
    if (std::none_of(out.findings.begin(), out.findings.end(), same))
      out.findings.push_back({std::move(kind), std::move(why)});
  }
};

/// "don't threaten", "never pretend", "without insulting": said to be left out.
bool is_forbidden(const reader& r, std::size_t i);
/// Somebody else does it: "they threaten to cut my power", "he was scammed".
bool is_done_to_us(const reader& r, std::size_t i);
/// One of the phrases stands at `i`, and is meant.
bool is_meant(const reader& r, std::size_t i, phrases all);
/// One of the phrases begins within `reach` tokens before or behind `i`.
bool has_near(const reader& r, std::size_t i, std::size_t reach, phrases all);

// Each looks at one place of a text.
void find_harassment(const reader& r, std::size_t i, verdict& v);
void find_stalking(const reader& r, std::size_t i, verdict& v);
void find_emergency(const reader& r, std::size_t i, verdict& v);
void find_fraud(const reader& r, std::size_t i, verdict& v);
void find_impersonation(const reader& r, std::size_t i, verdict& v);
void find_goods(const reader& r, std::size_t i, verdict& v);
void find_spam(const reader& r, std::size_t i, verdict& v);
void find_card(const reader& r, std::size_t i, verdict& v);

/// A number that is dialed in an emergency somewhere.
bool is_emergency_number(std::string_view digits);
/// Why it is not dialed.
extern const char* const emergency_why;

} // namespace ringmaster::rules
