#include "net/exchange.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "net/ask.hpp"
#include "net/problem.hpp"
#include "wire/digest.hpp"

namespace ringmaster::net {

http::response answer(int status, const nlohmann::ordered_json& doc) {
  using json = nlohmann::ordered_json;
  http::response out;
  out.status = status;
  auto text = doc.dump(-1, ' ', false, json::error_handler_t::replace);
  out.body = text == "{}" ? R"({"success":true})" : R"({"success":true,)" + text.substr(1);
  return out;
}

http::response refuse(const exchange& x, const error& why) {
  if (why.code == errc::internal)
    spdlog::error("request {}: {}: {}", x.req.id, x.where.operation, why.detail);
  return problem(why, x.req.id);
}

http::response refuse_stale(const exchange& x, std::string_view noun, std::int64_t version) {
  error why;
  why.detail = "the " + std::string(noun) + " has changed since it was read; it is at version " +
               std::to_string(version) + " now";
  return problem(kind_of(wire_refusal::precondition_failed), why, x.req.id);
}

asio::awaitable<result<void>> transact(
  exchange& x, std::function<result<void>(desk_work&)> work) {
  auto job = [&x, work = std::move(work)](desk& d) { return d.transact(x.who, work); };
  return on_desk<void>(x.svc.engine, std::move(job));
}

// -- idempotency ------------------------------------------------------------------------------------

result<std::optional<std::string>> idempotency_key(const http::request& req) {
  auto value = req.find("Idempotency-Key");
  if (!value)
    return std::optional<std::string>();
  std::string_view text = *value;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  bool sane = !text.empty() && text.size() <= 255 &&
              std::all_of(text.begin(), text.end(), [](char c) {
                return c > ' ' && c < 0x7f && c != '"' && c != '\\';
              });
  if (!sane)
    return fail(
      errc::malformed,
      "the Idempotency-Key must be 1 to 255 visible ASCII characters, quoted or bare");
  return std::optional<std::string>(text);
}

std::string idempotency_route(const http::request& req) {
  return std::string(http::to_string(req.verb)) + " " + req.path;
}

http::response replay(const desk_work::stored_answer& stored) {
  http::response out;
  out.status = stored.status;
  out.body = stored.body;
  if (stored.status >= 400)
    out.content_type = "application/problem+json";
  out.headers.push_back({"Idempotency-Replayed", "true"});
  return out;
}

asio::awaitable<http::response> transact_once(
  exchange& x, std::function<result<outcome>(desk_work&)> work) {
  auto key = idempotency_key(x.req);
  if (!key)
    co_return refuse(x, key.error());
  std::optional<outcome> made;
  std::optional<desk_work::stored_answer> earlier;
  std::function<result<void>(desk_work&)> job = [&](desk_work& w) -> result<void> {
    made.reset();
    auto route = idempotency_route(x.req);
    if (*key) {
      auto claimed = w.claim_key(**key, route, wire::to_hex(wire::sha256(x.text)));
      if (!claimed)
        return fail(claimed.error());
      if ((earlier = std::move(*claimed)))
        return {};
    }
    auto done = work(w);
    if (!done)
      return fail(done.error());
    made = std::move(*done);
    if (!*key)
      return {};
    return w.store_answer(
      **key, route, {made->given.status, made->stored_body.value_or(made->given.body)});
  };
  auto done = co_await transact(x, std::move(job));
  if (!done)
    co_return refuse(x, done.error());
  if (earlier)
    co_return replay(*earlier);
  co_return std::move(made->given);
}

asio::awaitable<http::response> dial_once(
  exchange& x, std::function<asio::awaitable<http::response>()> dial) {
  auto key = idempotency_key(x.req);
  if (!key)
    co_return refuse(x, key.error());
  if (!*key)
    co_return co_await dial();
  auto route = idempotency_route(x.req);
  auto hash = wire::to_hex(wire::sha256(x.text));
  auto claim = [&](desk_work& w) { return w.claim_key(**key, route, hash); };
  auto earlier = co_await from_desk(x, claim);
  if (!earlier)
    co_return refuse(x, earlier.error());
  if (*earlier)
    co_return replay(**earlier);
  auto out = co_await dial();
  std::function<result<void>(desk_work&)> keep = [&](desk_work& w) {
    return w.store_answer(**key, route, {out.status, out.body});
  };
  // What was dialed was dialed: the answer is given even where it cannot be kept.
  co_await transact(x, std::move(keep));
  co_return out;
}

asio::awaitable<result<body_start>> read_start(http::body_reader& body, std::size_t most) {
  body_start out;
  while (out.text.size() < most) {
    auto piece = co_await body.read_some();
    if (!piece)
      co_return fail(piece.error());
    if ((out.whole = piece->empty()))
      break;
    out.text += *piece;
  }
  co_return out;
}

std::string list_type(const http::request& req) {
  auto value = req.header_or("Content-Type");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && value.back() == ' ')
    value.remove_suffix(1);
  std::string lower(value);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

asio::awaitable<result<void>> read_json(exchange& x) {
  const auto most = x.svc.settings.limits.body_bytes;
  auto start = co_await read_start(*x.body, most + 1);
  if (!start)
    co_return fail(start.error());
  if (start->text.size() > most)
    co_return fail(errc::too_large, "a JSON body may have " + std::to_string(most) + " bytes; send a longer list as CSV or NDJSON");
  x.text = std::move(start->text);
  co_return result<void>();
}

asio::awaitable<result<std::string>> read_all(http::body_reader& body) {
  std::string text;
  while (true) {
    auto piece = co_await body.read_some();
    if (!piece)
      co_return fail(piece.error());
    if (piece->empty())
      co_return text;
    if (text.empty())
      text = std::move(*piece);
    else
      text += *piece;
  }
}

} // namespace ringmaster::net
