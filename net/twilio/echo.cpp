#include <string>

#include <nlohmann/json.hpp>

#include "net/twilio/hooks.hpp"
#include "net/twilio/webhook.hpp"
#include "wire/carrier_signature.hpp"
#include "wire/echo_token.hpp"

namespace ringmaster::net::twilio {

// POST /api/webhooks/echo/{token}
asio::awaitable<http::response> answer_echo(exchange& x) {
  const auto token = x.values[0];
  auto nonce = wire::read_echo_token(x.svc.callback_key, token);
  if (!nonce || x.req.target.find('?') != std::string::npos)
    co_return turn_away(x.svc, doubt::token);
  // As a webhook of the carrier is judged, over the configured URL and the target that arrived. Who
  // asks holds our key, so he may know what came of it.
  auto url = public_url(x.svc) + x.req.target;
  wire::fields fields;
  bool fits = wire::verify_form(
      x.svc.hook_tokens(), url, x.req.body, x.req.header_or("X-Twilio-Signature"), fields);
  std::string verdict = fits ? "fits" : "wrong";
  auto path = x.req.path.substr(0, x.req.path.rfind('/') + 1);
  nlohmann::ordered_json doc;
  doc["signature"] = verdict;
  doc["path"] = path;
  doc["proof"] = wire::echo_proof(x.svc.callback_key, *nonce, verdict + " " + path);
  co_return answer(200, doc);
}

} // namespace ringmaster::net::twilio
