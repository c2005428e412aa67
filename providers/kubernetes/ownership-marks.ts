import { createHash } from 'node:crypto';
import type { Ownership } from '@springtide/provider-kit';
import { z } from 'zod';
import { annotationJson } from './annotation-json.js';

const PREFIX = 'springtide/';
const OWNERSHIP = `${PREFIX}ownership`;
const LABELS = `${PREFIX}labels`;

/** Labels of ours; what is selected by. Every value is the text itself, or its hash where Kubernetes would refuse it. */
export const INSTALLATION_LABEL = `${PREFIX}installation`;
export const INTENT_LABEL = `${PREFIX}intent`;
const TOKEN_LABEL = `${PREFIX}token`;
export const WORKLOAD_LABEL = `${PREFIX}workload`;

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY =
  /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

const ownershipSchema = z.object({
  installation: z.string().min(1),
  tenant: z.string().min(1),
  intent: z.string().min(1),
  token: z.string().min(1),
  campaign: z.string().optional(),
  service: z.string().optional(),
  releaseBy: z.string().optional(),
});

type Metadata = Readonly<{
  labels?: Readonly<Record<string, string>> | undefined;
  annotations?: Readonly<Record<string, string>> | undefined;
}>;

/** A label value that Kubernetes takes and that stays unique: 63 characters and few signs are allowed. */
export function labelValue(text: string): string {
  if (text !== '' && LABEL_VALUE.test(text)) return text;
  return `h-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

/** The mark on everything that belongs to a workload: labels to find it, one annotation that keeps every word whole. */
export function ownershipMarks(
  workload: string,
  ownership: Ownership,
  labels: Readonly<Record<string, string>>,
): Readonly<{ labels: Record<string, string>; annotations: Record<string, string> }> {
  return {
    labels: {
      ...usableLabels(labels),
      [WORKLOAD_LABEL]: labelValue(workload),
      [INSTALLATION_LABEL]: labelValue(ownership.installation),
      [INTENT_LABEL]: labelValue(ownership.intent),
      [TOKEN_LABEL]: labelValue(ownership.token),
    },
    annotations: { [OWNERSHIP]: JSON.stringify(ownership), [LABELS]: JSON.stringify(labels) },
  };
}

/** Undefined unless label and annotation agree: half a mark is nobody's permission to delete. */
export function readOwnership({ labels = {}, annotations = {} }: Metadata): Ownership | undefined {
  const parsed = ownershipSchema.safeParse(annotationJson(annotations, OWNERSHIP)).data;
  if (parsed === undefined) return undefined;
  if (labels[INSTALLATION_LABEL] !== labelValue(parsed.installation)) return undefined;
  const { campaign, service, releaseBy, ...mark } = parsed;
  return {
    ...mark,
    ...(campaign === undefined ? {} : { campaign }),
    ...(service === undefined ? {} : { service }),
    ...(releaseBy === undefined ? {} : { releaseBy }),
  };
}

/** The labels as they were given, also those that Kubernetes cannot hold as labels. */
export function readLabels({ labels = {}, annotations = {} }: Metadata): Record<string, string> {
  const given = z.record(z.string(), z.string()).safeParse(annotationJson(annotations, LABELS)).data;
  if (given !== undefined) return given;
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith(PREFIX)));
}

function usableLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key, value]) => {
      return LABEL_KEY.test(key) && LABEL_VALUE.test(value) && !key.startsWith(PREFIX);
    }),
  );
}
