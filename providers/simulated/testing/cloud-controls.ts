import type { ConformanceControls, FaultyOperation } from '@springtide/provider-kit/conformance';
import type { AdminAnswer, AdminInput, Operation } from '../cloud/index.js';

const OPERATION: Readonly<Record<FaultyOperation, Operation>> = {
  launch: 'RunMachines',
  terminate: 'TerminateMachines',
  describe: 'DescribeMachines',
  list: 'ListMachines',
};

type Administer = (request: AdminInput) => Promise<AdminAnswer>;

/** The conformance controls of a simulated cloud, whichever way its administration is reached. */
export function cloudControls(
  administer: Administer,
): Omit<ConformanceControls, 'listPageSize' | 'wrongCredentials' | 'unreachable' | 'passTime'> {
  const act = async (request: AdminInput): Promise<void> => void (await administer(request));
  const made = async (request: AdminInput): Promise<string> => (await administer(request)).id ?? '';
  const limit = async (zone: string, machineType: string, machines: number) => {
    await act({ action: 'limit-room', zone, machineType, machines });
    return async () => act({ action: 'limit-room', zone, machineType, machines: null });
  };
  return {
    loseNextAnswer: async (operation) =>
      act({ action: 'inject', operation: OPERATION[operation], effect: 'lose' }),
    delayNextAnswer: async (operation, delayMs) =>
      act({ action: 'inject', operation: OPERATION[operation], effect: 'delay', delayMs }),
    throttleNext: async (operation, times) =>
      act({ action: 'inject', operation: OPERATION[operation], effect: 'throttle', times }),
    breakNext: async (operation) =>
      act({ action: 'inject', operation: OPERATION[operation], effect: 'break' }),
    sellOut: async (zone, machineType) => limit(zone, machineType, 0),
    limitStock: limit,
    exhaustQuota: async () => {
      await act({ action: 'exhaust-quota', on: true });
      return async () => act({ action: 'exhaust-quota', on: false });
    },
    skewClock: async (byMs) => {
      await act({ action: 'skew-clock', byMs });
      return async () => act({ action: 'skew-clock', byMs: 0 });
    },
    hideNewFor: async (forMs) => {
      await act({ action: 'hide-new', forMs });
      return async () => act({ action: 'hide-new', forMs: null });
    },
    deleteOutside: async (id) => act({ action: 'delete-outside', id }),
    createForeign: async () => made({ action: 'create-foreign' }),
    failNextBoot: async () => act({ action: 'inject', operation: 'RunMachines', effect: 'fail-boot' }),
    truncateNextListing: async () => act({ action: 'inject', operation: 'ListMachines', effect: 'truncate' }),
    expireSessions: async () => act({ action: 'expire-sessions' }),
    attachSatellite: async (machineId) => made({ action: 'attach-satellite', machineId }),
    reset: async () => act({ action: 'reset' }),
  };
}
