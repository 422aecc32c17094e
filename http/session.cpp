#include "http/session.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include "http/body_io.hpp"

namespace ringmaster::http {

namespace {

using boost::system::error_code;

instant wall_clock() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

} // namespace

session::session(shard& home, tcp::socket socket, std::string address)
  : entry(home.late), home_(home), socket_(std::move(socket)), address_(std::move(address)),
    index_(home.sessions.size()) {
  home_.sessions.push_back(this);
  auto& shared = home_.shared;
  probation_ = shared.addresses.enter(address_) > shared.numbers.connections_per_address;
}

session::~session() {
  home_.sessions[index_] = home_.sessions.back();
  home_.sessions[index_]->index_ = index_;
  home_.sessions.pop_back();
  auto& shared = home_.shared;
  if (counted_)
    shared.addresses.leave(address_);
  {
    std::lock_guard lock(shared.mutex);
    shared.counters.open.fetch_sub(1, std::memory_order_relaxed);
  }
  if (shared.draining.load(std::memory_order_relaxed))
    shared.gone.notify_all();
}

void session::enter(phase next, std::chrono::steady_clock::duration allowed) {
  phase_ = next;
  phase_began_ = std::chrono::steady_clock::now();
  due_at(phase_began_ + allowed);
}

void session::extend_for(std::size_t bytes_so_far) {
  due_at(
    phase_began_ + home_.shared.numbers.body_timeout + std::chrono::seconds(bytes_so_far / 1024));
}

std::string_view session::date() { return home_.date.at(wall_clock()); }

// -- the end, from outside ------------------------------------------------------------------------

void session::late() {
  if (phase_ != phase::idle)
    home_.shared.counters.timeouts.fetch_add(1, std::memory_order_relaxed);
  error_code ignored;
  if (phase_ != phase::handler) {
    late_ = true;
    socket_.cancel(ignored);
    return;
  }
  // The application holds the request and nobody waits on the socket, so the answer is sent from
  // here. What the handler still does is its own; its answer finds the connection closed.
  phase_ = phase::abandoned;
  auto made = home_.shared.app.refuse(
    nullptr, 503, error{.code = errc::unavailable, .detail = "the answer took too long"});
  out_.clear();
  append_head(out_, made, framing_kind::length, true, !made.body.empty(), date(), request_id_);
  out_ += made.body;
  socket_.write_some(asio::buffer(out_), ignored);
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void session::close_if_idle() {
  error_code ignored;
  if (phase_ == phase::idle)
    socket_.cancel(ignored);
  if (socket_up_ != nullptr)
    socket_up_->close(close_code::going_away, "the server stops");
}

void session::close_now() {
  error_code ignored;
  late_ = true;
  socket_.close(ignored);
}

// -- reading and writing --------------------------------------------------------------------------

asio::awaitable<bool> session::read_more() {
  auto buffer = asio::buffer(home_.scratch);
  while (true) {
    error_code ec;
    co_await socket_.async_wait(tcp::socket::wait_read, into(ec));
    if (ec || late_)
      co_return false;
    auto size = socket_.read_some(buffer, ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again)
      continue;
    if (ec || size == 0)
      co_return false;
    pending_.append(home_.scratch.data(), size);
    co_return true;
  }
}

asio::awaitable<bool> session::read_body(std::string& body, std::size_t length) {
  enter(phase::body, home_.shared.numbers.body_timeout);
  while (body.size() < length) {
    if (pending_.empty()) {
      if (!co_await read_more())
        co_return false;
      extend_for(body.size() + pending_.size());
    }
    auto used = std::min(pending_.size(), length - body.size());
    body.append(pending_, 0, used);
    pending_.erase(0, used);
  }
  co_return true;
}

asio::awaitable<bool> session::write_all() {
  enter(phase::write, home_.shared.numbers.write_timeout);
  auto rest = std::string_view(out_);
  while (!rest.empty()) {
    // Nearly always the kernel takes all of it at once, and no wait is needed.
    error_code ec;
    auto size = socket_.write_some(asio::buffer(rest.data(), rest.size()), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
      ec = {};
      co_await socket_.async_wait(tcp::socket::wait_write, into(ec));
    }
    if (ec || late_)
      co_return false;
    rest.remove_prefix(size);
  }
  out_.clear();
  co_return true;
}

asio::awaitable<void> session::linger() {
  // Closing while the client still sends resets the connection, and takes the answer back that it
  // has not read yet. Most clients stop when they see it; time bounds what the others cost.
  constexpr std::size_t discard_max = 16 * 1024 * 1024;
  constexpr std::chrono::milliseconds patience{2000};
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  enter(phase::write, patience);
  for (std::size_t discarded = 0; discarded < discard_max;) {
    pending_.clear();
    if (!co_await read_more())
      break;
    discarded += pending_.size();
  }
}

asio::awaitable<void> session::refuse(const request* head, int status, errc code, std::string detail) {
  error why{.code = code, .detail = std::move(detail)};
  if (status == 429 || status == 503)
    why.retry_after = std::chrono::seconds(1);
  co_await refuse(head, status, std::move(why));
}

asio::awaitable<void> session::refuse(const request* head, int status, error why) {
  if (head == nullptr)
    home_.shared.counters.bad_heads.fetch_add(1, std::memory_order_relaxed);
  auto made = home_.shared.app.refuse(head, status, why);
  if (status != 0)
    made.status = status;
  if (status == 426) {
    made.headers.push_back({"Upgrade", "websocket"});
    made.headers.push_back({"Sec-WebSocket-Version", "13"});
  }
  if (request_id_.empty())
    request_id_ = home_.make_request_id();
  out_.clear();
  append_head(out_, made, framing_kind::length, true, !made.body.empty(), date(), request_id_);
  if (head == nullptr || head->verb != method::head)
    out_ += made.body;
  late_ = false;
  if (co_await write_all())
    co_await linger();
}

asio::awaitable<bool> session::answer(response made, const parsed_head& asked, bool close) {
  bool headless = asked.req.verb == method::head;
  bool bodiless = made.status == 204 || made.status == 304;
  append_head(out_, made, framing_kind::length, close, !made.body.empty(), date(), request_id_);
  if (!headless && !bodiless)
    out_ += made.body;
  co_return co_await write_all();
}

asio::awaitable<bool> session::answer_stream(response made, const parsed_head& asked, bool close) {
  auto framing = asked.version_1_0 ? framing_kind::until_close : framing_kind::chunked;
  append_head(out_, made, framing, close, true, date(), request_id_);
  if (asked.req.verb == method::head)
    co_return co_await write_all();
  writer to(*this, framing == framing_kind::chunked);
  if (!co_await write_all())
    co_return false;
  never_due();
  co_await made.stream->run(to);
  co_return co_await to.finish();
}

// -- one request after the other ------------------------------------------------------------------

bool session::admit(bool exempt) {
  auto& shared = home_.shared;
  if (exempt) {
    if (std::exchange(counted_, false))
      shared.addresses.leave(address_);
    probation_ = false;
    return true;
  }
  auto limit = shared.numbers.connections_per_address;
  if (!std::exchange(counted_, true))
    probation_ = shared.addresses.enter(address_) > limit;
  if (probation_)
    probation_ = shared.addresses.count(address_) > limit;
  if (!probation_)
    return true;
  // A connection that is being closed takes no place from others.
  counted_ = false;
  shared.addresses.leave(address_);
  return false;
}

asio::awaitable<void> session::run() {
  auto self = shared_from_this();
  try {
    co_await serve();
  } catch (const std::exception& failure) {
    spdlog::error("request {}: the connection broke off: {}", request_id_, failure.what());
  }
  error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<void> session::serve() {
  auto& shared = home_.shared;
  const auto& numbers = shared.numbers;
  while (true) {
    // -- head
    std::size_t scanned = 0;
    head_look look;
    bool first_look = true;
    phase_ = phase::idle;
    while (true) {
      if (!pending_.empty() && phase_ == phase::idle) {
        if (pending_.starts_with("\r\n")) // some clients end a body with an empty line
          pending_.erase(0, 2);
        enter(phase::head, numbers.header_timeout);
      }
      look = look_for_head(pending_, scanned);
      if (look.what != head_look::state::more)
        break;
      if (pending_.size() > numbers.header_bytes) {
        auto why = too_long(pending_, numbers);
        co_return co_await refuse(nullptr, why.status, std::move(why.why));
      }
      if (phase_ == phase::idle) {
        if (shared.draining.load(std::memory_order_relaxed))
          co_return;
        if (std::exchange(first_look, false))
          enter(phase::idle, probation_ ? numbers.header_timeout : numbers.idle_timeout);
      }
      if (!co_await read_more()) {
        if (late_ && phase_ == phase::head && socket_.is_open())
          co_await refuse(
            nullptr, 408, errc::malformed, "the head of the request came too slowly");
        co_return;
      }
    }
    if (look.what == head_look::state::broken)
      co_return co_await refuse(
        nullptr, 400, errc::malformed, "a line ends without a carriage return");

    auto parsed = parse_head(std::string_view(pending_).substr(0, look.size), numbers);
    if (!parsed)
      co_return co_await refuse(nullptr, parsed.error().status, std::move(parsed.error().why));
    pending_.erase(0, look.size);
    shared.counters.requests.fetch_add(1, std::memory_order_relaxed);
    auto& req = parsed->req;
    req.remote_address = address_;
    req.received_at = wall_clock();
    const auto* offered = req.find("X-Request-Id");
    req.id = offered != nullptr && sane_request_id(*offered) ? *offered : home_.make_request_id();
    request_id_ = req.id;

    shared.app.arrived(req);

    // -- may it, and how much
    bool exempt = shared.app.exempt(req);
    if (!admit(exempt))
      co_return co_await refuse(
        &req, 429,
        errc::rate_limited, "too many connections from this address");
    if (!exempt)
      ++requests_;
    auto policy = shared.app.policy(req);
    if (!policy)
      co_return co_await refuse(&req, 0, std::move(policy.error()));
    if (parsed->content_length > policy->limit)
      co_return co_await refuse(
        &req, 413,
        errc::too_large, "the body is larger than " + std::to_string(policy->limit) + " bytes");

    // -- body
    if (parsed->expects_continue && pending_.size() < parsed->content_length) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      if (!co_await write_all())
        co_return;
    }
    if (!policy->stream && parsed->content_length > 0 &&
        !co_await read_body(req.body, parsed->content_length)) {
      if (late_ && socket_.is_open())
        co_await refuse(
          &req, 408, errc::malformed, "the body of the request came too slowly");
      co_return;
    }

    // -- answer
    reader streamed(*this, policy->stream ? parsed->content_length : 0);
    parsed_head asked;
    asked.req.verb = req.verb;
    asked.version_1_0 = parsed->version_1_0;
    bool close = parsed->close || requests_ >= numbers.requests_per_connection;
    socket_request wanted;
    if (req.find("Upgrade") != nullptr || req.find("Sec-WebSocket-Key") != nullptr)
      wanted = read_socket_request(req, parsed->version_1_0, parsed->content_length);
    response made;
    bool failed = false;
    enter(phase::handler, numbers.handler_timeout);
    try {
      made = co_await shared.app.handle(std::move(req), policy->stream ? &streamed : nullptr);
    } catch (const std::exception& failure) {
      spdlog::error("request {}: the handler failed: {}", request_id_, failure.what());
      failed = true;
    }
    if (phase_ == phase::abandoned)
      co_return;
    never_due();
    if (failed)
      co_return co_await refuse(
        nullptr, 500, errc::internal, "the request could not be handled");
    if (made.upgrade) {
      if (wanted.refusal == 0 && wanted.key.empty())
        wanted = {426, "there is only a WebSocket at this path", {}};
      else if (wanted.refusal == 0 && !pending_.empty())
        wanted = {400, "there are bytes after the handshake of the WebSocket", {}};
      if (wanted.refusal != 0)
        co_return co_await refuse(
          nullptr, wanted.refusal, errc::malformed, std::move(wanted.detail));
      co_return co_await become_socket(std::move(made), wanted.key);
    }
    bool unread = streamed.left() > 0;
    close = close || made.close || unread || shared.draining.load(std::memory_order_relaxed);
    out_.clear();
    late_ = false;
    bool sent = made.stream ? co_await answer_stream(std::move(made), asked, close)
                            : co_await answer(std::move(made), asked, close);
    if (!sent)
      co_return;
    if (close) {
      if (unread || !pending_.empty())
        co_await linger();
      co_return;
    }
    // A connection that waits shall not hold the memory of its largest request.
    constexpr std::size_t keep = 8 * 1024;
    if (out_.capacity() > keep)
      std::string().swap(out_);
    if (pending_.empty() && pending_.capacity() > keep)
      std::string().swap(pending_);
  }
}

} // namespace ringmaster::http
