#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ringmaster::tidy {

/// One text file of the project.
struct source_file {
  std::string path; ///< relative to the root, with forward slashes
  std::string text;

  std::string folder() const;    ///< "net" of "net/handlers/x.cpp"; empty at the root
  std::string extension() const; ///< ".hpp"
  bool below(std::string_view folder) const;
  bool is_cpp() const { return extension() == ".cpp"; }
  bool is_code() const { return is_cpp() || extension() == ".hpp"; }
};

/// Every text file below the root, without build output, history and local state. Sorted by path.
const std::vector<source_file>& all_files();

/// `text` with every comment and every literal blanked, or only one of the two. Line ends stay,
/// so that places stay true.
std::string without_comments(std::string_view text);
std::string without_comments_and_literals(std::string_view text);

/// The string literals of a C++ text, adjacent ones glued together, each with its first line.
struct literal {
  std::size_t line = 0;
  std::string text;
};
std::vector<literal> literals(std::string_view text);

struct include {
  std::size_t line = 0;
  std::string name;
  bool angle = false;
};
std::vector<include> includes(std::string_view text);

/// Calls `found` with the number and the text of every line of `text`.
void each_line(
  std::string_view text, const std::function<void(std::size_t, std::string_view)>& found);

/// What a test found wrong, one `path:line: what` each; fails the test and lists them.
class findings {
 public:
  void add(const std::string& path, std::size_t line, const std::string& what);
  void add(const std::string& path, const std::string& what);
  std::size_t count() const { return all_.size(); }
  /// All of them, one a line.
  std::string text() const;

 private:
  std::vector<std::string> all_;
};

} // namespace ringmaster::tidy
