#define CAF_SUITE window_batch
#include <caf/test/unit_test.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "domain/time.hpp"
#include "main/window_batch.hpp"

using namespace ringmaster;

namespace {

const instant noon = parse_rfc3339("2026-12-01T12:00:00Z").value(); // a Tuesday

std::string ask(const std::string& line, instant now = noon) {
  static window_batch batch;
  std::string padded = line;
  padded.resize(line.size() + window_batch::slack());
  std::string out;
  batch.answer(std::string_view{padded}.substr(0, line.size()), now, out);
  return out;
}

std::string of(const std::string& zone, const std::string& start, const std::string& end,
               const std::string& days, const std::string& more = "") {
  return R"({"timezone":")" + zone + R"(","allowed_call_start_time":")" + start +
         R"(","allowed_call_end_time":")" + end + R"(","allowed_days_of_week":)" + days + more + "}";
}

bool begins(const std::string& text, std::string_view part) { return text.rfind(part, 0) == 0; }
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string refused = R"({"allowed":false,"reason":")";

/// Runs the batch over real descriptors.
std::string run(const std::string& input) {
  auto* in = std::tmpfile();
  auto* out = std::tmpfile();
  std::fwrite(input.data(), 1, input.size(), in);
  std::fflush(in);
  ::lseek(fileno(in), 0, SEEK_SET);
  CAF_REQUIRE(run_window_batch(fileno(in), fileno(out), [] { return noon; }).has_value());
  ::lseek(fileno(out), 0, SEEK_SET);
  std::string text;
  char piece[4096];
  for (ssize_t n; (n = ::read(fileno(out), piece, sizeof(piece))) > 0;)
    text.append(piece, static_cast<std::size_t>(n));
  std::fclose(in);
  std::fclose(out);
  return text;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    all.push_back(text.substr(at, end - at));
  CAF_CHECK_EQUAL(at, text.size());
  return all;
}

} // namespace

CAF_TEST(an open window answers when it closes) {
  auto a = ask(of("UTC", "09:00", "18:00", R"(["tue"])", R"(,"at":"2026-12-01T10:30:00Z")"));
  CAF_CHECK(begins(a, R"({"allowed":true,"reason":")"));
  CAF_CHECK(has(a, R"("next_open_at":null,"closes_at":"2026-12-01T18:00:00Z"})"));
  CAF_CHECK_EQUAL(a.back(), '\n');
}

CAF_TEST(a closed window answers when it opens) {
  auto a = ask(
    of("America/New_York", "09:00:00", "18:00:00", R"(["mon","tue"])", R"(,"at":"2026-12-02T03:00:00+01:00")"));
  CAF_CHECK(begins(a, refused));
  CAF_CHECK(has(a, R"("next_open_at":"2026-12-07T14:00:00Z","closes_at":null})"));
}

CAF_TEST(a case without an instant is about now) {
  CAF_CHECK(begins(ask(of("UTC", "09:00", "18:00", R"(["tue"])")), R"({"allowed":true)"));
  CAF_CHECK(begins(ask(of("UTC", "09:00", "18:00", R"(["tue"])", R"(,"at":null)")), R"({"allowed":true)"));
  CAF_CHECK(begins(ask(of("UTC", "09:00", "18:00", R"(["wed"])")), refused));
}

CAF_TEST(days may be one text with commas) {
  CAF_CHECK(begins(ask(of("UTC", "09:00", "18:00", R"("mon, tue")")), R"({"allowed":true)"));
  CAF_CHECK(begins(ask(of("UTC", "09:00", "18:00", R"("mon")")), refused));
  CAF_CHECK(begins(ask(of("UTC", "09:00", "18:00", R"("")")), refused));
}

CAF_TEST(the order of members and members of others do not matter) {
  auto a = ask(R"( {"id":7,"at":"2026-12-01T10:30:00Z","allowed_days_of_week":["tue"],"extra":{"a":[1,"}"]},)"
               R"("allowed_call_end_time":"18:00","allowed_call_start_time":"09:00","timezone":"UTC"} )");
  CAF_CHECK(begins(a, R"({"allowed":true)"));
}

CAF_TEST(whatever cannot be read is not allowed) {
  const auto good = of("UTC", "00:00", "24:00", R"(["mon","tue","wed","thu","fri","sat","sun"])");
  CAF_REQUIRE(begins(ask(good), R"({"allowed":true)"));
  std::vector<std::string> wrong{
    "{", "null", "[]", "7", "\"x\"", "{}", "not json", good + "x", good + good, "[" + good + "]",
    good.substr(0, good.size() - 1), good.substr(0, good.size() / 2), "\xff\xfe{}",
    of("Mars/Olympus", "09:00", "18:00", R"(["tue"])"),
    of("", "09:00", "18:00", R"(["tue"])"),
    of("UTC", "09:00", "09:00", R"(["tue"])"),
    of("UTC", "24:00", "09:00", R"(["tue"])"),
    of("UTC", "9", "18:00", R"(["tue"])"),
    of("UTC", "00:00", "24:00", R"([])"),
    of("UTC", "00:00", "24:00", R"(["someday"])"),
    of("UTC", "00:00", "24:00", R"([2])"),
    of("UTC", "00:00", "24:00", R"({"tue":true})"),
    of("UTC", "00:00", "24:00", R"(null)"),
    of("UTC", "00:00", "24:00", R"(["tue"])", R"(,"at":"yesterday")"),
    of("UTC", "00:00", "24:00", R"(["tue"])", R"(,"at":"2026-12-01")"),
    of("UTC", "00:00", "24:00", R"(["tue"])", R"(,"at":1764590400)"),
    of("UTC", "00:00", "24:00", R"(["tue"])", R"(,"timezone":"UTC")"),
    of("UTC", "00:00", "24:00", R"(["tue"])", R"(,"allowed_days_of_week":["tue"])"),
    R"({"timezone":5,"allowed_call_start_time":"00:00","allowed_call_end_time":"24:00","allowed_days_of_week":["tue"]})",
  };
  for (const auto& line : wrong) {
    auto a = ask(line);
    CAF_CHECK(begins(a, refused));
    CAF_CHECK(has(a, R"("next_open_at":null,"closes_at":null})"));
    CAF_CHECK_EQUAL(lines(a).size(), 1u);
  }
}

CAF_TEST(a broken line is answered in its place and the run goes on) {
  auto good = of("UTC", "09:00", "18:00", R"(["tue"])");
  auto answers = lines(run(good + "\n{broken\n\n  \r\n" + good + "\r\n" + good));
  CAF_REQUIRE_EQUAL(answers.size(), 4u);
  CAF_CHECK(begins(answers[0], R"({"allowed":true)"));
  CAF_CHECK(begins(answers[1], refused));
  CAF_CHECK(begins(answers[2], R"({"allowed":true)"));
  CAF_CHECK(begins(answers[3], R"({"allowed":true)"));
}

CAF_TEST(lines that cross the pieces of the input are read whole) {
  std::string input;
  std::size_t count = 0;
  for (; input.size() < 5 * 1024 * 1024; ++count)
    input += of("UTC", "09:00", "18:00", R"(["tue"])",
                ",\"id\":\"" + std::string(count % 997, 'x') + "\"") + "\n";
  auto answers = lines(run(input));
  CAF_CHECK_EQUAL(answers.size(), count);
  std::size_t open = 0;
  for (const auto& a : answers)
    open += begins(a, R"({"allowed":true)");
  CAF_CHECK_EQUAL(open, count);
}

CAF_TEST(a line without an end is refused and the next one is read) {
  auto good = of("UTC", "09:00", "18:00", R"(["tue"])");
  auto answers =
    lines(run(good + "\n" + std::string(3 * 1024 * 1024 + 17, 'x') + "\n" + good + "\n"));
  CAF_REQUIRE_EQUAL(answers.size(), 3u);
  CAF_CHECK(begins(answers[0], R"({"allowed":true)"));
  CAF_CHECK(has(answers[1], "longer than one MiB"));
  CAF_CHECK(begins(answers[2], R"({"allowed":true)"));
}

CAF_TEST(many different windows stay right when the cache turns over) {
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 12'000; ++i) {
      char start[16];
      std::snprintf(start, sizeof(start), "%02d:%02d:%02d", i / 3600, i / 60 % 60, i % 60);
      auto a = ask(of("UTC", start, "18:00", R"(["wed"])", R"(,"at":"2026-12-01T12:00:00Z")"));
      if (!has(a, R"("next_open_at":"2026-12-02T)" + std::string{start} + "Z\""))
        CAF_FAIL("wrong answer for " << start << ": " << a);
    }
}
