#include "gateways/telephony/order_form.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "wire/callback_token.hpp"

namespace ringmaster::telephony {

namespace {

// Fragments tell the carrier how to deliver; they are neither sent back nor signed.

/// News is repeated until it is taken, so that a restart of ours loses none.
constexpr std::string_view until_taken = "#rc=5&rp=all&ct=2000&rt=5000";
/// A document is waited for by somebody with a phone at the ear: asked again where it is quick.
constexpr std::string_view while_heard = "#rc=2&rp=ct,5xx";

std::string hook(const carrier_settings& s, std::string_view kind, const std::string& rest, std::string_view how) {
  return s.public_url + "/api/webhooks/" + std::string(kind) + "/" + rest + std::string(how);
}

} // namespace

wire::fields create_form(const carrier_settings& s, const create_order& order) {
  const auto token = wire::write_callback_token(s.callback_key, order.user, order.attempt);
  wire::fields form{
    {"To", order.to.reveal()},
    {"From", order.from.reveal()},
    {"Url", hook(s, "voice", token, while_heard)},
    {"Method", "POST"},
    {"StatusCallback", hook(s, "call-status", token, until_taken)},
    {"StatusCallbackMethod", "POST"},
    {"StatusCallbackEvent", "initiated"},
    {"StatusCallbackEvent", "ringing"},
    {"StatusCallbackEvent", "answered"},
    {"StatusCallbackEvent", "completed"},
    {"Timeout", std::to_string(order.ring_timeout.count())},
    {"TimeLimit", std::to_string(order.time_limit.count())},
  };
  if (order.detect_machine && s.detect_machines) {
    // Asynchronous, so that a human is spoken to at once. `DetectMessageEnd` rather than `Enable`:
    // a human is told as early by both, and a machine when its greeting is over, which is when a
    // message may be left; until then the words of the greeting tell more than a verdict would.
    form.emplace_back("MachineDetection", "DetectMessageEnd");
    form.emplace_back("AsyncAmd", "true");
    form.emplace_back("AsyncAmdStatusCallback", hook(s, "amd", token, until_taken));
    form.emplace_back("AsyncAmdStatusCallbackMethod", "POST");
  }
  return form;
}

wire::fields redirect_form(
  const carrier_settings& s, const user_id& user, const attempt_id& attempt, std::int32_t number) {
  const auto token = wire::write_callback_token(s.callback_key, user, attempt);
  wire::fields form;
  form.emplace_back("Url", hook(s, "gather", token + "/" + std::to_string(number), while_heard));
  form.emplace_back("Method", "POST");
  return form;
}

} // namespace ringmaster::telephony
