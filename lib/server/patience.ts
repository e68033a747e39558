/** How long, in milliseconds, a reader may leave unread what waits for it. */
export const STALL_TIME = 30_000;

/** A time that runs out only while something waits: pauses add up. */
export class Patience {
  private pausedAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param left milliseconds
   * @param now a clock that only moves forward, in milliseconds
   */
  constructor(
    private left: number,
    private readonly now: () => number,
  ) {}

  /** @param onEnd called once the time is up, unless `resume` comes before */
  pause(onEnd: () => void): void {
    this.pausedAt = this.now();
    this.timer = setTimeout(onEnd, this.left);
  }

  /** Without a pause before it this does nothing. */
  resume(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.left = Math.max(0, this.left - (this.now() - this.pausedAt));
  }
}
