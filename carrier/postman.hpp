#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "carrier/callbacks.hpp"
#include "carrier/log.hpp"
#include "carrier/player.hpp"
#include "carrier/scenario.hpp"
#include "http/client.hpp"

namespace ringmaster::telco {

/// Runs errands over HTTP: signs them, repeats them as their rules say, and logs every try. Lives
/// on one io_context and is destroyed before it.
class postman {
 public:
  postman(
    boost::asio::io_context& io, const scenario& rules, call_log& log,
    std::function<instant()> now)
    : io_(io), rules_(rules), log_(log), now_(std::move(now)) {}

  /// The last try's answer. The postman outlives the coroutine's last step.
  boost::asio::awaitable<errand_answer> deliver(errand e);

 private:
  http::client& client_for(const http::url& where, const delivery_rules& rules);

  boost::asio::io_context& io_;
  const scenario& rules_;
  call_log& log_;
  std::function<instant()> now_;
  std::map<std::string, std::unique_ptr<http::client>> clients_; ///< by origin and timeouts
};

} // namespace ringmaster::telco
