import { SpringtideError, type WrongPlace } from '@springtide/kernel';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import type { TemplateDocument } from './domain/index.js';

/** A document larger than this is refused before it is parsed. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_PROBLEMS = 20;

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter',
  );
const share = z.number().min(0).max(1);
const positive = z.number().positive();
const measured = { latencyTargetMs: positive, evidence: z.string().min(1).max(500) };

const capacityRule = z.union(
  [
    z.strictObject({
      machineType: z.string().min(1).max(100),
      requestsPerSecond: positive,
      ...measured,
    }),
    z.strictObject({
      family: z.string().min(1).max(100),
      vcpu: z.int().positive(),
      requestsPerSecond: positive,
      ...measured,
    }),
    z.strictObject({
      family: z.string().min(1).max(100),
      requestsPerSecondPerVcpu: positive,
      ...measured,
    }),
  ],
  {
    error:
      'must name latencyTargetMs and evidence, and either machineType with requestsPerSecond, ' +
      'or family and vcpu with requestsPerSecond, or family with requestsPerSecondPerVcpu',
  },
);

const imageName = z.string().min(1).max(300);
const image = z.union(
  [
    imageName.transform((text) => ({ default: text })),
    z
      .strictObject({
        default: z.exactOptional(imageName),
        providers: z.exactOptional(z.record(z.string(), imageName)),
        accounts: z.exactOptional(z.record(z.string(), imageName)),
      })
      .refine((value) => Object.keys(value).length > 0, 'must name at least one image'),
  ],
  { error: 'must be an image name, or an object with default, providers or accounts' },
);

/** An address that the service calls, as a private database. */
const reach = z.strictObject({
  name: z.string().min(1).max(60),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
});

/** What its machines fetch at their start. */
const setting = z.strictObject({
  name: z.string().min(1).max(60),
  kind: z.enum(['configuration', 'secret']),
  keptIn: z.string().min(1).max(200),
});

const service = z
  .strictObject({
    name,
    route: name,
    /** Backend group in the route; the service's own name unless said otherwise. */
    group: z.exactOptional(name),
    port: z.int().min(1).max(65_535),
    healthPath: z
      .string()
      .max(200)
      .regex(/^\/\S*$/, 'must begin with "/" and contain no white space')
      .default('/'),
    image,
    capacityModel: z.array(capacityRule).min(1, 'must hold at least one measurement').max(200),
    warmUpSeconds: z.number().min(0).max(3_600).default(0),
    headroom: z.number().min(0).max(5).default(0),
    minimumMachines: z.int().min(0).max(10_000).default(1),
    zoneLossFraction: share.default(0),
    spotMax: share.default(0),
    userData: z.exactOptional(z.string().max(16_384)),
    reaches: z.exactOptional(z.array(reach).max(50)),
    settings: z.exactOptional(z.array(setting).max(50)),
    homeKbitPerRequest: z.exactOptional(z.number().min(0).max(100_000_000)),
  })
  .transform(({ group, ...rest }) => ({ ...rest, group: group ?? rest.name }));

const templateSchema = z
  .strictObject({
    name,
    /** What this text expects to become; the next version when absent. */
    version: z.exactOptional(z.int().positive()),
    services: z.array(service).min(1, 'must hold at least one service').max(50),
  })
  .superRefine((template, check) => {
    const seen = new Set<string>();
    template.services.forEach((item, index) => {
      if (seen.has(item.name)) {
        check.addIssue({
          code: 'custom',
          path: ['services', index, 'name'],
          message: `is used twice: "${item.name}"`,
        });
      }
      seen.add(item.name);
    });
  });

/** For rows read back from the database: the same shape, already normalised. */
const storedSchema: z.ZodType<TemplateDocument> = z.object({
  name: z.string(),
  services: z.array(service),
});

export type ParsedTemplate = Readonly<{ document: TemplateDocument; expectedVersion: number | undefined }>;

/**
 * A template from YAML or JSON text.
 * @throws invalid-argument naming every problem with its line and column; nothing is stored then.
 */
export function parseTemplate(text: string): ParsedTemplate {
  if (text.length > MAX_CHARACTERS) {
    throw refusal([
      `the text is ${text.length} characters long, more than the ${MAX_CHARACTERS} that are read`,
    ]);
  }
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  if (yaml.errors.length > 0) {
    throw refusal(yaml.errors.map((error) => `${place(lines, error.pos[0])}: ${error.message}`));
  }
  const parsed = templateSchema.safeParse(plainValue(yaml));
  if (!parsed.success) {
    const { issues } = parsed.error;
    throw refusal(
      issues.map((issue) => describe(issue, yaml, lines)),
      { places: issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })) },
    );
  }
  const { version, ...document } = parsed.data;
  return { document, expectedVersion: version };
}

/** @throws internal when a stored row is not what this version of Springtide writes. */
export function readStoredTemplate(value: unknown): TemplateDocument {
  const parsed = storedSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SpringtideError(
    'internal',
    `a stored template cannot be read, so nothing can be planned from it: ${z.prettifyError(parsed.error)}`,
    { retry: 'never', effect: 'none', nextStep: 'Store the template again as a new version.' },
  );
}

function plainValue(yaml: Document): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    throw refusal([cause instanceof Error ? cause.message : String(cause)], { cause });
  }
}

function describe(issue: z.core.$ZodIssue, yaml: Document.Parsed, lines: LineCounter): string {
  const path = issue.path.map(String).join('.');
  const where = place(lines, offsetOf(yaml, issue.path));
  return `${where}: ${path === '' ? '' : `${path}: `}${issue.message}`;
}

/** Where the value stands, or its nearest existing parent: a missing key has no place of its own. */
function offsetOf(yaml: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = yaml.getIn(path.slice(0, depth), true);
    const range = (node as { range?: readonly number[] | null } | undefined)?.range;
    if (range?.[0] !== undefined) return range[0];
  }
  return yaml.contents?.range?.[0] ?? 0;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${Math.max(1, line)}, column ${Math.max(1, col)}`;
}

function refusal(
  problems: readonly string[],
  more: Readonly<{ places?: readonly WrongPlace[]; cause?: unknown }> = {},
): SpringtideError {
  const shown = problems.slice(0, MAX_PROBLEMS);
  const rest = problems.length - shown.length;
  const unseen = rest > 0 ? `\n  and ${rest} more` : '';
  return new SpringtideError(
    'invalid-argument',
    `the template was not stored:\n${shown.map((problem) => `  ${problem}`).join('\n')}${unseen}`,
    {
      nextStep: 'Correct these places and send the template again.',
      facts: { problems: problems.length },
      ...more,
    },
  );
}
