import { ReleaseInput, RouteBody, RouteInput, routes, type TemplateBody } from '@springtide/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import { numberText, timeText } from '../output/readable.js';
import { factsOf, tableOf, type Section } from '../output/render.js';
import { toldText } from '../output/told-text.js';
import { readBody, readDocument } from '../session/documents.js';
import { routeId, templateId } from '../session/references.js';
import { flag, required, type CommandLine } from './command-line.js';

const FILE = {
  options: z.object({ file: z.string() }),
  flags: [required('-f, --file <path>', 'YAML or JSON; - for standard input')],
};

export function addTemplateCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'template', 'what a campaign scales: services and their measured capacity');
  line.verb(
    noun,
    'create',
    'store a template; a known name gets its next version',
    FILE,
    async ({ session, options }) => {
      const body = await readDocument(line.terminal, options.file);
      const template = await session.call(routes.templateCreate, { body });
      session.print(template, () => templateSections(template));
    },
  );
  line.verb(noun, 'list', 'templates, newest version of each', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.templateList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['version', (row) => row.version],
          ['services', (row) => row.services.map((service) => service.name).join(', ')],
          ['created', (row) => timeText(row.createdAt)],
          ['id', (row) => row.id],
        ],
        all,
      ),
    ]);
  });
  line.verb(
    noun,
    'get <template>',
    'one template, by name or id',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await templateId(session, reference);
      const template = await session.call(routes.templateGet, { params: { id } });
      session.print(template, () => templateSections(template));
    },
  );
}

export function addRouteCommands(program: Command, line: CommandLine): void {
  const noun = line.noun(program, 'route', 'traffic entrances');
  line.verb(
    noun,
    'create',
    'declare an entrance and the machines that serve it always',
    FILE,
    async ({ session, options }) => {
      const body = await readBody(line.terminal, options.file, RouteInput, RouteBody);
      const route = await session.call(routes.routeCreate, { body });
      session.print(route, () => routeSections(route));
    },
  );
  line.verb(noun, 'list', 'entrances and their live weights', {}, async ({ session }) => {
    const all = await session.all((cursor) =>
      session.call(routes.routeList, { query: { limit: 200, cursor } }),
    );
    session.print(all, () => [
      tableOf(
        [
          ['name', (row) => row.name],
          ['service', (row) => row.service],
          ['entrance', (row) => row.entrance ?? '-'],
          ['traffic', (row) => trafficText(row)],
          ['id', (row) => row.id],
        ],
        all,
      ),
    ]);
  });
  line.verb(
    noun,
    'get <route>',
    'one entrance, by name or id',
    {},
    async ({ session, args: [reference = ''] }) => {
      const id = await routeId(session, reference);
      const route = await session.call(routes.routeGet, { params: { id } });
      session.print(route, () => routeSections(route));
    },
  );
  line.verb(
    noun,
    'match <route>',
    'one step of a gray release: groups, who is matched to them, and their share; undone if it fails',
    {
      options: FILE.options.extend({ acceptNoEvidence: z.boolean().default(false) }),
      flags: [...FILE.flags, flag('--accept-no-evidence', 'also where nobody counts requests per group')],
    },
    async ({ session, args: [reference = ''], options }) => {
      const given = await readBody(line.terminal, options.file, ReleaseInput);
      const accepted = options.acceptNoEvidence ? { acceptNoEvidence: true } : {};
      const body = { ...given, watch: { ...given.watch, ...accepted } };
      const id = await routeId(session, reference);
      const before = await session.call(routes.routeGet, { params: { id } });
      session.progress('The step is applied and watched; it is undone if it fails …');
      const route = await session.call(routes.routeRelease, {
        params: { id },
        body,
        ifMatch: before.version,
      });
      const { reason, reasonSentences } = route.watched;
      const watched = toldText(reasonSentences, reason, session.options.language);
      session.print(route, () => [...routeSections(route), factsOf([['Watched', watched]])]);
    },
  );
}

function templateSections(template: TemplateBody): Section[] {
  return [
    factsOf([
      ['Name', template.name],
      ['Version', template.version],
      ['Id', template.id],
      ['Hash', template.hash],
      ['Created', timeText(template.createdAt)],
    ]),
    tableOf(
      [
        ['service', (row) => row.name],
        ['route', (row) => row.route],
        ['group', (row) => row.group],
        ['port', (row) => row.port],
        ['measurements', (row) => row.capacityModel.map(capacityText).join('; ')],
      ],
      template.services,
    ),
  ];
}

function capacityText(rule: TemplateBody['services'][number]['capacityModel'][number]): string {
  if ('machineType' in rule) return `${rule.machineType}: ${numberText(rule.requestsPerSecond)}/s`;
  if ('vcpu' in rule) return `${rule.family} × ${rule.vcpu} vCPU: ${numberText(rule.requestsPerSecond)}/s`;
  return `${rule.family}: ${numberText(rule.requestsPerSecondPerVcpu)}/s per vCPU`;
}

function routeSections(route: RouteBody): Section[] {
  const facts = factsOf([
    ['Name', route.name],
    ['Id', route.id],
    ['Service', route.service],
    ['Entrance', route.entrance],
    ['Problem', route.problem],
  ]);
  if (route.live === null) return [facts];
  return [
    facts,
    tableOf(
      [
        ['group', (row) => row.name],
        ['share %', (row) => row.weight],
        ['healthy', (row) => `${row.healthy} of ${row.members}`],
      ],
      route.live,
    ),
    ...(route.matches === null || route.matches.length === 0 ? [] : [matchSection(route.matches)]),
  ];
}

function matchSection(matches: NonNullable<RouteBody['matches']>): Section {
  return tableOf(
    [
      ['match', (row) => row.name],
      ['group', (row) => row.group],
      [
        'when',
        ({ when }) => ('header' in when ? `${when.header}: ${when.value}` : when.sourceRanges.join(', ')),
      ],
    ],
    matches,
  );
}

function trafficText(route: RouteBody): string {
  if (route.live === null) return route.problem ?? 'unknown';
  return route.live.map((group) => `${group.name} ${group.weight} %`).join(', ');
}
