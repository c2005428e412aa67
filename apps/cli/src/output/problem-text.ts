import { ApiProblem } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import { CliFailure } from './cli-failure.js';
import { EXIT, exitCodeOf, type ExitCode } from './exit-code.js';
import { plainText } from './plain-text.js';

export type Failure = Readonly<{ text: string; exitCode: ExitCode }>;

/** What happened, what it means, the next step and the correlation id, for a person; and the class for a script. */
export function describeFailure(thrown: unknown): Failure {
  if (thrown instanceof ApiProblem) return describeProblem(thrown);
  if (thrown instanceof CliFailure) {
    return { text: lines(thrown.message, thrown.nextStep, null), exitCode: thrown.exitCode };
  }
  if (thrown instanceof SpringtideError) {
    return { text: lines(thrown.message, thrown.nextStep ?? null, null), exitCode: exitCodeOf(thrown.code) };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { text: lines(message, null, null), exitCode: EXIT.error };
}

function describeProblem({ problem }: ApiProblem): Failure {
  const places = (problem.errors ?? []).map(({ path, message }) => `  ${path || 'request'}: ${message}`);
  const text = lines(
    [`${problem.title}. ${problem.detail}`, ...places].join('\n'),
    problem.nextStep,
    problem.correlationId,
  );
  return { text, exitCode: exitCodeOf(problem.code) };
}

function lines(what: string, nextStep: string | null, correlationId: string | null): string {
  const all = [
    `Error: ${what}`,
    ...(nextStep ? [`Next:  ${nextStep}`] : []),
    ...(correlationId ? [`Id:    ${correlationId}`] : []),
  ];
  return plainText(all.join('\n'));
}
