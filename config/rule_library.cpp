#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "config/rule_pack_toml.hpp"

namespace ringmaster::config {

result<rule_library> rule_library::load(const std::string& folder) {
  rule_library library;
  library.packs_ = built_in_rule_packs();
  if (folder.empty())
    return library;
  std::error_code trouble;
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator entry(folder, trouble);
  for (; !trouble && entry != std::filesystem::directory_iterator{}; entry.increment(trouble))
    if (entry->path().extension() == ".toml")
      files.push_back(entry->path());
  if (trouble)
    return fail(
        errc::not_found,
        "cannot read the folder of rule packs " + folder + ": " + trouble.message());
  std::sort(files.begin(), files.end());

  std::set<std::string> ids;
  for (const auto& pack : library.packs_)
    ids.insert(pack.id);
  std::vector<field_error> wrong;
  auto complain = [&](const std::filesystem::path& file, const std::string& what) {
    wrong.push_back({"/" + file.filename().string(), "rule_pack", file.string() + ": " + what});
  };
  for (const auto& file : files) {
    auto pack = load_rule_pack(file.string());
    if (!pack) {
      if (pack.error().fields.empty())
        complain(file, pack.error().detail);
      for (const auto& field : pack.error().fields)
        complain(file, field.message);
    } else if (!ids.insert(pack->id).second) {
      complain(file, "another pack is called " + pack->id);
    } else {
      library.packs_.push_back(std::move(*pack));
    }
  }
  if (!wrong.empty()) {
    error why{.code = errc::invalid, .detail = "the rule packs cannot be read:"};
    for (const auto& field : wrong)
      why.detail += "\n  " + field.message;
    why.fields = std::move(wrong);
    return fail(std::move(why));
  }
  std::sort(library.packs_.begin(), library.packs_.end(), [](const auto& a, const auto& b) {
    return a.id < b.id;
  });
  return library;
}

const rule_pack* rule_library::find(std::string_view id) const {
  auto found =
      std::find_if(packs_.begin(), packs_.end(), [&](const auto& p) { return p.id == id; });
  return found == packs_.end() ? nullptr : &*found;
}

} // namespace ringmaster::config
