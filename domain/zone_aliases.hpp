#pragma once

#include <span>
#include <string_view>

namespace ringmaster {

/// A name that the time zone database keeps for old users, and what it calls the zone today.
struct zone_alias {
  std::string_view alias;
  std::string_view canonical;
};

/// All of them, sorted by alias. Distributions pack these names apart from the zones (Debian 13:
/// tzdata-legacy) while browsers still offer them, so they live here.
std::span<const zone_alias> zone_aliases();

/// Today's name for an alias; any other name is its own.
std::string_view canonical_zone(std::string_view name);

} // namespace ringmaster
