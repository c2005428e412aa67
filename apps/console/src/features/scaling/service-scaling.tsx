import type { ScalingBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Facts, Figures } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { Told } from '../../shared/ui/told.js';
import { ActsOnIt } from './acts-on-it.js';
import { OpenedOnce } from './opened-once.js';
import { RestingGroup } from './resting-group.js';
import { ReadyTimes } from './ready-times.js';
import { ScalingEditor } from './scaling-editor.js';
import { settingOf } from './strategy-words.js';

const TONES = { out: 'busy', in: 'busy', hold: 'good' } as const;

type Props = Readonly<{ scaling: ScalingBody }>;

/**
 * One service: what is advised, who wants what, and how it became one number.
 * @param changeable false where another time is looked at: what is changed holds from now on.
 */
export function ServiceScaling({ scaling, changeable = false }: Props & Readonly<{ changeable?: boolean }>) {
  const text = useText();
  return (
    <Section title={scaling.service}>
      <Advice scaling={scaling} />
      <ActsOnIt group={scaling.group} />
      {scaling.rest !== null && <RestingGroup service={scaling.service} rest={scaling.rest} />}
      <h3>{text('scaling.strategies')}</h3>
      <Wants scaling={scaling} />
      <h3>{text('scaling.how')}</h3>
      <p>{text('scaling.rule')}</p>
      <p className="quiet">{text('scaling.applied')}</p>
      <ol className="reasons">
        {scaling.decision.reasons.map((reason, step) => (
          <li key={reason}>
            <Told sentences={scaling.decision.reasonSentences?.slice(step, step + 1)} english={reason} />
          </li>
        ))}
      </ol>
      <Rails scaling={scaling} />
      {changeable && (
        <OpenedOnce title={text('scaling.edit')}>
          <p className="quiet">{text('scaling.edit.note')}</p>
          <ScalingEditor service={scaling.service} settings={scaling} version={scaling.version} />
        </OpenedOnce>
      )}
      <details>
        <summary>{text('scaling.ready-times')}</summary>
        <ReadyTimes service={scaling.service} />
      </details>
    </Section>
  );
}

function Advice({ scaling }: Props) {
  const text = useText();
  const format = useFormat();
  const { current, decision, month } = scaling;
  const sums = (amounts: typeof month.spent): string =>
    amounts.length === 0 ? text('scaling.month.nothing') : amounts.map(format.money).join(', ');
  const spent = sums(month.spent);
  const change = Math.abs(decision.machines - (current ?? 0));
  return (
    <Figures
      items={[
        {
          label: text('scaling.current'),
          value: current === null ? text('scaling.current-unknown') : format.number(current, 0),
        },
        {
          label: text('scaling.advised'),
          value: format.number(decision.machines, 0),
          note: (
            <Badge tone={TONES[decision.action]}>
              {text(`scaling.action.${decision.action}`, { count: format.number(change, 0) })}
            </Badge>
          ),
        },
        {
          label: text('scaling.rails'),
          value: text('scaling.rails-of', {
            floor: format.number(scaling.floor, 0),
            ceiling: format.number(scaling.ceiling, 0),
          }),
        },
        {
          label: text('scaling.month.title'),
          value:
            month.limit === null
              ? text('scaling.month.unlimited', { spent })
              : text('scaling.month.of', { spent, limit: format.money(month.limit) }),
          note: text('scaling.month.projected', { projected: sums(month.projected) }),
        },
      ]}
    />
  );
}

function Wants({ scaling }: Props) {
  const text = useText();
  const format = useFormat();
  const { wants } = scaling.decision;
  const highest = Math.max(...wants.map(({ machines }) => machines ?? -1));
  const settings = new Map(
    scaling.strategies.map((strategy) => [strategy.id, settingOf(text, format, strategy)]),
  );
  return (
    <Grid
      label={text('scaling.strategies-of', { service: scaling.service })}
      rows={wants}
      keyOf={(row) => row.strategyId}
      empty={text('scaling.no-strategies')}
      columns={[
        { key: 'id', tight: true, title: text('scaling.strategy'), cell: (row) => row.strategyId },
        {
          key: 'kind',
          tight: true,
          title: text('calendar.kind'),
          cell: (row) => text(`scaling.kind.${row.kind}`),
        },
        { key: 'setting', title: text('scaling.setting'), cell: (row) => settings.get(row.strategyId) },
        {
          key: 'wants',
          tight: true,
          title: text('scaling.wants'),
          cell: ({ machines }) =>
            machines === null ? (
              <span className="quiet">{text('scaling.says-nothing')}</span>
            ) : (
              <>
                <strong>{format.number(machines, 0)}</strong>{' '}
                {machines === highest && <Badge tone="busy">{text('scaling.decides')}</Badge>}
              </>
            ),
        },
        {
          key: 'why',
          title: text('scaling.why'),
          cell: (row) => (
            <span className="sentence">
              <Told sentences={row.sentences} english={row.text} />
            </span>
          ),
        },
      ]}
    />
  );
}

function Rails({ scaling }: Props) {
  const text = useText();
  const format = useFormat();
  return (
    <Facts
      items={[
        {
          label: text('scaling.cooldown'),
          value: text('common.seconds', { value: format.number(scaling.cooldownSeconds, 0) }),
        },
        { label: text('scaling.largest-in'), value: format.percent(scaling.largestScaleIn) },
        { label: text('scaling.changed'), value: format.instant(scaling.updatedAt) },
      ]}
    />
  );
}
