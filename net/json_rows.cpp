#include <cstdint>
#include <string>
#include <string_view>

#include "net/target_rows.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t item_bytes_max = 64 * 1024;

/// Finds the items of the list by their brackets, and reads each on its own.
class json_row_source final : public row_source {
 public:
  result<void> feed(std::string_view piece, std::vector<target_row>& into) override {
    for (char c : piece)
      if (auto read = step(c, into); !read)
        return read;
    return {};
  }

  result<void> finish(std::vector<target_row>&) override {
    if (now_ != state::behind)
      return fail(errc::malformed, "the JSON ends before its list does");
    return {};
  }

 private:
  enum class state : std::uint8_t { before, name, colon, open, item, between, outer, behind };

  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  result<void> step(char c, std::vector<target_row>& into) {
    if (now_ == state::item)
      return take(c, into);
    if (now_ == state::name)
      return read_name(c);
    if (blank(c))
      return {};
    switch (now_) {
      case state::before:
        if (c == '[')
          return turn(state::between);
        outer_ = true;
        return c == '{' ? turn(state::name) : wrong();
      case state::colon:
        return c == ':' ? turn(state::open) : wrong();
      case state::open:
        return c == '[' ? turn(state::between) : wrong();
      case state::between:
        if (c == ']' && !comma_)
          return turn(outer_ ? state::outer : state::behind);
        if (c == ',' && items_ > 0 && !comma_) {
          comma_ = true;
          return {};
        }
        if (c == ',' || c == ']' || (items_ > 0 && !comma_))
          return wrong();
        now_ = state::item;
        return take(c, into);
      case state::outer:
        return c == '}' ? turn(state::behind) : wrong();
      default:
        return wrong();
    }
  }

  result<void> read_name(char c) {
    if (item_.empty() && blank(c))
      return {};
    item_ += c;
    if (item_.size() > 9 || !std::string_view("\"targets\"").starts_with(item_))
      return wrong();
    if (item_.size() == 9) {
      item_.clear();
      now_ = state::colon;
    }
    return {};
  }

  /// A character of an item, or the one behind an item that is no object.
  result<void> take(char c, std::vector<target_row>& into) {
    if (!quoted_ && depth_ == 0 && (c == ',' || c == ']')) {
      end_item(into);
      return step(c, into);
    }
    item_ += c;
    if (item_.size() > item_bytes_max)
      return fail(
        errc::too_large, "item " + std::to_string(items_ + 1) + " of the list has more than 64 KiB");
    if (quoted_) {
      quoted_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
      return {};
    }
    quoted_ = c == '"';
    depth_ += c == '{' || c == '[';
    depth_ -= c == '}' || c == ']';
    if (depth_ == 0 && (c == '}' || c == ']'))
      end_item(into);
    return {};
  }

  void end_item(std::vector<target_row>& into) {
    into.push_back(read_json_row(item_, ++items_));
    item_.clear();
    comma_ = false;
    now_ = state::between;
  }

  result<void> turn(state to) {
    now_ = to;
    return {};
  }
  static result<void> wrong() {
    return fail(errc::malformed, "the JSON is no list of targets, and no object with one under targets");
  }

  state now_ = state::before;
  bool outer_ = false;  ///< the list stands in an object
  bool comma_ = false;  ///< the last that came between two items
  bool quoted_ = false;
  bool escaped_ = false;
  int depth_ = 0;
  std::size_t items_ = 0;
  std::string item_;
};

} // namespace

std::unique_ptr<row_source> json_rows() { return std::make_unique<json_row_source>(); }

} // namespace ringmaster::net
