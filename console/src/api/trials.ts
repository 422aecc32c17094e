import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client';
import type { components } from './schema';

export type ModelTest = components['schemas']['model_test']['test'];

export const carrierQuery = queryOptions({
  queryKey: ['carrier'],
  queryFn: async () => (await take(api.GET('/api/carrier'))).carrier,
});
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async () => (await take(api.GET('/api/models'))).models,
  refetchInterval: 15_000,
});
