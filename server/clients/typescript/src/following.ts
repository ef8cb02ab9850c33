// A subscription as an async iterator. The server sends no more events than it has credit for, and gets new credit as they are taken out
// here, so that a slow consumer holds one window of events in memory and never the log.
import { Answer, Form, type Request } from "../generated/server/protocol.js";
import type { Connection } from "./connection.js";
import { exact, recordedEvent, type RecordedEvent } from "./events.js";
import { fillStream } from "./streams.js";

export interface Follow {
  /** Where to begin: a position; `"end"`, what is yet to come; or after the place that is kept under a name. Without it: the first event. */
  from?: number | "end" | { kept: string };
  /** Only events of these types, by their numbers in `events/vocabulary.h`. */
  types?: number[];
  /** Only what concerns these programmes. */
  programmes?: string[];
  /** Only this stream: `participant/9f0c…`. */
  stream?: string;
  /** Events that may be under way or wait here; 256 if it is not said. */
  window?: number;
  /** Ends the iteration without an error. */
  signal?: AbortSignal;
  /** Called when everything up to `through` has been looked at; `live` says that this was the end of the log. */
  onProgress?: (through: number, live: boolean) => void;
}

const usualWindow = 256;

export class Following implements AsyncIterableIterator<RecordedEvent> {
  private readonly waiting: RecordedEvent[] = [];
  private readonly window: number;
  private taken = 0; // since credit was given last
  private id = 0n;
  private ended = false;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly wanted: Follow,
    private readonly withinMs: number,
  ) {
    this.window = Math.max(1, wanted.window ?? usualWindow);
    this.id = connection.send(
      (request) => this.fill(request),
      (answer) => this.take(answer),
      (error) => this.stop(error),
    );
    if (wanted.signal?.aborted) void this.return();
    else wanted.signal?.addEventListener("abort", () => void this.return(), { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<RecordedEvent>> {
    for (;;) {
      const event = this.ended && !this.failure ? undefined : this.waiting.shift();
      if (event) {
        // Given back by halves of the window: neither a message an event, nor a pause at the window's end.
        if (++this.taken * 2 >= this.window) this.giveCredit();
        return { value: event, done: false };
      }
      if (this.failure) {
        const failure = this.failure;
        this.failure = undefined;
        throw failure;
      }
      if (this.ended) return { value: undefined, done: true };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** What `break` in a `for await` calls: nothing more comes when it is done. */
  async return(): Promise<IteratorResult<RecordedEvent>> {
    if (!this.ended) {
      this.stop();
      const cancelled = this.connection.ask((request) => (request.cancel = this.id), () => undefined, this.withinMs);
      // A subscription that has ended otherwise meanwhile needs no cancelling.
      await cancelled.catch(() => undefined);
      this.connection.forget(this.id);
    }
    return { value: undefined, done: true };
  }

  private fill(request: Request): void {
    const subscribe = request._initSubscribe();
    const { from, types, programmes, stream } = this.wanted;
    if (from === "end") subscribe.end = true;
    else if (typeof from === "object") subscribe.kept = from.kept;
    else subscribe.from = BigInt(from ?? 0);
    if (types) fillList(subscribe._initTypes(types.length), types);
    if (programmes) fillList(subscribe._initProgrammes(programmes.length), programmes);
    if (stream !== undefined) fillStream(subscribe._initStream(), stream);
    subscribe.form = Form.JSON;
    subscribe.credit = BigInt(this.window);
  }

  private take(answer: Answer): boolean {
    if (this.ended) return false;
    if (answer.which() !== Answer.FOLLOWED) {
      this.stop(new Error("the server answered a subscription with something else"));
      return true;
    }
    const followed = answer.followed;
    for (const event of followed.events) this.waiting.push(recordedEvent(event));
    this.wanted.onProgress?.(exact(followed.through), followed.live);
    this.wakeUp();
    return false;
  }

  private giveCredit(): void {
    const events = BigInt(this.taken);
    this.taken = 0;
    if (this.ended) return;
    const given = this.connection.ask(
      (request) => {
        const credit = request._initCredit();
        credit.subscription = this.id;
        credit.events = events;
      },
      () => undefined,
      this.withinMs,
    );
    given.catch((error: unknown) => this.stop(error instanceof Error ? error : new Error(String(error))));
  }

  private stop(failure?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = failure;
    this.wakeUp();
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = undefined;
  }
}

function fillList<T>(list: { set(index: number, value: T): void }, values: readonly T[]): void {
  values.forEach((value, index) => list.set(index, value));
}
