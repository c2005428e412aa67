import type { TimelineEntry } from '@springtide/contracts';
import { knownKey, useText, type Text } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { Badge } from '../../shared/ui/badge.js';
import { Told } from '../../shared/ui/told.js';
import { poolName, type RunPools } from './run-pool-name.js';

const TONES = { info: 'idle', warning: 'warn', problem: 'bad' } as const;

type Props = Readonly<{
  entries: readonly TimelineEntry[];
  newestFirst?: boolean;
  /** What people call the pools that are told of. */
  pools?: RunPools;
}>;

export function Story({ entries, newestFirst = false, pools = [] }: Props) {
  const text = useText();
  const shown = newestFirst ? entries.toReversed() : entries;
  if (shown.length === 0) return <p className="quiet">{text('run.no-story')}</p>;
  return (
    <div className="story-frame" role="region" aria-label={text('run.story')} tabIndex={0}>
      <ol className="story" reversed={newestFirst}>
        {shown.map((entry) => (
          <Line key={entry.id} entry={entry} pools={pools} />
        ))}
      </ol>
    </div>
  );
}

function Line({ entry, pools }: Readonly<{ entry: TimelineEntry; pools: RunPools }>) {
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  return (
    <li className={entry.level}>
      <time dateTime={entry.at}>{format.time(entry.at, timeZone)}</time>
      <Badge tone={TONES[entry.level]}>{stepName(text, entry.step)}</Badge>
      <Told
        sentences={entry.sentences}
        english={entry.detail}
        timeZone={timeZone}
        nameOf={(id) => poolName(pools, id)}
      />
    </li>
  );
}

/** `phase.<name>.<what>` is said with the phase's name; a step this console does not know keeps its code. */
function stepName(text: Text, step: string): string {
  const [, phase = '', what = ''] = /^phase\.([a-z]+)\.([a-z]+)$/.exec(step) ?? [];
  const named = knownKey(`phase.${phase}`);
  const key = named ? knownKey(`step.phase.${what}`) : knownKey(`step.${step}`);
  if (!key) return step;
  return named ? text(key, { phase: text(named) }) : text(key);
}
