import { createServer, type Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { AccountSessions, AccountsModule } from '@springtide/accounts';
import type { Config } from '@springtide/config';
import { asSpringtideError } from '@springtide/kernel';
import {
  BookReader,
  CloudGround,
  DEMO_ORACLE,
  STANDARD_ORACLE,
  violationsOf,
  type Judgement,
} from '@springtide/oracle';
import { PlatformModule, type Metrics, type PlatformParts } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { restUnless } from '../rest-unless.js';
import { jsonOf, reportOf, summaryOf, violationLines } from './verdict-text.js';
import type { VerifierOptions } from './verifier-options.js';
import { Verifier } from './verifier.js';

export type VerifierProcessParts = Readonly<{
  config: Config;
  platform: PlatformParts;
  providers: ReadonlyMap<string, ProviderManifest>;
  options: VerifierOptions;
  print(line: string): void;
  /** Ends the looking after the look that is under way. */
  ended: AbortSignal;
}>;

/** A process of its own: it must be able to say that the worker is wrong. @returns its exit code. */
export async function runVerifier(parts: VerifierProcessParts): Promise<0 | 1> {
  const { config, platform, providers, options } = parts;
  const accounts = AccountsModule.with(providers);
  const app = await NestFactory.createApplicationContext(
    { module: VerifierServices, imports: [PlatformModule.of(platform), accounts] },
    { logger: ['error', 'fatal'], abortOnError: false },
  );
  const { url, systemUrl = url } = config.database;
  const installation = config.installation.id;
  const verifier = new Verifier({
    books: new BookReader(systemUrl),
    ground: new CloudGround(app.get(AccountSessions), installation, platform.clock),
    metrics: platform.metrics,
    installation,
    policy: config.policy.profile === 'demo' ? DEMO_ORACLE : STANDARD_ORACLE,
  });
  try {
    if (options.everyMs === null) return await lookOnce(verifier, parts);
    return await lookAlways(verifier, parts, options.everyMs);
  } finally {
    await app.close();
  }
}

class VerifierServices {}

async function lookOnce(verifier: Verifier, { options, print }: VerifierProcessParts): Promise<0 | 1> {
  const judgement = await verifier.look();
  print(options.json ? jsonOf(judgement) : reportOf(judgement));
  return violationsOf(judgement).length === 0 ? 0 : 1;
}

async function lookAlways(verifier: Verifier, parts: VerifierProcessParts, everyMs: number): Promise<0> {
  const { config, platform, options, print, ended } = parts;
  const server = await metricsServer(config, platform.metrics);
  let standing: ReadonlySet<string> = new Set();
  while (!ended.aborted) {
    try {
      const judgement = await verifier.look();
      print(options.json ? jsonOf(judgement) : changesOf(judgement, standing));
      standing = new Set(violationsOf(judgement).map(({ happened }) => happened));
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      platform.log.error(
        { code, reason: message },
        'this look failed; nothing was judged, the next one follows',
      );
    }
    await restUnless(ended, everyMs);
  }
  server.close();
  return 0;
}

/** The summary each time; what is wrong in full once, when it begins. */
function changesOf(judgement: Judgement, standing: ReadonlySet<string>): string {
  const fresh = violationsOf(judgement).filter(({ happened }) => !standing.has(happened));
  const lines = fresh.flatMap((violation) => [
    `  ${violation.invariant} VIOLATED`,
    ...violationLines(violation),
  ]);
  return [`${judgement.at}  ${summaryOf(judgement)}`, ...lines].join('\n');
}

async function metricsServer(config: Config, metrics: Metrics): Promise<Server> {
  const server = createServer((_request, response) => {
    metrics.text().then(
      ({ contentType, body }) => response.writeHead(200, { 'content-type': contentType }).end(body),
      (thrown: unknown) => response.writeHead(503).end(asSpringtideError(thrown).message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.worker.port, config.worker.host, resolve);
  });
  return server;
}
