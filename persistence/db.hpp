#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/phone_number.hpp"
#include "persistence/location.hpp"

// The one thin layer over libpqxx: its versions 6.4 to 7.10 differ, and none of its headers goes
// further than db.cpp.

namespace ringmaster {
struct clock;
class context_key;
} // namespace ringmaster

namespace ringmaster::db {

/// What went wrong, as far as a caller can act on it.
enum class trouble : std::uint8_t {
  unique,       ///< a unique index refused a row
  reference,    ///< a foreign key did
  check,        ///< a check constraint or a table of steps did
  busy,         ///< lock timeout or deadlock: somebody else holds the row
  canceled,     ///< statement timeout
  denied,       ///< no privilege, or the context is not genuine
  full,         ///< disk full, read-only, out of memory or connections
  lost,         ///< the connection is gone; nothing was committed
  in_doubt,     ///< the connection went away in the commit
  other,
};

/// Thrown within persistence only; becomes an `error` at the port.
class failure : public std::runtime_error {
 public:
  failure(trouble kind, const std::string& text, std::string constraint = {})
    : std::runtime_error(text), what_kind(kind), constraint(std::move(constraint)) {}
  trouble what_kind;
  std::string constraint; ///< as named in a migration, if the message tells
};

/// How a failure looks from outside; carries no SQL and no values.
error to_error(const failure& why);

/// A statement and the name under which a connection prepares it. Made once, at namespace scope.
struct statement {
  const char* name;
  const char* sql;
};

/// Parameters travel as texts; null is nullopt.
using parameter = std::optional<std::string>;

/// `2026-11-21 03:18:05.123456+00`, as PostgreSQL reads and (with TimeZone UTC) writes it.
std::string timestamp_text(instant t);
instant parse_timestamp(std::string_view text);

inline parameter to_parameter(std::string value) { return parameter(std::move(value)); }
inline parameter to_parameter(std::string_view value) { return parameter(std::in_place, value); }
inline parameter to_parameter(const char* value) { return parameter(std::in_place, value); }
inline parameter to_parameter(bool value) { return parameter(value ? "t" : "f"); }
inline parameter to_parameter(std::int64_t value) { return parameter(std::to_string(value)); }
inline parameter to_parameter(std::int32_t value) { return parameter(std::to_string(value)); }
inline parameter to_parameter(std::uint32_t value) { return parameter(std::to_string(value)); }
inline parameter to_parameter(const uuid& value) { return parameter(to_string(value)); }
inline parameter to_parameter(instant value) { return parameter(timestamp_text(value)); }
inline parameter to_parameter(const phone_number& value) { return parameter(value.reveal()); }
template <class Tag>
parameter to_parameter(const id<Tag>& value) {
  return parameter(to_string(value));
}
template <class T>
parameter to_parameter(const std::optional<T>& value) {
  return value ? to_parameter(*value) : parameter{};
}

struct raw_result; // db.cpp

/// One row of an answer, read from left to right: `row.take<uuid>()`.
class row {
 public:
  row(const raw_result* from, std::size_t at) : from_(from), at_(at) {}

  template <class T>
  T take();

  bool next_is_null() const;
  void skip() { ++column_; }

 private:
  std::string_view text();

  const raw_result* from_;
  std::size_t at_;
  int column_ = 0;
};

namespace detail {
std::int64_t read_integer(std::string_view text);
uuid read_uuid(std::string_view text);

template <class T>
struct reader;
template <>
struct reader<std::string> {
  static std::string read(std::string_view t) { return std::string(t); }
};
template <>
struct reader<std::string_view> {
  static std::string_view read(std::string_view t) { return t; }
};
template <>
struct reader<bool> {
  static bool read(std::string_view t) { return t == "t"; }
};
template <>
struct reader<std::int64_t> {
  static std::int64_t read(std::string_view t) { return read_integer(t); }
};
template <>
struct reader<std::int32_t> {
  static std::int32_t read(std::string_view t) { return static_cast<std::int32_t>(read_integer(t)); }
};
template <>
struct reader<std::uint32_t> {
  static std::uint32_t read(std::string_view t) { return static_cast<std::uint32_t>(read_integer(t)); }
};
template <>
struct reader<uuid> {
  static uuid read(std::string_view t) { return read_uuid(t); }
};
template <>
struct reader<instant> {
  static instant read(std::string_view t) { return parse_timestamp(t); }
};
template <>
struct reader<phone_number> {
  static phone_number read(std::string_view t) { return phone_number::from_canonical(std::string(t)); }
};
template <class Tag>
struct reader<id<Tag>> {
  static id<Tag> read(std::string_view t) { return id<Tag>{read_uuid(t)}; }
};
/// A text array.
template <>
struct reader<std::vector<std::string>> {
  static std::vector<std::string> read(std::string_view t);
};

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {
  using inner = T;
};
} // namespace detail

template <class T>
T row::take() {
  if constexpr (detail::is_optional<T>::value) {
    if (next_is_null()) {
      skip();
      return std::nullopt;
    }
    return detail::reader<typename detail::is_optional<T>::inner>::read(text());
  } else {
    return detail::reader<T>::read(text());
  }
}

/// An answer. Keeps the texts alive that string views of its rows point at.
class rows {
 public:
  explicit rows(std::shared_ptr<const raw_result> held) : held_(std::move(held)) {}

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::int64_t affected() const;
  row operator[](std::size_t i) const { return row(held_.get(), i); }

 private:
  std::shared_ptr<const raw_result> held_;
};

/// What a connection is for; decides its settings.
enum class purpose : std::uint8_t {
  admin, ///< migrations and roles; no limits on time
  desk,  ///< short transactions of users
  lane,  ///< batches: generic plans, index look-ups only
};

/// One connection of libpqxx, opened at the first transaction and again after a loss. Never
/// reconnects within a transaction. Used by one thread.
class connection {
 public:
  /// `key` signs the context of transactions; may be null for `admin`.
  connection(
    location where, purpose use, std::string name, std::shared_ptr<const context_key> key,
    const clock& time);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Throws `failure` (lost) if the server cannot be reached.
  void ensure_open();
  bool is_open() const;
  void close();
  /// Statements outside of any transaction, of our own making: `create database`.
  rows execute(const std::string& sql);

 private:
  friend class transaction;
  struct raw;

  rows run(const statement& what, const std::vector<parameter>& values);
  rows simple(const std::string& sql);
  const std::string& context(const user_id* user);
  bool plans_are_due();

  location where_;
  purpose use_;
  std::string name_;
  std::shared_ptr<const context_key> key_;
  const clock& time_;
  std::unique_ptr<raw> raw_;
  std::set<const char*> prepared_;
  // The engine's own context is signed once for some seconds, not once for each batch.
  std::string context_;
  user_id context_user_{};
  std::int64_t context_expires_ = 0;
  std::uint64_t transactions_ = 0; ///< since a statement was run for the first time
};

/// One transaction. Without `commit` it is rolled back.
class transaction {
 public:
  /// For the engine's own work, across users. Only fixed statements with the user in their
  /// conditions run in it.
  static transaction of_engine(connection& on) { return transaction(on, kind::engine, {}); }
  /// For one user, under row-level security.
  static transaction of_user(connection& on, const user_id& user) {
    return transaction(on, kind::user, user);
  }
  /// Without a context: migrations.
  static transaction bare(connection& on) { return transaction(on, kind::bare, {}); }

  transaction(transaction&& other) noexcept : on_(std::exchange(other.on_, nullptr)) {}
  ~transaction();

  template <class... Ts>
  rows run(const statement& what, Ts&&... values) {
    std::vector<parameter> list;
    list.reserve(sizeof...(values));
    (list.push_back(to_parameter(std::forward<Ts>(values))), ...);
    return on_->run(what, list);
  }
  rows run_list(const statement& what, const std::vector<parameter>& values) {
    return on_->run(what, values);
  }
  /// Several statements in one text: a migration.
  rows script(const std::string& sql) { return on_->simple(sql); }

  /// Throws `failure`: `in_doubt` if the connection goes away meanwhile.
  void commit();
  void rollback() noexcept;

 private:
  enum class kind : std::uint8_t { engine, user, bare };
  transaction(connection& on, kind what, const user_id& user);

  connection* on_;
};

} // namespace ringmaster::db
