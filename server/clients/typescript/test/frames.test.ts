import assert from "node:assert/strict";
import { test } from "node:test";
import { Message } from "capnp-es";
import { Request } from "../generated/server/protocol.js";
import { Frames, FramingError } from "../src/frames.js";

function request(id: bigint, command: string): Uint8Array {
  const message = new Message();
  const request = message.initRoot(Request);
  request.id = id;
  request._initAsk().command = command;
  return new Uint8Array(message.toArrayBuffer());
}

test("messages come out whole, wherever the stream is cut", () => {
  const sent = [request(1n, "kpi"), request(2n, "x".repeat(5000)), request(3n, "")];
  const stream = Buffer.concat(sent);
  for (let piece = 1; piece < 64; ++piece) {
    const frames = new Frames();
    const got: ArrayBuffer[] = [];
    for (let at = 0; at < stream.length; at += piece) got.push(...frames.push(stream.subarray(at, at + piece)));
    assert.equal(got.length, 3);
    assert.equal(frames.begun, false);
    got.forEach((message, index) => {
      assert.deepEqual(new Uint8Array(message), sent[index]);
      assert.equal(new Message(message, false).getRoot(Request).id, BigInt(index + 1));
    });
  }
});

test("what claims more than any server sends is refused before memory is taken for it", () => {
  const table = (...numbers: number[]): Uint8Array => new Uint8Array(Uint32Array.from(numbers).buffer);
  assert.throws(() => new Frames().push(table(0xffffffff)), FramingError);
  assert.throws(() => new Frames().push(table(600)), FramingError);
  assert.throws(() => new Frames().push(table(0, 0xffffffff)), FramingError);
  assert.throws(() => new Frames().push(table(1, 5_000_000, 5_000_000, 0)), FramingError);
  assert.deepEqual(new Frames().push(table(0, 1)), []);
});
