#pragma once

#include <string>
#include <vector>

namespace ringmaster::testing {

/// What people write, and what another person would understand. It is Wednesday, November 18th,
/// 2026, 10 in the morning in New York.
struct instruction {
  std::string text;
  std::string goal;                ///< the kind of goal: "book", "cancel", ...
  std::string number{};            ///< to be called, E.164; empty: none is found
  std::string price{};             ///< the most that may be paid: "120.00 USD"; empty: none
  std::vector<std::string> times{}; ///< their meanings, in the order of the text
  std::vector<std::string> hard{};  ///< one part of each constraint, in any order; no others
  std::vector<std::string> soft{};  ///< the same of preferences
  std::vector<std::string> missing{"phone_number"}; ///< required answers, sorted
  std::string risk = "none";        ///< "caution fraud", "refuse harassment", ...
  std::string who{};                ///< contact or company; empty: not looked at
  std::string region = "US";
  std::string timezone = "America/New_York";
};

const std::vector<instruction>& instructions();

} // namespace ringmaster::testing
