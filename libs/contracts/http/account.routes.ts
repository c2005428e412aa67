import { z } from 'zod';
import { AccountBody, AccountInput, ProviderBody } from '../account.js';
import { Id, PageQuery, pageOf } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });

export const accountRoutes = {
  providerList: defineRoute({
    id: 'providers.list',
    method: 'GET',
    path: '/api/v1/providers',
    summary: 'Kinds of clouds that can be registered, with the JSON Schemas of what to enter',
    permission: 'account:read',
    response: z.object({ items: z.array(ProviderBody) }),
    status: 200,
  }),
  accountRegister: defineRoute({
    id: 'accounts.register',
    method: 'POST',
    path: '/api/v1/accounts',
    summary: 'Register a cloud account; the secret is encrypted and never read back',
    permission: 'account:write',
    body: AccountInput,
    response: AccountBody,
    status: 201,
    idempotent: 'replay',
    etag: 'send',
  }),
  accountList: defineRoute({
    id: 'accounts.list',
    method: 'GET',
    path: '/api/v1/accounts',
    summary: 'Cloud accounts with their health',
    permission: 'account:read',
    query: PageQuery,
    response: pageOf(AccountBody),
    status: 200,
  }),
  accountGet: defineRoute({
    id: 'accounts.get',
    method: 'GET',
    path: '/api/v1/accounts/{id}',
    summary: 'One cloud account',
    permission: 'account:read',
    params,
    response: AccountBody,
    status: 200,
    etag: 'send',
  }),
  accountVerify: defineRoute({
    id: 'accounts.verify',
    method: 'POST',
    path: '/api/v1/accounts/{id}/verify',
    summary: 'Ask the cloud who we are and what we may do; a refusal is an answer, in `health.problem`',
    permission: 'account:write',
    params,
    response: AccountBody,
    status: 200,
    idempotent: 'replay',
  }),
  accountDisable: defineRoute({
    id: 'accounts.disable',
    method: 'POST',
    path: '/api/v1/accounts/{id}/disable',
    summary: 'Buy nothing more there; what runs is still scaled back',
    permission: 'account:write',
    params,
    response: AccountBody,
    status: 200,
    idempotent: 'replay',
  }),
} as const;
