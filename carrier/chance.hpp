#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ringmaster::telco {

/// One step of splitmix64: spreads a number over all 64 bits.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// A seed for one thing (a number's n-th call, a call's n-th callback), so that its fate does not
/// depend on what else happens or in which order requests arrive.
constexpr std::uint64_t
sub_seed(std::uint64_t seed, std::string_view what, std::string_view about, std::uint64_t ordinal) {
  std::uint64_t h = 0xcbf29ce484222325ULL ^ mix(seed);
  auto eat = [&h](std::string_view text) {
    for (char c : text)
      h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    h = (h ^ 0x1ffULL) * 0x100000001b3ULL;
  };
  eat(what);
  eat(about);
  return mix(h ^ mix(ordinal + 1));
}

/// xoshiro256**: the same sequence on every machine and compiler, unlike the distributions of the
/// standard library.
class dice {
 public:
  explicit constexpr dice(std::uint64_t seed) {
    for (auto& word : state_)
      word = seed = mix(seed);
  }

  constexpr std::uint64_t next() {
    const auto answer = turn(state_[1] * 5, 7) * 9;
    const auto shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = turn(state_[3], 45);
    return answer;
  }

  /// 0 <= x < 1.
  constexpr double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /// lo <= x <= hi; `lo` if the range is empty.
  constexpr std::int64_t between(std::int64_t lo, std::int64_t hi) {
    if (hi <= lo)
      return lo;
    return lo + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(hi - lo + 1));
  }

  constexpr bool hits(double probability) { return unit() < probability; }

 private:
  static constexpr std::uint64_t turn(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::array<std::uint64_t, 4> state_{};
};

} // namespace ringmaster::telco
