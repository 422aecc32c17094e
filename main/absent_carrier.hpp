#pragma once

#include "domain/ports.hpp"

namespace ringmaster {

/// The CARRIER of an installation that names none: the engine serves, and nothing is dialed.
class absent_carrier final : public carrier {
 public:
  void create(create_order order, std::function<void(attempt::exchange)> done) override;
  void end(const call_sid& sid, ending how, std::function<void(result<call_news>)> done) override;
  void fetch(const call_sid& sid, std::function<void(result<call_news>)> done) override;
  void redirect(
    const call_sid& sid, const user_id& user, const attempt_id& attempt, std::int32_t number,
    std::function<void(result<call_news>)> done) override;
  void list(
    const phone_number& to, const phone_number& from,
    std::function<void(result<std::vector<attempt::listed_call>>)> done) override;
  void recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) override;
};

} // namespace ringmaster
