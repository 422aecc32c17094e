#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/messages.hpp"

// The words of a relay socket (twilio's ConversationRelay and its relatives): one JSON object per
// frame. Ids have other forms with other carriers, so none is looked at closely.

namespace ringmaster::net::twilio {

/// One frame of the carrier.
struct relay_frame {
  relay_frame() = default;

  enum class kind : std::uint8_t {
    setup,
    event,      ///< something for the conversation
    passing,    ///< known, and nothing to do
    unknown,    ///< of a type that is not known here
    unreadable, ///< no JSON object with a type, or without what the type needs
  } what = kind::unreadable;
  std::string call, account; ///< of setup; the account may be empty
  std::optional<talk::event> tells;
  std::string detail; ///< of an `error`
};
relay_frame read_relay_frame(std::string_view text);

/// The frame for an order; empty for `line_closed` and for a text of nothing.
std::string write_relay_order(const line_order& order);

} // namespace ringmaster::net::twilio
