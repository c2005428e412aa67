import type { VsphereYard } from './vsphere-yard.js';

/** The yard's rate card: small machines, so that a few hosts are many places. */
export const YARD_MACHINE_TYPES = [
  { name: 'private.small', vcpu: 1, memoryMiB: 1_024, pricePerHour: '0.0210' },
  { name: 'private.medium', vcpu: 2, memoryMiB: 2_048, pricePerHour: '0.0420' },
  { name: 'private.large', vcpu: 4, memoryMiB: 8_192, pricePerHour: '0.1150' },
] as const;

/** An account of the yard's vCenter, as a user would register it. */
export function vsphereAccount(
  yard: VsphereYard,
  changes: Readonly<Record<string, unknown>> = {},
): { settings: Record<string, unknown>; secret: { password: string } } {
  return {
    settings: {
      url: yard.url,
      user: yard.user,
      caPem: yard.caPem,
      currency: 'USD',
      machineTypes: YARD_MACHINE_TYPES,
      ...changes,
    },
    secret: { password: yard.password },
  };
}
