import { parseArgs } from 'node:util';

export const KILL_MOMENTS = ['provision', 'hold', 'scale-back'] as const;
export type KillMoment = (typeof KILL_MOMENTS)[number];

export type DemoOptions = Readonly<{
  /** End after the report instead of keeping the console open. */
  exit: boolean;
  /** Forget everything of earlier starts, this installation's keys included. */
  fresh: boolean;
  killWorkerAt: KillMoment | null;
  /** Port of the API and the console; 0: a free one. */
  port: number;
}>;

export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      'kill-worker-at': { type: 'string' },
      port: { type: 'string', default: '8080' },
    },
  });
  const moment = values['kill-worker-at'];
  const port = Number(values.port);
  if (moment !== undefined && !isKillMoment(moment)) {
    throw new Error(`--kill-worker-at is one of ${KILL_MOMENTS.join(', ')}, not "${moment}"`);
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port is not a port: "${values.port}"`);
  return { exit: values.exit, fresh: values.fresh, killWorkerAt: moment ?? null, port };
}

function isKillMoment(text: string): text is KillMoment {
  return (KILL_MOMENTS as readonly string[]).includes(text);
}
