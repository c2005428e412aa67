import { sentence, type Sentence } from '@springtide/contracts';

/** Counters of one group, cumulative, as the product that carries the traffic gives them. */
export type GroupCounters = Readonly<{
  group: string;
  requests: number;
  errors: number;
  answerTime?: Readonly<{ totalMs: number }> | Readonly<{ recentMs: number }>;
}>;

/** What one group did between two readings. */
export type GateSample = Readonly<{
  group: string;
  requests: number;
  errors: number;
  /** Mean time to answer; absent where nobody measures it. */
  answerMs?: number;
}>;

export type GatePolicy = Readonly<{
  /** Below so many requests a group says nothing either way. */
  minimumRequests: number;
  /** Highest share of failed requests. */
  maxErrorRatio: number;
  /** A group that takes so many times as long as the fastest beside it is slow, unless it answers within `ms` on average. */
  slow: Readonly<{ times: number; ms: number }>;
}>;

/** `judged`: at least one group that could be blamed had enough requests to say anything. */
export type GateVerdict = Readonly<{
  passed: boolean;
  judged: boolean;
  reason: string;
  /** The reason, for readers of any language. */
  why: Sentence;
}>;

/** Slower than that beside others is no matter of distance any more: something is wrong there. */
export const SLOW: GatePolicy['slow'] = { times: 3, ms: 500 };

/**
 * Whether a step of a shift may stay: no group with enough samples fails too often, and none is slow beside the others.
 * Where all are slow together, it is not the step that made them so, and the way back would help nobody.
 * @param relieved groups that the step takes traffic from: one that fails is a reason for the step, and none against it.
 */
export function judgeStep(
  samples: readonly GateSample[],
  policy: GatePolicy,
  relieved: ReadonlySet<string> = new Set(),
): GateVerdict {
  const telling = samples.filter(({ requests }) => requests > 0 && requests >= policy.minimumRequests);
  const blamed = telling.filter(({ group }) => !relieved.has(group));
  if (blamed.length === 0) {
    const reason = 'too few requests were counted to judge by';
    return { passed: true, judged: false, reason, why: sentence('gate.few', {}) };
  }
  for (const { group, requests, errors } of blamed) {
    const ratio = errors / requests;
    if (ratio <= policy.maxErrorRatio) continue;
    const percent = Math.round(ratio * 1000) / 10;
    const reason = `${percent} % of ${requests} requests failed in group ${group}`;
    const why = sentence('gate.failing', { percent, requests, group });
    return { passed: false, judged: true, reason, why };
  }
  const slow = slowBeside(telling, blamed, policy.slow);
  if (slow !== undefined) return { passed: false, judged: true, ...slow };
  const reason = 'no group failed or was slow above its limit';
  return { passed: true, judged: true, reason, why: sentence('gate.healthy', {}) };
}

function slowBeside(
  all: readonly GateSample[],
  blamed: readonly GateSample[],
  { times, ms }: GatePolicy['slow'],
): Pick<GateVerdict, 'reason' | 'why'> | undefined {
  const fastest = Math.min(...all.map(({ answerMs }) => answerMs ?? Infinity));
  const slow = blamed.find(({ answerMs = 0 }) => answerMs > ms && answerMs > times * fastest);
  if (slow?.answerMs === undefined) return undefined;
  const facts = { group: slow.group, ms: Math.round(slow.answerMs), fastest: Math.round(fastest) };
  return {
    reason: `group ${facts.group} took ${facts.ms} ms on average, others ${facts.fastest} ms`,
    why: sentence('gate.slow', facts),
  };
}

/** Differences of cumulative counters; a counter that went down belongs to a proxy that was restarted. */
export function countersBetween(
  before: readonly GroupCounters[],
  after: readonly GroupCounters[],
): readonly GateSample[] {
  const earlier = new Map(before.map((counters) => [counters.group, counters]));
  return after.map((counters) => {
    const base = earlier.get(counters.group);
    const isNew = base === undefined || base.requests > counters.requests || base.errors > counters.errors;
    const since: Omit<GroupCounters, 'group'> = isNew ? { requests: 0, errors: 0 } : base;
    const requests = counters.requests - since.requests;
    const answerMs = meanAnswerMs(counters, since, requests);
    return {
      group: counters.group,
      requests,
      errors: counters.errors - since.errors,
      ...(answerMs === undefined ? {} : { answerMs }),
    };
  });
}

function meanAnswerMs(
  { answerTime }: Pick<GroupCounters, 'answerTime'>,
  since: Pick<GroupCounters, 'answerTime'>,
  requests: number,
): number | undefined {
  if (answerTime === undefined || 'recentMs' in answerTime) return answerTime?.recentMs;
  const known =
    since.answerTime !== undefined && 'totalMs' in since.answerTime ? since.answerTime.totalMs : 0;
  return requests > 0 ? Math.max(0, answerTime.totalMs - known) / requests : undefined;
}
