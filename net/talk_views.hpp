#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

#include "domain/call_desk.hpp"
#include "domain/findings.hpp"
#include "domain/talk_settings.hpp"
#include "domain/transcript.hpp"

// How live calls, and what they came to, look in JSON.

namespace ringmaster::net {

/// Adds voicemail_action, voicemail_message, menu_action, menu_keys, record_calls, result_schema.
void write_talk(nlohmann::ordered_json& into, const talk::settings& s);

nlohmann::ordered_json show(const talk::segment& s);
nlohmann::ordered_json show_all(std::span<const talk::segment> all);
nlohmann::ordered_json show(const talk::owner_question& q);
nlohmann::ordered_json show(const talk::view& v);
/// With the words of the callee that it rests on.
nlohmann::ordered_json show(const talk::value& v, std::span<const talk::segment> transcript);

} // namespace ringmaster::net
