#pragma once

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/raw_socket.hpp"

namespace ringmaster::test {

/// A model provider that says exactly the bytes of a test: each connection on a thread of its own,
/// request after request.
class model_server {
public:
  struct asked {
    std::string head, body;
    std::size_t number = 0; ///< 0: the first request of all

    bool has(std::string_view text) const {
      return head.find(text) != std::string::npos || body.find(text) != std::string::npos;
    }
  };
  /// Plays the answer. False ends the connection.
  using script = std::function<bool(raw_socket&, const asked&)>;

  explicit model_server(script play) : play_(std::move(play)), listener_(raw_socket::listen()) {
    acceptor_ = std::thread([this] {
      while (!stopping_) {
        auto socket = listener_.accept();
        if (!socket || stopping_)
          continue;
        // Else the kernel holds back the second piece of a cut answer for 40 ms.
        int yes = 1;
        ::setsockopt(socket->fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        std::lock_guard lock(mutex_);
        ++connections_;
        auto& kept = sockets_.emplace_back(std::move(*socket));
        threads_.emplace_back([this, &kept] { serve(kept); });
      }
    });
  }
  ~model_server() {
    stopping_ = true;
    ::shutdown(listener_.fd(), SHUT_RDWR);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (auto& one : sockets_)
        if (one.good())
          ::shutdown(one.fd(), SHUT_RDWR);
    }
    for (auto& one : threads_)
      one.join();
  }
  model_server(const model_server&) = delete;
  model_server& operator=(const model_server&) = delete;

  std::string url(std::string_view path = "/v1") const {
    return "http://127.0.0.1:" + std::to_string(listener_.port()) + std::string(path);
  }
  std::vector<asked> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t count() const { return requests().size(); }
  int connections() const { return connections_; }
  /// Connections that the other side has closed, or that ended otherwise.
  int ended() const { return ended_; }

private:
  void serve(raw_socket& socket) {
    while (!stopping_) {
      asked one;
      one.head = socket.read_until("\r\n\r\n");
      if (!one.head.ends_with("\r\n\r\n"))
        break;
      constexpr std::string_view length = "Content-Length: ";
      if (auto at = one.head.find(length); at != std::string::npos)
        one.body = socket.read_exactly(std::stoul(one.head.substr(at + length.size())));
      {
        std::lock_guard lock(mutex_);
        one.number = requests_.size();
        requests_.push_back(one);
      }
      if (!play_(socket, one))
        break;
    }
    std::lock_guard lock(mutex_);
    socket.close();
    ++ended_;
  }

  const script play_;
  raw_socket listener_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0}, ended_{0};
  mutable std::mutex mutex_;
  std::vector<asked> requests_;
  std::list<raw_socket> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// -- answers on the wire -------------------------------------------------------------------------

inline std::string whole(
    int status, std::string_view body, std::string_view type = "application/json",
    std::string_view more_headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Some Words\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more_headers) +
         "\r\n" + std::string(body);
}

inline std::string stream_head(std::string_view type = "text/event-stream") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(type) +
         "\r\nTransfer-Encoding: chunked\r\n\r\n";
}
inline std::string chunk(std::string_view bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}
inline const std::string last_chunk = "0\r\n\r\n";
inline std::string event(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }

/// A text as a JSON string, for texts without control characters but line ends.
inline std::string in_json(std::string_view text) {
  std::string made = "\"";
  for (auto c : text) {
    if (c == '"' || c == '\\')
      made += '\\';
    if (c == '\n')
      made += "\\n";
    else
      made += c;
  }
  return made + "\"";
}

// Chat Completions.

inline std::string chat_answer(std::string_view content, std::string_view finish = "stop") {
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":")" +
         std::string(finish) +
         R"(","logprobs":null,"message":{"role":"assistant","refusal":null,"content":)" +
         in_json(content) +
         R"(}}],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120},"new":[1]})";
}
inline std::string chat_delta(std::string_view delta, std::string_view finish = {}) {
  return R"({"id":"c","object":"chat.completion.chunk","obfuscation":"xyz","choices":[{"index":0,"delta":)" +
         std::string(delta) + R"(,"finish_reason":)" +
         (finish.empty() ? std::string("null") : "\"" + std::string(finish) + "\"") + "}]}";
}
inline std::string chat_text(std::string_view text) {
  return chat_delta(R"({"content":)" + in_json(text) + "}");
}
inline const std::string chat_usage =
    R"({"id":"c","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7}})";
/// A whole stream: role, texts, end, usage, [DONE].
inline std::string chat_stream(const std::vector<std::string>& texts, bool done = true) {
  auto made = event(chat_delta(R"({"role":"assistant","content":""})"));
  for (const auto& one : texts)
    made += event(chat_text(one));
  made += event(chat_delta("{}", "stop")) + event(chat_usage);
  return done ? made + event("[DONE]") : made;
}

// Gemini.

inline std::string gemini_answer(std::string_view text, std::string_view finish = "STOP") {
  return R"({"candidates":[{"content":{"role":"model","parts":[{"text":)" + in_json(text) +
         R"(}]})" +
         (finish.empty() ? std::string() : R"(,"finishReason":")" + std::string(finish) + "\"") +
         R"(}],"usageMetadata":{"promptTokenCount":50,"candidatesTokenCount":8,"thoughtsTokenCount":2}})";
}

} // namespace ringmaster::test
