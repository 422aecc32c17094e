#pragma once

#include "net/ask.hpp" // first: it silences a false alarm of g++ 12 about coroutines

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "domain/desk.hpp"
#include "domain/error.hpp"
#include "http/message.hpp"
#include "http/server.hpp"
#include "net/auth.hpp"
#include "net/router.hpp"
#include "net/services.hpp"

namespace ringmaster::net {

/// One request on its way through a handler. Lives in the frame of `application::handle`.
struct exchange {
  services& svc;
  http::request& req;
  const route& where;
  path_values values{};                 ///< what stood for {id} and {token}
  http::body_reader* body = nullptr;    ///< for routes that stream
  std::string text{};                   ///< the body of all others, complete
  key_record key{};                     ///< null for routes without authentication
  identity who{};                       ///< of the key's owner
  std::optional<hook_note> hook{};      ///< of a request about a call: for the hook_log

  bool may(scope s) const { return key && (key->scopes & static_cast<std::uint8_t>(s)) != 0; }
};

/// A JSON answer: `doc` (an object) with `"success": true` in front.
http::response answer(int status, const nlohmann::ordered_json& doc);
/// The refusal as a problem document of this exchange.
http::response refuse(const exchange& x, const error& why);

/// 412: If-Match named a version that is gone. `noun` is the thing, `version` what it is at now.
http::response refuse_stale(const exchange& x, std::string_view noun, std::int64_t version);

/// The {id} of the path; what is no id is `not_found`, as an unknown one.
template <class Id>
result<Id> path_id(const exchange& x, std::string_view noun) {
  if (auto id = Id::parse(x.values[0]))
    return *id;
  return fail(errc::not_found, "there is no such " + std::string(noun));
}

/// One transaction of the caller, on a DESK. `work` may point into the exchange.
asio::awaitable<result<void>> transact(
  exchange& x, std::function<result<void>(desk_work&)> work);

/// As `transact`, for a read: brings back what `work(desk_work&) -> result<T>` found.
template <class Work>
asio::awaitable<std::invoke_result_t<Work, desk_work&>> from_desk(exchange& x, Work work) {
  using found_type = typename std::invoke_result_t<Work, desk_work&>::value_type;
  std::optional<found_type> found;
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    auto read = work(w);
    if (!read)
      return fail(std::move(read.error()));
    found = std::move(*read);
    return {};
  };
  auto done = co_await transact(x, std::move(job));
  if (!done)
    co_return fail(std::move(done.error()));
  co_return std::move(*found);
}

/// As `transact`, for a POST that creates: with an Idempotency-Key the claim, the effect and the
/// answer stand in one transaction, and a repeated request gets the first answer again. What is
/// kept is `stored` if `work` sets it (an answer that holds a secret keeps a version without it).
struct outcome {
  http::response given;
  std::optional<std::string> stored_body{};
};
asio::awaitable<http::response> transact_once(
  exchange& x, std::function<result<outcome>(desk_work&)> work);

/// For a POST that dials: with an Idempotency-Key the claim is committed before `dial` runs and its
/// answer stored after. A crash in between leaves the key claimed, and a repeated request is
/// refused: better no call than a second one nobody asked for.
asio::awaitable<http::response> dial_once(
  exchange& x, std::function<asio::awaitable<http::response>()> dial);

/// The Idempotency-Key, quoted or bare; nullopt if there is none, `malformed` if it is unusable.
result<std::optional<std::string>> idempotency_key(const http::request& req);
/// What a key belongs to besides its user: method and path.
std::string idempotency_route(const http::request& req);
/// A stored answer, as it is given again.
http::response replay(const desk_work::stored_answer& stored);

/// The beginning of a body that streams: all of it (`whole`), or at least `most` bytes.
struct body_start {
  std::string text;
  bool whole = false;
};
asio::awaitable<result<body_start>> read_start(http::body_reader& body, std::size_t most);

/// The type of a list's body, in small letters and without parameters.
std::string list_type(const http::request& req);
/// Reads the JSON body of a route that streams into `x.text`, within the limit of other JSON bodies.
asio::awaitable<result<void>> read_json(exchange& x);

/// Reads a body that streams into one text, within the route's limit.
asio::awaitable<result<std::string>> read_all(http::body_reader& body);

} // namespace ringmaster::net
