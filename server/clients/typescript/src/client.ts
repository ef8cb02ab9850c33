// A client of fodspor's socket. Every call may be made while others are under way; a call that the server refuses throws `Refused`, one whose
// connection is gone throws `Disconnected`.
import { randomUUID } from "node:crypto";
import type { ConnectionOptions } from "node:tls";
import { Answer, DocumentForm, Form, type Recorded, type Request } from "../generated/server/protocol.js";
import { Connection } from "./connection.js";
import { exact, recordedEvent, type NewEvent, type RecordedEvent } from "./events.js";
import { Following, type Follow } from "./following.js";
import { fillStream } from "./streams.js";

/** Of the protocol, as `server/protocol.capnp` has it. */
export const protocolVersion = 1;

export interface Options {
  /** `unix:/run/fodspor/socket`, `127.0.0.1:7411`, `[::1]:7411`, or `tls:ledger.example.org:7411`. */
  address: string;
  /** As `fodspor token add` showed it. */
  token: string;
  /** For `tls:` addresses: `ca`, and `cert` and `key` where the server asks for them. */
  tls?: ConnectionOptions;
  connectWithinMs?: number;
  /** Of one answer; 0: as long as it takes. A server that is later than that is given up, with all that is under way. */
  answerWithinMs?: number;
}

export interface Append {
  events: (NewEvent | string)[];
  /**
   * The client's own name for this batch, 1 to 128 bytes. Who keeps it beside what is to be written may send the batch again after any
   * failure, and it is written once. Without it, one at random: then nothing can be sent again.
   */
  requestId?: string;
  /** Check, and write nothing. */
  dryRun?: boolean;
  /** What a stream has to hold for the batch to stand: `"none"`, or the version of its last event. Streams not named: anything. */
  expected?: Record<string, "none" | number>;
}

export interface Appended {
  requestId: string;
  /** Positions of the batch's first and last event; 0 of a dry run. */
  first: number;
  last: number;
  /** Nothing was written now: it had been appended before, and this is its first answer. */
  repeated: boolean;
}

export interface Read {
  /** What to read; without it the log. `subject`: events of other streams that refer to it. `type`: a number of `events/vocabulary.h`. */
  of?: { stream: string } | { subject: string } | { type: number };
  /** A position; of a stream, a version. */
  from?: number;
  /** The last position to be read, of the log. */
  to?: number;
  /** Events in one answer; without it as many as the server gives at once. */
  most?: number;
}

export interface Page {
  events: RecordedEvent[];
  /** Read from here for what follows; nothing: that was all. */
  next: number | undefined;
  /** Of the last event that was durable. */
  position: number;
}

export interface Ask {
  language?: "en" | "da";
  /** The answer has to know this position, or more: that of one's own last append, say. */
  atLeast?: number;
  onProgress?: (done: number, of: number | undefined) => void;
  signal?: AbortSignal;
}

export interface Asked<T> {
  document: T;
  remarks: string[];
  /** False: the answer is no, as `kpi --check` has it. */
  yes: boolean;
  /** Of the last event that the answer knows. */
  position: number;
}

export interface Stats {
  position: number;
  logBytes: number;
  derivedBytes: number;
  connections: number;
  requests: number;
}

export class Client {
  private constructor(
    private readonly connection: Connection,
    private readonly withinMs: number,
    /** What the server said of itself. */
    readonly welcome: { software: string; position: number },
  ) {}

  static async connect(options: Options): Promise<Client> {
    const withinMs = options.answerWithinMs ?? 60_000;
    const connection = await Connection.open({
      address: options.address,
      connectWithinMs: options.connectWithinMs ?? 10_000,
      ...(options.tls && { tls: options.tls }),
    });
    try {
      const welcome = await connection.ask(
        (request) => {
          const hello = request._initHello();
          hello.version = protocolVersion;
          hello.token = options.token;
        },
        (answer) => ({ software: answer.welcome.software, position: exact(answer.welcome.position) }),
        withinMs,
      );
      return new Client(connection, withinMs, welcome);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** What is under way fails as `Disconnected`. */
  close(): void {
    this.connection.destroy();
  }

  async ping(): Promise<void> {
    await this.ask((request) => (request.ping = true), () => undefined);
  }

  async stats(): Promise<Stats> {
    return this.ask(
      (request) => (request.stats = true),
      ({ stats }) => ({
        position: exact(stats.position),
        logBytes: exact(stats.logBytes),
        derivedBytes: exact(stats.derivedBytes),
        connections: stats.connections,
        requests: exact(stats.requests),
      }),
    );
  }

  /** One batch, all of it or none; answered when it is on disk. Appends of one client are ordered as they were called. */
  async append(batch: Append): Promise<Appended> {
    const requestId = batch.requestId ?? randomUUID();
    return this.ask(
      (request) => {
        const append = request._initAppend();
        append.requestId = requestId;
        append.dryRun = batch.dryRun ?? false;
        const expected = Object.entries(batch.expected ?? {});
        const list = append._initExpected(expected.length);
        expected.forEach(([stream, version], index) => {
          const one = list.get(index);
          fillStream(one._initStream(), stream);
          if (version === "none") one.none = true;
          else one.version = version;
        });
        const json = append._initJson(batch.events.length);
        batch.events.forEach((event, index) => json.set(index, typeof event === "string" ? event : JSON.stringify(event)));
      },
      ({ appended }) => ({
        requestId,
        first: exact(appended.first),
        last: exact(appended.last),
        repeated: appended.repeated,
      }),
    );
  }

  /** One answer's worth of events; `next` says where to go on. */
  async read(what: Read = {}): Promise<Page> {
    return this.ask(
      (request) => {
        const read = request._initRead();
        const of = what.of;
        if (of === undefined) read.log = true;
        else if ("stream" in of) fillStream(read._initStream(), of.stream);
        else if ("subject" in of) fillStream(read._initSubject(), of.subject);
        else read.type = of.type;
        read.from = BigInt(what.from ?? 0);
        read.to = BigInt(what.to ?? 0);
        read.most = what.most ?? 0;
        read.form = Form.JSON;
      },
      ({ recorded }) => page(recorded),
    );
  }

  /** All of it, one answer after another. */
  async *readAll(what: Read = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    for (let from: number | undefined = what.from ?? 0; from !== undefined; ) {
      const { events, next } = await this.read({ ...what, from });
      yield* events;
      from = next;
    }
  }

  /** Events up to the end of the log, and then as they come: `for await (const event of client.follow()) …`. */
  follow(wanted: Follow = {}): Following {
    return new Following(this.connection, wanted, this.withinMs);
  }

  /** Keeps a place under a name, durably: `follow({ from: { kept: name } })` goes on after it. 0 forgets the name. */
  async keep(name: string, position: number): Promise<void> {
    await this.ask(
      (request) => {
        const keep = request._initKeep();
        keep.name = name;
        keep.position = BigInt(position);
      },
      ({ kept }) => kept.position,
    );
  }

  /** A question, as it would be typed: `question("kpi", ["--programme", "roskilde"])`; the answer is the document of `--json`. */
  async question<T = unknown>(command: string, typed: string[] = [], options: Ask = {}): Promise<Asked<T>> {
    return new Promise((resolve, reject) => {
      const { signal, onProgress } = options;
      const cancel = (): void => {
        this.ask((request) => (request.cancel = id), () => undefined).catch(() => undefined); // it may be answered already
      };
      const settle = (done: () => void): void => {
        signal?.removeEventListener("abort", cancel);
        done();
      };
      const id = this.connection.send(
        (request) => fillAsk(request, command, typed, options),
        (answer) => {
          if (answer.which() === Answer.PROGRESS) {
            const { done, of } = answer.progress;
            onProgress?.(exact(done), of === 0n ? undefined : exact(of));
            return false;
          }
          settle(() => {
            try {
              resolve(asked<T>(answer));
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
          return true;
        },
        (error) => settle(() => reject(error)),
      );
      if (signal?.aborted) cancel();
      else signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** The figures of a programme against its targets, or of all that the token speaks for. */
  async kpi<T = unknown>(programme?: string, options: Ask = {}): Promise<Asked<T>> {
    return this.question<T>("kpi", programme === undefined ? [] : ["--programme", programme], options);
  }

  private ask<T>(fill: (request: Request) => void, read: (answer: Answer) => T): Promise<T> {
    return this.connection.ask(fill, read, this.withinMs);
  }
}

function page(recorded: Recorded): Page {
  const events: RecordedEvent[] = [];
  for (const event of recorded.events) events.push(recordedEvent(event));
  return { events, next: recorded.next === 0n ? undefined : exact(recorded.next), position: exact(recorded.position) };
}

function fillAsk(request: Request, command: string, typed: string[], options: Ask): void {
  const ask = request._initAsk();
  ask.command = command;
  const list = ask._initArguments(typed.length);
  typed.forEach((argument, index) => list.set(index, argument));
  ask.form = DocumentForm.JSON;
  ask.language = options.language ?? "en";
  ask.atLeast = BigInt(options.atLeast ?? 0);
  ask.progress = options.onProgress !== undefined;
}

function asked<T>(answer: Answer): Asked<T> {
  const { content, remarks, status, position } = answer.document;
  return {
    document: JSON.parse(new TextDecoder().decode(content.toUint8Array())) as T,
    remarks: [...remarks],
    yes: status === 0,
    position: exact(position),
  };
}
