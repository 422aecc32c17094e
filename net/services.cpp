#include "net/services.hpp"

#include "domain/phone_number.hpp"

namespace ringmaster::net {

std::string services::region() const {
  if (settings.calling.countries.size() == 1)
    return settings.calling.countries.front();
  if (!settings.carrier.from.empty())
    if (auto first = read_number(settings.carrier.from.front()))
      return first->country;
  return {};
}

std::vector<std::string> services::hook_tokens() const {
  std::vector<std::string> tokens;
  for (const auto* token : {&settings.carrier.auth_token, &settings.carrier.previous_auth_token})
    if (!token->empty())
      tokens.push_back(token->reveal());
  return tokens;
}

} // namespace ringmaster::net
