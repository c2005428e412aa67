import { SpringtideError } from '@springtide/kernel';

/** One thing without which requests cannot be served; throws while it is away. */
export type ReadinessCheck = Readonly<{ name: string; check: () => Promise<void> }>;

const LIMIT_MS = 3_000;

export class Readiness {
  #draining = false;

  constructor(private readonly checks: readonly ReadinessCheck[]) {}

  /** From now on load balancers are told to go elsewhere. */
  drain(): void {
    this.#draining = true;
  }

  /** @throws unavailable, naming every check that failed. */
  async check(): Promise<Record<string, string>> {
    if (this.#draining) throw unavailable({ process: 'shutting down' });
    const results = await Promise.all(
      this.checks.map(async (one) => [one.name, await outcome(one)] as const),
    );
    const named = Object.fromEntries(results);
    if (results.every(([, text]) => text === 'ok')) return named;
    throw unavailable(named);
  }
}

async function outcome({ check }: ReadinessCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${LIMIT_MS} ms`), LIMIT_MS);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (thrown) {
    return thrown instanceof SpringtideError ? thrown.code : 'unavailable';
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(checks: Record<string, string>): SpringtideError {
  const away = Object.entries(checks).filter(([, text]) => text !== 'ok');
  return new SpringtideError(
    'unavailable',
    `this process cannot serve now: ${away.map(([name, text]) => `${name} (${text})`).join(', ')}`,
    { facts: checks, retryAfterMs: 2_000, nextStep: 'Try again in a moment.' },
  );
}
