import { ScalingInput, type ScalingBody } from '@springtide/contracts';

/** What people change most: how few, how many, and a number set by hand (none: the other strategies decide). */
export type Rails = Readonly<{ floor: number; ceiling: number; byHand: number | null }>;

const BY_HAND = 'by-hand';

export function railsOf({ floor, ceiling, strategies }: ScalingBody): Rails {
  const manual = strategies.find(({ kind }) => kind === 'manual');
  return { floor, ceiling, byHand: manual?.kind === 'manual' ? manual.machines : null };
}

/**
 * The same strategies with these rails. A number set by hand holds until it is changed; where it was not, it stays as it is,
 * with the instant until which it was meant.
 */
export function withRails(scaling: ScalingBody, { floor, ceiling, byHand }: Rails): ScalingInput {
  const { strategies, ...input } = ScalingInput.parse(scaling);
  if (byHand === railsOf(scaling).byHand) return { ...input, strategies, floor, ceiling };
  const id = strategies.find(({ kind }) => kind === 'manual')?.id ?? BY_HAND;
  const others = strategies.filter((strategy) => strategy.kind !== 'manual');
  const manual = { id, kind: 'manual', machines: byHand ?? 0, until: null } as const;
  return { ...input, floor, ceiling, strategies: byHand === null ? others : [manual, ...others] };
}
