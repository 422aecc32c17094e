#include "http/exchange.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <optional>
#include <utility>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/connection.hpp"
#include "http/pool.hpp"

namespace ringmaster::http {

namespace beast = boost::beast;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;

struct exchange::impl {
  using parser_type = beast::http::response_parser<beast::http::string_body>;

  explicit impl(std::shared_ptr<pool> p) : from(std::move(p)) {}

  void release(bool reusable) {
    if (link)
      from->give_back(std::move(link), reusable);
  }

  /// More bytes for the parser. False at the end of the connection, with the reason.
  asio::awaitable<bool> more(std::string& why) {
    auto ec = co_await link->read();
    if (ec == asio::error::eof) {
      // An orderly end closes a body without a length; anything else it cuts.
      ec = {};
      if (parser->got_some())
        parser->put_eof(ec);
      if (!ec && parser->is_done())
        co_return true;
      why = "the connection ended within the answer";
      co_return false;
    }
    if (ec) {
      why = canceled ? "canceled" : "while reading: " + ec.message();
      co_return false;
    }
    co_return true;
  }

  /// One step of the parser. False where the bytes are no answer.
  bool step(bool& moved, std::string& why) {
    auto& buffer = link->buffer();
    moved = false;
    if (buffer.size() == 0)
      return true;
    error_code ec;
    auto used = parser->put(buffer.data(), ec);
    buffer.consume(used);
    if (ec && ec != beast::http::error::need_more) {
      why = ec == beast::http::error::body_limit ? "the answer is too large"
                                                 : "while reading: " + ec.message();
      return false;
    }
    moved = !ec;
    return true;
  }

  asio::awaitable<bool> read_head(reply& answer, bool& silent) {
    constexpr std::uint32_t header_max = 16 * 1024;
    constexpr int informational_max = 8;
    for (int i = 0; i < informational_max; ++i) {
      parser.emplace();
      // Not eager: Beast 1.74 then overlooks its own body limit if body and head come together.
      parser->eager(false);
      parser->header_limit(header_max);
      parser->body_limit(body_max);
      while (!parser->is_header_done()) {
        bool moved = false;
        if (!step(moved, answer.detail))
          co_return false;
        if (moved)
          continue;
        if (parser->is_header_done())
          break;
        bool came = co_await more(answer.detail);
        if (link->buffer().size() > 0)
          silent = false;
        if (!came)
          co_return false;
      }
      auto status = static_cast<int>(parser->get().result_int());
      if (status >= 100 && status < 200 && status != 101)
        continue;
      if (status < 200) {
        answer.detail = "the server switched protocols";
        co_return false;
      }
      answer.what = reply::how::answered;
      answer.status = status;
      for (const auto& field : parser->get()) {
        auto name = field.name_string();
        auto value = field.value();
        answer.headers.push_back(
            {std::string(name.data(), name.size()), std::string(value.data(), value.size())});
      }
      co_return true;
    }
    answer.detail = "the server sent informational answers without end";
    co_return false;
  }

  std::shared_ptr<pool> from;
  std::unique_ptr<connection> link;
  connection* opening = nullptr;
  std::optional<parser_type> parser;
  std::size_t body_max = 0, total = 0;
  bool canceled = false;
};

exchange::exchange(client& over) : impl_(std::make_unique<impl>(over.pool_)) {}

exchange::~exchange() { impl_->release(false); }

void exchange::cancel() {
  impl_->canceled = true;
  if (impl_->opening != nullptr)
    impl_->opening->shut();
  if (impl_->link)
    impl_->link->shut();
}

asio::awaitable<reply> exchange::begin(outgoing what, exchange_limits numbers) {
  auto& my = *impl_;
  reply answer;
  if (!writable(what)) {
    answer.detail = "the request cannot be written";
    co_return answer;
  }
  my.body_max = numbers.body_max;
  auto deadline = clock_type::now() + numbers.head;
  auto text = write_request(what, my.from->authority());
  for (bool again = false;; again = true) {
    answer.what = reply::how::not_connected;
    my.link = co_await my.from->acquire(deadline, numbers.connect, answer.detail, &my.opening);
    if (!my.link)
      co_return answer;
    if (my.canceled || clock_type::now() >= deadline) {
      my.release(true);
      answer.detail = my.canceled ? "canceled" : "no connection in time";
      co_return answer;
    }
    bool kept = my.link->idle_since != clock_type::time_point{};
    bool silent = true;
    // From here on a byte may have left: whatever fails is `broken`.
    answer.what = reply::how::broken;
    my.link->due_at(deadline);
    auto ec = co_await my.link->write(text);
    if (ec) {
      answer.detail = "while sending: " + ec.message();
    } else {
      bool came = co_await my.read_head(answer, silent);
      if (came)
        co_return answer;
    }
    bool ended = !my.link->too_late();
    my.release(false);
    if (!numbers.repeat || again || !kept || !silent || !ended || my.canceled)
      co_return answer;
  }
}

asio::awaitable<exchange::piece> exchange::read(std::chrono::milliseconds patience) {
  auto& my = *impl_;
  piece got;
  if (my.canceled)
    got.detail = "canceled";
  if (!my.link || my.canceled)
    co_return got;
  my.link->due_in(patience);
  while (true) {
    auto& body = my.parser->get().body();
    if (!body.empty()) {
      my.total += body.size();
      if (my.total > my.body_max) {
        got.detail = "the answer is too large";
        break;
      }
      got.what = piece::kind::bytes;
      got.bytes.swap(body);
      my.link->never_due();
      co_return got;
    }
    if (my.parser->is_done()) {
      got.what = piece::kind::end;
      my.release(my.parser->keep_alive() && my.link->buffer().size() == 0);
      co_return got;
    }
    bool moved = false;
    if (!my.step(moved, got.detail))
      break;
    if (moved || !my.parser->get().body().empty() || my.parser->is_done())
      continue;
    bool came = co_await my.more(got.detail);
    if (!came) {
      got.late = my.link->too_late() && !my.canceled;
      break;
    }
  }
  my.release(false);
  co_return got;
}

} // namespace ringmaster::http
