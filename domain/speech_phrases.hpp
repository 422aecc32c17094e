#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

// The words by which people agree, refuse and put off. Folded, without apostrophes: "thats fine".

namespace ringmaster::talk {

using phrases = std::vector<std::string_view>;

/// Refusals by their words that agree: "no problem", "I cannot say no".
const phrases& yes_by_no();
/// Conditions that set none.
const phrases& empty_conditions();
const phrases& conditions();
/// Not now, or not by me.
const phrases& deferrals();
/// More than may be paid, said by way of comparison.
const phrases& excesses();
const std::set<std::string_view>& negations();
/// Words that agree wherever they stand.
const phrases& agreements();
const std::set<std::string_view>& firm_assents();
const std::set<std::string_view>& weak_assents();
/// Words around an assent that take nothing from it: politeness, days, times and prices.
bool is_filling(std::string_view word);

} // namespace ringmaster::talk
