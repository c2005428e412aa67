import { z } from 'zod';
import { defineRoute } from './route.js';

export const systemRoutes = {
  healthLive: defineRoute({
    id: 'health.live',
    method: 'GET',
    path: '/health/live',
    summary: 'The process runs',
    permission: 'public',
    response: z.object({ status: z.literal('ok') }),
    status: 200,
  }),
  healthReady: defineRoute({
    id: 'health.ready',
    method: 'GET',
    path: '/health/ready',
    summary: 'The process can serve: the database and Temporal answer; 503 otherwise',
    permission: 'public',
    response: z.object({ status: z.literal('ok'), checks: z.record(z.string(), z.string()) }),
    status: 200,
  }),
  metrics: defineRoute({
    id: 'metrics.read',
    method: 'GET',
    path: '/metrics',
    summary: 'Prometheus metrics of this process',
    permission: 'public',
    textResponse: ['text/plain'],
    status: 200,
  }),
  openapi: defineRoute({
    id: 'openapi.read',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This interface as an OpenAPI 3.1 document',
    permission: 'public',
    response: z.record(z.string(), z.unknown()),
    status: 200,
  }),
} as const;
