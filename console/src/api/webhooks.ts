import { queryOptions } from '@tanstack/react-query';
import { api, newKey, take } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Webhook = Schemas['webhook'];
export type WebhookTopic = Schemas['webhook_topic'];
export type WebhookDraft = Schemas['new_webhook'];
export type Delivery = Schemas['delivery'];

const of = (id: string) => ({ params: { path: { id } } });

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () => take(api.GET('/api/webhooks')),
});
export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'deliveries'],
    queryFn: async () => (await take(api.GET('/api/webhooks/{id}/deliveries', { params: { path: { id }, query: { limit: 50 } } }))).deliveries,
    refetchInterval: 5_000,
  });
/** One delivery with what was sent. */
export const deliveryQuery = (id: string, delivery_id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'delivery', delivery_id],
    queryFn: async () =>
      (await take(api.GET('/api/webhooks/{id}/deliveries/{delivery_id}', { params: { path: { id, delivery_id } } }))).delivery,
  });
export const addWebhook = (draft: WebhookDraft) =>
  take(api.POST('/api/webhooks', { params: { header: { 'Idempotency-Key': newKey() } }, body: draft }));
export const changeWebhook = (id: string, draft: Partial<WebhookDraft>) => take(api.PATCH('/api/webhooks/{id}', { ...of(id), body: draft }));
export const rotateWebhook = (id: string) => take(api.POST('/api/webhooks/{id}/rotate-secret', of(id)));
export const testWebhook = (id: string) => take(api.POST('/api/webhooks/{id}/test', of(id)));
export const removeWebhook = (id: string) => take(api.DELETE('/api/webhooks/{id}', of(id)));
export const replayDelivery = (id: string, delivery_id: string) => take(api.POST('/api/webhooks/{id}/replay', { ...of(id), body: { delivery_id } }));
export const replaySince = (id: string, since: string) => take(api.POST('/api/webhooks/{id}/replay', { ...of(id), body: { since } }));
