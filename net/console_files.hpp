#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "domain/error.hpp"
#include "http/message.hpp"

namespace ringmaster::net {

/// The built files of the web console, read once: a request looks a name up and never reaches the
/// file system.
class console_files {
 public:
  console_files() = default;

  /// Reads everything below `directory`; an absent one leaves no files. Refuses what is larger than
  /// a console can be, and a directory without index.html. The page finds everything below
  /// `base_path`.
  static result<console_files>
  read(const std::string& directory, const std::string& base_path = {});

  bool empty() const { return files_.empty(); }
  std::size_t size() const { return files_.size(); }

  /// True if `serve` has an answer: a file of this name, or, for a page's address, the console.
  bool knows(const http::request& head) const;
  /// `nonce` is this answer's own.
  http::response serve(const http::request& head, std::string_view nonce) const;
  /// The page that is the console.
  http::response serve_page(std::string_view nonce) const;

 private:
  struct file {
    std::string plain, gzip, brotli;
    std::string type, etag;
    bool hashed = false; ///< its name changes with its content
  };
  const file* find(std::string_view path) const;

  std::unordered_map<std::string, file> files_; ///< by path: "/assets/index-x.js"
};

/// What a browser may do with a page of ours; with a nonce for the styles that the console adds.
std::string content_policy(std::string_view nonce = {});

} // namespace ringmaster::net
