export type { EndpointGate } from './http/endpoint-gate.js';
export { createLogger, silentLogger, type Logger } from './log/logger.js';
export { systemClock } from './time/system-clock.js';
