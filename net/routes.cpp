#include "net/routes.hpp"

#include <array>
#include <cstdint>

#include "net/auth.hpp"
#include "net/handlers/console.hpp"
#include "net/handlers/handlers.hpp"
#include "net/twilio/hooks.hpp"
#include "net/twilio/voice.hpp"
#include "net/twilio/webhook.hpp"

namespace ringmaster::net {

namespace {

using enum http::method;
using enum audience;
using namespace handlers;

constexpr std::uint8_t any_key = 0;
constexpr auto read = static_cast<std::uint8_t>(scope::read);
constexpr auto write = static_cast<std::uint8_t>(scope::write);
constexpr auto dial = static_cast<std::uint8_t>(scope::dial);
constexpr auto admin = static_cast<std::uint8_t>(scope::admin);

constexpr auto no_body = body_kind::none;
constexpr auto json_body = body_kind::json;
constexpr auto list_body = body_kind::list;
constexpr auto form_body = body_kind::form;

/// The webhooks stand first: they are most of the traffic.
constexpr auto table = std::to_array<route>({
  // clang-format off
  {post,    "/api/webhooks/call-status/{token}",   carrier,     0,            form_body, twilio::take_status,    "takeCallStatus"},
  {post,    "/api/webhooks/voice/{token}",         carrier,     0,            form_body, twilio::answer_call,    "answerCall"},
  {post,    "/api/webhooks/gather/{token}/{number}", carrier,   0,            form_body, twilio::take_speech,    "takeGather"},
  {post,    "/api/webhooks/amd/{token}",           carrier,     0,            form_body, twilio::take_detection, "takeAmd"},
  {post,    "/api/webhooks/recording/{token}",     carrier,     0,            form_body, twilio::take_recording, "takeRecording"},
  {post,    "/api/webhooks/relay-action/{token}",  carrier,     0,            form_body, twilio::leave_relay,    "takeRelayAction"},
  {post,    "/api/webhooks/echo/{token}",          carrier,     0,            form_body, twilio::answer_echo,    "answerEcho"},
  {get,     "/api/relay/{token}",                  carrier,     0,            no_body,   twilio::open_relay,     "openRelay"},

  {get,     "/api/campaigns",                      users,       read,         no_body,   list_campaigns,         "listCampaigns"},
  {post,    "/api/campaigns",                      users,       write,        json_body, create_campaign,        "createCampaign"},
  {get,     "/api/campaigns/{id}",                 users,       read,         no_body,   get_campaign,           "getCampaign"},
  {patch,   "/api/campaigns/{id}",                 users,       write | dial, json_body, steer_campaign,         "steerCampaign"},
  {delete_, "/api/campaigns/{id}",                 users,       write,        no_body,   delete_campaign,        "deleteCampaign"},
  {post,    "/api/campaigns/{id}/execute",         users,       dial,         no_body,   execute_campaign,       "executeCampaign"},
  {get,     "/api/campaigns/{id}/why",             users,       read,         no_body,   explain_campaign,       "explainCampaign"},
  {get,     "/api/campaigns/{id}/targets",         users,       read,         no_body,   list_targets,           "listTargets"},
  {post,    "/api/campaigns/{id}/targets",         users,       write,        list_body, add_targets,            "addTargets"},
  {post,    "/api/campaigns/{id}/targets/retry",   users,       dial,         json_body, retry_targets,          "retryTargets"},
  {post,    "/api/campaigns/{id}/targets/{target_id}/retry", users, dial,     no_body,   retry_target,           "retryTarget"},
  {post,    "/api/campaigns/{id}/targets/{target_id}/skip", users, write | dial, no_body, skip_target,           "skipTarget"},
  {post,    "/api/campaigns/{id}/redial",          users,       write,        json_body, redial_campaign,        "redialCampaign"},
  {get,     "/api/campaigns/{id}/activity",        users,       read,         no_body,   list_activity,          "listCampaignActivity"},
  {get,     "/api/campaigns/{id}/chart",           users,       read,         no_body,   draw_campaign,          "drawCampaign"},
  {get,     "/api/campaigns/{id}/calls",           users,       read,         no_body,   list_campaign_calls,    "listCampaignCalls"},
  {get,     "/api/campaigns/{id}/results.csv",     users,       read,         no_body,   export_results,         "exportResults"},
  {get,     "/api/campaigns/{id}/results.ndjson",  users,       read,         no_body,   export_result_lines,    "exportResultLines"},
  {get,     "/api/campaigns/{id}/imports",         users,       read,         no_body,   list_imports,           "listImports"},
  {get,     "/api/campaigns/{id}/imports/{import_id}/rejected.csv", users, read, no_body, download_rejected,     "downloadRejectedRows"},

  {get,     "/api/call-tasks",                     users,       read,         no_body,   list_tasks,             "listCallTasks"},
  {post,    "/api/call-tasks",                     users,       write,        json_body, create_task,            "createCallTask"},
  {get,     "/api/call-tasks/{id}",                users,       read,         no_body,   get_task,               "getCallTask"},
  {patch,   "/api/call-tasks/{id}",                users,       write | dial, json_body, update_task,            "updateCallTask"},
  {delete_, "/api/call-tasks/{id}",                users,       write | dial, no_body,   discard_task,           "discardCallTask"},
  {post,    "/api/call-tasks/{id}/approve",        users,       dial,         no_body,   approve_task,           "approveCallTask"},
  {post,    "/api/call-tasks/{id}/start-call",     users,       dial,         no_body,   start_call,             "startCall"},

  {get,     "/api/contacts",                       users,       read,         no_body,   list_contacts,          "listContacts"},
  {post,    "/api/contacts",                       users,       write,        json_body, create_contact,         "createContact"},
  {get,     "/api/contacts/{id}",                  users,       read,         no_body,   get_contact,            "getContact"},
  {patch,   "/api/contacts/{id}",                  users,       write,        json_body, update_contact,         "updateContact"},
  {delete_, "/api/contacts/{id}",                  users,       write,        no_body,   delete_contact,         "deleteContact"},

  {get,     "/api/assistant-settings",             users,       read,         no_body,   get_settings,           "getAssistantSettings"},
  {put,     "/api/assistant-settings",             users,       write,        json_body, put_settings,           "putAssistantSettings"},
  {get,     "/api/business-profile",               users,       read,         no_body,   get_profile,            "getBusinessProfile"},
  {put,     "/api/business-profile",               users,       write,        json_body, put_profile,            "putBusinessProfile"},

  {get,     "/api/identity-fields",                users,       read,         no_body,   get_identity,           "getIdentityFields"},
  {put,     "/api/identity-fields",                users,       write,        json_body, put_identity,           "putIdentityFields"},

  {get,     "/api/notifications",                  users,       read,         no_body,   list_notifications,     "listNotifications"},
  {post,    "/api/notifications/{id}/read",        users,       write,        no_body,   read_notification,      "readNotification"},
  {post,    "/api/notifications/read-all",         users,       write,        no_body,   read_all_notifications, "readAllNotifications"},
  {get,     "/api/events",                         users,       read,         no_body,   follow_events,          "followEvents"},

  {get,     "/api/knowledge",                        users,       read,         no_body,   list_chunks,            "listKnowledge"},
  {post,    "/api/knowledge",                        users,       write,        json_body, create_chunk,           "addKnowledge"},
  {post,    "/api/knowledge/ask",                    users,       read,         json_body, test_question,          "askKnowledge"},
  {post,    "/api/knowledge/check",                  users,       read,         no_body,   check_knowledge,        "checkKnowledge"},
  {get,     "/api/knowledge/{id}",                   users,       read,         no_body,   get_chunk,              "getKnowledge"},
  {put,     "/api/knowledge/{id}",                   users,       write,        json_body, put_chunk,              "putKnowledge"},
  {delete_, "/api/knowledge/{id}",                   users,       write,        no_body,   delete_chunk,           "deleteKnowledge"},

  {get,     "/api/knowledge-gaps",                   users,       read,         no_body,   list_gaps,              "listKnowledgeGaps"},
  {post,    "/api/knowledge-gaps",                   users,       write,        json_body, log_gap,                "logKnowledgeGap"},
  {get,     "/api/knowledge-gaps/{id}",              users,       read,         no_body,   get_gap,                "getKnowledgeGap"},
  {post,    "/api/knowledge-gaps/{id}/resolve",      users,       write,        json_body, resolve_gap,            "resolveKnowledgeGap"},
  {post,    "/api/knowledge-gaps/{id}/ignore",       users,       write,        json_body, ignore_gap,             "ignoreKnowledgeGap"},
  {post,    "/api/knowledge-gaps/{id}/reopen",       users,       write,        json_body, reopen_gap,             "reopenKnowledgeGap"},

  {post,    "/api/brain",                            users,       write,        json_body, ask_brain_once,         "askBrain"},
  {get,     "/api/brain/conversations",              users,       read,         no_body,   list_chats,             "listConversations"},
  {get,     "/api/brain/conversations/{id}",         users,       read,         no_body,   get_chat,               "getConversation"},
  {delete_, "/api/brain/conversations/{id}",         users,       write,        no_body,   delete_chat,            "deleteConversation"},

  {get,     "/api/calendar/proposals",               users,       read,         no_body,   list_proposals,         "listCalendarProposals"},
  {post,    "/api/calendar/proposals",               users,       write,        json_body, propose_entry,          "proposeCalendarEntry"},
  {get,     "/api/calendar/proposals/{id}",          users,       read,         no_body,   get_proposal,           "getCalendarProposal"},
  {patch,   "/api/calendar/proposals/{id}",          users,       write,        json_body, edit_proposal,          "editCalendarProposal"},
  {post,    "/api/calendar/proposals/{id}/approve",  users,       dial,         json_body, approve_proposal,       "approveCalendarProposal"},
  {post,    "/api/calendar/proposals/{id}/reject",   users,       write | dial, json_body, reject_proposal,        "rejectCalendarProposal"},
  {get,     "/api/calendar/events",                  users,       read,         no_body,   list_events,            "listCalendarEvents"},
  {get,     "/api/calendar/events/{id}",             users,       read,         no_body,   get_event,              "getCalendarEvent"},
  {get,     "/api/calendar/events/{id}/ics",         users,       read,         no_body,   download_event,         "downloadCalendarEvent"},
  {post,    "/api/calendar/subscription",            users,       write,        no_body,   subscribe_calendar,     "subscribeCalendar"},
  {delete_, "/api/calendar/subscription",            users,       write,        no_body,   unsubscribe_calendar,   "unsubscribeCalendar"},
  {get,     "/api/calendar.ics",                     everybody,   0,            no_body,   show_calendar,          "showCalendar"},

  {get,     "/api/webhooks",                       users,       read,         no_body,   list_webhooks,          "listWebhooks"},
  {post,    "/api/webhooks",                       users,       admin,        json_body, create_webhook,         "createWebhook"},
  {get,     "/api/webhooks/{id}",                  users,       read,         no_body,   get_webhook,            "getWebhook"},
  {patch,   "/api/webhooks/{id}",                  users,       admin,        json_body, update_webhook,         "updateWebhook"},
  {delete_, "/api/webhooks/{id}",                  users,       admin,        no_body,   delete_webhook,         "deleteWebhook"},
  {post,    "/api/webhooks/{id}/rotate-secret",    users,       admin,        no_body,   rotate_webhook_secret,  "rotateWebhookSecret"},
  {post,    "/api/webhooks/{id}/test",             users,       write,        no_body,   test_webhook,           "testWebhook"},
  {get,     "/api/webhooks/{id}/deliveries",       users,       read,         no_body,   list_deliveries,        "listDeliveries"},
  {get,     "/api/webhooks/{id}/deliveries/{delivery_id}", users, read,       no_body,   get_delivery,           "getDelivery"},
  {post,    "/api/webhooks/{id}/replay",           users,       write,        json_body, replay_deliveries,      "replayDeliveries"},

  {get,     "/api/credentials",                    users,       read,         no_body,   list_credentials,       "listCredentials"},
  {put,     "/api/credentials/{name}",             users,       admin,        json_body, put_credential,         "putCredential"},
  {delete_, "/api/credentials/{name}",             users,       admin,        no_body,   delete_credential,      "deleteCredential"},
  {get,     "/api/model-usage",                    users,       read,         no_body,   report_usage,           "reportModelUsage"},

  {get,     "/api/carrier",                        users,       admin,        no_body,   get_carrier,            "getCarrier"},
  {post,    "/api/carrier/test",                   users,       admin,        no_body,   test_carrier,           "testCarrier"},
  {get,     "/api/models",                         users,       admin,        no_body,   list_models,            "listModels"},
  {post,    "/api/models/{name}/test",             users,       admin,        no_body,   test_model,             "testModel"},

  {get,     "/api/call-sessions",                  users,       read,         no_body,   list_calls,             "listCallSessions"},
  {get,     "/api/call-sessions/{id}",             users,       read,         no_body,   get_call,               "getCallSession"},
  {get,     "/api/call-sessions/{id}/transcript",  users,       read,         no_body,   read_transcript,        "getTranscript"},
  {get,     "/api/call-sessions/{id}/webhooks",    users,       read,         no_body,   list_call_webhooks,     "listCallWebhooks"},
  {post,    "/api/call-sessions/{id}/process",     users,       write,        no_body,   process_session,        "processCallSession"},
  {post,    "/api/call-sessions/{id}/hangup",      users,       dial,         no_body,   hang_up_call,           "hangUpCall"},
  {post,    "/api/call-sessions/{id}/say",         users,       dial,         json_body, say_in_call,            "sayInCall"},
  {post,    "/api/call-sessions/{id}/whisper",     users,       dial,         json_body, whisper_in_call,        "whisperInCall"},
  {post,    "/api/call-sessions/{id}/transfer",    users,       dial,         json_body, transfer_call,          "transferCall"},
  {post,    "/api/call-sessions/{id}/answer",      users,       dial,         json_body, answer_in_call,         "answerInCall"},

  {post,    "/api/call-window/check",              users,       read,         json_body, check_window,           "checkCallWindow"},
  {get,     "/api/timezones",                      users,       any_key,      no_body,   list_timezones,         "listTimezones"},

  {post,    "/api/stop",                           users,       write | dial, no_body,   stop_everything,        "stopEverything"},
  {delete_, "/api/stop",                           users,       dial,         no_body,   release_stop,           "releaseStop"},

  {get,     "/api/suppressions",                   users,       read,         no_body,   list_suppressions,      "listSuppressions"},
  {post,    "/api/suppressions",                   users,       write,        list_body, add_suppressions,       "addSuppressions"},
  {delete_, "/api/suppressions/{id}",              users,       write,        no_body,   remove_suppression,     "removeSuppression"},

  {get,     "/api/audit",                          users,       read,         no_body,   list_audit,             "listAudit"},
  {get,     "/api/audit/verify",                   users,       read,         no_body,   verify_audit,           "verifyAudit"},

  {get,     "/api/api-keys",                       users,       admin,        no_body,   list_api_keys,          "listApiKeys"},
  {post,    "/api/api-keys",                       users,       admin,        json_body, create_api_key,         "createApiKey"},
  {delete_, "/api/api-keys/{id}",                  users,       admin,        no_body,   delete_api_key,         "deleteApiKey"},
  {get,     "/api/me",                             users,       any_key,      no_body,   who_am_i,               "whoAmI"},

  // The console's own door; what it shows of the engine it shows by the API above.
  {get,     "/api/session",                        users,       any_key,      no_body,   read_own_session,       "readSession"},
  {delete_, "/api/session",                        users,       any_key,      no_body,   sign_out,               "signOut"},
  {post,    "/api/session",                        everybody,   0,            json_body, sign_in,                "signIn"},
  {post,    "/api/session/welcome",                everybody,   0,            json_body, enter_by_link,          "enterByLink"},
  {get,     "/api/overview",                       users,       read,         no_body,   show_overview,          "showOverview"},
  {get,     "/api/users",                          users,       admin,        no_body,   list_users,             "listUsers"},
  {post,    "/api/users",                          users,       admin,        json_body, add_user,               "addUser"},
  {patch,   "/api/users/{id}",                     users,       admin,        json_body, alter_user,             "alterUser"},
  {post,    "/api/users/{id}/password-link",       users,       admin,        no_body,   make_password_link,     "makePasswordLink"},

  {get,     "/api/admin/actors",                   users,       admin,        no_body,   list_actors,            "listActors"},
  {get,     "/api/admin/actors/{id}",              users,       admin,        no_body,   get_actor,              "getActor"},
  {post,    "/api/admin/actors/{id}/restart",      users,       admin,        json_body, restart_actor,          "restartActor"},
  {post,    "/api/admin/actors/{id}/stop",         users,       admin,        json_body, stop_actor,             "stopActor"},
  {get,     "/api/admin/suppressions",             users,       admin,        no_body,   list_everywhere,        "listSuppressedEverywhere"},
  {post,    "/api/admin/suppressions",             users,       admin,        list_body, suppress_everywhere,    "suppressEverywhere"},
  {delete_, "/api/admin/suppressions",             users,       admin,        no_body,   allow_everywhere,       "allowEverywhere"},
  {get,     "/api/admin/registries",               users,       admin,        no_body,   list_registries,        "listRegistries"},
  {post,    "/api/admin/registries",               users,       admin,        list_body, load_registry,          "loadRegistry"},
  {delete_, "/api/admin/registries/{id}",          users,       admin,        no_body,   remove_registry,        "removeRegistry"},

  {get,     "/healthz",                            everybody,   0,            no_body,   tell_health,            "tellHealth"},
  {get,     "/readyz",                             everybody,   0,            no_body,   tell_readiness,         "tellReadiness"},
  {get,     "/metrics",                            operators,   0,            no_body,   tell_metrics,           "tellMetrics"},
  {get,     "/openapi.json",                       everybody,   0,            no_body,   show_openapi,           "showOpenapi"},

  {get,     "/docs",                               everybody,   0,            no_body,   show_docs,              ""},
  {get,     "/style.css",                          everybody,   0,            no_body,   show_style,             ""},
  {get,     "/",                                   everybody,   0,            no_body,   show_home,              ""},
  // clang-format on
});

} // namespace

std::span<const route> routes() { return table; }

} // namespace ringmaster::net
