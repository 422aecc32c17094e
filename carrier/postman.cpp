#include "carrier/postman.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace ringmaster::telco {

namespace asio = boost::asio;

namespace {

constexpr std::size_t connections_per_origin = 64;
/// Documents are at most 64 kB; a little more shows that one is too large.
constexpr std::size_t answer_max = 80 * 1024;
/// Between two tries, times their number.
constexpr milliseconds pause_between_tries{100};

errand_answer read_reply(http::reply got) {
  using how = try_result::how;
  errand_answer out;
  switch (got.what) {
    case http::reply::how::not_connected:
    case http::reply::how::gated:
      out.result.what = how::not_connected;
      break;
    case http::reply::how::broken:
      out.result.what = how::broken;
      break;
    case http::reply::how::answered:
      out.result = {how::answered, got.status};
      break;
  }
  if (const auto* type = got.find("Content-Type"))
    out.content_type = *type;
  if (const auto* location = got.find("Location"))
    out.location = *location;
  out.body = std::move(got.body);
  return out;
}

} // namespace

http::client& postman::client_for(const http::url& where, const delivery_rules& rules) {
  auto key = (where.tls ? "https " : "http ") + where.authority() + " " +
             std::to_string(rules.connect.count()) + " " + std::to_string(rules.read.count());
  auto& found = clients_[key];
  if (!found) {
    http::client_options options;
    options.connect_timeout = rules.connect;
    options.request_timeout = rules.connect + rules.read;
    options.connections_max = connections_per_origin;
    options.body_max = answer_max;
    found = std::make_unique<http::client>(io_, where, options);
  }
  return *found;
}

asio::awaitable<errand_answer> postman::deliver(errand e) {
  const auto request = prepare(e, rules_.auth_token);
  auto where = http::parse_url(request.url);
  const auto first = now_();
  errand_answer got;
  for (std::uint32_t tries = 1;; ++tries) {
    const auto began = now_();
    if (where) {
      http::outgoing out;
      out.verb = e.post ? http::method::post : http::method::get;
      out.target = where->target;
      out.body = request.body;
      out.headers = {
        {"User-Agent", "TwilioProxy/1.1"},
        {"Accept", "*/*"},
        {"X-Twilio-Signature", request.signature},
        {"I-Twilio-Idempotency-Token", e.idempotency_token}};
      if (e.post)
        out.headers.push_back(
          {"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"});
      got = read_reply(co_await client_for(*where, e.to.rules).send(std::move(out)));
    }
    const auto ended = now_();
    log_.sent(e, tries, got.result, began, ended);
    const auto spent = std::chrono::duration_cast<milliseconds>(ended - first);
    if (!where || !tries_again(e.to.rules, tries, got.result, spent))
      co_return got;
    asio::steady_timer pause(io_, pause_between_tries * tries);
    boost::system::error_code ignored;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

} // namespace ringmaster::telco
