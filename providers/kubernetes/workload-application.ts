import { SpringtideError, asSpringtideError, canonicalJson } from '@springtide/kernel';
import type { CallOptions, WorkloadOrder, WorkloadSpec } from '@springtide/provider-kit';
import { z } from 'zod';
import { annotationJson } from './annotation-json.js';
import { readOwnership } from './ownership-marks.js';
import type { WireMetadata, WireWorkload } from './wire-objects.js';
import { PARTS, type Manifest, type ObjectKind } from './workload-kinds.js';
import { SPEC_ANNOTATION, manifestsOf, type Existing } from './workload-manifests.js';
import { WorkloadStore, nameOf } from './workload-store.js';

const LONGEST_CLUSTER_NAME = 63;
const ANY_CONTAINER = 'main';

type Part = Readonly<{ manifest: Manifest; known: WireMetadata | undefined }>;

/** One order, brought into the cluster: looked at whole before the first object is written. */
export class WorkloadApplication {
  #written = 0;

  constructor(
    private readonly store: WorkloadStore,
    private readonly order: WorkloadOrder,
    private readonly options: CallOptions,
  ) {}

  async run(): Promise<void> {
    const { spec } = this.order;
    refuseName(spec);
    const existing = await this.store.find(spec, this.options);
    if (existing !== undefined && this.#isDone(existing)) return;
    if (existing !== undefined) this.#refuseTaken(`workload ${nameOf(spec)}`, existing.metadata);
    const parts = await this.#look(manifestsOf(this.order, existing && existingOf(spec, existing)), existing);
    try {
      const workload = parts.at(-1);
      for (const { manifest, known } of parts.slice(0, -1)) await this.#write(manifest, known);
      await this.#prune(parts);
      // Last, because it carries the token: what bears the token of an order has all of that order.
      if (workload !== undefined) await this.#write(workload.manifest, workload.known);
    } catch (thrown) {
      throw this.#inPart(asSpringtideError(thrown));
    }
  }

  /** The same token again: with the same spec there is nothing to do, even if it was scaled since. */
  #isDone({ metadata }: WireWorkload): boolean {
    const ownership = readOwnership(metadata);
    if (ownership?.token !== this.order.token) return false;
    const before = annotationJson(metadata.annotations, SPEC_ANNOTATION);
    if (canonicalJson(before) === canonicalJson(this.order.spec)) {
      return !metadata.deletionTimestamp;
    }
    throw new SpringtideError(
      'conflict',
      `token ${this.order.token} was used for workload ${nameOf(this.order.spec)} with another spec; nothing was changed`,
      { retry: 'never' },
    );
  }

  async #look(manifests: readonly Manifest[], workload: WireWorkload | undefined): Promise<readonly Part[]> {
    const { namespace } = this.order.spec;
    const last = this.order.spec.kind === 'stateless' ? 'Deployment' : 'StatefulSet';
    const parts = await Promise.all(
      manifests.map(async (manifest): Promise<Part> => {
        if (manifest.of.kind === last) return { manifest, known: workload?.metadata };
        const { of, name } = manifest;
        return { manifest, known: await this.store.findPart(of, namespace, name, this.options) };
      }),
    );
    for (const { manifest, known } of parts) {
      if (known !== undefined) this.#refuseTaken(`${manifest.of.kind} ${namespace}/${manifest.name}`, known);
    }
    return parts;
  }

  #refuseTaken(what: string, metadata: WireMetadata): void {
    if (metadata.deletionTimestamp) {
      throw new SpringtideError('conflict', `${what} is still being removed; nothing was changed`, {
        retry: 'same',
        retryAfterMs: 2_000,
      });
    }
    if (this.order.adopt === true) return;
    if (readOwnership(metadata)?.installation === this.order.ownership.installation) return;
    throw new SpringtideError('already-exists', `${what} belongs to somebody else; nothing was changed`, {
      nextStep: 'Choose another name, or apply with `adopt` to take it over.',
    });
  }

  async #write(manifest: Manifest, known: WireMetadata | undefined): Promise<void> {
    const { namespace } = this.order.spec;
    try {
      await this.store.apply(manifest, namespace, known, this.options);
    } catch (thrown) {
      throw explained(asSpringtideError(thrown), namespace, known === undefined);
    }
    this.#written += 1;
  }

  /** What an earlier order made and this one no longer names. Volumes stay: they are data. */
  async #prune(parts: readonly Part[]): Promise<void> {
    const kept = new Set(parts.map(({ manifest }) => manifest.of.kind));
    await Promise.all(PARTS.filter(({ kind }) => !kept.has(kind)).map(async (of) => this.#pruneKind(of)));
  }

  async #pruneKind(of: ObjectKind): Promise<void> {
    const { spec, ownership } = this.order;
    const known = await this.store.findPart(of, spec.namespace, spec.name, this.options);
    if (known === undefined || readOwnership(known)?.installation !== ownership.installation) return;
    await this.store.delete(of, known, this.options);
  }

  /** A refusal after the first object is a refusal of a part: the caller must know that something is there. */
  #inPart(error: SpringtideError): SpringtideError {
    if (this.#written === 0 || error.effect === 'maybe') return error;
    return new SpringtideError(
      error.code,
      `${error.message}, but ${this.#written} parts of workload ${nameOf(this.order.spec)} were applied before it`,
      {
        effect: 'maybe',
        retry: error.retry,
        facts: error.facts,
        cause: error,
        nextStep: error.nextStep ?? 'Send the same order again to apply the rest, or remove the workload.',
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      },
    );
  }
}

function existingOf(spec: WorkloadSpec, { spec: live }: WireWorkload): Existing {
  const { containers } = live.template.spec;
  if (containers.length > 1) {
    throw new SpringtideError(
      'failed-precondition',
      `workload ${nameOf(spec)} has ${containers.length} containers per member and cannot be taken over; nothing was changed`,
    );
  }
  return {
    selector: live.selector.matchLabels,
    container: containers[0]?.name ?? ANY_CONTAINER,
    replicas: live.replicas,
  };
}

/** Kubernetes would say so too, but only after the first parts were applied. */
function refuseName(spec: WorkloadSpec): void {
  const names = [spec.name, spec.namespace, ...(spec.volumes ?? []).map(({ name }) => name)];
  const bad = names.find((name) => !nameSchema.safeParse(name).success);
  const long = (spec.volumes ?? []).find(({ name }) => `${spec.name}-${name}`.length > LONGEST_CLUSTER_NAME);
  if (bad === undefined && long === undefined) return;
  throw new SpringtideError(
    'invalid-argument',
    `${JSON.stringify(bad ?? long?.name)} is no name of 1–${LONGEST_CLUSTER_NAME} lower-case letters, digits and inner hyphens; nothing was changed`,
  );
}

const nameSchema = z.string().regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);

function explained(error: SpringtideError, namespace: string, created: boolean): SpringtideError {
  if (error.code === 'not-found') {
    return new SpringtideError(
      'failed-precondition',
      `there is no namespace "${namespace}" in the cluster; nothing was changed`,
      { cause: error, nextStep: 'Allocate the namespace to the tenant first.' },
    );
  }
  if (error.code !== 'conflict' || !created) return error;
  return new SpringtideError('conflict', `${error.message}; somebody made it at the same moment`, {
    retry: 'same',
    cause: error,
  });
}
