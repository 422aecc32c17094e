#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/client.hpp"

namespace ringmaster::http {

/// What one exchange may take. Not an aggregate: g++ 12 destroys one twice within a co_await.
struct exchange_limits {
  exchange_limits() = default;

  std::chrono::milliseconds connect{5'000}; ///< for a new connection with its TLS
  std::chrono::milliseconds head{60'000};   ///< from the call of `begin` to the answer's head
  std::size_t body_max = 1024 * 1024;       ///< of the whole body; more is an error
  /// Sends the request once more, on another connection, if a kept connection ended before a byte
  /// of the answer came. For requests that are harmless to repeat, and no others.
  bool repeat = false;
};

/// One request whose answer is read piece by piece. Belongs to the client's thread. Going before
/// the answer's end closes the connection. No redirects; what is compressed stays compressed.
class exchange {
public:
  explicit exchange(client& over);
  ~exchange();
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Sends the request and reads the head of the answer; the reply has no body yet. Once only.
  asio::awaitable<reply> begin(outgoing what, exchange_limits numbers);

  struct piece {
    piece() = default;

    enum class kind { bytes, end, failed } what = kind::failed;
    std::string bytes;  ///< at least one for `bytes`
    std::string detail; ///< why it failed
    bool late = false;  ///< nothing came within `patience`
  };
  /// The next bytes of the body, or its end, at the latest after `patience`.
  asio::awaitable<piece> read(std::chrono::milliseconds patience);

  /// Closes the connection at once; `begin` and `read` fail, also later ones.
  void cancel();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace ringmaster::http
