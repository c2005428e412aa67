import type { CurvePoint, ReportCurve } from '@springtide/contracts';
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useDarkness } from '../../app/theme.js';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Chart } from '../../shared/ui/chart.js';
import { useCampaign } from '../campaigns/campaign-page.js';

register([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

type Dash = 'solid' | 'dashed' | 'dotted';

/** Planned against actual of one service. Each line has its own dash, not only its own colour. */
export function ReportChart({ curve }: Readonly<{ curve: ReportCurve }>) {
  const text = useText();
  const format = useFormat();
  const dark = useDarkness();
  const { timeZone } = useCampaign();
  const ink = dark ? '#dfe7ee' : '#22303c';
  const line = (name: string, points: readonly CurvePoint[], color: string, type: Dash, steps = true) => ({
    name,
    type: 'line' as const,
    ...(steps ? { step: 'end' as const } : {}),
    symbol: 'none',
    data: points.map(({ at, requestsPerSecond }) => [Date.parse(at), requestsPerSecond]),
    lineStyle: { color, type, width: 2 },
    itemStyle: { color },
    animation: false,
  });
  const taken =
    curve.taken === null
      ? []
      : [line(text('after.taken'), curve.taken, dark ? '#ff8a65' : '#c2410c', 'solid', false)];
  const option = {
    textStyle: { color: ink },
    grid: { left: 64, right: 20, top: 40, bottom: 28 },
    legend: { top: 4, textStyle: { color: ink } },
    tooltip: { trigger: 'axis' as const },
    xAxis: {
      type: 'time' as const,
      axisLabel: {
        color: ink,
        hideOverlap: true,
        formatter: (at: number) => format.clock(new Date(at).toISOString(), timeZone),
      },
      axisLine: { lineStyle: { color: ink } },
    },
    yAxis: {
      type: 'value' as const,
      axisLabel: { color: ink, formatter: (value: number) => format.number(value, 0) },
      splitLine: { lineStyle: { color: dark ? '#2d3944' : '#dbe2e8' } },
    },
    series: [
      line(text('common.demand'), curve.demand, dark ? '#ffb454' : '#b45309', 'dashed'),
      line(text('plan.planned'), curve.planned, dark ? '#9aa9b7' : '#5b6b7a', 'dotted'),
      line(text('run.ready-now'), curve.ready, dark ? '#4cc3a5' : '#0f766e', 'solid'),
      ...taken,
    ],
  };
  const rows = curve.demand.map(({ at, requestsPerSecond }, index) => [
    format.time(at, timeZone),
    format.number(requestsPerSecond, 0),
    format.number(curve.planned[index]?.requestsPerSecond ?? 0, 0),
  ]);
  return (
    <>
      <Chart title={text('after.chart', { service: curve.service })} option={option} rows={rows} />
      {curve.taken === null && <p className="quiet">{text('after.not-counted')}</p>}
    </>
  );
}
