#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/calendar.hpp"

// How proposals and events of the calendar look in JSON.

namespace ringmaster::net {

nlohmann::ordered_json show(const calendar::entry& e);
nlohmann::ordered_json show(const calendar::proposal& p);
nlohmann::ordered_json
show(const calendar::proposal& p, const std::vector<calendar::conflict>& conflicts);
nlohmann::ordered_json show(const calendar::event& e);
nlohmann::ordered_json show(const std::vector<calendar::conflict>& all);

} // namespace ringmaster::net
