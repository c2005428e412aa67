import { randomUUID } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpringtideError } from '@springtide/kernel';
import { EMPTY_ROUTE, parseDesired, type DesiredRoute } from './desired-route.js';

const MARK = '# springtide-route ';
const SUFFIX = '.springtide.yml';

/** One dynamic file per route: writers of different routes never touch the same file. */
export class RouteFile {
  readonly path: string;

  constructor(
    private readonly folder: string,
    private readonly route: string,
  ) {
    this.path = join(folder, `${route}${SUFFIX}`);
  }

  async load(): Promise<DesiredRoute> {
    const text = await readFile(this.path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw fileError(`cannot read ${this.path}`, cause);
    });
    if (text === undefined) return EMPTY_ROUTE;
    const [first = ''] = text.split('\n', 1);
    try {
      if (!first.startsWith(MARK)) throw new Error('its first line is not ours');
      return parseDesired(JSON.parse(first.slice(MARK.length)));
    } catch (cause) {
      throw new SpringtideError(
        'failed-precondition',
        `${this.path} was not written by Springtide or was edited; traffic of route "${this.route}" stays as it is`,
        { cause, nextStep: 'Move the file away and set members and weights again.' },
      );
    }
  }

  /** Whole or not at all: written aside, flushed, renamed. */
  async save(desired: DesiredRoute, body: unknown): Promise<void> {
    const draft = join(this.folder, `.${this.route}.${randomUUID()}.draft`);
    try {
      const file = await open(draft, 'wx', 0o644);
      try {
        await file.writeFile(`${MARK}${JSON.stringify(desired)}\n${JSON.stringify(body, null, 1)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, this.path);
    } catch (cause) {
      await rm(draft, { force: true });
      throw fileError(`cannot write ${this.path}`, cause);
    }
  }

  /**
   * When any route's file changed last. Traefik rebuilds everything then and takes every server for healthy until its
   * next check, so no health is known of before that has passed.
   */
  async lastChangeMs(): Promise<number> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith(SUFFIX));
    const times = await Promise.all(
      names.map(async (name) =>
        stat(join(this.folder, name)).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    );
    return Math.max(0, ...times);
  }
}

function fileError(what: string, cause: unknown): SpringtideError {
  const { code = 'unknown', message } = cause as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return new SpringtideError(
    denied ? 'permission-denied' : 'unavailable',
    `${what}: ${message}; traffic stays as it is`,
    {
      effect: 'none',
      cause,
      nextStep: 'Check that the dynamic-configuration folder exists and that Springtide may write to it.',
    },
  );
}
