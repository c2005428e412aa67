export { configurationReference } from './configuration-reference.js';
export { describeConfig, loadConfig } from './load-config.js';
export type { Config } from './sections.js';
