import { z } from 'zod';
import { REPORT_ROLES, ReportLanguage, StoredReport } from '../after-action.js';
import { Id } from '../scalars.js';
import { defineRoute } from './route.js';

const params = z.object({ id: Id });

export const reportRoutes = {
  reportGet: defineRoute({
    id: 'reports.get',
    method: 'GET',
    path: '/api/v1/campaigns/{id}/after-action',
    summary: 'The after-action report with its signatures; while the run goes on, as it looks now',
    permission: 'campaign:read',
    params,
    response: StoredReport,
    status: 200,
  }),
  reportStore: defineRoute({
    id: 'reports.store',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/after-action',
    summary: 'Keep the report of a closed run; what was kept already and has not changed stays as it is',
    permission: 'run:operate',
    params,
    response: StoredReport,
    status: 200,
    idempotent: 'replay',
  }),
  reportSign: defineRoute({
    // What each role must hold besides is asked by the service.
    id: 'reports.sign',
    method: 'POST',
    path: '/api/v1/campaigns/{id}/after-action/signatures',
    summary: 'Sign exactly this content for operations, infrastructure or finance; one person signs once',
    permission: 'campaign:read',
    params,
    body: z.object({
      role: z.enum(REPORT_ROLES),
      /** Of the content that was read. */
      hash: z.string().regex(/^[0-9a-f]{64}$/, 'the hash of the report, 64 hexadecimal digits'),
      comment: z.string().trim().max(1000).default(''),
    }),
    response: StoredReport,
    status: 200,
    idempotent: 'replay',
  }),
  reportPdf: defineRoute({
    id: 'reports.pdf',
    method: 'GET',
    path: '/api/v1/campaigns/{id}/after-action.pdf',
    summary: 'The after-action report to print, in Chinese or English, with its signatures',
    permission: 'campaign:read',
    params,
    query: z.object({ language: ReportLanguage.default('en-US') }),
    textResponse: ['application/pdf'],
    status: 200,
  }),
} as const;
