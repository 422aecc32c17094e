#include "main/api_client.hpp"

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <exception>
#include <optional>

#include "http/client.hpp"

namespace ringmaster {

namespace asio = boost::asio;

struct api_client::impl {
  impl(http::url origin, const std::string& prefix, const std::string& api_key)
    : path(prefix), key(api_key), line(io, std::move(origin), options()) {}

  static http::client_options options() {
    http::client_options o;
    o.connections_max = 1;
    // A batch of an import may wait for its turn in the database.
    o.request_timeout = std::chrono::minutes(2);
    o.body_max = 512 * 1024 * 1024; // a report of a million refused rows
    return o;
  }

  asio::io_context io{1};
  std::string path; ///< in front of every target
  std::string key;
  http::client line;
};

std::string api_answer::problem() const {
  auto document = nlohmann::json::parse(body, nullptr, false);
  if (document.is_object() && document.contains("detail") && document["detail"].is_string()) {
    auto text = document["detail"].get<std::string>();
    if (document.contains("errors") && document["errors"].is_array())
      for (const auto& e : document["errors"])
        if (e.is_object())
          text += "\n  " + e.value("pointer", std::string{}) + " " + e.value("message", std::string{});
    return text;
  }
  return "status " + std::to_string(status);
}

api_client::api_client(std::unique_ptr<impl> held) : impl_(std::move(held)) {}
api_client::~api_client() = default;

result<std::unique_ptr<api_client>>
api_client::connect(const std::string& base, const std::string& key) {
  auto origin = http::parse_url(base);
  if (!origin)
    return fail(origin.error());
  auto prefix = origin->target;
  while (!prefix.empty() && prefix.back() == '/')
    prefix.pop_back();
  return std::unique_ptr<api_client>(
    new api_client(std::make_unique<impl>(std::move(*origin), prefix, key)));
}

result<api_answer> api_client::call(
  http::method verb, const std::string& target, std::string body, const std::string& content_type) {
  http::outgoing what;
  what.verb = verb;
  what.target = impl_->path + target;
  what.headers.push_back({"Accept", "application/json"});
  if (!impl_->key.empty())
    what.headers.push_back({"Authorization", "Bearer " + impl_->key});
  if (!body.empty())
    what.headers.push_back({"Content-Type", content_type});
  what.body = std::move(body);

  std::optional<http::reply> reply;
  std::exception_ptr failed;
  asio::co_spawn(
    impl_->io, impl_->line.send(std::move(what)),
    [&](std::exception_ptr why, http::reply r) {
      failed = why;
      if (!why)
        reply = std::move(r);
    });
  // The client keeps timers of its idle connection; only this exchange is waited for.
  impl_->io.restart();
  while (!reply && !failed && impl_->io.run_one() > 0) {
  }
  if (failed)
    std::rethrow_exception(failed);
  if (!reply || reply->what != http::reply::how::answered)
    return fail(
      errc::unavailable, "no answer from the engine" +
                           (reply && !reply->detail.empty() ? ": " + reply->detail : std::string{}));
  return api_answer{reply->status, std::move(reply->body)};
}

} // namespace ringmaster
