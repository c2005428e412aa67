import type { PlanComparison, PlanPool } from '@springtide/contracts';
import { useLanguage, useText, type Text } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';
import { poolName } from '../plan/plan-reasons.js';
import { hardestPhase, servedShare } from './served-share.js';

type Props = Readonly<{
  comparison: PlanComparison;
  /** Names the second plan at the beginning of a sentence. */
  subject: string;
  pools: readonly PlanPool[];
}>;

/** Moves of machines that are worth a word; the table beside it has all. */
const MOVES = 3;

/** The difference as somebody would tell it. */
export function ComparisonWords({ comparison, subject, pools }: Props) {
  const text = useText();
  const format = useFormat();
  const language = useLanguage();
  const { before, after } = comparison;
  if (before.hash === after.hash) return <p>{text('compare.identical')}</p>;
  const words = { text, format };
  const moves = movesOf(words, comparison, pools);
  const sentences = [
    costWords(words, comparison, subject),
    machineWords(words, comparison),
    servedWords(words, comparison),
    ...(moves.length > 0 ? [text('compare.words.moves', { moves: moves.join(text('common.list')) })] : []),
  ];
  return <p className="in-words">{sentences.join(language === 'zh-CN' ? '' : ' ')}</p>;
}

type Words = Readonly<{ text: Text; format: Format }>;

function costWords({ text, format }: Words, comparison: PlanComparison, subject: string): string {
  const { before, after, costDifference } = comparison;
  const change = Number(costDifference.amount);
  const shown = { subject, after: format.money(after.cost) };
  if (change === 0) return text('compare.words.cost.same', shown);
  const base = Number(before.cost.amount);
  return text(`compare.words.cost.${change > 0 ? 'more' : 'less'}`, {
    ...shown,
    amount: format.money({ ...costDifference, amount: costDifference.amount.replace('-', '') }),
    percent: base > 0 ? format.percent(Math.abs(change) / base) : '–',
  });
}

function machineWords({ text, format }: Words, { before, after }: PlanComparison): string {
  const change = after.peakMachines - before.peakMachines;
  const way = change === 0 ? 'same' : change > 0 ? 'more' : 'less';
  return text(`compare.words.machines.${way}`, {
    before: format.number(before.peakMachines, 0),
    after: format.number(after.peakMachines, 0),
    count: format.number(Math.abs(change), 0),
  });
}

function servedWords({ text, format }: Words, { phases }: PlanComparison): string {
  const hardest = hardestPhase(phases);
  if (!hardest) return text('compare.words.served.all');
  const [was, is] = [servedShare(hardest, 'Before'), servedShare(hardest, 'After')];
  const short = text('compare.words.served.short', {
    phase: text(`phase.${hardest.phase}`),
    percent: format.percent(is),
    short: format.number(hardest.shortAfter, 0),
  });
  if (was === is) return short;
  const other = text(`compare.words.served.${was > is ? 'worse' : 'better'}`, {
    percent: format.percent(was),
  });
  return `${short} ${other}`;
}

function movesOf(
  { text, format }: Words,
  comparison: PlanComparison,
  pools: readonly PlanPool[],
): readonly string[] {
  return comparison.pools.slice(0, MOVES).map(({ poolId, machinesBefore, machinesAfter }) => {
    const change = machinesAfter - machinesBefore;
    return text(`compare.words.move.${change > 0 ? 'more' : 'less'}`, {
      count: format.number(Math.abs(change), 0),
      pool: poolName(pools, poolId),
    });
  });
}
