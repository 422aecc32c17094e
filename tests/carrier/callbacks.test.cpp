#define CAF_SUITE carrier_callbacks
#include <caf/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "carrier/callbacks.hpp"
#include "carrier/outbox.hpp"
#include "tests/carrier/samples.hpp"
#include "wire/carrier_signature.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

using how = try_result::how;

errand numbered(std::uint32_t serial, std::uint32_t sequence) {
  errand e;
  e.serial = serial;
  e.sequence = sequence;
  return e;
}

std::vector<std::uint32_t> sequences(const std::vector<errand>& all) {
  std::vector<std::uint32_t> out;
  for (const auto& e : all)
    out.push_back(e.sequence);
  return out;
}

using numbers = std::vector<std::uint32_t>;

} // namespace

CAF_TEST(the fragment of a URL holds the rules of delivery and is not sent) {
  auto s = split("https://e.example/cb?x=1#rc=5&rp=4xx,rt&ct=2000&rt=99&tt=99999&e=dublin");
  CAF_CHECK_EQUAL(s.url, "https://e.example/cb?x=1");
  CAF_CHECK_EQUAL(s.rules.retries, 5u);
  CAF_CHECK(!s.rules.on_connect && s.rules.on_read && s.rules.on_4xx && !s.rules.on_5xx);
  CAF_CHECK(s.rules.connect == 2000ms);
  CAF_CHECK(s.rules.read == 100ms);
  CAF_CHECK(s.rules.total == 15000ms);
  CAF_CHECK((split("https://e.example/").rules == delivery_rules{}));
  CAF_CHECK((split("https://e.example/#section").rules == delivery_rules{}));
  CAF_CHECK_EQUAL(split("https://e.example/#rc=9").rules.retries, 5u);
}

CAF_TEST(by default only a failed connection is tried again and once) {
  delivery_rules r;
  CAF_CHECK(tries_again(r, 1, {how::not_connected, 0}, 1s));
  CAF_CHECK(!tries_again(r, 2, {how::not_connected, 0}, 1s));
  CAF_CHECK(!tries_again(r, 1, {how::not_connected, 0}, 15s));
  CAF_CHECK(!tries_again(r, 1, {how::broken, 0}, 1s));
  CAF_CHECK(!tries_again(r, 1, {how::answered, 503}, 1s));
}

CAF_TEST(a policy of all repeats whatever is no success) {
  auto r = split("https://e.example/#rc=2&rp=all").rules;
  for (auto result : {try_result{how::not_connected, 0}, {how::broken, 0}, {how::answered, 404},
                      {how::answered, 500}}) {
    CAF_CHECK(tries_again(r, 2, result, 1s));
    CAF_CHECK(!tries_again(r, 3, result, 1s));
  }
  CAF_CHECK(!tries_again(r, 1, {how::answered, 204}, 1s));
  CAF_CHECK(!tries_again(r, 1, {how::answered, 302}, 1s));
}

CAF_TEST(the signature covers the URL without its fragment and the decoded fields) {
  errand e;
  e.to = split("https://engine.example.com/twilio/status/42?b=1&a=%20#rc=5");
  e.params = {{"ToCity", ""}, {"To", "+12125550100"}, {"Say", "é & +"}};
  auto p = prepare(e, "token");
  CAF_CHECK_EQUAL(p.url, "https://engine.example.com/twilio/status/42?b=1&a=%20");
  auto decoded = wire::parse_form(p.body);
  CAF_REQUIRE(decoded);
  CAF_CHECK(*decoded == e.params);
  CAF_CHECK(wire::verify({"token"}, p.url, *decoded, p.signature));
  CAF_CHECK(!wire::verify({"other"}, p.url, *decoded, p.signature));
}

CAF_TEST(a GET carries its fields in the signed URL) {
  errand e;
  e.post = false;
  e.to = split("https://e.example/v?x=1");
  e.params = {{"To", "+1"}};
  auto p = prepare(e, "token");
  CAF_CHECK_EQUAL(p.url, "https://e.example/v?x=1&To=%2B1");
  CAF_CHECK(p.body.empty());
  CAF_CHECK(wire::verify({"token"}, p.url, {}, p.signature));
}

CAF_TEST(chains of different calls do not wait for each other) {
  outbox box;
  for (std::uint32_t i = 0; i < 2; ++i) {
    box.post_chained(numbered(1, i));
    box.post_chained(numbered(2, 10 + i));
  }
  auto first = box.take_due(noon);
  CAF_CHECK((sequences(first) == numbers{0, 10}));
  CAF_CHECK(!box.next_due());
  box.done(first[1].id);
  CAF_CHECK(box.next_due().has_value());
  CAF_CHECK((sequences(box.take_due(noon)) == numbers{11}));
  CAF_CHECK_EQUAL(box.waiting(), 1u);
}

CAF_TEST(a held errand lets the next one pass) {
  outbox box;
  box.post_held(numbered(1, 0), noon + 5s);
  CAF_CHECK(box.take_due(noon).empty());
  box.post_chained(numbered(1, 1));
  auto first = box.take_due(noon);
  CAF_CHECK((sequences(first) == numbers{1}));
  box.done(first[0].id);
  CAF_CHECK((sequences(box.take_due(noon)) == numbers{0}));
}

CAF_TEST(a held errand that nothing passes leaves at its time) {
  outbox box;
  box.post_held(numbered(1, 0), noon + 5s);
  CAF_CHECK(box.take_due(noon + 4999ms).empty());
  CAF_CHECK(*box.next_due() == noon + 5s);
  CAF_CHECK((sequences(box.take_due(noon + 5s)) == numbers{0}));
  CAF_CHECK(box.take_due(noon + 10s).empty());
  CAF_CHECK_EQUAL(box.waiting(), 0u);
}

CAF_TEST(free errands leave by their time) {
  outbox box;
  box.post_free(numbered(1, 0), noon + 3s);
  box.post_free(numbered(1, 1), noon + 1s);
  CAF_CHECK(*box.next_due() == noon + 1s);
  CAF_CHECK((sequences(box.take_due(noon + 3s)) == numbers{1, 0}));
}

CAF_TEST(the log is written line by line and numbered) {
  std::vector<std::string> written;
  call_log log([&](std::string_view line) { written.emplace_back(line); }, 2);
  request_line r;
  r.method = "POST";
  r.target = "/x\"\n";
  for (int i = 0; i < 4; ++i)
    log.answered(log.request(r, noon), 201, "whole", noon + 1us);
  CAF_REQUIRE_EQUAL(written.size(), 8u);
  for (std::size_t i = 0; i < written.size(); ++i) {
    CAF_CHECK_EQUAL(written[i].back(), '\n');
    auto line = json::parse(written[i]);
    CAF_CHECK_EQUAL(line["n"].get<std::size_t>(), i + 1);
    CAF_CHECK_EQUAL(line["request"].get<std::size_t>(), i / 2 + 1);
    CAF_CHECK_EQUAL(line["kind"].get<std::string>(), i % 2 ? "answered" : "request");
  }
  CAF_CHECK_EQUAL(log.after(0), written[6] + written[7]);
  CAF_CHECK_EQUAL(log.after(7), written[7]);
  CAF_CHECK_EQUAL(log.after(8), "");
  CAF_CHECK_EQUAL(log.after(80), "");
}

CAF_TEST(the log file is appended to and never rewritten) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("carrier-log-" + std::to_string(::getpid()) + ".ndjson");
  for (int run = 0; run < 2; ++run) {
    auto sink = open_log_file(path.string());
    CAF_REQUIRE(sink);
    (*sink)("{\"run\":" + std::to_string(run) + "}\n");
  }
  std::ifstream file(path);
  std::string all((std::istreambuf_iterator<char>(file)), {});
  CAF_CHECK_EQUAL(all, "{\"run\":0}\n{\"run\":1}\n");
  std::filesystem::remove(path);
  CAF_CHECK(!open_log_file("/proc/no/such/place"));
}

CAF_TEST(the token is the last segment of the path) {
  CAF_CHECK_EQUAL(path_token("https://e.example/a/b/tok-1_2?x=/y#rc=1"), "tok-1_2");
  CAF_CHECK_EQUAL(path_token("https://e.example"), "");
  CAF_CHECK_EQUAL(path_token("https://e.example/"), "");
  CAF_CHECK_EQUAL(path_token(""), "");
}
