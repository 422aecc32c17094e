#define CAF_SUITE logging
#include <caf/test/unit_test.hpp>

#include <nlohmann/json.hpp>
#include <rapidcheck.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>

#include "main/logging.hpp"

using namespace ringmaster;

namespace {

std::string logged(const std::string& format, const std::string& message) {
  std::ostringstream out;
  spdlog::logger logger("x", std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  logger.set_formatter(make_log_formatter(format));
  logger.warn("{}", message);
  return out.str();
}

} // namespace

CAF_TEST(a text line has a time and a level) {
  auto line = logged("text", "campaign c-42: start refused");
  CAF_CHECK_EQUAL(line.substr(24), " warning campaign c-42: start refused\n");
  CAF_CHECK_EQUAL(line[10], 'T');
  CAF_CHECK_EQUAL(line[19], '.');
  CAF_CHECK_EQUAL(line[23], 'Z');
}

CAF_TEST(a message cannot begin a line of its own) {
  for (const auto* format : {"text", "json"}) {
    auto line = logged(format, "a\n2026-01-01T00:00:00.000Z info forged\r\x1b[2J\xe2\x80\xa8\xc2\x85");
    CAF_CHECK_EQUAL(std::count(line.begin(), line.end(), '\n'), 1);
    CAF_CHECK(line.find('\r') == std::string::npos);
    CAF_CHECK(line.find('\x1b') == std::string::npos);
    CAF_CHECK(line.find("\xe2\x80\xa8") == std::string::npos);
  }
}

CAF_TEST(a json line is json whatever the message holds) {
  CAF_CHECK(rc::check("an independent reader accepts it", [](const std::string& message) {
    auto line = logged("json", message);
    RC_ASSERT(std::count(line.begin(), line.end(), '\n') == 1);
    auto read = nlohmann::json::parse(line, nullptr, false);
    RC_ASSERT(read.is_object());
    RC_ASSERT(read["level"] == "warning");
    RC_ASSERT(read["message"].is_string());
  }));
}

CAF_TEST(numbers are masked wherever they come from) {
  CAF_CHECK_EQUAL(mask_numbers("to +14155550100 from +442079460000."), "to +14•••••0100 from +44•••••0000.");
  CAF_CHECK_EQUAL(mask_numbers("a + b, +1, +1234567, ++15"), "a + b, +1, +1234567, ++15");
  CAF_CHECK_EQUAL(mask_numbers("+"), "+");
  CAF_CHECK(logged("json", "dialing +14155550100").find("14155550100") == std::string::npos);
  CAF_CHECK(logged("text", "dialing +14155550100").find("14155550100") == std::string::npos);
}
