#define CAF_SUITE stop_file
#include <caf/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "main/stop_file.hpp"
#include "tests/support/temp_folder.hpp"

using namespace ringmaster;

CAF_TEST(a stop outlives the object that set it) {
  support::temp_folder folder;
  {
    stop_file stop(folder.path());
    CAF_CHECK(!stop.is_set());
    CAF_CHECK(stop.set(true, "user:ann@example.com"));
    CAF_CHECK(stop.is_set());
  }
  stop_file again(folder.path());
  CAF_CHECK(again.is_set());
  std::ifstream in(again.path());
  std::string text{std::istreambuf_iterator<char>(in), {}};
  CAF_CHECK_EQUAL(text, "stopped by user:ann@example.com\n");
  CAF_CHECK(again.set(true, "again"));
  CAF_CHECK(again.set(false, "user:ann@example.com"));
  CAF_CHECK(!again.is_set());
  CAF_CHECK(again.set(false, "twice"));
}

CAF_TEST(a flag that somebody made by hand counts) {
  support::temp_folder folder;
  stop_file stop(folder.path());
  std::ofstream(stop.path()) << "";
  CAF_CHECK(stop.is_set());
}

CAF_TEST(a folder that cannot be looked into counts as stopped) {
  support::temp_folder folder;
  std::ofstream(folder / "no-folder") << "a file where a folder should be";
  stop_file stop(folder / "no-folder");
  CAF_CHECK(stop.is_set());
  CAF_CHECK(!stop.set(true, "ann"));
}
