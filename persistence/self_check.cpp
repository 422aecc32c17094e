#include "persistence/self_check.hpp"

#include <array>

namespace ringmaster {
namespace {

// Each statement answers one sentence for each leak. What is exempt stands here by name and
// nowhere else: schema_migrations has no user's data, engine_state, suppressed_everywhere and the
// registries are the installation's, and an account's address is unique across users.
constexpr std::array<db::statement, 10> checks{{
  {"check_role", R"(
    select 'role ' || rolname || ' is a superuser, bypasses row-level security or may make roles'
      from pg_roles where rolname in (current_user, 'rm_agent') and (rolsuper or rolbypassrls or rolcreaterole or rolreplication))"},
  {"check_owner", R"(
    select 'role ' || current_user || ' may act as the owner of ' || n.nspname || '.' || c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('ringmaster', 'sec') and c.relkind in ('r', 'p', 'v', 'm')
       and pg_has_role(current_user, c.relowner, 'member'))"},
  {"check_power", R"(
    select 'role ' || current_user || ' may truncate, reference or add triggers to ringmaster.' || c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and c.relkind in ('r', 'p')
       and (has_table_privilege(c.oid, 'truncate') or has_table_privilege(c.oid, 'references')
            or has_table_privilege(c.oid, 'trigger'))
    union all
    select 'role ' || current_user || ' may create objects in schema ' || nspname from pg_namespace
     where nspname in ('ringmaster', 'sec') and has_schema_privilege(oid, 'create')
    union all
    select 'role ' || current_user || ' may read the key of the signed context'
     where has_table_privilege('sec.keys', 'select, insert, update, delete')
    union all
    select 'role ' || current_user || ' may change the audit trail'
     where has_table_privilege('ringmaster.audit', 'update, delete'))"},
  // What tells agents how to behave is written by its owner only: by grants, and for the engine's
  // own context by the policies.
  {"check_agent", R"(
    select 'role rm_agent may change ringmaster.' || c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and c.relkind in ('r', 'p')
       and (has_table_privilege('rm_agent', c.oid, 'delete, truncate, references, trigger')
            or pg_has_role('rm_agent', c.relowner, 'member')
            or (c.relname in ('business_profile', 'assistant_settings', 'contacts', 'credentials', 'users', 'api_keys',
                              'console_sessions', 'password_links', 'engine_state', 'suppressed_everywhere', 'registry_lists', 'registry_numbers', 'schema_migrations',
                              'knowledge_chunks', 'calendar_events', 'calendar_tokens', 'webhooks')
                and has_any_column_privilege('rm_agent', c.oid, 'insert, update'))
            or (c.relname in ('audit', 'model_usage', 'notifications', 'gap_askings', 'chat_messages', 'calendar_proposals', 'webhook_deliveries')
                and has_any_column_privilege('rm_agent', c.oid, 'update')))
    union all
    select 'role rm_agent may change ringmaster.knowledge_gaps.' || a.attname
      from pg_attribute a
     where a.attrelid = 'ringmaster.knowledge_gaps'::regclass and a.attnum > 0 and not a.attisdropped
       and a.attname in ('user_id', 'id', 'question', 'asks', 'resolution_notes', 'chunk_id')
       and has_column_privilege('rm_agent', a.attrelid, a.attnum, 'update')
    union all
    select 'the engine''s context may change ringmaster.' || c.relname || ' by ' || p.polname
      from pg_policy p join pg_class c on c.oid = p.polrelid
     where p.polrelid in ('ringmaster.business_profile'::regclass, 'ringmaster.knowledge_chunks'::regclass,
                          'ringmaster.calendar_events'::regclass, 'ringmaster.calendar_tokens'::regclass)
       and p.polcmd <> 'r'
       and (pg_get_expr(p.polqual, p.polrelid) like '%is_engine%' or pg_get_expr(p.polwithcheck, p.polrelid) like '%is_engine%'))"},
  {"check_forced", R"(
    select 'table ringmaster.' || c.relname || ' has no forced row-level security'
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
       and not (c.relrowsecurity and c.relforcerowsecurity))"},
  {"check_policies", R"(
    select 'table ringmaster.' || c.relname || ' has no policy for ' || v.verb
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join (values ('r', 'select'), ('a', 'insert'), ('w', 'update'), ('d', 'delete')) v(cmd, verb)
     where n.nspname = 'ringmaster' and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
       and not exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd::text in (v.cmd, '*')))"},
  {"check_user_column", R"(
    select 'table ringmaster.' || c.relname || ' has no column user_id that is not null'
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and c.relkind in ('r', 'p')
       and c.relname not in ('schema_migrations', 'engine_state', 'suppressed_everywhere', 'registry_lists', 'registry_numbers')
       and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and a.attnotnull))"},
  {"check_unique", R"(
    select 'unique index ' || i.relname || ' does not begin with user_id'
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and x.indisunique
       and c.relname not in ('schema_migrations', 'engine_state', 'suppressed_everywhere', 'registry_lists', 'registry_numbers')
       and i.relname <> 'users_email_key'
       and not exists (select from pg_attribute a
                        where a.attrelid = c.oid and a.attnum = x.indkey[0] and a.attname = 'user_id')
    union all
    select 'foreign key ' || k.conname || ' does not begin with user_id on both sides'
      from pg_constraint k join pg_namespace n on n.oid = k.connamespace
     where n.nspname = 'ringmaster' and k.contype = 'f'
       and not (exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attnum = k.conkey[1] and a.attname = 'user_id')
            and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.confkey[1] and a.attname = 'user_id')))"},
  {"check_views", R"(
    select 'view ringmaster.' || c.relname || ' is not a security invoker'
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and c.relkind = 'v'
       and not coalesce('security_invoker=true' = any(c.reloptions) or 'security_invoker=on' = any(c.reloptions), false)
    union all
    select 'materialized view ringmaster.' || c.relname || ' knows no row-level security'
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'ringmaster' and c.relkind = 'm')"},
  {"check_functions", R"(
    select 'function ' || n.nspname || '.' || p.proname || ' runs with its owner''s rights and does not pin its search path'
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('ringmaster', 'sec') and p.prosecdef
       and not exists (select from unnest(p.proconfig) o where o like 'search_path=%')
    union all
    select 'function ' || n.nspname || '.' || p.proname || ' may be executed by everybody'
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('ringmaster', 'sec') and (p.proacl is null or exists (
       select from aclexplode(p.proacl) a where a.grantee = 0)))"},
}};

constexpr db::statement context_works{"check_context", "select sec.is_engine()"};

} // namespace

result<std::vector<std::string>> find_leaks(db::connection& app) {
  try {
    auto tx = db::transaction::bare(app);
    std::vector<std::string> leaks;
    for (const auto& check : checks) {
      auto rows = tx.run(check);
      for (std::size_t i = 0; i < rows.size(); ++i)
        leaks.push_back(rows[i].take<std::string>());
    }
    return leaks;
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("the database cannot be checked: ") + why.what());
  }
}

result<void> self_check(db::connection& app) {
  auto leaks = find_leaks(app);
  if (!leaks)
    return fail(leaks.error());
  if (!leaks->empty()) {
    std::string text = "the database does not keep users apart";
    for (const auto& leak : *leaks)
      text += "; " + leak;
    return fail(errc::forbidden, text);
  }
  try {
    auto tx = db::transaction::of_engine(app);
    if (tx.run(context_works)[0].take<bool>())
      return {};
  } catch (const db::failure& why) {
    return fail(
      errc::forbidden,
      std::string("the database does not accept the engine's signature; master.key in the data "
                  "directory is not the one that this database was set up with: ")
        + why.what());
  }
  return fail(errc::forbidden, "the database ignores the signed context");
}

} // namespace ringmaster
