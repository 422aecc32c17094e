// Conversations over the socket: what the engine adds between a prompt and the first token on the
// wire, beside the same model server asked directly in the same run, and what a conversation costs
// in memory and CPU.

#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load/arena.hpp"
#include "bench/load/lean_model.hpp"
#include "bench/load/volley.hpp"
#include "http/client.hpp"
#include "http/exchange.hpp"
#include "http/websocket.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/relay_peer.hpp"
#include "tests/support/status_post.hpp"

namespace {

using namespace ringmaster;
using namespace ringmaster::load;
namespace asio = boost::asio;
using std::chrono::milliseconds;

struct tally {
  histogram through_engine, direct, overhead;
  std::size_t standing = 0, broken = 0;
};

struct rig {
  arena& a;
  const lean_model& model;
  asio::io_context io;
  std::unique_ptr<http::client> hooks, model_client;
  tally seen;

  rig(arena& on, const lean_model& by) : a(on), model(by) {
    http::client_options options;
    options.connections_max = 64;
    hooks = std::make_unique<http::client>(
        io, *http::parse_url("http://" + a.stage().authority()), options);
    options.connections_max = 1000;
    model_client = std::make_unique<http::client>(io, *http::parse_url(model.base_url()), options);
  }

  asio::awaitable<void> pass(milliseconds time) {
    asio::steady_timer timer(io, time);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  /// The phone is picked up; the address of the socket.
  asio::awaitable<std::string> pick_up(const arrival& call) {
    support::status_event e;
    e.sid = call.sid;
    e.account = support::account_sid;
    e.to = call.to;
    e.from = call.from;
    e.status = "in-progress";
    e.sequence = 2;
    const auto fields = support::callback_fields(e);
    const auto target = "/api/webhooks/voice/" + call.token;
    http::outgoing post;
    post.verb = http::method::post;
    post.target = target;
    post.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    post.headers.push_back(
        {"X-Twilio-Signature",
         support::carrier_signature(support::auth_token, a.stage().public_url() + target, fields)});
    post.body = support::form_body(fields);
    auto answer = co_await hooks->send(std::move(post));
    const auto begin = answer.body.find("url=\"ws");
    if (begin == std::string::npos)
      co_return std::string();
    co_return answer.body.substr(begin + 5, answer.body.find('"', begin + 5) - begin - 5);
  }

  /// Reads up to the first text (its time) and on to the end of the turn. 0: the socket is over.
  asio::awaitable<std::int64_t> hear_turn(http::websocket& socket) {
    std::int64_t first = 0;
    while (true) {
      auto got = co_await socket.read();
      if (got.what == decltype(got.what)::closed)
        co_return 0;
      if (got.text.find("\"text\"") == std::string::npos)
        continue;
      if (first == 0)
        first = now_us();
      if (got.text.find("\"last\":true") != std::string::npos)
        co_return first;
    }
  }

  asio::awaitable<void> converse(
      arrival call, std::uint64_t number, int prompts, milliseconds pause, milliseconds stagger) {
    auto address = co_await pick_up(call);
    std::shared_ptr<http::websocket> socket;
    if (!address.empty()) {
      std::vector<http::header> headers;
      headers.push_back(
          {"X-Twilio-Signature", support::handshake_signature(support::auth_token, address)});
      http::websocket_limits numbers;
      auto opened = co_await http::open_websocket(
          io, address, std::move(headers), numbers, milliseconds(10'000));
      if (opened)
        socket = *opened;
    }
    if (!socket) {
      ++seen.broken;
      co_return;
    }
    socket->send(R"({"type":"setup","sessionId":"VX1","callSid":")" + call.sid + "\"}");
    auto greeted = co_await hear_turn(*socket);
    if (greeted == 0) {
      ++seen.broken;
      co_return;
    }
    ++seen.standing;
    co_await pass(stagger);
    for (int i = 0; i < prompts; ++i) {
      const auto tag = number * 1'000 + static_cast<std::uint64_t>(i);
      const auto sent = now_us();
      socket->send(
          R"({"type":"prompt","voicePrompt":"I have a remark #)" + std::to_string(tag) +
          R"( for you.","lang":"en-US","last":true})");
      const auto first = co_await hear_turn(*socket);
      if (first == 0) {
        ++seen.broken;
        co_return;
      }
      seen.through_engine.add(first - sent);
      if (const auto there = model.when(tag))
        seen.overhead.add((there->seen_us - sent) + (first - there->left_us));
      co_await pass(pause);
    }
    // Stays until the bench ends, so that memory is read with everybody on the line.
    keep.push_back(socket);
  }

  /// The same question to the model itself, from this thread, in between.
  asio::awaitable<void> ask_directly(int times, milliseconds pause) {
    for (int i = 0; i < times; ++i) {
      http::exchange exchange(*model_client);
      http::outgoing post;
      post.verb = http::method::post;
      post.target = "/v1/chat/completions";
      post.headers.push_back({"Content-Type", "application/json"});
      post.body = R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]})";
      auto sent = now_us();
      http::exchange_limits numbers;
      auto head = co_await exchange.begin(std::move(post), numbers);
      bool first = true;
      while (head.status == 200) {
        auto piece = co_await exchange.read(milliseconds(5'000));
        if (piece.what != decltype(piece.what)::bytes)
          break;
        if (std::exchange(first, false))
          seen.direct.add(now_us() - sent);
      }
      co_await pass(pause);
    }
  }

  std::vector<std::shared_ptr<http::websocket>> keep;
};

std::int64_t pss(arena& a) { return support::pss_bytes(a.stage().engine().pid()); }

struct bench_round {
  std::size_t conversations;
  int prompts;
  milliseconds pause;
};

void play(const bench_round& r, std::size_t first) {
  lean_model model;
  arena a({
      {"CARRIER_MODE",         "relay"         },
      {"AI_PROVIDERS",         "house"         },
      {"AI_HOUSE_KIND",        "openai"        },
      {"AI_HOUSE_BASE_URL",    model.base_url()},
      {"AI_HOUSE_MODEL",       "m"             },
      {"AI_HOUSE_CONCURRENCY", "1000"          },
      {"CARRIER_TIME_LIMIT",   "3600s"         },
      {"TALK_SILENCE_AFTER",   "60s"           },
      {"CARRIER_POLL_SILENCE", "1h"            }
  });
  const auto id = a.fill("Talks", first, r.conversations);
  a.start(id);
  if (!a.wait_bound(r.conversations, std::chrono::seconds(60)))
    throw std::runtime_error("the calls do not come");
  support::let_pass(milliseconds(1'000));
  const auto before_memory = pss(a);
  const auto calls = a.carrier().arrivals();
  rig talks(a, model);
  const auto before = a.cpu();
  const auto began = now_us();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    // Spread over one pause, so that prompts come evenly.
    const auto stagger = milliseconds(
        500 + r.pause.count() * static_cast<long>(i) / static_cast<long>(calls.size()));
    asio::co_spawn(
        talks.io, talks.converse(calls[i], i + 1, r.prompts, r.pause, stagger), asio::detached);
  }
  asio::co_spawn(talks.io, talks.ask_directly(200, milliseconds(20)), asio::detached);
  // Kept sockets have timers of their own: the end is when everybody has said what there was to say.
  for (int second = 0; second < 120 && talks.keep.size() + talks.seen.broken < calls.size(); ++second)
    talks.io.run_for(std::chrono::seconds(1));
  const auto spent = a.cpu() - before;
  const auto took = static_cast<double>(now_us() - began) / 1e6;
  const auto memory = pss(a) - before_memory;
  const auto& t = talks.seen;
  const auto turns = t.through_engine.total();
  std::printf(
      "%zu conversations, %zu standing, %zu broken, %llu turns in %.1f s\n", r.conversations,
      t.standing, t.broken, static_cast<unsigned long long>(turns), took);
  std::printf("  through the engine: %s\n", latencies(t.through_engine).c_str());
  std::printf("  the model itself:   %s\n", latencies(t.direct).c_str());
  std::printf("  to the model and back from it: %s\n", latencies(t.overhead).c_str());
  std::printf(
      "  difference: p50 %.2f ms, p99 %.2f ms\n",
      (t.through_engine.quantile_us(0.5) - t.direct.quantile_us(0.5)) / 1000,
      (t.through_engine.quantile_us(0.99) - t.direct.quantile_us(0.99)) / 1000);
  if (turns > 0)
    std::printf("  per turn: %s\n", per_event(spent, turns).c_str());
  if (t.standing > 0)
    std::printf(
        "  memory: %.1f KiB a conversation\n",
        static_cast<double>(memory) / 1024 / static_cast<double>(t.standing));
  std::fflush(stdout);
  for (auto& socket : talks.keep)
    socket->close(http::close_code::normal);
  talks.io.restart();
  talks.io.run_for(std::chrono::seconds(2));
}

} // namespace

int main() {
  try {
    std::printf("%s\n", machine_line().c_str());
    const auto most = static_cast<std::size_t>(option("CONVERSATIONS", 1000));
    std::size_t first = 0;
    for (const auto& r : {
             bench_round{1,     50,  milliseconds(20)   },
             bench_round{100,   10,  milliseconds(5'000)},
             bench_round{1'000, 8,   milliseconds(5'000)}
    }) {
      if (r.conversations > most)
        continue;
      play(r, first);
      first += 10'000;
    }
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "bench_talk: %s\n", failure.what());
    return 1;
  }
}
