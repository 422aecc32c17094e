#pragma once

#include <string>
#include <vector>

namespace ringmaster {

/// A text file that was made part of the binary by the build.
struct embedded_file {
  std::string name;
  std::string text;
};

namespace embedded {

/// The numbered migrations, sorted by name.
std::vector<embedded_file> migrations();
/// What models are told: `plan-1.txt`, ...
std::vector<embedded_file> prompts();
/// The OpenAPI document: one file, `openapi.yaml`.
std::vector<embedded_file> openapi();
/// Which zones an area code or a country has: `countries.csv` and `nanp.csv`.
std::vector<embedded_file> zones();
/// The rule packs that every installation has: `default.toml`, ...
std::vector<embedded_file> rule_packs();

} // namespace embedded
} // namespace ringmaster
