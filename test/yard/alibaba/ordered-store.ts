type Ordered = Readonly<{ id: string; order: number; regionId: string }>;

/** Things by id, and per region in the order in which they came: pages go on where they were whatever comes and goes. */
export class OrderedStore<T extends Ordered> {
  private readonly things = new Map<string, T>();
  private readonly regions = new Map<string, { list: T[]; gone: number }>();
  private order = 0;

  nextOrder(): number {
    this.order += 1;
    return this.order;
  }

  get size(): number {
    return this.things.size;
  }

  get(id: string): T | undefined {
    return this.things.get(id);
  }

  all(): IterableIterator<T> {
    return this.things.values();
  }

  add(thing: T): void {
    this.things.set(thing.id, thing);
    const region = this.regions.get(thing.regionId) ?? { list: [], gone: 0 };
    region.list.push(thing);
    this.regions.set(thing.regionId, region);
  }

  remove(id: string): T | undefined {
    const thing = this.things.get(id);
    if (thing === undefined) return undefined;
    this.things.delete(id);
    const region = this.regions.get(thing.regionId);
    if (region === undefined) return thing;
    region.gone += 1;
    if (region.gone > 64 && region.gone * 2 > region.list.length) {
      region.list = region.list.filter((entry) => this.things.has(entry.id));
      region.gone = 0;
    }
    return thing;
  }

  count(regionId: string): number {
    const region = this.regions.get(regionId);
    return region === undefined ? 0 : region.list.length - region.gone;
  }

  /** Newest first, from just below `before`. */
  *newest(regionId: string, before = Infinity): Generator<T> {
    const list = this.regions.get(regionId)?.list ?? [];
    for (let index = lastBelow(list, before); index >= 0; index -= 1) {
      const thing = list[index];
      if (thing !== undefined && this.things.has(thing.id)) yield thing;
    }
  }

  clear(): void {
    this.things.clear();
    this.regions.clear();
  }
}

/** Highest index whose order is below `before`; -1: none. */
function lastBelow(list: readonly Ordered[], before: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.order ?? Infinity) < before) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
