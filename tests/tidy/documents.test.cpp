// The documents say what the code does.

#define CAF_SUITE documents
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "domain/error.hpp"
#include "domain/gate.hpp"
#include "tests/tidy/source_tree.hpp"
#include "tests/tidy/state_page.hpp"

using namespace ringmaster;
using namespace ringmaster::tidy;

namespace {

const source_file* find_file(const std::string& path) {
  const auto& files = all_files();
  auto found = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; });
  return found == files.end() ? nullptr : &*found;
}

const std::string& text_of(const std::string& path) {
  static const std::string none;
  const auto* file = find_file(path);
  return file ? file->text : none;
}

} // namespace

CAF_TEST(the page of lives equals the tables) {
  if (std::getenv("RINGMASTER_TEST_UPDATE")) {
    std::ofstream(std::string{RINGMASTER_SOURCE_DIR} + "/docs/states.md") << state_page();
    CAF_MESSAGE("docs/states.md was drawn anew");
    return;
  }
  CAF_CHECK(text_of("docs/states.md") == state_page());
}

CAF_TEST(every setting stands in the example under its section) {
  const auto& example = text_of("config/example.toml");
  config::settings defaults;
  config::each_option(defaults, [&](std::string_view name, auto&, const auto&) {
    auto dot = name.find('.');
    auto section = example.find("\n[" + std::string{name.substr(0, dot)} + "]\n");
    CAF_REQUIRE(section != std::string::npos);
    auto end = example.find("\n[", section + 1);
    auto body = example.substr(section, end - section);
    if (body.find("\n" + std::string{name.substr(dot + 1)} + " = ") == std::string::npos)
      CAF_ERROR("config/example.toml lacks " << name);
  });
}

CAF_TEST(every setting that a document names exists) {
  std::set<std::string> known;
  config::settings defaults;
  config::each_option(defaults, [&](std::string_view name, auto&, const auto&) { known.emplace(name); });
  std::set<std::string> sections;
  for (const auto& name : known)
    sections.insert(name.substr(0, name.find('.')));
  findings wrong;
  const std::regex option("`([a-z]+)\\.([a-z_]+)`");
  for (const auto& file : all_files()) {
    if (file.extension() != ".md")
      continue;
    each_line(file.text, [&](std::size_t number, std::string_view line) {
      std::string s{line};
      for (std::sregex_iterator it(s.begin(), s.end(), option), end; it != end; ++it) {
        static const std::set<std::string> endings{"hpp", "cpp", "md", "sql", "toml", "csv", "key", "yaml", "flag", "sh", "json", "log"};
        if (sections.count((*it)[1]) && !endings.count((*it)[2]) && !known.count((*it)[1].str() + "." + (*it)[2].str()))
          wrong.add(file.path, number, "names the option " + it->str());
      }
    });
  }
  if (wrong.count() > 0)
    CAF_ERROR("unknown options:" << wrong.text());
}

CAF_TEST(every way of saying no has its paragraph) {
  const auto* page = find_file("docs/errors.md");
  CAF_REQUIRE(page != nullptr);
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
    auto name = std::string{to_string(static_cast<errc>(i))};
    CAF_CHECK(!name.empty());
    if (page->text.find("`" + name + "`") == std::string::npos && page->text.find("## " + name) == std::string::npos)
      CAF_ERROR("docs/errors.md lacks " << name);
  }
}

CAF_TEST(every gate has its row in its order) {
  const auto& page = text_of("docs/gate.md");
  std::size_t last = 0;
  for (const auto& row : gate::table()) {
    auto at = page.find("\n| `" + std::string{gate::to_string(row.id)} + "` |");
    if (at == std::string::npos)
      CAF_ERROR("docs/gate.md lacks " << gate::to_string(row.id));
    else
      CAF_CHECK(at > last);
    last = at == std::string::npos ? last : at;
  }
}

CAF_TEST(every file that a document links to exists) {
  findings wrong;
  const std::regex link(R"(\]\(([^)#:]+)(#[^)]*)?\))");
  for (const auto& file : all_files()) {
    if (file.extension() != ".md")
      continue;
    auto folder = file.path.substr(0, file.path.rfind('/') == std::string::npos ? 0 : file.path.rfind('/') + 1);
    each_line(file.text, [&](std::size_t number, std::string_view line) {
      std::string s{line};
      for (std::sregex_iterator it(s.begin(), s.end(), link), end; it != end; ++it) {
        std::ifstream target(std::string{RINGMASTER_SOURCE_DIR} + "/" + folder + (*it)[1].str());
        if (!target)
          wrong.add(file.path, number, "links to " + (*it)[1].str());
      }
    });
  }
  if (wrong.count() > 0)
    CAF_ERROR("broken links:" << wrong.text());
}

CAF_TEST(every option of a package list stands in one line) {
  const auto& list = text_of("script/packages");
  CAF_REQUIRE(!list.empty());
  const std::regex name(R"(^(#.*|\??[a-z0-9][a-z0-9.+-]+)?$)");
  findings wrong;
  std::set<std::string> seen;
  each_line(list, [&](std::size_t number, std::string_view line) {
    std::string s{line};
    if (!std::regex_match(s, name))
      wrong.add("script/packages", number, "is no package name");
    if (!s.empty() && s[0] != '#' && !seen.insert(s).second)
      wrong.add("script/packages", number, "stands twice");
  });
  if (wrong.count() > 0)
    CAF_ERROR("packages:" << wrong.text());
}
