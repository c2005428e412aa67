/**
 * Who asks, for which tenant, in which request. The first argument of every service method;
 * the unit of work sets tenant and user from it, so a query without a tenant sees nothing.
 */
export type RequestContext = Readonly<{
  tenantId: string;
  actor: Actor;
  /** Correlates log lines, audit records and problems of one request. */
  requestId: string;
}>;

/** `job` actors are the named background jobs of Springtide itself, acting for a tenant. */
export type Actor = Readonly<
  | { kind: 'user'; id: string; name: string; permissions: ReadonlySet<string> }
  | { kind: 'job'; id: string; name: string }
>;

/** Context of a background job for one tenant, as the worker's activities use it. */
export function jobContext(job: string, tenantId: string, requestId: string): RequestContext {
  return { tenantId, actor: { kind: 'job', id: job, name: job }, requestId };
}
