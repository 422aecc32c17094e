#include "main/absent_carrier.hpp"

#include <utility>

namespace ringmaster {

namespace {

constexpr const char* why = "no carrier is configured: set carrier.account_sid, carrier.auth_token "
                            "and carrier.from";

} // namespace

void absent_carrier::create(create_order, std::function<void(attempt::exchange)> done) {
  attempt::exchange x;
  x.detail = why;
  done(std::move(x));
}

void absent_carrier::end(
  const call_sid&, ending, std::function<void(result<call_news>)> done) {
  done(fail(errc::unavailable, why));
}

void absent_carrier::fetch(const call_sid&, std::function<void(result<call_news>)> done) {
  done(fail(errc::unavailable, why));
}

void absent_carrier::redirect(
  const call_sid&, const user_id&, const attempt_id&, std::int32_t,
  std::function<void(result<call_news>)> done) {
  done(fail(errc::unavailable, why));
}

void absent_carrier::list(
  const phone_number&, const phone_number&,
  std::function<void(result<std::vector<attempt::listed_call>>)> done) {
  done(fail(errc::unavailable, why));
}

void absent_carrier::recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) {
  done(fail(errc::unavailable, why));
}

} // namespace ringmaster
