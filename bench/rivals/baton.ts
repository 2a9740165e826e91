// Copyright 2026 the Tendril authors. MIT license.
/** What async functions need to hand control over by name: a promise made anew for each hop. */
export class Baton {
  #cell: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Lets the one that takes this baton go on. */
  pass(): void {
    this.#cell.resolve();
  }

  /** Waits until the baton is passed, once per pass. */
  async take(): Promise<void> {
    await this.#cell.promise;
    this.#cell = Promise.withResolvers();
  }
}
