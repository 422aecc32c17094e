#define CAF_SUITE gateways.order_form

#include "gateways/telephony/order_form.hpp"

#include <algorithm>
#include <string_view>

#include <caf/test/unit_test.hpp>

using namespace ringmaster;

namespace {

telephony::carrier_settings settings() {
  telephony::carrier_settings s;
  s.public_url = "https://engine.example.com";
  s.callback_key = "key of the tokens";
  return s;
}

create_order order() {
  create_order o;
  o.user = user_id{{{1}}};
  o.attempt = attempt_id{{{2}}};
  o.to = phone_number::from_canonical("+14155550100");
  o.from = phone_number::from_canonical("+14155550199");
  o.detect_machine = true;
  return o;
}

bool speaks_of_machines(const wire::fields& form) {
  return std::any_of(form.begin(), form.end(), [](const auto& field) {
    return std::string_view(field.first).find("Machine") != std::string_view::npos ||
           std::string_view(field.first).find("Amd") != std::string_view::npos;
  });
}

} // namespace

CAF_TEST(an order that asks for detection gets it) {
  CAF_CHECK(speaks_of_machines(telephony::create_form(settings(), order())));
}

CAF_TEST(an installation without detection never pays for it) {
  auto s = settings();
  s.detect_machines = false;
  const auto form = telephony::create_form(s, order());
  CAF_CHECK(!speaks_of_machines(form));
  CAF_MESSAGE("and nothing else is missing from the order");
  auto all = telephony::create_form(settings(), order());
  CAF_CHECK_EQUAL(form.size() + 4, all.size());
}
