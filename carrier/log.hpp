#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "carrier/callbacks.hpp"
#include "carrier/document.hpp"
#include "carrier/relay.hpp"
#include "carrier/scenario.hpp"
#include "domain/call.hpp"
#include "domain/error.hpp"

namespace ringmaster::telco {

/// A request as it was read, and what was decided about it.
struct request_line {
  std::string_view method, target;
  std::string to, from, token; ///< creates only; token: of the status callback's path
  std::string sid;             ///< of the call that was made or asked for
  bool create = false;
  bool call_made = false;
  telco::fault fault = telco::fault::none;
  int status = 0; ///< of the answer; 0: none will be given
};

/// The NDJSON log: every request, answer, step of a call's life and callback, in the order in
/// which they happened, one line each. Lines go to the sink at once, so that a killed process has
/// written what it saw; the latest are kept in memory for the admin view.
class call_log {
 public:
  using sink = std::function<void(std::string_view line)>;

  /// `keep` 0 and no sink: nothing is composed at all.
  call_log(sink to, std::size_t keep) : sink_(std::move(to)), keep_(keep) {}
  bool on() const { return keep_ > 0 || sink_; }

  /// Answers the number of the request, which its `answered` line repeats.
  std::uint64_t request(const request_line& r, instant at);
  /// The answer was handed to the connection, or the connection was left without one.
  void answered(std::uint64_t request, int status, std::string_view how, instant at);
  void life(const call_record& c, instant happened_at, instant at);
  void callback_lost(const errand& e, instant at);
  void sent(const errand& e, std::uint32_t tries, const try_result& got, instant began, instant at);
  /// Something was said, heard or dialed on the line.
  void spoke(std::string_view sid, const spoken& what, instant at);
  void noticed(std::string_view sid, const notice& n, instant at);

  /// The kept lines numbered above `n`, as NDJSON.
  std::string after(std::uint64_t n) const;
  std::uint64_t creates() const { return creates_; }

 private:
  class line;
  void write(std::string text);

  sink sink_;
  std::size_t keep_;
  std::deque<std::string> kept_;
  std::uint64_t last_ = 0;
  std::uint64_t requests_ = 0, creates_ = 0;
};

/// Opens a file for appending; every line is one write, so lines of a killed process are whole.
result<call_log::sink> open_log_file(const std::string& path);

/// The last segment of a URL's path: where callers put their token.
std::string_view path_token(std::string_view url);

} // namespace ringmaster::telco
