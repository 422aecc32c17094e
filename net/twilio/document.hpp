#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"
#include "net/twilio/webhook.hpp"

namespace ringmaster::net::twilio {

/// Where a document belongs: what its addresses are made of, and how it sounds.
struct line_place {
  line_place() = default;

  std::string public_url;
  std::string callback_key;
  user_id user;
  attempt_id attempt;
  std::string
      caller_id; ///< of the call, shown to whom it is handed to; empty: the carrier's choice
  std::string language, voice;
  bool may_record = false;

  std::string hook(std::string_view kind) const; ///< ".../api/webhooks/KIND/TOKEN"
};
line_place place_of(const services& svc, verified& seen);

/// The number of a document in the path of a request: "7", and behind it `w` if it only comes back
/// for what was not ready, and `r` if it comes back because there was no answer.
struct document_number {
  std::int32_t number = 0;
  bool waiting = false;
  bool again = false;
};
std::optional<document_number> read_document_number(std::string_view text);
std::string write_document_number(const document_number& n);

/// What the carrier is told. Text that may be interrupted stands within <Gather>, other text before
/// it. Every document ends the call or asks for the next one, whatever becomes of its verbs.
std::string write_document(const line_document& doc, const line_place& at);

/// A sentence and the end, where there is nothing to go on with.
std::string apologize(const line_place& at);
/// Come to `url` again in a moment.
std::string come_again(std::string_view url);

/// The answer with a document.
http::response say(std::string document);

} // namespace ringmaster::net::twilio
