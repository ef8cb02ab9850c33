// One connection: requests go out under numbers of their own, and each answer finds the request that it belongs to. Any number may be under
// way, and answers may overtake one another.
import * as net from "node:net";
import * as tls from "node:tls";
import { Message } from "capnp-es";
import { Answer, Request } from "../generated/server/protocol.js";
import { Disconnected, Refused } from "./failure.js";
import { Frames } from "./frames.js";

/** An answer that is not a refusal. True: it was the last of its request. */
type Take = (answer: Answer) => boolean;

interface UnderWay {
  take: Take;
  fail: (error: Error) => void;
}

export interface Opened {
  address: string;
  tls?: tls.ConnectionOptions;
  connectWithinMs: number;
}

export class Connection {
  private readonly frames = new Frames();
  private readonly underWay = new Map<bigint, UnderWay>();
  private lastId = 0n;
  private ended: Error | undefined;

  private constructor(private readonly socket: net.Socket) {
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", (error: Error) => this.end(new Disconnected(error.message, { cause: error })));
    socket.on("close", () => this.end(new Disconnected("the server ended the connection")));
  }

  /** `unix:/path`, `127.0.0.1:7411`, `[::1]:7411`, or `tls:host:port`. */
  static open(options: Opened): Promise<Connection> {
    const [secure, target] = parse(options.address);
    return new Promise((resolve, reject) => {
      const socket = secure ? tls.connect({ minVersion: "TLSv1.3", ...options.tls, ...target }) : net.connect(target);
      const fail = (reason: string, cause?: Error): void => {
        socket.destroy();
        reject(new Disconnected(`${options.address}: ${reason}`, cause === undefined ? undefined : { cause }));
      };
      const late = setTimeout(() => fail(`no connection within ${options.connectWithinMs} ms`), options.connectWithinMs);
      const broken = (error: Error): void => {
        clearTimeout(late);
        fail(error.message, error);
      };
      socket.once("error", broken);
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(late);
        socket.off("error", broken);
        socket.setNoDelay(true);
        resolve(new Connection(socket));
      });
    });
  }

  /** Sends a request; `take` is called with each answer to it, until it says that this was the last. */
  send(fill: (request: Request) => void, take: Take, fail: (error: Error) => void): bigint {
    if (this.ended) {
      fail(this.ended);
      return 0n;
    }
    const message = new Message();
    const request = message.initRoot(Request);
    const id = ++this.lastId;
    request.id = id;
    fill(request);
    this.underWay.set(id, { take, fail });
    this.socket.write(new Uint8Array(message.toArrayBuffer()));
    return id;
  }

  /** The same where one answer is all; `read` has to copy what it wants to keep. */
  ask<T>(fill: (request: Request) => void, read: (answer: Answer) => T, withinMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      let late: NodeJS.Timeout | undefined;
      const id = this.send(
        fill,
        (answer) => {
          clearTimeout(late);
          try {
            resolve(read(answer));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          return true;
        },
        (error) => {
          clearTimeout(late);
          reject(error);
        },
      );
      if (withinMs > 0 && id !== 0n) {
        // Of a server that does not answer nothing is known any more, so this ends all that is under way.
        late = setTimeout(() => this.destroy(new Disconnected(`no answer within ${withinMs} ms`)), withinMs);
      }
    });
  }

  /** Nothing that still comes for that request is looked at. */
  forget(id: bigint): void {
    this.underWay.delete(id);
  }

  /** What is under way fails. */
  destroy(reason: Error = new Disconnected("this side ended the connection")): void {
    this.end(reason);
    this.socket.destroy();
  }

  private receive(bytes: Uint8Array): void {
    try {
      for (const message of this.frames.push(bytes)) this.dispatch(new Message(message, false).getRoot(Answer));
    } catch (error) {
      this.destroy(new Disconnected("what the server sent cannot be read", { cause: error }));
    }
  }

  private dispatch(answer: Answer): void {
    const of = this.underWay.get(answer.id);
    if (answer.which() === Answer.REFUSAL) {
      const refused = Refused.of(answer.refusal);
      // Id 0 answers no request: it says why the connection ends.
      if (answer.id === 0n) return this.end(refused);
      this.underWay.delete(answer.id);
      of?.fail(refused);
      return;
    }
    if (of?.take(answer)) this.underWay.delete(answer.id);
  }

  private end(reason: Error): void {
    if (this.ended) return;
    this.ended = reason;
    const all = [...this.underWay.values()];
    this.underWay.clear();
    for (const { fail } of all) fail(reason);
  }
}

function parse(address: string): [secure: boolean, target: { path: string } | { host: string; port: number }] {
  if (address.startsWith("unix:")) return [false, { path: address.slice("unix:".length) }];
  const secure = address.startsWith("tls:");
  const place = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d+)$/.exec(secure ? address.slice("tls:".length) : address);
  const host = place?.groups?.["v6"] ?? place?.groups?.["host"];
  const port = Number(place?.groups?.["port"]);
  if (host === undefined || !(port <= 65535)) {
    throw new TypeError(`'${address}' is no address: write unix:/path/of/socket, 127.0.0.1:7411, [::1]:7411 or tls:host:7411`);
  }
  return [secure, { host, port }];
}
