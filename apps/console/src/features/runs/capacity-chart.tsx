import type { PlanBody } from '@springtide/contracts';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useDarkness } from '../../app/theme.js';
import { useText } from '../../i18n/language.js';
import { useFormat, type Format } from '../../shared/format/format.js';
import { Chart } from '../../shared/ui/chart.js';
import { useNow } from '../../shared/ui/use-now.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { timeSpan } from '../campaigns/time-span.js';
import { demandSteps, plannedSteps, type Point } from './capacity-steps.js';
import type { Sample } from './use-run.js';

register([LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

type Props = Readonly<{ service: string; samples: readonly Sample[]; plan: PlanBody | undefined }>;

/** Demand, planned and ready capacity over the whole time line. Each line has its own dash, not only its own colour. */
export function CapacityChart({ service, samples, plan }: Props) {
  const text = useText();
  const format = useFormat();
  const dark = useDarkness();
  const campaign = useCampaign();
  const now = useNow(1_000);
  const span = timeSpan(campaign.phases);
  const demand = demandSteps(campaign, service);
  const planned = plan ? plannedSteps(plan, campaign, service) : [];
  const ready = samples.map((sample): Point => [sample.at, sample.ready[service] ?? 0]);
  const ink = dark ? '#dfe7ee' : '#22303c';
  const line = (
    name: string,
    data: readonly Point[],
    color: string,
    type: 'solid' | 'dashed' | 'dotted',
  ) => ({
    name,
    type: 'line' as const,
    step: 'end' as const,
    symbol: 'none',
    data: [...data],
    lineStyle: { color, type, width: 2.5 },
    itemStyle: { color },
    animation: false,
  });
  const option = {
    textStyle: { color: ink },
    grid: { left: 64, right: 20, top: 40, bottom: 28 },
    legend: { top: 4, textStyle: { color: ink } },
    tooltip: { trigger: 'axis' as const },
    xAxis: {
      type: 'time' as const,
      min: Math.min(span?.from ?? now, samples[0]?.at ?? now),
      max: Math.max(span?.to ?? now, samples.at(-1)?.at ?? 0),
      axisLabel: {
        color: ink,
        hideOverlap: true,
        formatter: (at: number) => format.clock(new Date(at).toISOString(), campaign.timeZone),
      },
      axisLine: { lineStyle: { color: ink } },
    },
    yAxis: {
      type: 'value' as const,
      axisLabel: { color: ink, formatter: (value: number) => format.number(value, 0) },
      splitLine: { lineStyle: { color: dark ? '#2d3944' : '#dbe2e8' } },
    },
    series: [
      line(text('common.demand'), demand, dark ? '#ffb454' : '#b45309', 'dashed'),
      line(text('plan.planned'), planned, dark ? '#9aa9b7' : '#5b6b7a', 'dotted'),
      {
        ...line(text('run.ready-now'), ready, dark ? '#4cc3a5' : '#0f766e', 'solid'),
        areaStyle: { opacity: 0.15 },
        markLine: {
          silent: true,
          symbol: 'none',
          label: { formatter: text('overview.now'), color: ink },
          lineStyle: { color: ink, type: 'solid' as const, width: 1 },
          data: [{ xAxis: now }],
        },
      },
    ],
  };
  return (
    <Chart
      title={text('run.chart', { service })}
      option={option}
      rows={tableOf(demand, planned, format, campaign.timeZone)}
    />
  );
}

function tableOf(
  demand: readonly Point[],
  planned: readonly Point[],
  format: Format,
  timeZone: string,
): readonly (readonly string[])[] {
  return demand.map(([at, value], index) => [
    format.time(new Date(at).toISOString(), timeZone),
    format.number(value, 0),
    format.number(planned[index]?.[1] ?? 0, 0),
  ]);
}
