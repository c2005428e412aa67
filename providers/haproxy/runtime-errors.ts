import { SpringtideError, type ErrorCode, type ErrorDetails } from '@springtide/kernel';

type ErrorRule = Readonly<{ says: RegExp; code: ErrorCode; means: string } & Pick<ErrorDetails, 'nextStep'>>;

/** HAProxy answers in sentences; this table is the only place that reads them. Every refusal leaves things as they were. */
const ERROR_TABLE: readonly ErrorRule[] = [
  {
    says: /^(No such backend|Can't find backend|No such proxy)/,
    code: 'not-found',
    means: 'HAProxy has no such backend',
    nextStep: 'Correct the route → backend map in the account settings, or add the backend to HAProxy.',
  },
  {
    says: /^Unknown map identifier/,
    code: 'failed-precondition',
    means: 'HAProxy has no such map',
    nextStep: 'Add the lines for matches to the backend, or correct `matchMaps` in the account settings.',
  },
  { says: /^No such server/, code: 'not-found', means: 'HAProxy has no such server' },
  { says: /^Already exists a server/, code: 'already-exists', means: 'the server is there already' },
  {
    says: /still has connections/,
    code: 'conflict',
    means: 'requests are still running on the server',
  },
  {
    says: /^Only servers in maintenance mode/,
    code: 'failed-precondition',
    means: 'the server is not in maintenance',
  },
  {
    says: /^Only servers added at runtime/,
    code: 'unsupported',
    means: 'the server stands in the configuration file and stays in maintenance',
  },
  {
    says: /dynamic load balancing/,
    code: 'failed-precondition',
    means: 'the backend uses a static balance algorithm',
    nextStep: 'Set "balance roundrobin" in the backend.',
  },
  {
    says: /^Permission denied/,
    code: 'permission-denied',
    means: 'the runtime API was not opened at level admin',
    nextStep: 'Add "level admin" to the stats socket line.',
  },
  {
    says: /^(Unknown command|This command is restricted to experimental)/,
    code: 'unsupported',
    means: 'this HAProxy has no dynamic servers',
    nextStep: 'Use HAProxy 2.6 or newer.',
  },
  {
    says: /(can only be between|is not permitted in server name|invalid|not supported|requires|expects)/i,
    code: 'invalid-argument',
    means: 'HAProxy refused the value',
  },
];

/** The error for an answer that was not the expected one. Unmapped sentences are `unknown`. */
export function errorFromAnswer(command: string, answer: string): SpringtideError {
  const [sentence = ''] = answer.trim().split('\n');
  const rule = ERROR_TABLE.find(({ says }) => says.test(sentence));
  const facts = { command: command.split(' ').slice(0, 2).join(' '), answer: sentence.slice(0, 200) };
  if (rule === undefined) {
    return new SpringtideError('unknown', `HAProxy answered "${facts.answer}" to "${facts.command}"`, {
      facts,
    });
  }
  return new SpringtideError(rule.code, `${rule.means}: "${facts.answer}"`, {
    facts,
    ...(rule.nextStep === undefined ? {} : { nextStep: rule.nextStep }),
  });
}
