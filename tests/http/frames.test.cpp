#define CAF_SUITE http_frames

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "http/frames.hpp"
#include "http/handshake.hpp"

using namespace ringmaster::http;

namespace {

using kind = frame_reader::event::kind;
using namespace std::string_literals;

std::string frame(frame_kind what, std::string_view payload, std::string_view mask = {}) {
  std::string out;
  append_frame(out, what, payload, mask);
  return out;
}

/// The first event of these bytes for a reader of unmasked frames.
frame_reader::event first(std::string_view bytes, std::size_t message_max = 1000) {
  frame_reader reader(false, message_max);
  return reader.next(bytes);
}

void breaks(std::uint16_t code, const std::string& bytes) {
  auto got = first(bytes);
  CAF_CHECK(got.what == kind::broken);
  CAF_CHECK_EQUAL(got.code, code);
}

request handshake() {
  request r;
  r.headers = {
      {"Upgrade",               "WebSocket"               },
      {"Connection",            "keep-alive, Upgrade"     },
      {"Sec-WebSocket-Version", "13"                      },
      {"Sec-WebSocket-Key",     "dGhlIHNhbXBsZSBub25jZQ=="}
  };
  return r;
}

} // namespace

CAF_TEST(the examples of the RFC are read) {
  auto hello = first("\x81\x05Hello");
  CAF_CHECK(hello.what == kind::text);
  CAF_CHECK_EQUAL(hello.payload, "Hello");
  frame_reader server(true, 100);
  std::string_view masked("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
  CAF_CHECK_EQUAL(server.next(masked).payload, "Hello");
  frame_reader cut(false, 100);
  auto bytes = "\x01\x03Hel"s + "\x89\x05Hello"s + "\x80\x02lo"s;
  std::string_view rest(bytes);
  auto ping = cut.next(rest);
  CAF_CHECK(ping.what == kind::ping);
  CAF_CHECK_EQUAL(ping.payload, "Hello");
  CAF_CHECK_EQUAL(cut.next(rest).payload, "Hello");
  CAF_CHECK_EQUAL(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

CAF_TEST(messages come out as they went in however the bytes are cut) {
  CAF_CHECK(rc::check("frames round trip", [] {
    auto sizes = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(
        rc::gen::element<std::size_t>(0, 1, 124, 125, 126, 127, 300, 65'535, 65'536, 70'000)));
    bool from_client = *rc::gen::arbitrary<bool>();
    auto mask = from_client ? *rc::gen::container<std::string>(4, rc::gen::arbitrary<char>()) : ""s;
    std::string bytes;
    std::vector<std::string> sent;
    for (auto size : sizes) {
      std::string text(size, 'a');
      for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + i % 23);
      append_frame(bytes, frame_kind::text, text, mask);
      sent.push_back(std::move(text));
    }
    frame_reader reader(from_client, 80'000);
    std::vector<std::string> got;
    std::string_view rest(bytes);
    while (!rest.empty()) {
      auto size = std::min(rest.size(), *rc::gen::inRange<std::size_t>(1, 40'000));
      auto piece = rest.substr(0, size);
      rest.remove_prefix(size);
      while (true) {
        auto event = reader.next(piece);
        if (event.what == kind::more)
          break;
        RC_ASSERT(event.what == kind::text);
        got.push_back(event.payload);
      }
      RC_ASSERT(piece.empty());
    }
    RC_ASSERT(got == sent);
  }));
}

CAF_TEST(a frame may come byte by byte) {
  auto bytes = frame(frame_kind::text, std::string(200, 'x'), "\x01\x02\x03\x04") +
               frame(frame_kind::close, close_payload(1000, "bye"), "\x09\x08\x07\x06");
  frame_reader reader(true, 1000);
  std::vector<frame_reader::event> got;
  for (auto c : bytes) {
    std::string_view one(&c, 1);
    auto event = reader.next(one);
    if (event.what != kind::more)
      got.push_back(event);
  }
  CAF_REQUIRE_EQUAL(got.size(), 2u);
  CAF_CHECK_EQUAL(got[0].payload, std::string(200, 'x'));
  CAF_CHECK(got[1].what == kind::close);
  CAF_CHECK_EQUAL(got[1].code, 1000);
  CAF_CHECK_EQUAL(got[1].payload, "bye");
}

CAF_TEST(what is too long is told by its head) {
  auto long_head = "\x81\x7f\x00\x00\x00\x00\x00\x98\x96\x80"s; // 10 MB
  auto got = first(long_head);
  CAF_CHECK(got.what == kind::broken);
  CAF_CHECK_EQUAL(got.code, 1009);
  CAF_CHECK(first("\x81\x7e\x03\xe8"s).what == kind::more);
  breaks(1009, "\x81\x7e\x03\xe9"s);
  breaks(1002, "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s);
  // The sum of the fragments counts, and so does their number.
  auto half = "\x01\x7e\x02\x00"s + std::string(512, 'a');
  auto more = "\x00\x7e\x02\x00"s + std::string(512, 'a');
  breaks(1009, half + more);
  std::string many = "\x01\x00"s;
  for (int i = 0; i < 2000; ++i)
    many += "\x00\x00"s;
  breaks(1009, many);
}

CAF_TEST(what the RFC forbids breaks the connection with its code) {
  breaks(1002, "\x81\x85\x01\x02\x03\x04Hello"s); // masked, from a server
  breaks(1002, "\xc1\x00"s);                      // a reserved bit
  breaks(1002, "\x83\x00"s);                      // reserved opcodes
  breaks(1002, "\x8b\x00"s);
  breaks(1002, "\x80\x00"s);         // a continuation of nothing
  breaks(1002, "\x09\x00"s);         // a cut ping
  breaks(1002, "\x89\x7e\x00\x7e"s); // a long ping
  breaks(1002, "\x01\x01"s + "a\x81\x01" + "b");
  breaks(1002, "\x81\x7e\x00\x05Hello"s);
  breaks(1003, "\x82\x01\x00"s);
  breaks(1007, "\x81\x02\xc3\x28"s);
  breaks(1002, "\x88\x01\x03"s);
  breaks(1002, "\x88\x02\x03\xed"s); // 1005 is never sent
  breaks(1007, "\x88\x03\x03\xe8\xff"s);
  frame_reader server(true, 10);
  std::string_view bare("\x81\x01"
                        "a");
  CAF_CHECK_EQUAL(server.next(bare).code, 1002);
  CAF_CHECK(bare.empty() || server.next(bare).what == kind::more);
}

CAF_TEST(a character may be cut between fragments) {
  frame_reader reader(false, 100);
  auto bytes = "\x01\x01\xc3"s + "\x80\x01\xa9"s;
  std::string_view rest(bytes);
  CAF_CHECK_EQUAL(reader.next(rest).payload, "\xc3\xa9");
}

CAF_TEST(a close without a code and reasons that are too long) {
  auto got = first("\x88\x00"s);
  CAF_CHECK(got.what == kind::close);
  CAF_CHECK_EQUAL(got.code, 1005);
  std::string reason;
  for (int i = 0; i < 100; ++i)
    reason += "\xc3\xa9";
  auto payload = close_payload(1001, reason);
  CAF_CHECK_EQUAL(payload.size(), 124u);
  CAF_CHECK_EQUAL(first(frame(frame_kind::close, payload)).code, 1001);
}

CAF_TEST(only a proper handshake is one) {
  CAF_CHECK_EQUAL(read_socket_request(handshake(), false, 0).refusal, 0);
  auto without = [](const std::string& name, std::optional<std::string> value = {}) {
    auto r = handshake();
    std::erase_if(r.headers, [&](const header& h) { return h.name == name; });
    if (value)
      r.headers.push_back({name, *value});
    return read_socket_request(r, false, 0).refusal;
  };
  CAF_CHECK_EQUAL(without("Upgrade"), 426);
  CAF_CHECK_EQUAL(without("Upgrade", "h2c"), 426);
  CAF_CHECK_EQUAL(without("Connection", "close"), 426);
  CAF_CHECK_EQUAL(without("Sec-WebSocket-Version", "8"), 426);
  CAF_CHECK_EQUAL(without("Sec-WebSocket-Version"), 426);
  CAF_CHECK_EQUAL(without("Sec-WebSocket-Key"), 400);
  CAF_CHECK_EQUAL(without("Sec-WebSocket-Key", "c2hvcnQ="), 400);
  CAF_CHECK_EQUAL(read_socket_request(handshake(), true, 0).refusal, 400);
  CAF_CHECK_EQUAL(read_socket_request(handshake(), false, 1).refusal, 400);
  auto twice = handshake();
  twice.headers.push_back(twice.headers.back());
  CAF_CHECK_EQUAL(read_socket_request(twice, false, 0).refusal, 400);
  auto posted = handshake();
  posted.verb = method::post;
  CAF_CHECK_EQUAL(read_socket_request(posted, false, 0).refusal, 400);
}

CAF_TEST(an answer must accept the very key) {
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  auto good = accepting(key);
  CAF_CHECK(!not_accepted(101, good, key));
  CAF_CHECK(not_accepted(200, good, key).has_value());
  CAF_CHECK(not_accepted(101, accepting("AAAAAAAAAAAAAAAAAAAAAA=="), key).has_value());
  auto compressed = good;
  compressed.push_back({"Sec-WebSocket-Extensions", "permessage-deflate"});
  CAF_CHECK(not_accepted(101, compressed, key).has_value());
}
