import { ApiProblem, type ProblemBody } from '@springtide/contracts';
import type { FieldFault } from './field.js';

type FieldError = NonNullable<ProblemBody['errors']>[number];

export type ProblemPlaces = Readonly<{
  /** What the server says of a field, by the name of the field. */
  byField: ReadonlyMap<string, FieldFault>;
  /** The problem without what is shown at its fields. */
  rest: Error | null;
}>;

/**
 * Leads every place that the server found wrong to the field it was entered in: the one of that path, or the nearest
 * that holds it.
 */
export function problemPlaces(error: Error | null, fields: ReadonlySet<string>): ProblemPlaces {
  const byField = new Map<string, FieldFault>();
  if (!(error instanceof ApiProblem)) return { byField, rest: error };
  const errors: FieldError[] = [];
  for (const one of error.problem.errors ?? []) {
    const field = nearest(one.path, fields);
    if (field === undefined) errors.push(one);
    else byField.set(field, { words: joined(byField.get(field), one.message), told: true });
  }
  return { byField, rest: new ApiProblem({ ...error.problem, errors }) };
}

export function nearest(path: string, fields: ReadonlySet<string>): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    if (fields.has(at)) return at;
  }
  return undefined;
}

function joined(before: FieldFault | undefined, message: string): string {
  return before === undefined ? message : `${before.words}; ${message}`;
}
