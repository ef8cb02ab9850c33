// Streams as people write them, "participant/9f0c…" and "programme/roskilde", and as the wire has them.
import type { Stream } from "../generated/server/protocol.js";

// StreamKind in events/ids.h.
const kinds = ["participant", "enterprise", "staff", "network", "programme", "portfolio", "ledger"] as const;
const named: readonly string[] = ["programme", "portfolio"];

export function fillStream(stream: Stream, text: string): void {
  const [kind = "", id = ""] = text.split("/", 2);
  const number = kinds.findIndex((name) => name === kind) + 1;
  const bytes = named.includes(kind) ? bytesOfName(id) : bytesOfHex(id);
  if (number === 0 || bytes === undefined) {
    throw new TypeError(`'${text}' is no stream: write participant/ and 32 hexadecimal digits, or programme/roskilde`);
  }
  const view = new DataView(bytes.buffer);
  stream.kind = number;
  stream.hi = view.getBigUint64(0);
  stream.lo = view.getBigUint64(8);
}

function bytesOfName(name: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[a-z0-9][a-z0-9_-]{0,15}$/.test(name)) return undefined;
  const bytes = new Uint8Array(16);
  new TextEncoder().encodeInto(name, bytes);
  return bytes;
}

function bytesOfHex(digits: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
