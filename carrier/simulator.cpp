#include "carrier/simulator.hpp"

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>
#include <optional>

#include "carrier/admin.hpp"
#include "carrier/chance.hpp"
#include "carrier/exchange.hpp"
#include "carrier/postman.hpp"
#include "carrier/sockets.hpp"
#include "http/server.hpp"

namespace ringmaster::telco {

namespace asio = boost::asio;

namespace {

/// Lines that the admin view can show.
constexpr std::size_t lines_kept = 50000;
/// Longer than any caller waits; then the connection is dropped, still unanswered.
constexpr std::chrono::seconds hang_time{120};

/// Leaves a handler to end its connection at once. Not a std::exception: the edge answers those
/// with 500, and a caller who is cut off gets no answer.
struct connection_cut {};

/// The numbers of a carrier's edge: generous, the callers are ours.
http::limits edge_limits() {
  http::limits n;
  n.header_bytes = 16 * 1024;
  n.target_bytes = 4 * 1024;
  n.idle_timeout = std::chrono::minutes(5);
  n.handler_timeout = hang_time + std::chrono::seconds(30);
  n.requests_per_connection = 1'000'000'000;
  n.connections_per_address = 10000;
  return n;
}

/// The scenario with the personas that travel with the program, where it has none of that name.
scenario with_personas(scenario s) {
  for (const auto& known : built_in_personas())
    s.personas.insert(known);
  return s;
}

call_log make_log(const scenario& s, call_log::sink to) {
  return call_log(std::move(to), s.log == "none" ? 0 : lines_kept);
}

} // namespace

struct simulator::impl final : http::application {
  impl(scenario s, clock c)
    : rules(with_personas(std::move(s))), now(std::move(c)),
      run_key(mix(rules.seed ^ mix(static_cast<std::uint64_t>(now().time_since_epoch().count())))) {
  }

  // -- http::application ---------------------------------------------------------------------------

  result<http::body_policy> policy(const http::request& head) override {
    return http::body_policy{is_admin(head) ? std::size_t{1} << 20 : std::size_t{64} << 10, false};
  }
  bool exempt(const http::request&) override { return true; }

  http::response refuse(const http::request*, int status, const error& why) override {
    http::response out;
    out.status = status == 0 ? 400 : status;
    out.body = to_json(refusal{out.status, out.status == 429 ? 20429 : 20001, why.detail});
    return out;
  }

  asio::awaitable<http::response> handle(http::request req, http::body_reader*) override {
    if (is_admin(req)) {
      board->advance(now());
      auto answer = administer(req, rules, *board, *log);
      pump();
      co_return answer;
    }
    ++in_progress;
    auto leave = std::shared_ptr<void>(nullptr, [this](void*) { --in_progress; });
    auto v = desk->handle(req, in_progress, now());
    pump();
    if (v.delivery == delivery::never)
      v.delay = hang_time;
    if (v.delay > milliseconds(0))
      co_await pass(v.delay);
    log->answered(v.request, v.answer.status, to_string(v.delivery), now());
    if (v.delivery == delivery::never || v.delivery == delivery::none)
      throw connection_cut{};
    if (v.delivery == delivery::half) {
      auto half = v.answer.body.substr(0, v.answer.body.size() / 2);
      v.answer.body.clear();
      co_return http::streamed(
        std::move(v.answer), [half](http::body_writer& to) -> asio::awaitable<void> {
          co_await to.write(half);
          throw connection_cut{};
        });
    }
    co_return std::move(v.answer);
  }

  asio::awaitable<void> pass(milliseconds time) {
    asio::steady_timer timer(server->context(0), time);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  // -- what happens by itself ----------------------------------------------------------------------

  /// Lets everything happen that is due, sends what may leave, and sleeps until the next moment.
  void pump() {
    const auto at = now();
    board->advance(at);
    for (auto& e : board->take_due(at))
      asio::co_spawn(server->context(0), deliver(std::move(e)), asio::detached);
    for (auto& what : board->take_sockets())
      lines->perform(std::move(what));
    const auto due = board->next_due();
    if (!due || (armed && *armed <= *due && *armed > at))
      return;
    armed = std::max(*due, at + std::chrono::microseconds(1));
    alarm->expires_after(*armed - at);
    alarm->async_wait([this](boost::system::error_code ec) {
      if (ec)
        return;
      armed.reset();
      pump();
    });
  }

  asio::awaitable<void> deliver(errand e) {
    auto got = co_await mail->deliver(e);
    board->finished(e, got, now());
    pump();
  }

  result<std::string> start() {
    if (auto sound = check(rules); !sound)
      return tl::unexpected(sound.error());
    call_log::sink to;
    if (!rules.log.empty() && rules.log != "none") {
      auto file = open_log_file(rules.log);
      if (!file)
        return tl::unexpected(file.error());
      to = *std::move(file);
    }
    log.emplace(make_log(rules, std::move(to)));
    board.emplace(rules, run_key, *log);
    desk.emplace(rules, *board, *log, run_key);
    server.emplace(*this, edge_limits(), 1);
    mail.emplace(server->context(0), rules, *log, now);
    lines.emplace(server->context(0), rules, *board, now, [this] { pump(); });
    alarm.emplace(server->context(0));
    auto bound = server->start(rules.listen);
    if (!bound)
      return tl::unexpected(bound.error());
    return "http://" + *bound;
  }

  void stop() {
    if (!server)
      return;
    server->drain(milliseconds(200));
    // The thread has ended; sockets and timers go before the context they belong to.
    alarm.reset();
    mail.reset();
    lines.reset();
    server.reset();
  }

  scenario rules;
  clock now;
  std::uint64_t run_key;
  std::size_t in_progress = 0;
  std::optional<call_log> log;
  std::optional<switchboard> board;
  std::optional<exchange> desk;
  std::optional<http::server> server;
  std::optional<postman> mail;
  std::optional<sockets> lines;
  std::optional<asio::steady_timer> alarm;
  std::optional<instant> armed; ///< when `alarm` rings
};

simulator::simulator(scenario rules, clock now)
  : impl_(std::make_unique<impl>(std::move(rules), std::move(now))) {}

simulator::~simulator() { stop(); }

result<std::string> simulator::start() { return impl_->start(); }

void simulator::stop() { impl_->stop(); }

} // namespace ringmaster::telco
