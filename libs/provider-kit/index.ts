export type * from './contract/compute.js';
export type * from './contract/machine.js';
export type * from './contract/network.js';
export type * from './contract/session.js';
export type * from './contract/traffic.js';
