#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "http/session.hpp"

namespace ringmaster::http {

/// The body of a streamed request. Time spent by the handler between two pieces is not held
/// against the client.
class session::reader final : public body_reader {
 public:
  reader(session& of, std::size_t length)
    : session_(of), left_(length), budget_(of.home_.shared.numbers.body_timeout) {}

  std::size_t left() const { return left_; }

  asio::awaitable<result<std::string>> read_some() override {
    auto& s = session_;
    std::string piece;
    if (left_ == 0)
      co_return piece;
    if (s.pending_.empty()) {
      s.enter(phase::body, budget_);
      bool came = co_await s.read_more();
      budget_ -= std::chrono::steady_clock::now() - s.phase_began_;
      if (!came) {
        s.never_due();
        co_return fail(
          errc::malformed, s.late_ ? "the body of the request came too slowly"
                                   : "the connection ended within the body of the request");
      }
      budget_ += std::chrono::seconds(s.pending_.size() / 1024);
    }
    if (s.pending_.size() <= left_) {
      piece.swap(s.pending_);
    } else {
      piece.assign(s.pending_, 0, left_);
      s.pending_.erase(0, left_);
    }
    left_ -= piece.size();
    s.enter(phase::handler, s.home_.shared.numbers.handler_timeout);
    co_return piece;
  }

 private:
  session& session_;
  std::size_t left_;
  std::chrono::steady_clock::duration budget_;
};

/// The body of a streamed answer.
class session::writer final : public body_writer {
 public:
  writer(session& of, bool chunked) : session_(of), chunked_(chunked) {}

  asio::awaitable<bool> write(std::string piece) override {
    if (piece.empty())
      co_return alive();
    if (!alive())
      co_return false;
    auto& out = session_.out_;
    out.clear();
    if (chunked_) {
      std::array<char, 16> digits;
      auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
      out.append(digits.data(), end);
      out += "\r\n";
    }
    out += piece;
    if (chunked_)
      out += "\r\n";
    ok_ = co_await session_.write_all();
    session_.never_due();
    co_return ok_;
  }

  /// Tells the client that this was all; not if a piece is missing.
  asio::awaitable<bool> finish() {
    if (!ok_ || cut_)
      co_return false;
    if (chunked_) {
      session_.out_ = "0\r\n\r\n";
      ok_ = co_await session_.write_all();
    }
    co_return ok_;
  }

 private:
  bool alive() {
    cut_ = cut_ || session_.home_.shared.draining.load(std::memory_order_relaxed);
    return ok_ && !cut_;
  }

  session& session_;
  bool chunked_;
  bool ok_ = true;
  bool cut_ = false; ///< refused a piece because the server drains
};

} // namespace ringmaster::http
