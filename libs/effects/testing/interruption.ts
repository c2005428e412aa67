import type { ComputeFacet, ProviderManifest, ProviderSession } from '@springtide/provider-kit';
import type { EffectStore, EffectTransaction } from '../effect-store.port.js';

/** The process is dead: nothing of it runs any more, whoever catches this. */
export class ProcessEnd extends Error {
  override readonly name = 'ProcessEnd';
}

/**
 * Ends a process at the n-th place where that matters: before or after a call reaches the cloud, before or after a
 * transaction commits. After its end every further place refuses, so that no clean-up code can help.
 */
export class Interruption {
  private passed = 0;
  private ended = false;
  /** Names of the places in the order in which they were passed. */
  readonly places: string[] = [];

  constructor(private readonly endAt = Number.POSITIVE_INFINITY) {}

  get hasEnded(): boolean {
    return this.ended;
  }

  pass(place: string): void {
    if (this.ended) throw new ProcessEnd(`dead at ${place}`);
    this.passed += 1;
    this.places.push(place);
    if (this.passed < this.endAt) return;
    this.ended = true;
    throw new ProcessEnd(`killed at ${place}`);
  }
}

/** A ledger memory as a process sees it that may end at any moment. */
export function interruptibleStore(store: EffectStore, interruption: Interruption): EffectStore {
  return {
    transaction: async (tenantId, work) => {
      const result = await store.transaction(tenantId, async (tx: EffectTransaction) => {
        const value = await work(tx);
        interruption.pass('before commit');
        return value;
      });
      interruption.pass('after commit');
      return result;
    },
    listScopes: async (since) => await store.listScopes(since),
  };
}

type Change = (compute: ComputeFacet) => Partial<ComputeFacet>;

export function interruptedCalls(interruption: Interruption): Change {
  return (compute) => ({
    launch: async (...args) => await between(interruption, 'launch', async () => compute.launch(...args)),
    terminate: async (...args) =>
      await between(interruption, 'terminate', async () => compute.terminate(...args)),
    setReleaseTime: async (...args) =>
      await between(interruption, 'setReleaseTime', async () => compute.setReleaseTime?.(...args)),
    releaseSatellite: async (...args) =>
      await between(interruption, 'releaseSatellite', async () => compute.releaseSatellite(...args)),
  });
}

async function between<T>(interruption: Interruption, call: string, work: () => Promise<T>): Promise<T> {
  interruption.pass(`before ${call}`);
  const answer = await work();
  interruption.pass(`after ${call}`);
  return answer;
}

/** A cloud that has never heard of idempotency: the same token makes new machines every time. */
export function forgetfulOfTokens(): Change {
  let calls = 0;
  return (compute) => ({
    launch: async (batch, options) => {
      calls += 1;
      const prefix = `${batch.namePrefix}-${calls}`.slice(-40);
      return await compute.launch(
        { ...batch, namePrefix: prefix, token: `${batch.token}x${calls}` },
        options,
      );
    },
  });
}

/** The provider with some of its calls changed; the first change is the outermost. */
export function changedProvider(manifest: ProviderManifest, changes: readonly Change[]): ProviderManifest {
  return {
    ...manifest,
    connect: async (account, context) => {
      const session = await manifest.connect(account, context);
      return changes.reduceRight((inner, change) => withCompute(inner, change), session);
    },
  };
}

function withCompute(session: ProviderSession, change: Change): ProviderSession {
  const { compute } = session;
  if (compute === undefined) return session;
  const changed = overlay(compute, change(compute));
  return overlay(session, { compute: changed });
}

/** Methods of classes live on prototypes and need their own `this`. */
function overlay<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get: (of, key) => {
      if (Object.hasOwn(changes, key)) return Reflect.get(changes, key) as unknown;
      const value = Reflect.get(of, key, of) as unknown;
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
}
