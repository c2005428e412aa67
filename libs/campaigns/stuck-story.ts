import { sentence, type Sentence, type StuckDecision } from '@springtide/contracts';
import type { StuckEffect } from '@springtide/effects/domain';
import { decimal } from '@springtide/kernel';

type Choice = StuckDecision['choice'];

/** What a choice does, and what it costs. */
export function effectOf(choice: Choice, effect: StuckEffect): readonly Sentence[] {
  const does =
    effect.kind === 'found-by-tag' ? sentence(`found.${choice}`, {}) : sentence(`choice.${choice}`, {});
  return choice === 'abandon' ? [does, costOf(effect)] : [does];
}

/** What was decided about it, by whom. */
export function decisionOf(who: string, decision: StuckDecision, effect: StuckEffect): readonly Sentence[] {
  const facts = { who, count: effect.items.length, kind: effect.kind };
  const decided =
    decision.choice === 'abandon'
      ? sentence('stuck.abandon', { ...facts, reason: decision.reason })
      : sentence(`stuck.${decision.choice}`, facts);
  return [decided, costOf(effect)];
}

export function costOf({ costPerHour, items }: StuckEffect): Sentence {
  if (costPerHour === null) return sentence('stuck.cost-unknown', { count: items.length });
  const { amount: perHour, currency } = costPerHour;
  const perDay = decimal(perHour).times(24).toFixed(2);
  return sentence('stuck.cost', { perHour, currency, perDay });
}
