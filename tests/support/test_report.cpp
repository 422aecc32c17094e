#include "tests/support/test_report.hpp"

#include <unistd.h>

#include <array>
#include <cctype>
#include <charconv>

#include <caf/test/unit_test.hpp>

namespace ringmaster::support {

namespace {

/// The line without the colours before its first word.
std::string_view bare(std::string_view line) {
  while (line.starts_with("\x1b[")) {
    const auto end = line.find('m');
    if (end == std::string_view::npos)
      break;
    line.remove_prefix(end + 1);
  }
  return line;
}

bool ends_a_test(std::string_view line) {
  constexpr std::string_view arrow = "  -> ";
  // "[line 7]" ends the message of a test, which may say anything.
  return line.starts_with(arrow) && line.find(" check") != std::string_view::npos &&
         line.find(" took ") != std::string_view::npos && !line.ends_with("]\n");
}

} // namespace

std::streambuf::int_type test_report::overflow(int_type c) {
  if (c != traits_type::eof()) {
    const char one = traits_type::to_char_type(c);
    take({&one, 1});
  }
  return traits_type::not_eof(c);
}

std::streamsize test_report::xsputn(const char* text, std::streamsize size) {
  take({text, static_cast<std::size_t>(size)});
  return size;
}

void test_report::take(std::string_view piece) {
  std::lock_guard lock(mutex_);
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    const auto size = end == std::string_view::npos ? piece.size() : end + 1;
    line_.append(piece.substr(0, size));
    piece.remove_prefix(size);
    if (end != std::string_view::npos)
      take_line();
  }
}

void test_report::take_line() {
  const auto words = bare(line_);
  const bool passed_check = words.starts_with("** ");
  if (!in_test_ && words.starts_with("- ")) {
    in_test_ = true;
    held_ = line_;
  } else if (in_test_ && ends_a_test(words)) {
    in_test_ = false;
    auto* const test = caf::test::engine::current_test();
    const bool good = !test || test->bad() == test->expected_failures();
    ++(good ? passed_ : failed_);
    if (!brief_ || !good)
      show(held_ + line_);
    held_.clear();
  } else if (in_test_ && !passed_check) {
    held_ += line_;
    if (!brief_) {
      show(held_);
      held_.clear();
    }
  } else if (
      !passed_check &&
      (!brief_ || !(words.starts_with(" ") || words.starts_with("+") || words == "\n"))) {
    // Between the tests the runner draws headings and a summary; those have an indent or a frame.
    show(line_);
  }
  line_.clear();
}

void test_report::show(std::string_view text) const noexcept {
  while (!text.empty()) {
    const auto n = ::write(output_, text.data(), text.size());
    if (n <= 0)
      return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void test_report::show_counts(std::size_t passed, std::size_t failed) const noexcept {
  std::array<char, 96> text{};
  auto* at = text.data();
  const auto put = [&](std::string_view words) { at += words.copy(at, words.size()); };
  const auto put_count = [&](std::size_t n) { at = std::to_chars(at, at + 20, n).ptr; };
  put("tests: ");
  put_count(passed);
  put(" passed, ");
  put_count(failed);
  put(" failed\n");
  show({text.data(), static_cast<std::size_t>(at - text.data())});
}

void test_report::finish() {
  std::lock_guard lock(mutex_);
  if (!line_.empty()) {
    line_ += '\n';
    take_line();
  }
  show(held_);
  held_.clear();
  show_counts(passed_, failed_);
}

void test_report::finish_broken(std::string_view why) noexcept {
  show(held_);
  show(line_);
  show("!! the program ended within a test: ");
  show(why);
  show("\n");
  show_counts(passed_, failed_ + 1);
}

} // namespace ringmaster::support
