import type { CallOptions, OwnedWorkload } from '@springtide/provider-kit';
import { refuseForeign } from './foreign-workload.js';
import { INSTALLATION_LABEL, labelValue, readOwnership } from './ownership-marks.js';
import type { WireMetadata } from './wire-objects.js';
import { CLAIM, PARTS, WORKLOAD_OBJECT, type ObjectKind } from './workload-kinds.js';
import type { WorkloadStore } from './workload-store.js';

/** Takes a workload away: its scaler and parts with it, its members before it is called gone. */
export class WorkloadRemoval {
  constructor(
    private readonly store: WorkloadStore,
    private readonly target: OwnedWorkload,
    private readonly options: CallOptions,
  ) {}

  async run(volumes: 'keep' | 'delete'): Promise<'removing' | 'gone'> {
    const { target, store, options } = this;
    const found = await store.find(target, options);
    if (found !== undefined) {
      refuseForeign(target, found);
      if (!found.metadata.deletionTimestamp) {
        await store.delete(WORKLOAD_OBJECT[target.kind], found.metadata, options);
      }
    }
    const left = await Promise.all(PARTS.map(async (of) => this.#deleteAll(of)));
    // A claim in use would only be marked; members go first.
    const claims = volumes === 'delete' && found === undefined ? await this.#deleteAll(CLAIM) : false;
    const waiting = found !== undefined || claims || left.some(Boolean);
    return waiting ? 'removing' : 'gone';
  }

  /** True when there was something of ours. */
  async #deleteAll(of: ObjectKind): Promise<boolean> {
    const marked = await this.store.marked(of, this.target, this.options);
    const mine = marked.filter((metadata) => this.#isOurs(of, metadata));
    for (const metadata of mine) {
      if (!metadata.deletionTimestamp) await this.store.delete(of, metadata, this.options);
    }
    return mine.length > 0;
  }

  /** Claims made from a template carry the mark of the members, which has no annotation. */
  #isOurs(of: ObjectKind, metadata: WireMetadata): boolean {
    const owner = readOwnership(metadata)?.installation;
    if (owner !== undefined) return owner === this.target.installation;
    return of === CLAIM && metadata.labels[INSTALLATION_LABEL] === labelValue(this.target.installation);
  }
}
