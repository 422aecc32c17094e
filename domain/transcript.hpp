#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// What was said in a call, piece by piece.

namespace ringmaster::talk {

enum class speaker : std::uint8_t { assistant, human, system };
std::string_view to_string(speaker s);
std::optional<speaker> parse_speaker(std::string_view text);

enum class sentiment : std::uint8_t { neutral, positive, negative };
std::string_view to_string(sentiment s);
std::optional<sentiment> parse_sentiment(std::string_view text);

/// One piece of a transcript. Times count from the moment in which the call was answered. The
/// assistant's pieces hold what was heard: one that was interrupted ends where it was cut. `system`
/// notes what is not speech: keys that were pressed, a transfer, a silence.
struct segment {
  std::int32_t n = 0; ///< from 1, without gaps
  speaker who = speaker::system;
  std::int32_t start_ms = 0, end_ms = 0;
  std::string text;
  sentiment mood = sentiment::neutral;
  friend bool operator==(const segment&, const segment&) = default;
};

/// How a sentence of a person sounds, by a table of words; negation turns it.
sentiment read_sentiment(std::string_view text);

/// "assistant: ...\nhuman: ...\n", system pieces in brackets. For search, models and people.
std::string write_transcript(std::span<const segment> all);

} // namespace ringmaster::talk
