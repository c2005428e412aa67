import { loadConfig } from '@springtide/config';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { openPlatform } from './platform-parts.js';
import { verifierOptions } from './verifier/verifier-options.js';
import { runVerifier } from './verifier/verifier-program.js';

/** Judges until it is told to stop, or once. @returns the exit code. */
export async function verify(args: readonly string[]): Promise<0 | 1> {
  const options = verifierOptions(args);
  const config = loadConfig();
  const platform = await openPlatform(config, 'verifier');
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
  try {
    return await runVerifier({
      config,
      platform,
      providers: await loadManifests(registry),
      options,
      print: (line) => void process.stdout.write(`${line}\n`),
      ended: end.signal,
    });
  } finally {
    await platform.database.close();
  }
}
