#pragma once

#include <string>

#include "domain/campaign.hpp"
#include "domain/talk_settings.hpp"
#include "domain/task.hpp"
#include "net/json.hpp"

// How calls are held, as the bodies of campaigns and tasks name it: call_style (campaigns only),
// voicemail_action, voicemail_message, menu_action, menu_keys, record_calls, result_schema. For the
// texts and the schema `null` stands for none.

namespace ringmaster::net {

void read_talk(object_reader& r, campaign::patch& into);
void read_talk(object_reader& r, task::patch& into);
/// Of a new task: what is not given is as it is by default.
talk::settings read_talk(object_reader& r);

/// A value that was read as JSON text, without blanks.
std::string write_json(const json_value& v);

} // namespace ringmaster::net
