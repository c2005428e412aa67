import { GraphChart } from 'echarts/charts';
import { TooltipComponent } from 'echarts/components';
import { init, use as register, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useDarkness } from '../../app/theme.js';

register([GraphChart, TooltipComponent, CanvasRenderer]);

export type GraphNode = Readonly<{
  key: string;
  label: string;
  /** More of the same colour belong together. */
  group: string;
  size: number;
  /** Drawn hollow: something points to it and nobody has seen it. */
  missing?: boolean;
}>;
export type GraphEdge = Readonly<{ from: string; to: string; label: string }>;

type Props = Readonly<{
  title: string;
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  onOpen?: (key: string) => void;
}>;

const COLOURS = ['#0b5394', '#0f766e', '#b45309', '#6b4fa0', '#a8201a', '#4d7c0f', '#0e7490', '#9d174d'];

/** Dots and arrows. What it shows is told as text beside it, for those who read rather than look. */
export function Graph({ title, nodes, edges, onOpen }: Props) {
  const dark = useDarkness();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const open = useRef(onOpen);
  open.current = onOpen;
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (event) => {
      if (event.dataType === 'node') open.current?.((event.data as { id: string }).id);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  // Drawn anew only when it is another picture: whoever looks has moved things about.
  const drawn = JSON.stringify({ nodes, edges });
  useEffect(() => {
    const picture = JSON.parse(drawn) as Pick<Props, 'nodes' | 'edges'>;
    const option = optionOf(picture.nodes, picture.edges, dark ? '#dfe7ee' : '#22303c');
    chart.current?.setOption(option, { notMerge: true });
  }, [drawn, dark]);
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} className="canvas topology" role="img" aria-label={title} />
    </figure>
  );
}

function optionOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[], ink: string) {
  const groups = [...new Set(nodes.map((node) => node.group))];
  const colourOf = (group: string): string => COLOURS[groups.indexOf(group) % COLOURS.length] ?? ink;
  return {
    tooltip: {},
    series: [
      {
        type: 'graph' as const,
        layout: 'force' as const,
        animation: false,
        roam: true,
        draggable: true,
        force: { repulsion: 260, edgeLength: 110, layoutAnimation: false },
        edgeSymbol: ['none', 'arrow'],
        edgeSymbolSize: 8,
        label: { show: true, position: 'bottom' as const, color: ink, fontSize: 11 },
        lineStyle: { color: ink, opacity: 0.45 },
        data: nodes.map((node) => ({
          id: node.key,
          name: node.label,
          symbolSize: node.size,
          itemStyle: node.missing
            ? { color: 'transparent', borderColor: ink, borderType: 'dashed' as const, borderWidth: 1.5 }
            : { color: colourOf(node.group) },
        })),
        links: edges.map((edge) => ({
          source: edge.from,
          target: edge.to,
          label: { show: true, formatter: edge.label, fontSize: 10, color: ink },
        })),
      },
    ],
  };
}
