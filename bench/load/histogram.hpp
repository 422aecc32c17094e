#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace ringmaster::load {

/// Latencies in buckets of two percent, from a microsecond to an hour; adding is a shift and an
/// increment.
class histogram {
 public:
  void add(std::int64_t us) {
    ++counts_[bucket(us < 0 ? 0 : static_cast<std::uint64_t>(us))];
    ++total_;
    if (us > most_)
      most_ = us;
  }
  void merge(const histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      counts_[i] += other.counts_[i];
    total_ += other.total_;
    most_ = most_ > other.most_ ? most_ : other.most_;
  }
  std::uint64_t total() const { return total_; }
  std::int64_t max_us() const { return most_; }

  /// The upper edge of the bucket that holds the p-th part, 0 < p <= 1; 0 when empty.
  double quantile_us(double p) const {
    const auto rank = static_cast<std::uint64_t>(p * static_cast<double>(total_) + 0.5);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      if ((seen += counts_[i]) >= rank && seen > 0)
        return static_cast<double>(upper(i));
    return static_cast<double>(most_);
  }

 private:
  static constexpr int fine = 5; ///< 32 steps for each power of two

  static std::size_t bucket(std::uint64_t v) {
    if (v < (1u << fine))
      return static_cast<std::size_t>(v);
    const int shift = std::bit_width(v) - 1 - fine;
    const auto index = (static_cast<std::size_t>(shift + 1) << fine) +
                       static_cast<std::size_t>((v >> shift) & ((1u << fine) - 1));
    return index < size ? index : size - 1;
  }
  static std::uint64_t upper(std::size_t index) {
    if (index < (1u << fine))
      return index;
    const auto shift = (index >> fine) - 1;
    return ((std::uint64_t{1} << fine) + (index & ((1u << fine) - 1)) + 1) << shift;
  }

  static constexpr std::size_t size = 33u << fine;
  std::array<std::uint64_t, size> counts_{};
  std::uint64_t total_ = 0;
  std::int64_t most_ = 0;
};

} // namespace ringmaster::load
