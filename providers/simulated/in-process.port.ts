import { parseInstant, type Clock } from '@springtide/kernel';
import { simulatedCloud } from './cloud/index.js';
import { PortError, type CloudPort } from './cloud.port.js';

/** The cloud is an object in this process; its delays pass on the given clock. */
export function inProcessPort(name: string, clock: Clock): CloudPort {
  return {
    send: async (operation, body, session, { deadline }) => {
      const cloud = simulatedCloud(name);
      if (cloud === undefined) throw new PortError('refused', `no simulated cloud "${name}" in this process`);
      const { status, body: answer, delivery } = cloud.handle({ operation, session, body });
      const leftMs = parseInstant(deadline).getTime() - clock.now().getTime();
      if (delivery.delayMs > 0) await clock.sleep(Math.min(delivery.delayMs, Math.max(0, leftMs)));
      if (delivery.delayMs > leftMs) throw new PortError('late', 'no answer by the deadline');
      if (delivery.lost) throw new PortError('lost', 'the answer was lost');
      return { status, body: structuredClone(answer) };
    },
    close: async () => undefined,
  };
}
