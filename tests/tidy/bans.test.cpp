// What must not stand in the sources.

#define CAF_SUITE bans
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.hpp"

using namespace ringmaster::tidy;

namespace {

using filter = std::function<bool(const source_file&)>;

/// Lines of code (comments and literals blanked) that match, in the files that `where` picks.
findings in_code(const std::string& pattern, const std::string& why, const filter& where) {
  findings wrong;
  const std::regex searched(pattern);
  for (const auto& file : all_files()) {
    if (!file.is_code() || !where(file))
      continue;
    each_line(without_comments_and_literals(file.text), [&](std::size_t number, std::string_view line) {
      if (std::regex_search(line.begin(), line.end(), searched))
        wrong.add(file.path, number, why);
    });
  }
  return wrong;
}

/// String literals that match.
findings in_literals(const std::string& pattern, const std::string& why, const filter& where) {
  findings wrong;
  const std::regex searched(pattern, std::regex::icase);
  for (const auto& file : all_files()) {
    if (!file.is_code() || !where(file))
      continue;
    for (const auto& l : literals(file.text))
      if (std::regex_search(l.text, searched))
        wrong.add(file.path, l.line, why);
  }
  return wrong;
}

void expect_none(const findings& wrong) {
  if (wrong.count() > 0)
    CAF_ERROR("found:" << wrong.text());
}

bool is_test(const source_file& file) { return file.folder() == "tests"; }

/// Where the world begins, and tests of what has deadlines of its own.
bool may_read_clocks(const source_file& file) {
  return file.below("main") || file.below("http") || file.below("bench") ||
         (is_test(file) && !file.below("tests/domain") && !file.below("tests/actors"));
}

/// Every write of a status names the status it comes from, in the same statement; one that was
/// decided under the row's lock says so by `-- step`. (`waiting` and `live` are columns made from a
/// status; a call's life goes by `rank`.)
void find_stray_writes(
  const std::string& path, std::size_t line, const std::string& text, findings& wrong) {
  static const std::regex writes(
    R"(\bupdate\s+(campaigns|targets|attempts|call_sessions)(\s+(as\s+)?\w+)?\s+set\b[^;]*?\b(attempt_)?status\s*=[^;]*)",
    std::regex::icase);
  static const std::regex guarded(
    R"(\bwhere\b[\s\S]*\b(status|attempt_status|waiting|live|rank)\b|--\s*step)", std::regex::icase);
  for (std::sregex_iterator it(text.begin(), text.end(), writes), end; it != end; ++it)
    if (!std::regex_search(it->str(), guarded))
      wrong.add(
        path, line + static_cast<std::size_t>(std::count(text.begin(), text.begin() + it->position(), '\n')),
        "names no status that it comes from");
}

} // namespace

CAF_TEST(clocks are read where the world begins and nowhere else) {
  expect_none(in_code(
    R"((system|steady|high_resolution|file|utc)_clock::now|\b(gettimeofday|clock_gettime|timespec_get)\s*\(|std::time\s*\()",
    "time comes in as an argument", [](const auto& f) { return !may_read_clocks(f); }));
}

CAF_TEST(main reads the wall clock in one line) {
  auto lines = in_code(
    "system_clock::now", "reads the wall clock", [](const auto& f) { return f.below("main"); });
  if (lines.count() != 1)
    CAF_ERROR("one line is allowed:" << lines.text());
}

CAF_TEST(nothing sleeps) {
  expect_none(in_code(
    R"(\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|(^|[^_\w.>:])sleep\s*\()",
    "wait for a condition with a deadline", [](const auto& f) { return !f.below("tests/support"); }));
}

CAF_TEST(chance comes in as an argument) {
  expect_none(in_code(
    R"(\brandom_device\b|\bs?rand\s*\(|\bgetrandom\b|\barc4random|\bRAND_bytes\b|\brandombytes_)",
    "randomness comes in as an argument", [](const auto& f) {
      // The master key and a password's salt are made by libsodium itself.
      return !f.below("main") && !f.below("http") && !f.below("tests/support") &&
             !f.below("persistence");
    }));
}

CAF_TEST(statements stand in persistence) {
  expect_none(in_literals(
    R"((^|\s)(update\s+\w+(\s+\w+)?\s+set\s|insert\s+into\s+\w+|delete\s+from\s+\w+|select\s[\s\S]*\sfrom\s+\w+\s+where\s))",
    "statements belong to persistence", [](const auto& f) {
      return !f.below("persistence") && !is_test(f) && !f.below("bench");
    }));
}

CAF_TEST(no statement is glued together from values) {
  findings wrong;
  // A literal that speaks SQL, and next to it a plus sign, or a format call around it.
  const std::regex speaks(R"(\b(select|insert\s+into|update|delete\s+from|where|values|order\s+by)\b[\s\S]*)", std::regex::icase);
  const std::regex glued(
    R"re((exec|exec0|exec1|exec_params|query|prepare|PQexec|PQexecParams)\s*\([^;]*"\s*\+)re");
  const std::regex formatted(
    R"re(\b(fmt::format|std::format|snprintf|fmt::sprintf)\s*\([^;]*\b(select|insert into|update|delete from)\b[^;]*[{%])re", std::regex::icase);
  for (const auto& file : all_files()) {
    if (!file.is_cpp() || !file.below("persistence"))
      continue;
    auto code = without_comments(file.text);
    each_line(code, [&](std::size_t number, std::string_view line) {
      std::string text{line};
      if (std::regex_search(text, speaks) && (std::regex_search(text, glued) || std::regex_search(text, formatted)))
        wrong.add(file.path, number, "values are parameters, always");
    });
  }
  expect_none(wrong);
}

CAF_TEST(a status is written by the steps of a life and nowhere else) {
  findings wrong;
  for (const auto& file : all_files()) {
    if (!file.below("persistence"))
      continue;
    if (file.is_code())
      for (const auto& l : literals(file.text))
        find_stray_writes(file.path, l.line, l.text, wrong);
    else if (file.extension() == ".sql")
      find_stray_writes(file.path, 1, file.text, wrong);
  }
  expect_none(wrong);
}

CAF_TEST(the scan tells a stray write from a step) {
  findings wrong;
  find_stray_writes("x", 1, "update campaigns set status = $2 where id = $1", wrong);
  find_stray_writes("x", 1, "with a as (\n update targets t\n set reason = '', status = 'failed' from b)", wrong);
  CAF_CHECK_EQUAL(wrong.count(), 2u);
  CAF_CHECK(wrong.text().find("x:2: ") != std::string::npos);
  find_stray_writes("x", 1, "update campaigns set status = $3 where id = $1 and status = $2", wrong);
  find_stray_writes("x", 1, "update targets t set status = 'calling' from d where t.id = d.id and t.waiting", wrong);
  find_stray_writes("x", 1, "update campaigns set name = $2 where id = $1", wrong);
  CAF_CHECK_EQUAL(wrong.count(), 2u);
}

CAF_TEST(nothing is left to be done later) {
  findings wrong;
  // Put together here, so that this file does not find itself.
  const std::regex marks("\\b(TO" "DO|FIX" "ME|XX" "X|HA" "CK)\\b");
  for (const auto& file : all_files())
    each_line(file.text, [&](std::size_t number, std::string_view line) {
      if (std::regex_search(line.begin(), line.end(), marks))
        wrong.add(file.path, number, "finish it or leave it out");
    });
  expect_none(wrong);
}

CAF_TEST(nothing names a machine or a place outside the project) {
  findings wrong;
  const std::vector<std::string> places{
    "/wo" "rk/", "/ro" "ot/", "/ho" "me/", "shared/" "reference", "local" "host:4873", "/tmp/" "b-"};
  for (const auto& file : all_files())
    each_line(file.text, [&](std::size_t number, std::string_view line) {
      for (const auto& place : places)
        if (line.find(place) != std::string_view::npos)
          wrong.add(file.path, number, "names " + place);
    });
  expect_none(wrong);
}

CAF_TEST(files are named after nouns in snake case) {
  findings wrong;
  const std::regex name(R"(^([a-z0-9_]+/)*[a-z0-9_]+(\.test)?\.(cpp|hpp)$)");
  const std::regex hidden(R"((^|[/_])(utils?|manager|common|helpers?|misc)([_.]|$))");
  for (const auto& file : all_files())
    if (file.is_code() && (!std::regex_match(file.path, name) || std::regex_search(file.path, hidden)))
      wrong.add(file.path, "is not a noun in snake case");
  expect_none(wrong);
}

CAF_TEST(headers are guarded and name no namespace for others) {
  findings wrong;
  for (const auto& file : all_files()) {
    if (file.extension() != ".hpp")
      continue;
    if (file.text.find("#pragma once") == std::string::npos)
      wrong.add(file.path, "has no #pragma once");
    if (!is_test(file))
      each_line(without_comments_and_literals(file.text), [&](std::size_t number, std::string_view line) {
        if (line.substr(0, 16) == "using namespace ")
          wrong.add(file.path, number, "opens a namespace for everyone who includes it");
      });
  }
  expect_none(wrong);
}

CAF_TEST(no file grows beyond bounds) {
  findings long_ones, wrong;
  for (const auto& file : all_files()) {
    if (!file.is_code())
      continue;
    auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines > 450)
      long_ones.add(file.path, std::to_string(lines) + " lines; split it by noun");
    if (lines > 900)
      wrong.add(file.path, std::to_string(lines) + " lines");
  }
  if (long_ones.count() > 0)
    CAF_MESSAGE("longer than 450 lines:" << long_ones.text());
  expect_none(wrong);
}

CAF_TEST(the scan sees code and literals and looks past comments) {
  const std::string text = "int a; // system_clock::now\n"
                           "/* sleep_for */ auto b = \"sleep_for\"; // x\n"
                           "auto c = R\"(one \"two\")\" \" three\"; int d = 1'000'000;\n"
                           "auto e = 'x'; steady();\n";
  auto code = without_comments_and_literals(text);
  CAF_CHECK_EQUAL(code.size(), text.size());
  CAF_CHECK(code.find("sleep_for") == std::string::npos);
  CAF_CHECK(code.find("system_clock") == std::string::npos);
  CAF_CHECK(code.find("1'000'000") != std::string::npos);
  CAF_CHECK(code.find("steady()") != std::string::npos);
  auto found = literals(text);
  CAF_REQUIRE_EQUAL(found.size(), 2u);
  CAF_CHECK_EQUAL(found[0].text, "sleep_for");
  CAF_CHECK_EQUAL(found[0].line, 2u);
  CAF_CHECK_EQUAL(found[1].text, "one \"two\" three");
}
