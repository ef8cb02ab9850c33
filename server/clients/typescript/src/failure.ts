// What may go wrong: the server refuses a request, or there is no connection to it.
import { Fault, type Refusal } from "../generated/server/protocol.js";

/** One word for each different thing that a client can do about it; `events/failure.h` tells what each means. */
export type FaultName =
  | "internal" | "invalid" | "conflict" | "busy" | "not_found" | "too_large" | "corrupt" | "poisoned" | "unavailable" | "unsupported"
  | "stopped" | "cancelled" | "denied";

const names: Record<Fault, FaultName> = {
  [Fault.INTERNAL]: "internal",
  [Fault.INVALID]: "invalid",
  [Fault.CONFLICT]: "conflict",
  [Fault.BUSY]: "busy",
  [Fault.NOT_FOUND]: "not_found",
  [Fault.TOO_LARGE]: "too_large",
  [Fault.CORRUPT]: "corrupt",
  [Fault.POISONED]: "poisoned",
  [Fault.UNAVAILABLE]: "unavailable",
  [Fault.UNSUPPORTED]: "unsupported",
  [Fault.STOPPED]: "stopped",
  [Fault.CANCELLED]: "cancelled",
  [Fault.DENIED]: "denied",
};

/** The server read the request and said no; the message is its sentence, and nothing was written. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly fault: FaultName;
  /** Of `busy`: when to come again. */
  readonly retryMs: number | undefined;

  constructor(fault: FaultName, message: string, retryMs?: number) {
    super(message);
    this.fault = fault;
    this.retryMs = retryMs;
  }

  static of(refusal: Refusal): Refused {
    const fault = names[refusal.fault] ?? "internal";
    return new Refused(fault, refusal.message, fault === "busy" ? refusal.retryMs : undefined);
  }
}

/**
 * There is no connection, or it broke: whether what was under way was carried out is not known. Connect again and ask again; an append under
 * the same request id, which is then written once whatever had become of it.
 */
export class Disconnected extends Error {
  override readonly name = "Disconnected";
}
