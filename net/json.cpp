#include "net/json.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <simdjson.h>

#include "domain/time.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t depth_max = 32;
/// Below this size, comparing every name with every other is quicker than a set.
constexpr std::size_t few_members = 16;

tl::unexpected<error> broken(std::string pointer, std::string code, std::string message) {
  error why{.code = errc::malformed, .detail = message};
  why.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  return fail(std::move(why));
}

result<void> copy_text(std::string& out, std::string_view from, const std::string& pointer) {
  if (from.find('\0') != std::string_view::npos)
    return broken(pointer, "nul", "the character U+0000 cannot be kept");
  out = from;
  return {};
}

bool repeated(
  const json_value& object, std::string_view name, std::unordered_set<std::string>& seen) {
  if (object.members.size() < few_members)
    return object.find(name) != nullptr;
  if (seen.empty())
    for (const auto& [known, value] : object.members)
      seen.insert(known);
  return !seen.insert(std::string(name)).second;
}

/// The numbers of a document as they were written, found again by their order: the parser keeps
/// their values only, and a price must not pass through a double. Looks when first asked.
class number_tokens {
 public:
  explicit number_tokens(std::string_view text) : text_(text) {}

  void pass() { ++next_; }
  std::string take() {
    if (tokens_.empty())
      scan();
    return std::string(tokens_.at(next_++));
  }

 private:
  /// The text is sound JSON: the parser has read it.
  void scan() {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      char c = text_[i];
      if (c == '"') {
        for (++i; text_[i] != '"'; ++i)
          if (text_[i] == '\\')
            ++i;
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        auto end = std::min(text_.find_first_not_of("0123456789+-.eE", i), text_.size());
        tokens_.push_back(text_.substr(i, end - i));
        i = end - 1;
      }
    }
  }

  std::string_view text_;
  std::vector<std::string_view> tokens_;
  std::size_t next_ = 0;
};

result<void> copy(
  json_value& out, simdjson::dom::element from, const std::string& pointer,
  number_tokens& numbers) {
  using type = simdjson::dom::element_type;
  using kind = json_value::kind;
  switch (from.type()) {
    case type::NULL_VALUE:
      return {};
    case type::BOOL:
      out.what = kind::boolean;
      out.boolean = bool(from);
      return {};
    case type::INT64:
      out.what = kind::integer;
      out.integer = std::int64_t(from);
      numbers.pass();
      return {};
    case type::UINT64: // above the range of int64 only
      out.what = kind::real;
      out.real = static_cast<double>(std::uint64_t(from));
      out.text = numbers.take();
      return {};
    case type::DOUBLE:
      out.what = kind::real;
      out.real = double(from);
      out.text = numbers.take();
      return {};
    case type::STRING:
      out.what = kind::text;
      return copy_text(out.text, std::string_view(from), pointer);
    case type::ARRAY: {
      out.what = kind::list;
      for (auto item : simdjson::dom::array(from)) {
        auto at = pointer_to(pointer, out.items.size());
        if (auto done = copy(out.items.emplace_back(), item, at, numbers); !done)
          return done;
      }
      return {};
    }
    case type::OBJECT: {
      out.what = kind::object;
      std::unordered_set<std::string> seen;
      for (auto member : simdjson::dom::object(from)) {
        auto at = pointer_to(pointer, member.key);
        if (repeated(out, member.key, seen))
          return broken(at, "repeated_member", "the member stands there twice");
        auto& [name, value] = out.members.emplace_back();
        if (auto done = copy_text(name, member.key, at); !done)
          return done;
        if (auto done = copy(value, member.value, at, numbers); !done)
          return done;
      }
      return {};
    }
    default:
      return broken(pointer, "number", "a number is out of range");
  }
}

} // namespace

const json_value* json_value::find(std::string_view name) const {
  for (const auto& [known, value] : members)
    if (known == name)
      return &value;
  return nullptr;
}

std::string_view to_string(json_value::kind k) {
  using kind = json_value::kind;
  switch (k) {
    case kind::null:
      return "null";
    case kind::boolean:
      return "a boolean";
    case kind::integer:
      return "an integer";
    case kind::real:
      return "a number";
    case kind::text:
      return "a string";
    case kind::list:
      return "a list";
    case kind::object:
      return "an object";
  }
  return "nothing";
}

result<json_value> parse_json(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return broken("", "empty", "the body is empty; JSON is expected");
  // The parser keeps its memory between requests of a thread; nothing of it leaves this function.
  thread_local simdjson::dom::parser parser;
  if (parser.capacity() < text.size() || parser.max_depth() != depth_max)
    if (parser.allocate(std::max<std::size_t>(text.size(), 4096), depth_max))
      return fail(error{.code = errc::unavailable, .detail = "there is no memory for this body"});
  simdjson::dom::element root;
  auto code =
    parser.parse(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), true).get(root);
  if (code == simdjson::DEPTH_ERROR)
    return broken("", "too_deep", "the JSON is nested deeper than 32 levels");
  if (code)
    return broken("", "syntax", std::string("the JSON is broken: ") + simdjson::error_message(code));
  json_value value;
  number_tokens numbers(text);
  if (auto done = copy(value, root, "", numbers); !done)
    return fail(done.error());
  return value;
}

std::string pointer_to(std::string_view parent, std::string_view member) {
  std::string out(parent);
  out += '/';
  for (char c : member) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string pointer_to(std::string_view parent, std::size_t index) {
  return std::string(parent) + "/" + std::to_string(index);
}

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

error invalid_fields(std::vector<field_error> fields) {
  error why;
  why.code = errc::invalid;
  if (fields.size() == 1)
    why.detail = (fields[0].pointer.empty() ? "" : fields[0].pointer + ": ") + fields[0].message;
  else
    why.detail = std::to_string(fields.size()) + " values are not acceptable";
  constexpr std::size_t shown_max = 200; // an answer must not grow with the nonsense in a request
  if (fields.size() > shown_max)
    fields.resize(shown_max);
  why.fields = std::move(fields);
  return why;
}

// -- reading an object ------------------------------------------------------------------------------

object_reader::object_reader(const json_value& from, std::string pointer)
  : pointer_(std::move(pointer)) {
  if (from.what == json_value::kind::object)
    from_ = &from;
  else
    mistakes_.push_back(
      {pointer_, "wrong_type", "an object is expected, not " + std::string(to_string(from.what))});
}

const json_value* object_reader::take_member(std::string_view name) {
  asked_.push_back(name);
  return from_ ? from_->find(name) : nullptr;
}

bool object_reader::has(std::string_view name) const { return from_ && from_->find(name); }

void object_reader::require(std::string_view name) {
  if (from_ && !from_->find(name))
    mistake(name, "required", "is missing");
}

void object_reader::mistake(std::string_view name, std::string code, std::string message) {
  mistakes_.push_back({at(name), std::move(code), std::move(message)});
}

void object_reader::take(std::vector<field_error> mistakes) {
  for (auto& m : mistakes)
    mistakes_.push_back(std::move(m));
}

void object_reader::take_findings(const error& findings) {
  for (const auto& found : findings.fields) {
    bool told = std::any_of(mistakes_.begin(), mistakes_.end(), [&](const field_error& m) {
      return m.pointer == found.pointer || m.pointer.starts_with(found.pointer + "/");
    });
    if (!told)
      mistakes_.push_back(found);
  }
}

void object_reader::wrong_type(
  std::string_view name, std::string_view wanted, const json_value& found) {
  mistake(
    name, "wrong_type",
    std::string(wanted) + " is expected, not " + std::string(to_string(found.what)));
}

std::optional<std::string> object_reader::text(std::string_view name, std::size_t bytes_max) {
  auto value = take_member(name);
  if (!value)
    return std::nullopt;
  if (value->what != json_value::kind::text) {
    wrong_type(name, "a string", *value);
    return std::nullopt;
  }
  if (value->text.size() > bytes_max) {
    mistake(name, "too_long", "has more than " + std::to_string(bytes_max) + " bytes");
    return std::nullopt;
  }
  return value->text;
}

std::optional<bool> object_reader::boolean(std::string_view name) {
  auto value = take_member(name);
  if (!value)
    return std::nullopt;
  if (value->what != json_value::kind::boolean) {
    wrong_type(name, "a boolean", *value);
    return std::nullopt;
  }
  return value->boolean;
}

std::optional<std::optional<std::int64_t>> object_reader::integer_or_null(
  std::string_view name, std::int64_t least, std::int64_t most) {
  auto value = from_ ? from_->find(name) : nullptr;
  if (value && value->what == json_value::kind::null) {
    asked_.push_back(name);
    return std::optional<std::int64_t>();
  }
  if (auto number = integer(name, least, most))
    return number;
  return std::nullopt;
}

std::optional<std::int64_t> object_reader::integer(
  std::string_view name, std::int64_t least, std::int64_t most) {
  auto value = take_member(name);
  if (!value)
    return std::nullopt;
  std::int64_t number = value->integer;
  if (value->what == json_value::kind::real) {
    // 10.0 is the integer 10; what a double cannot hold exactly is none.
    constexpr double exact = 9007199254740992.0;
    if (std::trunc(value->real) != value->real || std::abs(value->real) > exact) {
      bool whole = std::abs(value->real) > exact;
      mistake(
        name, whole ? "out_of_range" : "wrong_type",
        whole ? "is out of range" : "an integer is expected, not a fraction");
      return std::nullopt;
    }
    number = static_cast<std::int64_t>(value->real);
  } else if (value->what != json_value::kind::integer) {
    wrong_type(name, "an integer", *value);
    return std::nullopt;
  }
  if (number < least || number > most) {
    mistake(
      name, "out_of_range",
      "must be from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return number;
}

std::optional<instant> object_reader::time(std::string_view name) {
  auto value = text(name, 64);
  if (!value)
    return std::nullopt;
  auto parsed = parse_rfc3339(*value);
  if (!parsed) {
    mistake(name, "not_a_time", parsed.error().detail);
    return std::nullopt;
  }
  return *parsed;
}

const std::vector<json_value>* object_reader::list(std::string_view name, std::size_t most) {
  auto value = take_member(name);
  if (!value)
    return nullptr;
  if (value->what != json_value::kind::list) {
    wrong_type(name, "a list", *value);
    return nullptr;
  }
  if (value->items.size() > most) {
    mistake(name, "too_many", "has more than " + std::to_string(most) + " items");
    return nullptr;
  }
  return &value->items;
}

std::optional<std::vector<std::string>> object_reader::texts(
  std::string_view name, std::size_t most) {
  auto items = list(name, most);
  if (!items)
    return std::nullopt;
  std::vector<std::string> out;
  bool clean = true;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto& item = (*items)[i];
    if (item.what != json_value::kind::text) {
      mistakes_.push_back(
        {pointer_to(at(name), i), "wrong_type",
         "a string is expected, not " + std::string(to_string(item.what))});
      clean = false;
      continue;
    }
    out.push_back(item.text);
  }
  if (!clean)
    return std::nullopt;
  return out;
}

void object_reader::finish() {
  if (!from_)
    return;
  for (const auto& [name, value] : from_->members)
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
      mistake(name, "unknown_field", "is not a field of this request");
}

result<void> object_reader::verdict() const {
  if (mistakes_.empty())
    return {};
  return fail(invalid_fields(mistakes_));
}

} // namespace ringmaster::net
