import { z } from 'zod';

/** RFC 9457 problem. `code` is stable and translated by clients; `detail` and `nextStep` are English sentences. */
export const ProblemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    /** What happened, and what it means for machines and money. */
    detail: z.string(),
    /** What the reader should do now. */
    nextStep: z.string().nullable(),
    /** Finds this request in logs and audit. */
    correlationId: z.string(),
    /** One entry per wrong place in the request. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** Safe numbers and names about the failure. */
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof ProblemBody>;

/** What the client throws for every answer that is not a success, and when there was no answer at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    readonly problem: ProblemBody,
    options: { cause?: unknown } = {},
  ) {
    super(problem.detail, options.cause === undefined ? {} : { cause: options.cause });
  }

  get code(): string {
    return this.problem.code;
  }

  /** 0 when the server was not reached. */
  get status(): number {
    return this.problem.status;
  }
}
