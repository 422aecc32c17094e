#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/call.hpp"
#include "domain/desk.hpp"
#include "domain/notification.hpp"
#include "domain/people.hpp"
#include "domain/task.hpp"

// How tasks, and what stands around them, look in JSON.

namespace ringmaster::net {

nlohmann::ordered_json show(const task::record& t);
/// `null` where there is none yet.
nlohmann::ordered_json show(const std::optional<assistant::plan>& p);
nlohmann::ordered_json show(const std::optional<assistant::script>& s);
/// True while a required question is open: the user is asked for something only the user knows.
bool requires_clarification(const task::record& t);

nlohmann::ordered_json show(const contact::view& c);
nlohmann::ordered_json show(const assistant_settings& s);
nlohmann::ordered_json show(const business_profile& p);
nlohmann::ordered_json show(const notification::view& n);
nlohmann::ordered_json show(const vault::entry& e);
nlohmann::ordered_json show(const usage_book::line& l);

} // namespace ringmaster::net
