#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/call.hpp"

// Who, or what, picked up.

namespace ringmaster::talk {

enum class listener : std::uint8_t {
  unknown,   ///< treated as a human
  human,
  voicemail, ///< a greeting, and a beep after it
  menu,      ///< "press 1 for ..."
  screening, ///< a machine that asks who calls before it connects
  fax,
  silence,   ///< nobody spoke
};
std::string_view to_string(listener l);
std::optional<listener> parse_listener(std::string_view text);

/// What a judgement is made of.
struct impression {
  std::string_view detected;              ///< the carrier's word: "human", "machine_end_beep", ...; empty: none
  std::span<const std::string> heard;     ///< what the other end has said so far, in order
  std::chrono::milliseconds silent_for{0}; ///< since the last sound
};
/// The words weigh more than the carrier's detection; in doubt it is a human. A machine verdict of
/// the carrier alone (no words yet) is believed; a greeting makes a voicemail, a choice of keys a
/// menu, a request to say a name a screening, and an answer that fits what was asked a human again.
listener judge(const impression& of);

/// True for the carrier's words after which a message may be left: the greeting has ended.
bool may_leave_message(std::string_view detected);

/// "Please hold", "one moment": the other end asks to wait.
bool asks_to_hold(std::string_view heard);
/// "Stop calling me", "take me off your list", ...: a wish that binds at once.
bool asks_to_stop(std::string_view heard);
/// "Wrong number", "nobody by that name here".
bool says_wrong_number(std::string_view heard);
/// "Goodbye", "have a nice day", at the end of what was said.
bool says_goodbye(std::string_view heard);

/// The key that a menu offers for `purpose` ("appointments", "speak to someone"); none: no fitting
/// one was named. An operator's or receptionist's key is taken when nothing fits better.
std::optional<char> choose_key(std::string_view menu, std::string_view purpose);

} // namespace ringmaster::talk
