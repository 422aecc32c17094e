#include "net/knowledge_body.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "net/json.hpp"

namespace ringmaster::net {

using kind = json_value::kind;

namespace {

constexpr std::size_t message_most = 2'000;
constexpr std::size_t question_most = 500;
constexpr std::size_t metadata_most = 20;

std::optional<std::string> text_or_null(object_reader& r, std::string_view name) {
  auto value = r.member(name);
  if (value && value->what == kind::null)
    return std::string();
  return r.text(name);
}

std::optional<knowledge::agent> take_agent(object_reader& r) {
  auto word = text_or_null(r, "agent");
  if (!word || word->empty())
    return std::nullopt;
  auto known = knowledge::parse_agent(*word);
  if (!known)
    r.mistake("agent", "unknown_agent", "must be one of aloha, sync, studio, insight");
  return known;
}

/// A word of the table of categories; empty: by the words of what it is about.
std::string take_category(object_reader& r, std::string_view otherwise = {}) {
  auto word = text_or_null(r, "category");
  if (!word)
    return std::string(otherwise);
  if (!word->empty() && !knowledge::parse_category(*word))
    r.mistake("category", "unknown_category", "is not a category of knowledge");
  return *word;
}

/// A text that must have something in it.
std::string take_words(object_reader& r, std::string_view name, std::size_t most) {
  r.require(name);
  auto text = r.text(name).value_or("");
  if (r.has(name)) {
    mistakes wrong;
    wrong.check_text(r.at(name), text, 1, most, true);
    if (!wrong.none())
      r.take(wrong.take().fields);
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> take_metadata(object_reader& r) {
  std::vector<std::pair<std::string, std::string>> out;
  auto value = r.member("metadata");
  if (!value || value->what == kind::null)
    return out;
  if (value->what != kind::object) {
    r.wrong_type("metadata", "an object of names and texts", *value);
    return out;
  }
  if (value->members.size() > metadata_most) {
    r.mistake(
        "metadata", "too_many", "has more than " + std::to_string(metadata_most) + " members");
    return out;
  }
  object_reader inner(*value, r.at("metadata"));
  for (const auto& [name, member] : value->members)
    if (auto text = inner.text(name))
      out.emplace_back(name, std::move(*text));
  r.take(inner.mistakes());
  return out;
}

template <class Id>
std::optional<Id> take_id(object_reader& r, std::string_view name) {
  auto text = text_or_null(r, name);
  if (!text || text->empty())
    return std::nullopt;
  auto id = Id::parse(*text);
  if (!id)
    r.mistake(name, "not_an_id", "is not an id");
  return id;
}

/// The verdict of the reader together with what the domain has found.
template <class Checked>
result<Checked>
conclude(object_reader& r, const json_value& value, const result<Checked>& checked) {
  r.finish();
  if (!checked && value.what == kind::object)
    r.take_findings(checked.error());
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return checked;
}

result<brain::inquiry>
read_inquiry(std::string_view body, std::string_view name, std::size_t most, bool rehearsal) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  brain::inquiry out;
  out.rehearsal = rehearsal;
  out.text = take_words(r, name, most);
  out.to = take_agent(r).value_or(knowledge::agent::aloha);
  if (!rehearsal)
    out.chat = take_id<chat_id>(r, "conversation_id");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return out;
}

} // namespace

result<knowledge::checked_chunk> read_chunk(std::string_view body, const knowledge::chunk* before) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  knowledge::chunk_draft d;
  if (before)
    d = {
        before->title, before->text, before->source,
        std::string(knowledge::to_string(before->about))};
  else
    r.require("text");
  d.title = text_or_null(r, "title").value_or(d.title);
  d.text = r.text("text").value_or(d.text);
  d.source = text_or_null(r, "source").value_or(d.source);
  d.category = take_category(r, d.category);
  if (before && value->what == kind::object && value->members.empty())
    r.mistake("", "nothing_to_update", "an update needs at least one field");
  return conclude(r, *value, knowledge::check(d));
}

result<brain::inquiry> read_question(std::string_view body) {
  return read_inquiry(body, "question", question_most, true);
}

result<brain::inquiry> read_message(std::string_view body) {
  return read_inquiry(body, "message", message_most, false);
}

result<gap::checked> read_gap(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  gap::draft d;
  r.require("question");
  d.question = r.text("question").value_or("");
  d.who = take_agent(r).value_or(d.who);
  if (auto word = text_or_null(r, "source"); word && !word->empty()) {
    if (auto known = gap::parse_source(*word))
      d.from = *known;
    else
      r.mistake("source", "unknown_source", "must be one of chat, call, task, api");
  }
  d.requested_info = text_or_null(r, "requested_info").value_or("");
  d.category = take_category(r);
  d.answered = text_or_null(r, "answered").value_or("");
  if (auto text = text_or_null(r, "context_id"); text && !text->empty()) {
    d.context = parse_uuid(*text);
    if (!d.context)
      r.mistake("context_id", "not_an_id", "is not an id");
  }
  d.metadata = take_metadata(r);
  return conclude(r, *value, gap::check(d));
}

result<resolution> read_resolution(std::string_view body) {
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  resolution out;
  out.notes = take_words(r, "resolution_notes", 4'000);
  out.adds = r.boolean("add_to_knowledge_base").value_or(false);
  out.chunk.title = text_or_null(r, "title").value_or("");
  out.chunk.text = text_or_null(r, "text").value_or("");
  out.chunk.category = take_category(r);
  for (auto name : {"title", "text", "category"})
    if (!out.adds && r.has(name))
      r.mistake(name, "without_effect", "needs add_to_knowledge_base");
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return out;
}

result<std::string> read_remark(std::string_view body, std::string_view name, std::size_t most) {
  if (trimmed(body).empty())
    return std::string();
  auto value = parse_json(body);
  if (!value)
    return fail(value.error());
  object_reader r(*value);
  auto text = text_or_null(r, name).value_or("");
  mistakes wrong;
  wrong.check_text(r.at(name), text, 0, most, true);
  if (!wrong.none())
    r.take(wrong.take().fields);
  r.finish();
  if (auto verdict = r.verdict(); !verdict)
    return fail(verdict.error());
  return text;
}

} // namespace ringmaster::net
