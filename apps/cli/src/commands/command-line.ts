import { ReportLanguage } from '@springtide/contracts';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { EXIT, type ExitCode } from '../output/exit-code.js';
import { FORMATS } from '../output/render.js';
import { Session } from '../session/session.js';
import type { Terminal } from '../session/terminal.js';

const Common = z.object({
  context: z.string().optional(),
  output: z.enum([...FORMATS, 'csv']).default('table'),
  idempotencyKey: z.string().optional(),
  timeout: z.coerce.number().min(1).max(86_400).default(300),
  language: ReportLanguage.default('en-US'),
});

type Invocation<O> = Readonly<{ session: Session; args: readonly string[]; options: O }>;

type Work<O> = (invocation: Invocation<O>) => Promise<ExitCode | void>;

/** Builds commands that all take the same common options and report one exit code. */
export class CommandLine {
  exitCode: ExitCode = EXIT.ok;

  constructor(readonly terminal: Terminal) {}

  noun(parent: Command, name: string, description: string): Command {
    return parent.command(name).description(description);
  }

  /** `usage` is the verb with its arguments, as commander writes it. */
  verb<S extends z.ZodObject>(
    noun: Command,
    usage: string,
    description: string,
    setup: Readonly<{ options?: S; flags?: readonly Option[] }>,
    work: Work<z.output<S>>,
  ): Command {
    const command = noun.command(usage).description(description);
    const own = setup.flags ?? [];
    const common = commonFlags().filter(({ long }) => !own.some((flag) => flag.long === long));
    for (const flag of [...own, ...common]) command.addOption(flag);
    const schema = setup.options ?? z.object({});
    return command.action(async () => {
      const given = command.opts();
      const { context, idempotencyKey, timeout, output, language } = Common.parse(given);
      const session = new Session(this.terminal, {
        output: output === 'csv' ? 'table' : output,
        timeout,
        language,
        ...(context === undefined ? {} : { context }),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      const options = schema.parse(given) as z.output<S>;
      this.exitCode = (await work({ session, args: command.args, options })) ?? EXIT.ok;
    });
  }
}

function commonFlags(): Option[] {
  return [
    new Option('-o, --output <format>', 'how to print data').choices(FORMATS).default('table'),
    new Option('--context <name>', 'which server to talk to, as saved by login'),
    new Option('--idempotency-key <key>', 'repeat an earlier request safely').default(undefined, 'a new one'),
    new Option('--timeout <seconds>', 'how long --wait waits').default('300'),
    new Option('--language <language>', 'of what is told: stories, reasons, findings')
      .choices(ReportLanguage.options)
      .default('en-US'),
  ];
}

export function flag(flags: string, description: string): Option {
  return new Option(flags, description);
}

export function required(flags: string, description: string): Option {
  return new Option(flags, description).makeOptionMandatory();
}
