/** How many more machines of a type a zone has; unknown: plenty. Released machines come back. */
export class Stock {
  private readonly free = new Map<string, number>();

  set(zone: string, machineType: string, free: number | null): void {
    if (free === null) this.free.delete(keyOf(zone, machineType));
    else this.free.set(keyOf(zone, machineType), free);
  }

  available(zone: string, machineType: string): number {
    return Math.max(0, this.free.get(keyOf(zone, machineType)) ?? Infinity);
  }

  take(zone: string, machineType: string, machines: number): void {
    this.change(zone, machineType, -machines);
  }

  giveBack(zone: string, machineType: string): void {
    this.change(zone, machineType, 1);
  }

  list(): readonly Readonly<{ zone: string; machineType: string; free: number }>[] {
    return [...this.free].map(([key, free]) => {
      const [zone = '', machineType = ''] = key.split(' ');
      return { zone, machineType, free };
    });
  }

  clear(): void {
    this.free.clear();
  }

  private change(zone: string, machineType: string, by: number): void {
    const key = keyOf(zone, machineType);
    const free = this.free.get(key);
    if (free !== undefined) this.free.set(key, free + by);
  }
}

function keyOf(zone: string, machineType: string): string {
  return `${zone} ${machineType}`;
}
