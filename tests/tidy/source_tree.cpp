#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace ringmaster::tidy {

namespace fs = std::filesystem;

namespace {

bool is_skipped(const fs::path& folder) {
  auto name = folder.filename().string();
  return name == ".git" || name == "var" || name == "node_modules" || name == ".cache" ||
         name.rfind("build", 0) == 0;
}

bool is_text(const fs::path& file) {
  static const std::set<std::string> known{
    ".cpp", ".hpp", ".cmake", ".txt", ".md", ".sql", ".toml", ".yaml", ".yml", ".json", ".csv", ""};
  return known.count(file.extension().string()) > 0;
}

std::vector<source_file> read_all() {
  std::vector<source_file> files;
  const fs::path root{RINGMASTER_SOURCE_DIR};
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    if (it->is_directory() && is_skipped(it->path())) {
      it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || !is_text(it->path()))
      continue;
    std::ifstream in(it->path(), std::ios::binary);
    files.push_back(
      {fs::relative(it->path(), root).generic_string(),
       std::string{std::istreambuf_iterator<char>(in), {}}});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

/// Walks over C++ text and tells for each stretch what it is.
enum class kind { code, comment, literal };

void walk(
  std::string_view text, const std::function<void(kind, std::size_t, std::size_t)>& stretch) {
  std::size_t at = 0;
  std::size_t begin = 0;
  auto finish = [&](kind what, std::size_t end) {
    if (begin < at)
      stretch(kind::code, begin, at);
    stretch(what, at, end);
    at = begin = end;
  };
  auto find = [&](std::string_view what, std::size_t from) {
    auto found = text.find(what, from);
    return found == std::string_view::npos ? text.size() : found + what.size();
  };
  while (at < text.size()) {
    auto rest = text.substr(at);
    if (rest.substr(0, 2) == "//") {
      auto end = text.find('\n', at);
      finish(kind::comment, end == std::string_view::npos ? text.size() : end);
    } else if (rest.substr(0, 2) == "/*") {
      finish(kind::comment, find("*/", at + 2));
    } else if (rest.substr(0, 2) == "R\"" && (at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1])))) {
      auto paren = text.find('(', at);
      if (paren == std::string_view::npos)
        return;
      auto closing = ")" + std::string{text.substr(at + 2, paren - at - 2)} + "\"";
      finish(kind::literal, find(closing, paren));
    } else if (rest[0] == '"' || rest[0] == '\'') {
      // A quote between digits separates thousands.
      if (rest[0] == '\'' && at > 0 && std::isxdigit(static_cast<unsigned char>(text[at - 1])) &&
          rest.size() > 1 && std::isxdigit(static_cast<unsigned char>(rest[1])) &&
          !(rest.size() > 2 && rest[2] == '\'')) {
        ++at;
        continue;
      }
      auto end = at + 1;
      while (end < text.size() && text[end] != rest[0] && text[end] != '\n')
        end += text[end] == '\\' ? 2 : 1;
      finish(kind::literal, std::min(end + 1, text.size()));
    } else {
      ++at;
    }
  }
  if (begin < at)
    stretch(kind::code, begin, at);
}

void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (auto i = begin; i < end; ++i)
    if (text[i] != '\n')
      text[i] = ' ';
}

} // namespace

std::string source_file::folder() const {
  auto slash = path.find('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string source_file::extension() const { return fs::path{path}.extension().string(); }

bool source_file::below(std::string_view folder) const {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 &&
         path[folder.size()] == '/';
}

const std::vector<source_file>& all_files() {
  static const auto files = read_all();
  return files;
}

std::string without_comments(std::string_view text) {
  std::string out{text};
  walk(text, [&](kind what, std::size_t begin, std::size_t end) {
    if (what == kind::comment)
      blank(out, begin, end);
  });
  return out;
}

std::string without_comments_and_literals(std::string_view text) {
  std::string out{text};
  walk(text, [&](kind what, std::size_t begin, std::size_t end) {
    if (what != kind::code)
      blank(out, begin, end);
  });
  return out;
}

std::vector<literal> literals(std::string_view text) {
  std::vector<literal> all;
  bool adjacent = false;
  walk(text, [&](kind what, std::size_t begin, std::size_t end) {
    auto piece = text.substr(begin, end - begin);
    if (what == kind::code) {
      adjacent = adjacent && piece.find_first_not_of(" \t\r\n") == std::string_view::npos;
    } else if (what == kind::literal && piece.front() != '\'') {
      auto open = piece.front() == 'R' ? piece.find('(') + 1 : 1;
      auto close = piece.front() == 'R' ? piece.rfind(')') : piece.size() - 1;
      auto line = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) + 1;
      if (!adjacent)
        all.push_back({line, {}});
      all.back().text += piece.substr(open, close > open ? close - open : 0);
      adjacent = true;
    }
  });
  return all;
}

std::vector<include> includes(std::string_view text) {
  std::vector<include> all;
  each_line(text, [&](std::size_t number, std::string_view line) {
    constexpr std::string_view directive = "#include ";
    if (line.substr(0, directive.size()) != directive || line.size() < directive.size() + 3)
      return;
    auto name = line.substr(directive.size());
    bool angle = name.front() == '<';
    auto close = name.find(angle ? '>' : '"', 1);
    if (close != std::string_view::npos)
      all.push_back({number, std::string{name.substr(1, close - 1)}, angle});
  });
  return all;
}

void each_line(
  std::string_view text, const std::function<void(std::size_t, std::string_view)>& found) {
  std::size_t number = 0;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    found(++number, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void findings::add(const std::string& path, std::size_t line, const std::string& what) {
  all_.push_back(path + ":" + std::to_string(line) + ": " + what);
}

void findings::add(const std::string& path, const std::string& what) {
  all_.push_back(path + ": " + what);
}

std::string findings::text() const {
  std::string out;
  for (const auto& line : all_)
    out += "\n  " + line;
  return out;
}

} // namespace ringmaster::tidy
