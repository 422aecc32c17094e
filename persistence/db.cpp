#include "persistence/db.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow=local"
#include <pqxx/pqxx>
#pragma GCC diagnostic pop

#include "domain/ports.hpp"
#include "persistence/master_key.hpp"

namespace ringmaster::db {

struct raw_result {
  pqxx::result value;
};

struct connection::raw {
  explicit raw(const std::string& text) : link(text) {
#if PQXX_VERSION_MAJOR < 7
    // A silent reconnect would lose the transaction and its context.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    link.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
    work = std::make_unique<pqxx::nontransaction>(link);
  }

  pqxx::connection link;
  std::unique_ptr<pqxx::nontransaction> work;
  std::int64_t server_seconds = 0; ///< the server's clock at the time of opening
  std::chrono::nanoseconds opened_at{};
  int pid = 0;
};

namespace {

// libpqxx keeps no field of the message but its text: `... constraint "name"`.
std::string constraint_in(const std::string& message) {
  static constexpr std::string_view word = "constraint \"";
  auto at = message.find(word);
  if (at == std::string::npos)
    return {};
  at += word.size();
  auto end = message.find('"', at);
  return end == std::string::npos ? std::string{} : message.substr(at, end - at);
}

trouble by_state(const std::string& state, bool open) {
  if (!open || state.starts_with("08") || state.starts_with("57P"))
    return trouble::lost;
  if (state == "23505")
    return trouble::unique;
  if (state == "23503")
    return trouble::reference;
  if (state.starts_with("23"))
    return trouble::check;
  if (state == "55P03" || state == "40P01" || state == "40001")
    return trouble::busy;
  if (state == "57014")
    return trouble::canceled;
  if (state == "42501" || state.starts_with("28"))
    return trouble::denied;
  if (state == "25006" || state.starts_with("53") || state.starts_with("58"))
    return trouble::full;
  return trouble::other;
}

// libpqxx 6 forgets the state of the errors that it has a class for, so the class counts as well.
trouble classify(const std::exception& e, bool open) {
  if (!open || dynamic_cast<const pqxx::broken_connection*>(&e))
    return trouble::lost;
  if (dynamic_cast<const pqxx::unique_violation*>(&e))
    return trouble::unique;
  if (dynamic_cast<const pqxx::foreign_key_violation*>(&e))
    return trouble::reference;
  if (dynamic_cast<const pqxx::integrity_constraint_violation*>(&e))
    return trouble::check;
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&e))
    return trouble::denied;
  if (dynamic_cast<const pqxx::insufficient_resources*>(&e))
    return trouble::full;
  if (dynamic_cast<const pqxx::transaction_rollback*>(&e))
    return trouble::busy;
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&e))
    return by_state(sql->sqlstate(), open);
  return trouble::other;
}

// Runs `body` and turns what libpqxx throws into a failure.
template <class Body>
auto translated(pqxx::connection& link, Body body) {
  try {
    return body();
  } catch (const std::exception& e) {
    throw failure(classify(e, link.is_open()), e.what(), constraint_in(e.what()));
  }
}

std::string options_of(purpose use) {
  std::string text = "-c search_path=ringmaster,pg_temp -c timezone=UTC -c datestyle=ISO "
                     "-c client_encoding=UTF8 -c synchronous_commit=on -c jit=off";
  if (use == purpose::admin)
    return text + " -c lock_timeout=30s";
  text += " -c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s";
  // A batch consists of look-ups by key. With a generic plan and nothing but index scans allowed,
  // a plan made while a table was empty is still the right one when it has a million rows.
  if (use == purpose::lane)
    text += " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
            "-c enable_mergejoin=off -c enable_bitmapscan=off -c enable_memoize=off";
  return text;
}

} // namespace

error to_error(const failure& why) {
  error e;
  switch (why.what_kind) {
    case trouble::unique:
      e.code = errc::duplicate;
      e.detail = "this exists already";
      if (why.constraint == "attempts_live_number_key") {
        e.code = errc::conflict;
        e.detail = "another call holds this number";
      }
      break;
    case trouble::reference:
      e.code = errc::not_found;
      e.detail = "it refers to something that is not there";
      break;
    case trouble::check:
      e.code = errc::wrong_state;
      e.detail = why.constraint.empty() ? "the database refuses this value"
                                        : "the database refuses this value (" + why.constraint + ")";
      break;
    case trouble::busy:
      e.code = errc::conflict;
      e.detail = "somebody else is changing this at the moment; try again";
      e.retry_after = std::chrono::seconds(1);
      break;
    case trouble::denied:
      e.code = errc::internal;
      e.detail = "the database denies this to the engine";
      break;
    case trouble::canceled:
    case trouble::full:
    case trouble::lost:
    case trouble::in_doubt:
      e.code = errc::unavailable;
      e.detail = why.what_kind == trouble::full       ? "the database cannot write"
                 : why.what_kind == trouble::canceled ? "the database is too slow at the moment"
                                                      : "the database is away";
      e.retry_after = std::chrono::seconds(1);
      break;
    case trouble::other:
      e.code = errc::internal;
      e.detail = "the database refused a statement";
      break;
  }
  return e;
}

// -- texts --------------------------------------------------------------------------------------

std::string timestamp_text(instant t) {
  auto day = std::chrono::floor<std::chrono::days>(t);
  std::chrono::year_month_day date{day};
  auto rest = (t - day).count();
  char buffer[64];
  std::snprintf(
    buffer, sizeof buffer, "%04d-%02u-%02u %02d:%02d:%02d.%06d+00", static_cast<int>(date.year()),
    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
    static_cast<int>(rest / 3'600'000'000), static_cast<int>(rest / 60'000'000 % 60),
    static_cast<int>(rest / 1'000'000 % 60), static_cast<int>(rest % 1'000'000));
  return buffer;
}

instant parse_timestamp(std::string_view text) {
  auto number = [&](std::size_t at, std::size_t n) {
    int value = 0;
    for (std::size_t i = at; i < at + n && i < text.size(); ++i)
      value = value * 10 + (text[i] - '0');
    return value;
  };
  if (text.size() < 19)
    throw failure(trouble::other, "not a timestamp: " + std::string(text));
  std::chrono::year_month_day date{
    std::chrono::year(number(0, 4)), std::chrono::month(static_cast<unsigned>(number(5, 2))),
    std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  std::int64_t micros = 0;
  if (text.size() > 19 && text[19] == '.') {
    std::int64_t scale = 100'000;
    for (std::size_t i = 20; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
      micros += (text[i] - '0') * scale;
  }
  return instant(
    std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(number(11, 2))
    + std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2))
    + std::chrono::microseconds(micros));
}

namespace detail {

std::int64_t read_integer(std::string_view text) {
  std::int64_t value = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size())
    throw failure(trouble::other, "not a number: " + std::string(text));
  return value;
}

uuid read_uuid(std::string_view text) {
  if (auto value = parse_uuid(text))
    return *value;
  throw failure(trouble::other, "not a uuid: " + std::string(text));
}

std::vector<std::string> reader<std::vector<std::string>>::read(std::string_view t) {
  std::vector<std::string> list;
  if (t.size() < 2)
    return list;
  std::string item;
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 1; i + 1 < t.size(); ++i) {
    char c = t[i];
    if (quoted && c == '\\' && i + 2 < t.size()) {
      item += t[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      list.push_back(std::exchange(item, {}));
    } else {
      item += c;
    }
    any = true;
  }
  if (any)
    list.push_back(std::move(item));
  return list;
}

} // namespace detail

bool row::next_is_null() const {
  return from_->value[static_cast<pqxx::result::size_type>(at_)][column_].is_null();
}

std::string_view row::text() {
  auto field = from_->value[static_cast<pqxx::result::size_type>(at_)][column_];
  ++column_;
  return {field.c_str(), static_cast<std::size_t>(field.size())};
}

std::size_t rows::size() const { return static_cast<std::size_t>(held_->value.size()); }

std::int64_t rows::affected() const {
  return static_cast<std::int64_t>(held_->value.affected_rows());
}

// -- connection ---------------------------------------------------------------------------------

connection::connection(
  location where, purpose use, std::string name, std::shared_ptr<const context_key> key,
  const clock& time)
  : where_(std::move(where)), use_(use), name_(std::move(name)), key_(std::move(key)), time_(time) {}

connection::~connection() { close(); }

bool connection::is_open() const { return raw_ && raw_->link.is_open(); }

void connection::close() {
  if (!raw_)
    return;
  raw_->work.reset();
  raw_.reset();
  prepared_.clear();
  context_.clear();
  transactions_ = 0;
}

void connection::ensure_open() {
  if (is_open())
    return;
  close();
  auto where = where_.with("application_name", name_)
                 .with("options", options_of(use_))
                 .with("target_session_attrs", "read-write")
                 .with_default("connect_timeout", "3")
                 .with_default("tcp_user_timeout", "10000");
  try {
    raw_ = std::make_unique<raw>(where.text());
  } catch (const std::exception& e) {
    raw_.reset();
    throw failure(trouble::lost, e.what());
  }
  auto answer = simple("select pg_backend_pid(), extract(epoch from clock_timestamp())::bigint");
  auto first = answer[0];
  raw_->pid = first.take<std::int32_t>();
  raw_->server_seconds = first.take<std::int64_t>();
  raw_->opened_at = time_.boot();
}

rows connection::execute(const std::string& sql) {
  ensure_open();
  return simple(sql);
}

rows connection::simple(const std::string& sql) {
  return translated(raw_->link, [&] {
    return rows(std::make_shared<const raw_result>(raw_result{raw_->work->exec(sql)}));
  });
}

rows connection::run(const statement& what, const std::vector<parameter>& values) {
  return translated(raw_->link, [&] {
    if (!prepared_.contains(what.name)) {
      raw_->link.prepare(what.name, what.sql);
      prepared_.insert(what.name);
      transactions_ = 0; // its plan, too, is made for tables that may still be empty
    }
#if PQXX_VERSION_MAJOR < 7
    std::vector<const char*> texts;
    texts.reserve(values.size());
    for (const auto& value : values)
      texts.push_back(value ? value->c_str() : nullptr);
    auto answer = raw_->work->exec_prepared(what.name, pqxx::prepare::make_dynamic_params(texts));
#else
    pqxx::params list;
    list.reserve(values.size());
    for (const auto& value : values) {
      if (value)
        list.append(pqxx::zview(value->c_str(), value->size()));
      else
        list.append();
    }
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
    auto answer = raw_->work->exec(pqxx::prepped{what.name}, list);
#else
    auto answer = raw_->work->exec_prepared(what.name, list);
#endif
#endif
    return rows(std::make_shared<const raw_result>(raw_result{std::move(answer)}));
  });
}

const std::string& connection::context(const user_id* user) {
  auto now = raw_->server_seconds
             + std::chrono::duration_cast<std::chrono::seconds>(time_.boot() - raw_->opened_at).count();
  auto whose = user ? *user : user_id{};
  if (context_.empty() || context_user_ != whose || context_expires_ - now < 30) {
    context_user_ = whose;
    context_expires_ = now + 60;
    context_ = key_->sign(whose, user ? "user" : "engine", context_expires_, raw_->pid);
  }
  return context_;
}

// A plan that is kept was made for the size that the tables had then. While they are empty every
// index looks as good as any other, so plans are made anew each time the number of transactions
// since a statement was new has doubled, and now and then for ever.
bool connection::plans_are_due() {
  auto n = ++transactions_;
  return use_ != purpose::admin && ((n & (n - 1)) == 0 || n % 65'536 == 0);
}

// -- transaction --------------------------------------------------------------------------------

transaction::transaction(connection& on, kind what, const user_id& user) : on_(&on) {
  for (int round = 0;; ++round) {
    on.ensure_open();
    // The context consists of hex digits, dots and dashes of our own making, so it may stand in
    // the text; begin and context then take one round trip.
    auto text = what == kind::bare
                  ? std::string("begin")
                  : "begin; select set_config('app.ctx', '"
                      + on.context(what == kind::user ? &user : nullptr) + "', true)";
    if (on.plans_are_due())
      text = "discard plans; " + text;
    try {
      on.simple(text);
      return;
    } catch (const failure& why) {
      on.close();
      // A connection that died while it was idle is told only now; nothing was done yet.
      if (why.what_kind != trouble::lost || round > 0)
        throw;
    }
  }
}

transaction::~transaction() { rollback(); }

void transaction::rollback() noexcept {
  if (!on_)
    return;
  auto* on = std::exchange(on_, nullptr);
  try {
    if (on->is_open())
      on->simple("rollback");
    else
      on->close();
  } catch (const std::exception&) {
    on->close(); // a connection in an unknown state is not used again
  }
}

void transaction::commit() {
  auto* on = std::exchange(on_, nullptr);
  try {
    auto answer = on->simple("commit");
  } catch (const failure& why) {
    on->close();
    if (why.what_kind == trouble::lost)
      throw failure(trouble::in_doubt, why.what());
    throw;
  }
}

} // namespace ringmaster::db
