/** Calls per minute window, as the vendor counts them: refused in this minute, welcome in the next. */
export class RateWindows {
  private window = -1;
  private counts = new Map<string, number>();

  take(key: string, perMinute: number, now: number): boolean {
    const window = Math.floor(now / 60_000);
    if (window !== this.window) {
      this.window = window;
      this.counts = new Map();
    }
    const count = this.counts.get(key) ?? 0;
    if (count >= perMinute) return false;
    this.counts.set(key, count + 1);
    return true;
  }

  clear(): void {
    this.counts.clear();
  }
}
