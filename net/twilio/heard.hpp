#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ringmaster::net::twilio {

/// How long an answer of the engine is waited for: the carrier gives up after fifteen seconds, and
/// then the call is lost.
constexpr std::chrono::milliseconds line_patience{10'000};

/// What a recognizer understood, fit to be handed on: UTF-8 of at most 4,000 bytes without control
/// characters. Nothing if it is no UTF-8.
std::optional<std::string> clean_heard(std::string_view text);

/// The keys among the characters: 0-9 * #.
std::string keys_of(std::string_view text);

} // namespace ringmaster::net::twilio
