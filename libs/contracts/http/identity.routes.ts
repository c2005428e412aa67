import { z } from 'zod';
import {
  TokenBody,
  TokenCreated,
  TokenInput,
  UserBody,
  UserCreated,
  UserInput,
  WhoAmI,
} from '../identity.js';
import { Id, PageQuery, pageOf } from '../scalars.js';
import { defineRoute } from './route.js';

export const identityRoutes = {
  whoAmI: defineRoute({
    id: 'session.whoami',
    method: 'GET',
    path: '/api/v1/whoami',
    summary: 'Who the token speaks for, and what it may do',
    permission: 'signed-in',
    response: WhoAmI,
    status: 200,
  }),
  tokenCreate: defineRoute({
    id: 'tokens.create',
    method: 'POST',
    path: '/api/v1/tokens',
    summary: 'Create an API token for oneself; the answer shows it once',
    permission: 'signed-in',
    body: TokenInput,
    response: TokenCreated,
    status: 201,
    idempotent: 'once-only',
  }),
  tokenList: defineRoute({
    id: 'tokens.list',
    method: 'GET',
    path: '/api/v1/tokens',
    summary: 'One’s own API tokens',
    permission: 'signed-in',
    response: z.object({ items: z.array(TokenBody) }),
    status: 200,
  }),
  tokenRevoke: defineRoute({
    id: 'tokens.revoke',
    method: 'DELETE',
    path: '/api/v1/tokens/{id}',
    summary: 'Revoke a token at once',
    permission: 'signed-in',
    params: z.object({ id: Id }),
    status: 204,
  }),
  userList: defineRoute({
    id: 'users.list',
    method: 'GET',
    path: '/api/v1/users',
    summary: 'People of the tenant and their roles',
    permission: 'user:read',
    query: PageQuery,
    response: pageOf(UserBody),
    status: 200,
  }),
  userCreate: defineRoute({
    id: 'users.create',
    method: 'POST',
    path: '/api/v1/users',
    summary: 'Add a person with roles the caller itself holds',
    permission: 'user:write',
    body: UserInput,
    response: UserCreated,
    status: 201,
    idempotent: 'once-only',
  }),
} as const;
