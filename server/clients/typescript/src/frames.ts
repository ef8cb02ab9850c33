// Messages out of a stream of bytes: Cap'n Proto's standard stream framing, a table of segment sizes and then the segments. It copies each
// byte once, into the message that it belongs to, and refuses a size before it takes memory for it.

const wordBytes = 8;
// More than this server ever sends; what claims more is no answer of it.
const segmentsMax = 512;
export const messageBytesMax = 64 * 1024 * 1024;

export class FramingError extends Error {
  override readonly name = "FramingError";
}

export class Frames {
  private pieces: Uint8Array[] = [];
  private held = 0;

  /** Adds bytes as they came, and gives the messages that are whole now, each with its table. */
  push(bytes: Uint8Array): ArrayBuffer[] {
    this.pieces.push(bytes);
    this.held += bytes.byteLength;
    const messages: ArrayBuffer[] = [];
    for (;;) {
      const size = this.sizeOfNext();
      if (size === undefined || this.held < size) return messages;
      messages.push(this.take(size));
    }
  }

  /** Whether bytes of a message have come that is not whole. */
  get begun(): boolean {
    return this.held > 0;
  }

  private sizeOfNext(): number | undefined {
    if (this.held < 4) return undefined;
    const segments = this.peek(4).getUint32(0, true) + 1;
    if (segments > segmentsMax) throw new FramingError(`a message claims ${segments} segments; at most ${segmentsMax} are read`);
    // The count and the sizes, filled up to a whole word.
    const table = Math.ceil((4 + segments * 4) / wordBytes) * wordBytes;
    if (this.held < table) return undefined;
    const view = this.peek(table);
    let size = table;
    for (let i = 0; i < segments; ++i) size += view.getUint32(4 + i * 4, true) * wordBytes;
    if (size > messageBytesMax) throw new FramingError(`a message claims ${size} bytes; at most ${messageBytesMax} are read`);
    return size;
  }

  private peek(size: number): DataView {
    const first = this.pieces[0];
    if (first !== undefined && first.byteLength >= size) return new DataView(first.buffer, first.byteOffset, size);
    const copy = new Uint8Array(size);
    let at = 0;
    for (const piece of this.pieces) {
      if (at === size) break;
      const part = piece.subarray(0, size - at);
      copy.set(part, at);
      at += part.byteLength;
    }
    return new DataView(copy.buffer);
  }

  private take(size: number): ArrayBuffer {
    const message = new Uint8Array(size);
    let at = 0;
    let whole = 0; // pieces that are used up
    for (const piece of this.pieces) {
      if (at === size) break;
      const part = piece.subarray(0, size - at);
      message.set(part, at);
      at += part.byteLength;
      if (part.byteLength < piece.byteLength) {
        this.pieces[whole] = piece.subarray(part.byteLength);
        break;
      }
      ++whole;
    }
    this.pieces.splice(0, whole);
    this.held -= size;
    return message.buffer;
  }
}
