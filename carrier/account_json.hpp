#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ringmaster::telco {

/// The carrier's Account object, as far as a caller of ours reads it.
std::string write_account(std::string_view sid);

/// One page with all of `numbers`, under the list's `name`. `target` is what was asked for.
std::string write_numbers(
    std::string_view name, const std::vector<std::string>& numbers, std::string_view account,
    std::string_view target);

} // namespace ringmaster::telco
