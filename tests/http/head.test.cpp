#define CAF_SUITE http_head

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <iterator>
#include <string>
#include <vector>

#include "http/head.hpp"
#include "http/names.hpp"

using namespace ringmaster;
using namespace ringmaster::http;

namespace {

namespace beast = boost::beast;

int status_of(const std::string& head, const limits& numbers = {}) {
  auto parsed = parse_head(head, numbers);
  return parsed ? 200 : parsed.error().status;
}

/// Heads that are right but for a few places: fields that mean something, most of them sound, and
/// now and then a byte that is not.
std::string any_head() {
  auto lines = rc::gen::weightedOneOf<std::string>(
    {{3, rc::gen::element<std::string>(
           "GET / HTTP/1.1", "POST /a?b=c HTTP/1.1", "GET /a HTTP/1.0", "GET http://a/x HTTP/1.1", "OPTIONS * HTTP/1.1",
           "DELETE /%41 HTTP/1.1")},
     {1, rc::gen::element<std::string>(
           "PUT /%41%2f HTTP/1.1", "GET /a/../b HTTP/1.1", "X / HTTP/1.1", "GET /\xc3\xa8 HTTP/1.1", "GET  / HTTP/1.1")}});
  auto sound = rc::gen::element<std::string>(
    "Connection: close", "Connection: keep-alive, Close", "X-A: 1", "X-A:1 ", "X-A:", "X-A: \xff", "Expect: 100-continue",
    "X-A: a:b:c", "x-a:\t2\t", "Accept: */*");
  auto unsound = rc::gen::element<std::string>(
    "host: a", "Host: b", "Content-Length: 5, 5", "Content-Length: +5", "Content-Length: 5", "Transfer-Encoding: chunked", "X-A : 1", " folded",
    "X-\x01: 1", "X-A: \x01", ": x", "X-A", "Transfer-Encoding : chunked");
  auto head = *lines + "\r\nHost: a\r\n";
  if (*rc::gen::inRange(0, 2) == 0)
    head += *rc::gen::element<std::string>("Content-Length: 5", "content-length: 0", "Content-Length: 00005") + "\r\n";
  auto fields = *rc::gen::inRange(0, 6);
  for (int i = 0; i < fields; ++i)
    head += *rc::gen::weightedOneOf<std::string>({{12, sound}, {1, unsound}}) + "\r\n";
  head += "\r\n";
  if (*rc::gen::inRange(0, 3) == 0) {
    auto at = *rc::gen::inRange<std::size_t>(0, head.size() - 4);
    auto what = *rc::gen::element('\r', '\n', '\0', ' ', '\t', ':', ',', '%', '\x7f');
    if (*rc::gen::arbitrary<bool>())
      head[at] = what;
    else
      head.insert(at, 1, what);
  }
  return head;
}

} // namespace

CAF_TEST(the end of a head is found however the bytes are cut) {
  CAF_CHECK(rc::check("looking piece by piece sees what looking at once sees", [] {
    auto bytes = any_head() + "body";
    std::size_t scanned = 0;
    auto at_once = look_for_head(bytes, scanned);
    scanned = 0;
    head_look piecewise;
    for (std::size_t have = 0; have <= bytes.size() && piecewise.what == head_look::state::more;) {
      piecewise = look_for_head(std::string_view(bytes).substr(0, have), scanned);
      have += *rc::gen::inRange<std::size_t>(1, 20);
      if (have > bytes.size() && have < bytes.size() + 20)
        have = bytes.size();
      if (scanned == bytes.size())
        break;
    }
    if (at_once.what != head_look::state::more) {
      RC_ASSERT(piecewise.what == at_once.what);
      RC_ASSERT(piecewise.size == at_once.size);
    }
  }));
}

CAF_TEST(what is accepted means the same to another parser) {
  int accepted = 0;
  auto compare = [&] {
    auto head = any_head();
    std::size_t scanned = 0;
    auto look = look_for_head(head, scanned);
    if (look.what != head_look::state::complete)
      return;
    head.resize(look.size);
    auto parsed = parse_head(head, {});
    if (!parsed)
      return;
    ++accepted;
    RC_LOG() << "the head: " << head << '\n';
    beast::http::request_parser<beast::http::string_body> other;
    boost::system::error_code ec;
    auto used = other.put(boost::asio::buffer(head), ec);
    RC_ASSERT(!ec || ec == beast::http::error::need_more);
    RC_ASSERT(used == head.size());
    RC_ASSERT(other.is_header_done());
    const auto& theirs = other.get();
    auto verb = theirs.method_string();
    RC_ASSERT(std::string(verb.data(), verb.size()) == to_string(parsed->req.verb));
    RC_ASSERT(static_cast<int>(theirs.version()) == (parsed->version_1_0 ? 10 : 11));
    RC_ASSERT(!other.chunked());
    RC_ASSERT(other.content_length().value_or(0) == parsed->content_length);
    RC_ASSERT(static_cast<std::size_t>(std::distance(theirs.begin(), theirs.end())) == parsed->req.headers.size());
    // Beast keeps equal names together, so compare name by name.
    for (const auto& one : parsed->req.headers) {
      bool found = false;
      auto [first, last] = theirs.equal_range(one.name);
      for (; first != last; ++first)
        found = found || std::string(first->value().data(), first->value().size()) == one.value;
      RC_ASSERT(found);
    }
    RC_ASSERT(theirs.count("Transfer-Encoding") == 0u);
    RC_ASSERT(theirs.count("Host") <= 1u);
    RC_ASSERT(theirs.count("Content-Length") <= 1u);
  };
  CAF_CHECK(rc::check("an accepted head is read by Beast, field for field", [&] {
    for (int i = 0; i < 20; ++i)
      compare();
  }));
  CAF_CHECK(accepted > 200);
}

CAF_TEST(any bytes are taken or refused with a known status) {
  CAF_CHECK(rc::check("parse_head is total", [] {
    auto head = any_head();
    auto status = status_of(head);
    for (int known : {200, 400, 414, 417, 431, 501, 505})
      if (status == known)
        return;
    RC_FAIL("an unknown status");
  }));
  CAF_CHECK(rc::check("for noise too", [](const std::string& noise) { RC_ASSERT(status_of(noise) != 200); }));
}

CAF_TEST(a path means one thing) {
  CAF_CHECK(rc::check("an accepted path has no segment that climbs", [] {
    auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "/", ".", "..", "a", "%2e", "%2E", "%2f", "%5C", "\\", "%00", "%", "%25", "%c3%a8", "%ff", "?", "%20", "~"));
    std::string target = "/";
    for (const auto& piece : pieces)
      target += piece;
    auto parsed = parse_target(target);
    if (!parsed)
      return;
    auto path = parsed->path + "/";
    for (std::string bad : {"/./", "/../", "\\", "\n"})
      RC_ASSERT(path.find(bad) == std::string::npos);
    RC_ASSERT(parsed->path.find("//") == std::string::npos);
    RC_ASSERT(parsed->path.find('\0') == std::string::npos);
  }));
  auto decoded = parse_target("/a%20b/%25%32%66?c=%2f#");
  CAF_CHECK(!decoded);
  decoded = parse_target("/a%20b/%252f?c=%2f&d");
  CAF_REQUIRE(decoded);
  CAF_CHECK_EQUAL(decoded->path, "/a b/%2f");
  CAF_CHECK_EQUAL(decoded->query, "c=%2f&d");
}

CAF_TEST(limits are those that were given) {
  limits small;
  small.header_fields = 2;
  small.target_bytes = 4;
  small.header_bytes = 60;
  CAF_CHECK_EQUAL(status_of("GET /abc HTTP/1.1\r\nHost: a\r\nA: 1\r\n\r\n", small), 200);
  CAF_CHECK_EQUAL(status_of("GET /abc HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n", small), 431);
  CAF_CHECK_EQUAL(status_of("GET /abcd HTTP/1.1\r\nHost: a\r\n\r\n", small), 414);
  CAF_CHECK_EQUAL(status_of("GET /abc HTTP/1.1\r\nHost: a\r\nA: " + std::string(60, 'x') + "\r\n\r\n", small), 431);
}

CAF_TEST(lists of tokens are read without case) {
  CAF_CHECK(lists_token("close", "close"));
  CAF_CHECK(lists_token("keep-alive , CLOSE", "close"));
  CAF_CHECK(lists_token("\tclose\t,", "close"));
  CAF_CHECK(!lists_token("closed", "close"));
  CAF_CHECK(!lists_token("", "close"));
  CAF_CHECK(!lists_token("not close", "close"));
}
