#include "bench/load/lean_model.hpp"

#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <charconv>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "bench/load/volley.hpp"
#include "http/server.hpp"

namespace ringmaster::load {

namespace {

namespace asio = boost::asio;

std::string piece(std::string_view text) {
  return R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(text) + "\"}}]}\n\n";
}

/// The tag of the last remark in a request; 0: none.
std::uint64_t tag_of(std::string_view body) {
  constexpr std::string_view mark = "remark #";
  const auto at = body.rfind(mark);
  std::uint64_t tag = 0;
  if (at != std::string_view::npos)
    std::from_chars(body.data() + at + mark.size(), body.data() + body.size(), tag);
  return tag;
}

} // namespace

struct lean_model::inside final : http::application {
  result<http::body_policy> policy(const http::request&) override {
    return http::body_policy{1 << 20, false};
  }
  bool exempt(const http::request&) override { return true; }
  http::response refuse(const http::request*, int status, const error&) override {
    http::response out;
    out.status = status == 0 ? 400 : status;
    return out;
  }
  asio::awaitable<http::response> handle(http::request req, http::body_reader*) override {
    http::response out;
    if (req.body.find("\"stream\":true") == std::string::npos) {
      out.status = 503;
      co_return out;
    }
    out.content_type = "text/event-stream";
    const auto tag = tag_of(req.body);
    note(tag, &moments::seen_us);
    co_return http::streamed(
        std::move(out), [this, tag](http::body_writer& to) { return speak(to, tag); });
  }

  asio::awaitable<void> speak(http::body_writer& to, std::uint64_t tag) {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::steady_clock::now());
    boost::system::error_code ignored;
    for (int i = 0; i < 24; ++i) {
      if (i == 0)
        note(tag, &moments::left_us);
      // Named: g++ 12 destroys the temporaries of a conditional within co_await twice.
      std::string word = " word";
      if (i == 23)
        word = " of " + std::to_string(tag) + "?";
      auto event = piece(word);
      if (!co_await to.write(std::move(event)))
        co_return;
      timer.expires_at(timer.expiry() + std::chrono::milliseconds(15));
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_await to.write(
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: "
        "[DONE]\n\n");
  }

  void note(std::uint64_t tag, std::int64_t moments::*which) {
    const auto at = now_us();
    std::lock_guard lock(mutex);
    auto& kept = known[tag].*which;
    kept = kept ? kept : at;
  }

  static http::limits numbers() {
    http::limits n;
    n.requests_per_connection = 1'000'000'000;
    n.connections_per_address = 10'000;
    return n;
  }
  mutable std::mutex mutex;
  std::unordered_map<std::uint64_t, moments> known;
  http::server server{*this, numbers(), 1};
};

lean_model::lean_model() : inside_(std::make_unique<inside>()) {
  auto bound = inside_->server.start("127.0.0.1:0");
  if (!bound)
    throw std::runtime_error("the model server cannot start: " + bound.error().detail);
  url_ = "http://" + *bound + "/v1";
}

std::optional<lean_model::moments> lean_model::when(std::uint64_t tag) const {
  std::lock_guard lock(inside_->mutex);
  auto found = inside_->known.find(tag);
  if (found == inside_->known.end() || found->second.left_us == 0)
    return std::nullopt;
  return found->second;
}

lean_model::~lean_model() { inside_->server.drain(std::chrono::milliseconds(200)); }

} // namespace ringmaster::load
