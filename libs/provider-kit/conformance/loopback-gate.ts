import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { SpringtideError } from '@springtide/kernel';
import type { EndpointGate } from '@springtide/platform';
import { Agent } from 'undici';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The gate of conformance runs: loopback and nothing else, so that a test can never reach a real cloud. */
export function loopbackGate(): EndpointGate & { close(): Promise<void> } {
  const dispatchers: Agent[] = [];
  return {
    check: async (url) => {
      if (LOOPBACK.test(new URL(url).hostname)) return;
      throw new SpringtideError('permission-denied', `conformance runs reach loopback only, not ${url}`);
    },
    dispatcher: (options) => {
      const agent = new Agent(options === undefined ? {} : { connect: { ...options } });
      dispatchers.push(agent);
      return agent;
    },
    httpAgent: () => new HttpAgent(),
    httpsAgent: (options) => new HttpsAgent(options?.ca === undefined ? {} : { ca: options.ca }),
    close: async () => {
      await Promise.all(dispatchers.map(async (agent) => agent.destroy()));
    },
  };
}
