import type { PlanBody, RunBody } from '@springtide/contracts';
import { Suspense, lazy } from 'react';
import { Spin } from 'antd';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Badge } from '../../shared/ui/badge.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import type { Sample } from './use-run.js';

/** The chart library is large and comes only when a run is looked at. */
const CapacityChart = lazy(async () => ({ default: (await import('./capacity-chart.js')).CapacityChart }));

type Props = Readonly<{ run: RunBody; samples: readonly Sample[]; plan: PlanBody | undefined }>;

export function CapacitySection({ run, samples, plan }: Props) {
  const text = useText();
  return (
    <Section title={text('run.capacity')} note={text('run.capacity-note')}>
      <NowTable run={run} />
      <div className="charts">
        {run.capacity.map(({ service }) => (
          <Suspense key={service} fallback={<Spin aria-label={text('common.loading')} />}>
            <CapacityChart service={service} samples={samples} plan={plan} />
          </Suspense>
        ))}
      </div>
    </Section>
  );
}

function NowTable({ run }: Readonly<{ run: RunBody }>) {
  const text = useText();
  const format = useFormat();
  const isOver = run.closedAt !== null;
  return (
    <Grid
      label={text('run.capacity')}
      rows={run.capacity}
      keyOf={(row) => row.service}
      empty={text('plan.no-capacity')}
      columns={[
        { key: 'service', title: text('common.service'), cell: (row) => row.service },
        {
          key: 'ready',
          title: text('run.ready-now'),
          numeric: true,
          cell: (row) => format.number(row.ready, 0),
        },
        {
          key: 'demand',
          title: text('run.demand-now'),
          numeric: true,
          cell: (row) => (isOver ? '–' : format.number(row.demand, 0)),
        },
        {
          key: 'verdict',
          title: text('common.state'),
          // What was wanted last is no shortage of what is closed.
          cell: (row) =>
            isOver ? (
              '–'
            ) : row.ready >= row.demand ? (
              <Badge tone="good">{text('plan.covered')}</Badge>
            ) : (
              <Badge tone="bad">
                {text('plan.short', { value: format.number(row.demand - row.ready, 0) })}
              </Badge>
            ),
        },
      ]}
    />
  );
}
