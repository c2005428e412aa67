/** Counters of one group between two readings. */
export type GateSample = Readonly<{ group: string; requests: number; errors: number }>;

export type GatePolicy = Readonly<{
  /** Below so many requests a group says nothing either way. */
  minimumRequests: number;
  /** Highest share of failed requests. */
  maxErrorRatio: number;
}>;

export type GateVerdict = Readonly<{ passed: boolean; reason: string }>;

/** Whether a step of a shift may stay: no group with enough samples fails too often, unless all failed before as well. */
export function judgeStep(samples: readonly GateSample[], policy: GatePolicy): GateVerdict {
  for (const sample of samples) {
    if (sample.requests < policy.minimumRequests) continue;
    const ratio = sample.errors / sample.requests;
    if (ratio > policy.maxErrorRatio) {
      const percent = Math.round(ratio * 1000) / 10;
      return {
        passed: false,
        reason: `${percent} % of ${sample.requests} requests failed in group ${sample.group}`,
      };
    }
  }
  return { passed: true, reason: 'no group failed above its limit' };
}

/** Differences of cumulative counters; a counter that went down belongs to a proxy that was restarted. */
export function countersBetween(
  before: readonly GateSample[],
  after: readonly GateSample[],
): readonly GateSample[] {
  const earlier = new Map(before.map((sample) => [sample.group, sample]));
  return after.map((sample) => {
    const base = earlier.get(sample.group);
    if (base === undefined || base.requests > sample.requests || base.errors > sample.errors) return sample;
    return {
      group: sample.group,
      requests: sample.requests - base.requests,
      errors: sample.errors - base.errors,
    };
  });
}
