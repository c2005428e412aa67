import { Select } from 'antd';
import { routes, type TopologyBody } from '@springtide/contracts';
import { useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useText, type Text } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Grid } from '../../shared/ui/grid.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { Graph } from './graph.js';

const DEPTHS = [1, 2, 3] as const;
type Node = TopologyBody['nodes'][number];

/** What a resource hangs on and what hangs on it, as a picture and as a list. */
export function Neighbourhood({ of }: Readonly<{ of: string }>) {
  const text = useText();
  const [depth, setDepth] = useState<number>(1);
  const answer = useAnswer(routes.topologyAround, { query: { of, depth } }, { everyMs: 30_000 });
  return (
    <>
      <div className="filters">
        <Select
          aria-label={text('topology.depth')}
          value={depth}
          onChange={setDepth}
          options={DEPTHS.map((steps) => ({ value: steps, label: text('topology.steps', { steps }) }))}
          className="filter"
        />
      </div>
      <Waiting answer={answer}>{(map) => <Picture map={map} />}</Waiting>
    </>
  );
}

function Picture({ map }: Readonly<{ map: TopologyBody }>) {
  const text = useText();
  const go = useNavigate();
  const nodes = useMemo(
    () =>
      map.nodes.map((node) => ({
        key: node.key,
        label: labelOf(node, text),
        group: node.type,
        size: node.distance === 0 ? 34 : 20,
        missing: node.id === null,
      })),
    [map, text],
  );
  const edges = useMemo(
    () => map.edges.map((edge) => ({ ...edge, label: text(`relation.${edge.kind}`) })),
    [map, text],
  );
  const open = (key: string): void => {
    const node = map.nodes.find((one) => one.key === key);
    if (node?.id != null && node.key !== map.root) void go(`/inventory/${node.id}`);
  };
  return (
    <>
      <Graph title={text('topology.picture')} nodes={nodes} edges={edges} onOpen={open} />
      {map.cut && <p className="quiet">{text('topology.cut')}</p>}
      <EdgeGrid map={map} />
      <Groups map={map} />
    </>
  );
}

function labelOf(node: Node, text: Text): string {
  const name = node.name || node.resourceId;
  return node.id === null ? text('topology.missing', { name }) : name;
}

function EdgeGrid({ map }: Readonly<{ map: TopologyBody }>) {
  const text = useText();
  const nodes = new Map(map.nodes.map((node) => [node.key, node]));
  return (
    <Grid
      label={text('topology.picture')}
      rows={map.edges}
      keyOf={(edge) => `${edge.from} ${edge.kind} ${edge.to}`}
      empty={text('topology.alone')}
      columns={[
        { key: 'from', title: text('topology.from'), cell: (edge) => <Named node={nodes.get(edge.from)} /> },
        { key: 'kind', title: text('topology.how'), cell: (edge) => text(`relation.${edge.kind}`) },
        { key: 'to', title: text('topology.to'), cell: (edge) => <Named node={nodes.get(edge.to)} /> },
      ]}
    />
  );
}

function Named({ node }: Readonly<{ node: Node | undefined }>) {
  const text = useText();
  if (node === undefined) return <>–</>;
  return (
    <>
      <span className="quiet">{text(`type.${node.type}`)} </span>
      {node.id === null ? (
        labelOf(node, text)
      ) : (
        <Link to={`/inventory/${node.id}`}>{node.name || node.resourceId}</Link>
      )}
    </>
  );
}

/** Groups that are too large to be drawn, as numbers. */
function Groups({ map }: Readonly<{ map: TopologyBody }>) {
  const text = useText();
  const drawn = (key: string, type: string): number =>
    map.edges.filter((edge) => edge.to === key && map.nodes.find((n) => n.key === edge.from)?.type === type)
      .length;
  const groups = map.nodes.flatMap((node) =>
    (node.dependants ?? [])
      .filter((group) => group.count > drawn(node.key, group.type))
      .map((group) => ({ ...group, node })),
  );
  if (groups.length === 0) return null;
  return (
    <ul aria-label={text('topology.more')}>
      {groups.map(({ node, type, kind, count }) => (
        <li key={`${node.key} ${type} ${kind}`}>
          {text('topology.group', {
            count,
            type: text(`type.${type}`),
            how: text(`relation.${kind}`),
            name: node.name || node.resourceId,
          })}
        </li>
      ))}
    </ul>
  );
}
