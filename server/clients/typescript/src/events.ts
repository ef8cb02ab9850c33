// Events as a client of JSON sees them, and where they stand in the log.
import type { Event } from "../generated/server/protocol.js";

/** An event to be appended: the object that `fodspor append` reads, one a line. `events/README.md` lists the types and their facts. */
export interface NewEvent {
  type: string;
  stream: string;
  source: string;
  programme?: string;
  valid_from?: string;
  valid_to?: string;
  facts: Record<string, unknown>;
  [field: string]: unknown;
}

export interface RecordedEvent {
  /** Its place in the log, from 1. */
  position: number;
  /** When the ledger wrote it; `recordedAtMicros` is the same to the microsecond. */
  recordedAt: Date;
  recordedAtMicros: number;
  /** Its number in its stream, from 1. */
  version: number;
  /** What `fodspor log --json` shows of it. */
  event: NewEvent;
}

// Positions and microseconds stay far below 2^53, which numbers hold exactly; what does not is no position.
export function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is more than a number holds exactly`);
  return number;
}

export function recordedEvent(event: Event): RecordedEvent {
  const micros = exact(event.recordedAt);
  return {
    position: exact(event.position),
    recordedAt: new Date(Math.floor(micros / 1000)),
    recordedAtMicros: micros,
    version: event.version,
    event: JSON.parse(event.json) as NewEvent,
  };
}
