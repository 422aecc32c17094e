#include "tests/support/temp_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace ringmaster::support {

temp_folder::temp_folder() {
  std::string pattern = "/tmp/ringmaster-test-XXXXXX";
  if (!::mkdtemp(pattern.data()) || ::chmod(pattern.c_str(), 0755) != 0)
    throw std::runtime_error("cannot make a folder below /tmp");
  path_ = pattern;
}

temp_folder::~temp_folder() {
  if (std::getenv("RINGMASTER_TEST_KEEP")) {
    std::cerr << "kept: " << path_ << '\n';
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush())
    throw std::runtime_error("cannot write " + path);
}

} // namespace ringmaster::support
