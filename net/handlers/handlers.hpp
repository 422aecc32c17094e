#pragma once

#include "net/exchange.hpp"

// Every handler of the API; the route of each stands above it, where it is defined, and in
// net/routes.cpp.

namespace ringmaster::net::handlers {

using answer_of_handler = asio::awaitable<http::response>;

answer_of_handler list_campaigns(exchange& x);
answer_of_handler create_campaign(exchange& x);
answer_of_handler get_campaign(exchange& x);
answer_of_handler steer_campaign(exchange& x);
answer_of_handler delete_campaign(exchange& x);
answer_of_handler execute_campaign(exchange& x);
answer_of_handler explain_campaign(exchange& x);

answer_of_handler list_targets(exchange& x);
answer_of_handler add_targets(exchange& x);
answer_of_handler retry_target(exchange& x);
answer_of_handler retry_targets(exchange& x);
answer_of_handler skip_target(exchange& x);
answer_of_handler redial_campaign(exchange& x);
answer_of_handler list_activity(exchange& x);
answer_of_handler draw_campaign(exchange& x);
answer_of_handler list_campaign_calls(exchange& x);
answer_of_handler export_results(exchange& x);
answer_of_handler export_result_lines(exchange& x);
answer_of_handler list_imports(exchange& x);
answer_of_handler download_rejected(exchange& x);

answer_of_handler list_calls(exchange& x);
answer_of_handler get_call(exchange& x);
answer_of_handler read_transcript(exchange& x);
answer_of_handler list_call_webhooks(exchange& x);
answer_of_handler process_session(exchange& x);
answer_of_handler hang_up_call(exchange& x);
answer_of_handler say_in_call(exchange& x);
answer_of_handler whisper_in_call(exchange& x);
answer_of_handler transfer_call(exchange& x);
answer_of_handler answer_in_call(exchange& x);

answer_of_handler list_tasks(exchange& x);
answer_of_handler create_task(exchange& x);
answer_of_handler get_task(exchange& x);
answer_of_handler update_task(exchange& x);
answer_of_handler discard_task(exchange& x);
answer_of_handler approve_task(exchange& x);
answer_of_handler start_call(exchange& x);

answer_of_handler list_contacts(exchange& x);
answer_of_handler create_contact(exchange& x);
answer_of_handler get_contact(exchange& x);
answer_of_handler update_contact(exchange& x);
answer_of_handler delete_contact(exchange& x);

answer_of_handler get_settings(exchange& x);
answer_of_handler put_settings(exchange& x);
answer_of_handler get_profile(exchange& x);
answer_of_handler put_profile(exchange& x);
answer_of_handler get_identity(exchange& x);
answer_of_handler put_identity(exchange& x);

answer_of_handler list_notifications(exchange& x);
answer_of_handler read_notification(exchange& x);
answer_of_handler read_all_notifications(exchange& x);

answer_of_handler list_webhooks(exchange& x);
answer_of_handler create_webhook(exchange& x);
answer_of_handler get_webhook(exchange& x);
answer_of_handler update_webhook(exchange& x);
answer_of_handler delete_webhook(exchange& x);
answer_of_handler rotate_webhook_secret(exchange& x);
answer_of_handler test_webhook(exchange& x);
answer_of_handler list_deliveries(exchange& x);
answer_of_handler get_delivery(exchange& x);
answer_of_handler replay_deliveries(exchange& x);

answer_of_handler list_credentials(exchange& x);
answer_of_handler put_credential(exchange& x);
answer_of_handler delete_credential(exchange& x);
answer_of_handler report_usage(exchange& x);

answer_of_handler follow_events(exchange& x);

answer_of_handler list_chunks(exchange& x);
answer_of_handler create_chunk(exchange& x);
answer_of_handler get_chunk(exchange& x);
answer_of_handler put_chunk(exchange& x);
answer_of_handler delete_chunk(exchange& x);
answer_of_handler test_question(exchange& x);
answer_of_handler check_knowledge(exchange& x);

answer_of_handler list_gaps(exchange& x);
answer_of_handler log_gap(exchange& x);
answer_of_handler get_gap(exchange& x);
answer_of_handler resolve_gap(exchange& x);
answer_of_handler ignore_gap(exchange& x);
answer_of_handler reopen_gap(exchange& x);

answer_of_handler ask_brain_once(exchange& x);
answer_of_handler list_chats(exchange& x);
answer_of_handler get_chat(exchange& x);
answer_of_handler delete_chat(exchange& x);

answer_of_handler list_proposals(exchange& x);
answer_of_handler propose_entry(exchange& x);
answer_of_handler get_proposal(exchange& x);
answer_of_handler edit_proposal(exchange& x);
answer_of_handler approve_proposal(exchange& x);
answer_of_handler reject_proposal(exchange& x);
answer_of_handler list_events(exchange& x);
answer_of_handler get_event(exchange& x);
answer_of_handler download_event(exchange& x);
answer_of_handler subscribe_calendar(exchange& x);
answer_of_handler unsubscribe_calendar(exchange& x);
answer_of_handler show_calendar(exchange& x);

answer_of_handler check_window(exchange& x);
answer_of_handler list_timezones(exchange& x);

answer_of_handler stop_everything(exchange& x);
answer_of_handler release_stop(exchange& x);

answer_of_handler list_suppressions(exchange& x);
answer_of_handler add_suppressions(exchange& x);
answer_of_handler remove_suppression(exchange& x);
answer_of_handler list_everywhere(exchange& x);
answer_of_handler suppress_everywhere(exchange& x);
answer_of_handler allow_everywhere(exchange& x);
answer_of_handler list_registries(exchange& x);
answer_of_handler load_registry(exchange& x);
answer_of_handler remove_registry(exchange& x);

answer_of_handler list_audit(exchange& x);
answer_of_handler verify_audit(exchange& x);

answer_of_handler list_actors(exchange& x);
answer_of_handler get_actor(exchange& x);
answer_of_handler restart_actor(exchange& x);
answer_of_handler stop_actor(exchange& x);

answer_of_handler get_carrier(exchange& x);
answer_of_handler test_carrier(exchange& x);
answer_of_handler list_models(exchange& x);
answer_of_handler test_model(exchange& x);

answer_of_handler list_api_keys(exchange& x);
answer_of_handler create_api_key(exchange& x);
answer_of_handler delete_api_key(exchange& x);
answer_of_handler who_am_i(exchange& x);

answer_of_handler show_openapi(exchange& x);
answer_of_handler show_docs(exchange& x);
answer_of_handler show_home(exchange& x);
answer_of_handler show_style(exchange& x);

answer_of_handler tell_health(exchange& x);
answer_of_handler tell_readiness(exchange& x);
answer_of_handler tell_metrics(exchange& x);

} // namespace ringmaster::net::handlers
