#include "main/logging.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cctype>
#include <utility>

#include "domain/error.hpp"
#include "domain/time.hpp"
#include "main/json_text.hpp"

namespace ringmaster {

namespace {

std::string_view view(spdlog::string_view_t text) { return {text.data(), text.size()}; }

void append(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

/// To the millisecond, always: columns stay in line.
std::string stamp(spdlog::log_clock::time_point at) {
  auto ms = std::chrono::floor<std::chrono::milliseconds>(at);
  auto second = std::chrono::floor<std::chrono::seconds>(ms);
  auto text = to_rfc3339(std::chrono::time_point_cast<instant::duration>(second));
  auto rest = std::to_string(1000 + (ms - second).count());
  text.pop_back();
  return text + "." + rest.substr(1) + "Z";
}

class text_formatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& out) override {
    append(out, stamp(msg.time));
    append(out, " ");
    auto level = view(spdlog::level::to_string_view(msg.level));
    append(out, level);
    append(out, std::string_view{"        "}.substr(0, level.size() < 8 ? 8 - level.size() : 1));
    append(out, plain_text(mask_numbers(view(msg.payload))));
    append(out, "\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<text_formatter>();
  }
};

class json_formatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& out) override {
    append(out, "{\"time\":\"");
    append(out, stamp(msg.time));
    append(out, "\",\"level\":");
    append(out, json_text(view(spdlog::level::to_string_view(msg.level))));
    append(out, ",\"message\":");
    append(out, json_text(mask_numbers(view(msg.payload))));
    append(out, "}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>();
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::string mask_numbers(std::string_view text) {
  constexpr std::size_t shortest = 8;
  constexpr std::size_t head = 2;
  constexpr std::size_t tail = 4;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto plus = text.find('+');
    out += text.substr(0, plus);
    if (plus == std::string_view::npos)
      break;
    text.remove_prefix(plus + 1);
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits]))
      ++digits;
    out += '+';
    if (digits >= shortest) {
      out += text.substr(0, head);
      out += "•••••";
      out += text.substr(digits - tail, tail);
    } else {
      out += text.substr(0, digits);
    }
    text.remove_prefix(digits);
  }
  return out;
}

std::unique_ptr<spdlog::formatter> make_log_formatter(std::string_view format) {
  if (format == "json")
    return std::make_unique<json_formatter>();
  return std::make_unique<text_formatter>();
}

void set_up_logging(const std::string& level, const std::string& format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("ringmaster", std::move(sink));
  logger->set_formatter(make_log_formatter(format));
  logger->set_level(spdlog::level::from_str(level == "error" ? "err" : level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

} // namespace ringmaster
