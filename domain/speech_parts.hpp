#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/money.hpp"

// How single sentences are read while a call goes on. Only the sources of speech and conversation
// include this.

namespace ringmaster::talk {

/// The price in an answer to "how much is it": a number without a currency that is no time, date
/// or count.
std::optional<money> bare_price_in(std::string_view text, const std::string& currency);
/// "It was 95, but now it is 80": of several prices the last one counts.
bool corrects(std::string_view text);
/// A yes to what was just asked.
bool agrees(std::string_view text);
/// "I could pay 80": a sentence that names a price of its own to be agreed to by the other end.
bool is_offer(std::string_view text);
/// True if the assistant asks what something costs.
bool asks_for_price(std::string_view text);

/// "Mhm", "okay", "right": said while the other one speaks.
bool is_backchannel(std::string_view text);
/// "Hello?", "Yes, speaking": said into an opening.
bool is_greeting(std::string_view text);

} // namespace ringmaster::talk
