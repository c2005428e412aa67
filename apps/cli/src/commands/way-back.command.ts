import { PHASE_NAMES, WAY_BACK_PHASES, type RunCommand } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import type { ExitCode } from '../output/exit-code.js';
import type { Session } from '../session/session.js';
import { flag, required, type CommandLine } from './command-line.js';
import { parseMoney } from './parse-money.js';

type Order = (session: Session, reference: string, body: RunCommand) => Promise<ExitCode>;

const Phase = z.enum(WAY_BACK_PHASES);
const at = required('--at <phase>', WAY_BACK_PHASES.join(', '));

/** Orders on the way back, and orders that grow or shrink a run inside what was approved. */
export function addWayBackOrders(noun: Command, line: CommandLine, order: Order): void {
  line.verb(
    noun,
    'hold <run>',
    'a hold point on the way back: the phase is not begun',
    {
      options: z.object({
        at: Phase,
        minutes: z.coerce.number().min(0.1).max(10_080).default(60),
        reason: z.string().default(''),
      }),
      flags: [
        at,
        flag('--minutes <number>', 'for how long at most; 60'),
        flag('--reason <text>', 'for the audit'),
      ],
    },
    async ({ session, args: [reference = ''], options }) =>
      await order(session, reference, { command: 'hold', ...options }),
  );
  line.verb(
    noun,
    'go-on <run>',
    'end a hold on the way back, or a safe hold',
    { options: z.object({ at: Phase.optional() }), flags: [flag('--at <phase>', 'only this one')] },
    async ({ session, args: [reference = ''], options }) =>
      await order(session, reference, { command: 'go-on', ...options }),
  );
  line.verb(
    noun,
    'skip <run>',
    'end the waiting of a phase of the way back; never its proof',
    { options: z.object({ at: Phase }), flags: [at] },
    async ({ session, args: [reference = ''], options }) =>
      await order(session, reference, { command: 'skip-waiting', ...options }),
  );
  addGrowth(noun, line, order);
}

function addGrowth(noun: Command, line: CommandLine, order: Order): void {
  for (const command of ['grow', 'shrink'] as const) {
    line.verb(
      noun,
      `${command} <run>`,
      `${command} a service in a phase, inside what was approved`,
      {
        options: z.object({
          service: z.string(),
          phase: z.enum(PHASE_NAMES),
          by: z.coerce.number().min(0.001),
        }),
        flags: [
          required('--service <name>', 'service of the template'),
          required('--phase <phase>', PHASE_NAMES.join(', ')),
          required('--by <number>', 'requests per second'),
        ],
      },
      async ({ session, args: [reference = ''], options: { service, phase, by } }) =>
        await order(session, reference, { command, service, phase, byRequestsPerSecond: by }),
    );
  }
  line.verb(
    noun,
    'limits <run>',
    'raise how many machines, and how much an hour; for approvers',
    {
      options: z.object({ machines: z.coerce.number().int().min(1), perHour: z.string() }),
      flags: [
        required('--machines <number>', 'at once, at most'),
        required('--per-hour <money>', 'for example "EUR 50"'),
      ],
    },
    async ({ session, args: [reference = ''], options: { machines, perHour } }) =>
      await order(session, reference, { command: 'raise-limits', machines, perHour: parseMoney(perHour) }),
  );
}
