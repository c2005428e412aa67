import { z } from 'zod';
import { LinkBody, LinkInput } from '../link.js';
import { defineRoute } from './route.js';

const params = z.object({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,59}$/, 'letters, digits, . _ and -'),
});

export const linkRoutes = {
  linkPut: defineRoute({
    id: 'links.put',
    method: 'PUT',
    path: '/api/v1/links/{name}',
    summary:
      'Declare the line between home and a region of an account: plans do not fill it further than that',
    permission: 'catalog:write',
    params,
    body: LinkInput,
    response: LinkBody,
    status: 200,
  }),
  linkList: defineRoute({
    id: 'links.list',
    method: 'GET',
    path: '/api/v1/links',
    summary: 'Lines between sites, as they are declared',
    permission: 'catalog:read',
    response: z.object({ items: z.array(LinkBody) }),
    status: 200,
  }),
  linkDelete: defineRoute({
    id: 'links.delete',
    method: 'DELETE',
    path: '/api/v1/links/{name}',
    summary: 'Forget a line: plans know no limit of it any more',
    permission: 'catalog:write',
    params,
    status: 204,
  }),
} as const;
