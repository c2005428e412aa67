import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Clock } from '@springtide/kernel';
import type { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import type { EndpointGate } from '../http/endpoint-gate.js';
import type { Logger } from '../log/logger.js';
import { Metrics } from '../metrics/metrics.js';

/** Injection tokens of the technical interfaces; `Database` and `Metrics` are their own. */
export const CLOCK = Symbol('Clock');
export const LOGGER = Symbol('Logger');
export const ENDPOINT_GATE = Symbol('EndpointGate');
export const KEY_RING = Symbol('KeyRing');

export type PlatformParts = Readonly<{
  database: Database;
  clock: Clock;
  log: Logger;
  gate: EndpointGate;
  keyRing: KeyRing;
  metrics: Metrics;
}>;

/** Gives every module the parts an app made at its start. The app makes them, so it also closes them. */
@Global()
@Module({})
export class PlatformModule {
  static of(parts: PlatformParts): DynamicModule {
    const providers = [
      { provide: Database, useValue: parts.database },
      { provide: Metrics, useValue: parts.metrics },
      { provide: CLOCK, useValue: parts.clock },
      { provide: LOGGER, useValue: parts.log },
      { provide: ENDPOINT_GATE, useValue: parts.gate },
      { provide: KEY_RING, useValue: parts.keyRing },
    ];
    return { module: PlatformModule, providers, exports: providers.map((one) => one.provide) };
  }
}
