#include "tests/domain/knowledge_files.hpp"

#include <fstream>
#include <stdexcept>

#include "domain/phone_number.hpp"

namespace ringmaster::testing {

namespace {

/// The lines that say something.
std::vector<std::string> lines_of(std::string_view name) {
  std::ifstream in{
      std::string{RINGMASTER_SOURCE_DIR} + "/tests/domain/knowledge/" + std::string{name}};
  if (!in)
    throw std::runtime_error("no file " + std::string{name});
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line.front() != '#')
      out.push_back(line);
  return out;
}

std::vector<std::string> parted(const std::string& line, std::string_view by, std::size_t parts) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (out.size() + 1 < parts) {
    auto end = line.find(by, at);
    if (end == std::string::npos)
      throw std::runtime_error("a line lacks a part: " + line);
    out.push_back(line.substr(at, end - at));
    at = end + by.size();
  }
  out.push_back(line.substr(at));
  return out;
}

} // namespace

std::vector<knowledge::passage> known_business::passages() const {
  auto out = knowledge::passages_of(profile);
  for (const auto& c : chunks)
    if (auto checked = knowledge::check(c))
      out.push_back(
          {"chunk:" + checked->title, checked->title, checked->text, checked->about, 0, {}});
  return out;
}

known_business read_business(std::string_view name) {
  known_business out;
  auto& p = out.profile;
  for (const auto& line : lines_of(name)) {
    auto both = parted(line, ": ", 2);
    const auto& field = both[0];
    const auto& text = both[1];
    constexpr std::string_view fact = "profile.facts/";
    if (field == "chunk") {
      auto chunk = parted(text, " | ", 2);
      out.chunks.push_back({chunk[0], chunk[1], {}, {}});
    } else if (field == "profile.phone") {
      if (auto number = read_callable(text, "US"))
        p.number = number->number;
    } else if (field.starts_with(fact)) {
      p.facts.emplace_back(field.substr(fact.size()), text);
    } else {
      auto& to = field == "profile.name"          ? p.name
                 : field == "profile.description" ? p.description
                 : field == "profile.hours"       ? p.hours
                 : field == "profile.address"     ? p.address
                 : field == "profile.website"     ? p.website
                 : field == "profile.email"       ? p.email
                                            : throw std::runtime_error("unknown field " + field);
      to = text;
    }
  }
  return out;
}

std::vector<asked_question> read_questions(std::string_view name) {
  std::vector<asked_question> out;
  for (const auto& line : lines_of(name)) {
    auto parts = parted(line, "\t", 3);
    out.push_back({parts[0], parts[1], parts[2]});
  }
  return out;
}

std::vector<phrasing> read_phrasings(std::string_view name) {
  std::vector<phrasing> out;
  for (const auto& line : lines_of(name)) {
    auto parts = parted(line, "\t", 2);
    out.push_back({parts[0], parts[1]});
  }
  return out;
}

} // namespace ringmaster::testing
