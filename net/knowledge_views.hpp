#pragma once

#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/brain.hpp"
#include "domain/gap.hpp"
#include "domain/ids.hpp"
#include "domain/knowledge.hpp"

// How what is known, and what was asked, look in JSON.

namespace ringmaster::net {

nlohmann::ordered_json show(const knowledge::chunk& c);
nlohmann::ordered_json show(const std::vector<knowledge::citation>& all);
/// `owner`: whose gap it is; nobody else can have resolved it.
nlohmann::ordered_json show(const gap::record& g, const user_id& owner);
nlohmann::ordered_json show(const gap::asking& a);
nlohmann::ordered_json show(const brain::chat& c);
nlohmann::ordered_json show(const brain::message& m);
/// The whole answer of an agent.
nlohmann::ordered_json show(const brain::answered& a, const user_id& owner);

} // namespace ringmaster::net
