import { z } from 'zod';
import { nodeArguments } from '../tools/node-arguments.js';
import { startProcess, type RunningProcess } from '../tools/process.js';

export type SimulatedProgramRequest = Readonly<{
  /** A file of plans by cloud name: see cloud-file.ts. */
  cloudFile?: string;
  /** Example clouds by name. */
  clouds?: Readonly<Record<string, 'public-cloud' | 'private-cloud'>>;
  /** Left out: a free one. */
  port?: number;
  logFile?: string;
}>;

export type SimulatedProgram = Readonly<{
  /** `<url>/machines` is what the boot agent watches. */
  url: string;
  /** What the settings of an account take, by cloud name. */
  endpoints: Readonly<Record<string, string>>;
  process: RunningProcess;
}>;

const readySchema = z.object({
  ready: z.literal(true),
  url: z.string(),
  endpoints: z.record(z.string(), z.string()),
});

/** Runs the server of simulated clouds as a process of its own, for several others to share. */
export async function startSimulatedProgram(request: SimulatedProgramRequest): Promise<SimulatedProgram> {
  let line = '';
  const process = await startProcess({
    name: 'simulated clouds',
    command: globalThis.process.execPath,
    args: [...nodeArguments(import.meta.dirname, 'simulated-cloud.main'), ...argumentsOf(request)],
    ready: (text) => {
      if (text.startsWith('{"ready":true')) line = text;
      return line !== '';
    },
    ...(request.logFile === undefined ? {} : { logFile: request.logFile }),
  });
  const { url, endpoints } = readySchema.parse(JSON.parse(line));
  return { url, endpoints, process };
}

function argumentsOf({ cloudFile, clouds, port }: SimulatedProgramRequest): string[] {
  return [
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(cloudFile === undefined ? [] : ['--clouds', cloudFile]),
    ...Object.entries(clouds ?? {}).flatMap(([name, like]) => ['--cloud', `${name}=${like}`]),
  ];
}
