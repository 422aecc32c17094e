#pragma once

#include <string>
#include <string_view>

namespace ringmaster::telephony {

/// Foreign text as it may be stored and logged: at most 1 KiB, one line of valid UTF-8, without
/// phone numbers (runs of seven or more digits, whatever separates them) and without anything that
/// could be a secret (runs of 24 or more letters and digits).
std::string scrub(std::string_view text);

} // namespace ringmaster::telephony
