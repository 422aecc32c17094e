#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringmaster::support {

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// What came back. `status` 0: no complete answer.
struct http_answer {
  int status = 0;
  http_headers headers;
  std::string body;
  std::string trouble; ///< why there is no answer

  /// By name in any case; empty if absent.
  std::string header(const std::string& name) const;
};

/// One connection, blocking, with a deadline for each exchange. A second reading of the wire: it
/// shares nothing with the product's own HTTP.
class http_connection {
 public:
  /// `authority` is `127.0.0.1:8080`.
  explicit http_connection(
    const std::string& authority, std::chrono::milliseconds patience = std::chrono::seconds(30));
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  bool connected() const { return socket_ >= 0; }
  /// Sends bytes as they are.
  bool send(const std::string& bytes);
  /// Ends our side of the connection; the other may still answer.
  void end_sending();
  /// Reads one answer: by Content-Length, chunked, or up to the end of the connection.
  http_answer read_answer(bool head_only = false);
  /// Reads as the bytes come, for answers without an end, until `seen` holds `wanted`.
  bool read_until(const std::string& wanted, std::string& seen);
  /// True if the other side closes, and sends nothing more before, within `patience`.
  bool closes_within(std::chrono::milliseconds patience);

  http_answer exchange(
    const std::string& method, const std::string& target, const http_headers& headers = {},
    const std::string& body = {});

 private:
  /// More bytes into `buffer_`; false at the end or the deadline.
  bool more(std::int64_t deadline_us);

  int socket_ = -1;
  std::string authority_;
  std::chrono::milliseconds patience_;
  std::string buffer_;
};

/// A request as bytes, with Host and, if there is a body or the method wants one, Content-Length.
std::string write_request(
  const std::string& authority, const std::string& method, const std::string& target,
  const http_headers& headers, const std::string& body);

/// One exchange on a fresh connection that is closed after it.
http_answer http_call(
  const std::string& authority, const std::string& method, const std::string& target,
  const http_headers& headers = {}, const std::string& body = {},
  std::chrono::milliseconds patience = std::chrono::seconds(30));

/// A loopback port below the range that the kernel gives out by itself, free at this moment, so
/// that a server can be started on it again and again.
int free_port();

} // namespace ringmaster::support
