#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/exchange.hpp"

namespace ringmaster::net::twilio {

/// Cuts a text into pieces of at most `bytes_max`, at the end of a sentence if there is one, else
/// between words, never within a character. Nothing is lost but the white space at the cuts.
std::vector<std::string> cut_for_speech(std::string_view text, std::size_t bytes_max = 4000);

/// What is said in a campaign call: the disclosure, the script, a pause, the end. Depends on
/// nothing else, so a repeated request gets the same bytes.
std::string write_script(std::string_view disclosure, std::string_view script);

/// POST /api/webhooks/voice/{token}: somebody picked up; the answer is what the call does now. The
/// fences are asked once more: a call that should not be hears nothing and is ended.
asio::awaitable<http::response> answer_call(exchange& x);

} // namespace ringmaster::net::twilio
