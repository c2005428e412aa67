import { generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  addMs,
  parseInstant,
  SpringtideError,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { z } from 'zod';
import { digest } from './ownership-marks.js';
import type { At, OpenstackApi } from './openstack-api.js';

/** A request that was sent just before its deadline may be worked on for so long after it. */
const GRACE_MS = 15_000;
const LOOK_AGAIN_MS = 250;
const RELEASE_LIMIT_MS = 5_000;
const PREFIX = 'springtide-launch';

const keypairSchema = z.object({ keypair: z.object({ name: z.string(), public_key: z.string() }) });
const keypairsSchema = z.object({ keypairs: z.array(keypairSchema) });

export type Held = Readonly<{ release(): Promise<void> }>;

/**
 * Nova has no tokens and its names are not unique, with one exception: a user's key pairs. Whoever makes the key pair
 * that is named after a token launches that token; all others wait for it. Nobody ever logs in with it.
 */
export class LaunchLock {
  constructor(
    private readonly api: OpenstackApi,
    private readonly clock: Clock,
    private readonly log: ProviderContext['log'],
  ) {}

  /**
   * Undefined when `finished` says that there is nothing left to launch. A lock whose holder died opens some seconds
   * after that holder's deadline, when nothing that it sent can still arrive.
   * @throws conflict when the lock was not to be had before the deadline: nothing was created by this call.
   */
  async take(
    at: At,
    key: Readonly<{ intent: string; token: string }>,
    finished: () => Promise<boolean>,
  ): Promise<Held | undefined> {
    const name = lockName(key);
    for (let swept = false; ;) {
      const made = await this.#make(at, name);
      if (made === 'too many' && !swept) {
        swept = true;
        for (const lapsed of await listLapsedLocks(this.api, at, this.clock.now())) {
          await this.#remove(at, lapsed.name);
        }
        continue;
      }
      if (made === 'too many') return this.#unlocked('the user has too many key pairs');
      if (made === 'forbidden') return this.#unlocked('the user may not make key pairs');
      if (made === 'mine') return { release: async () => this.#release(at, name) };
      if (await finished()) return undefined;
      if (await this.#hasLapsed(at, name)) await this.#remove(at, name);
      else await this.#waitALittle(at);
    }
  }

  async #make(at: At, name: string): Promise<'mine' | 'others' | 'too many' | 'forbidden'> {
    const body = { keypair: { name, type: 'ssh', public_key: publicKey(addMs(at.deadline, GRACE_MS)) } };
    try {
      await this.api.change(at, {
        service: 'compute',
        path: '/os-keypairs',
        method: 'POST',
        body,
        doing: 'the lock of a launch token',
      });
      return 'mine';
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError)) throw thrown;
      if (thrown.code === 'conflict') return 'others';
      if (thrown.code === 'quota-exceeded') return 'too many';
      if (thrown.code === 'permission-denied') return 'forbidden';
      // A lock that was perhaps made lapses by itself; nothing was launched.
      throw new SpringtideError(thrown.code, thrown.message, {
        retry: thrown.retry,
        effect: 'none',
        cause: thrown,
        ...(thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs }),
      });
    }
  }

  #unlocked(why: string): Held {
    this.log.warn({ why }, 'launching without a lock: one token sent by two processes at once can double');
    return { release: async () => undefined };
  }

  async #hasLapsed(at: At, name: string): Promise<boolean> {
    try {
      const path = `/os-keypairs/${encodeURIComponent(name)}`;
      const { keypair } = await this.api.get(
        at,
        { service: 'compute', path, doing: 'the look at a lock' },
        keypairSchema,
      );
      return hasLapsed(keypair.public_key, this.clock.now());
    } catch (thrown) {
      if (thrown instanceof SpringtideError && thrown.code === 'not-found') return false;
      throw thrown;
    }
  }

  async #waitALittle(at: At): Promise<void> {
    const left = parseInstant(at.deadline).getTime() - this.clock.now().getTime();
    if (left <= 2 * LOOK_AGAIN_MS) {
      throw new SpringtideError(
        'conflict',
        'another call with this launch token is under way, or ended with an open outcome; this one created nothing',
        {
          retry: 'same',
          effect: 'none',
          retryAfterMs: GRACE_MS,
          nextStep: 'Find by intent what OpenStack has.',
        },
      );
    }
    await this.clock.sleep(LOOK_AGAIN_MS);
  }

  /** With time of its own: the launch may have used up all it had. */
  async #release(at: At, name: string): Promise<void> {
    const deadline = addMs(toInstant(this.clock.now()), RELEASE_LIMIT_MS);
    try {
      await this.#remove({ ...at, deadline }, name);
    } catch (error) {
      this.log.warn({ error }, 'the lock of a launch token was not taken away; it lapses by itself');
    }
  }

  async #remove(at: At, name: string): Promise<void> {
    await removeKeypair(this.api, at, name);
  }
}

export async function removeKeypair(api: OpenstackApi, at: At, name: string): Promise<'releasing' | 'gone'> {
  try {
    await api.change(at, {
      service: 'compute',
      path: `/os-keypairs/${encodeURIComponent(name)}`,
      method: 'DELETE',
      doing: 'the end of a launch lock',
    });
    return 'releasing';
  } catch (thrown) {
    if (thrown instanceof SpringtideError && thrown.code === 'not-found') return 'gone';
    throw thrown;
  }
}

/** Locks whose holders are gone. */
export async function listLapsedLocks(
  api: OpenstackApi,
  at: At,
  now: Date,
): Promise<readonly { name: string }[]> {
  const call = {
    service: 'compute',
    path: '/os-keypairs?limit=1000',
    doing: 'the list of launch locks',
  } as const;
  const { keypairs } = await api.get(at, call, keypairsSchema);
  return keypairs
    .map(({ keypair }) => keypair)
    .filter(({ name, public_key: key }) => name.startsWith(`${PREFIX}-`) && hasLapsed(key, now));
}

/** All locks of an intent begin with this. */
export function lockPrefix(intent: string): string {
  return `${PREFIX}-${digest(intent)}-`;
}

function hasLapsed(key: string, now: Date): boolean {
  const until = /\blapses=(\S+)/.exec(key)?.[1];
  return until === undefined || Number.isNaN(Date.parse(until)) || Date.parse(until) < now.getTime();
}

function lockName(key: Readonly<{ intent: string; token: string }>): string {
  return `${lockPrefix(key.intent)}${digest(key.token)}`;
}

/** An OpenSSH public key; when the lock lapses stands in its comment, which nova keeps. */
function publicKey(lapses: Instant): string {
  const { publicKey: key } = generateKeyPairSync('ed25519');
  const raw = key.export({ type: 'spki', format: 'der' }).subarray(-32);
  const type = Buffer.from('ssh-ed25519');
  const blob = Buffer.concat([length(type), type, length(raw), raw]).toString('base64');
  return `ssh-ed25519 ${blob} springtide holder=${randomUUID()} lapses=${lapses}`;
}

function length(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return size;
}
