// The client against a real server. Scenarios of requests that this server does not know are skipped, and say so.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as net from "node:net";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, Disconnected, Refused } from "../src/index.js";
import { enrolled, knows, person, Served } from "./served.js";

let served: Served;
let client: Client;

before(async () => {
  served = await Served.begin();
  client = await served.client();
});
after(async () => {
  client.close();
  await served.remove();
});

const refusal = (fault: string) => (error: unknown) => error instanceof Refused && error.fault === fault && error.message.length > 0;

test("a client learns who answers, and where the log stands", async () => {
  assert.match(client.welcome.software, /^fodspor \d/);
  assert.ok(client.welcome.position >= 1);
  await client.ping();
  const stats = await client.stats();
  assert.ok(stats.connections >= 1);
  assert.ok(stats.logBytes > 0);
});

test("what is appended is read back as it was said", async () => {
  const appended = await client.append({ events: [enrolled(1), JSON.stringify(enrolled(2))] });
  assert.equal(appended.last, appended.first + 1);
  assert.equal(appended.repeated, false);
  const page = await client.read({ from: appended.first, to: appended.last });
  assert.equal(page.events.length, 2);
  assert.equal(page.next, undefined);
  const first = page.events[0];
  assert.equal(first?.position, appended.first);
  assert.equal(first.version, 1);
  assert.equal(first.event.type, "Enrolled");
  assert.equal(first.event.stream, person(1));
  assert.equal(first.event.facts["birth_year"], 1984);
  assert.ok(Math.abs(first.recordedAt.getTime() - Date.now()) < 60_000);
  const story = await client.read({ of: { stream: person(2) } });
  assert.deepEqual(story.events.map((event) => event.position), [appended.last]);
  const registered = await client.read({ of: { stream: "programme/roskilde" } });
  assert.equal(registered.events[0]?.event.type, "ProgrammeRegistered");
  const line = served.run(["log", "--json", "--from", String(first.position), "--to", String(first.position)]);
  assert.ok(line.includes(first.event.stream));
});

test("a batch that is sent again under its request id is written once", async () => {
  const batch = { events: [enrolled(10)], requestId: "visit-4711" };
  const first = await client.append(batch);
  const again = await client.append(batch);
  assert.equal(again.repeated, true);
  assert.equal(again.first, first.first);
  assert.equal((await client.read({ of: { stream: person(10) } })).events.length, 1);
});

test("a dry run writes nothing", async () => {
  const before = (await client.stats()).position;
  const appended = await client.append({ events: [enrolled(20)], dryRun: true });
  assert.equal(appended.first, 0);
  assert.equal((await client.stats()).position, before);
});

test("refusals are typed, and the connection goes on", async () => {
  const wrong = { ...enrolled(30), facts: { isced: 9 } };
  await assert.rejects(client.append({ events: [wrong] }), refusal("invalid"));
  await client.append({ events: [enrolled(31)], expected: { [person(31)]: "none" } });
  await assert.rejects(client.append({ events: [enrolled(31)], expected: { [person(31)]: "none" } }), refusal("conflict"));
  await assert.rejects(client.append({ events: [enrolled(31)], expected: { [person(31)]: 7 } }), refusal("conflict"));
  await assert.rejects(client.read({ of: { stream: "someone" } }), TypeError);
  const auditor = await served.client({ token: served.addToken(["--role", "auditor"]) });
  await assert.rejects(auditor.append({ events: [enrolled(32)] }), refusal("denied"));
  await auditor.ping();
  auditor.close();
  await assert.rejects(Client.connect({ address: served.address, token: "wrong" }), refusal("denied"));
});

test("any number of requests may be under way, and appends keep their order", async () => {
  const numbers = Array.from({ length: 500 }, (_, index) => 1000 + index);
  const appended = await Promise.all(
    numbers.flatMap((number) => [client.append({ events: [enrolled(number)] }), client.ping().then(() => undefined)]),
  );
  const positions = appended.flatMap((one) => (one ? [one.first] : []));
  assert.equal(positions.length, numbers.length);
  assert.deepEqual(positions, positions.toSorted((a, b) => a - b));
});

test("the whole log is read in as many answers as it takes", async () => {
  const positions: number[] = [];
  for await (const event of client.readAll({ most: 7 })) positions.push(event.position);
  const last = (await client.stats()).position;
  assert.deepEqual(positions, Array.from({ length: last }, (_, index) => index + 1));
});

test("a connection that is gone says so, to what is under way and to what comes after", async () => {
  const other = await served.client();
  const underWay = other.ping();
  other.close();
  await assert.rejects(underWay, Disconnected);
  await assert.rejects(other.ping(), Disconnected);
  await assert.rejects(Client.connect({ address: "unix:/nowhere/socket", token: "" }), Disconnected);
  await assert.rejects(Client.connect({ address: "nowhere", token: "" }), TypeError);
});

test("a server that sends no Cap'n Proto is left", async () => {
  const liar = net.createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
  await new Promise((resolve) => liar.once("listening", resolve));
  const { port } = liar.address() as net.AddressInfo;
  await assert.rejects(Client.connect({ address: `127.0.0.1:${port}`, token: "" }), Disconnected);
  liar.close();
});

test("after a killed server the same request ids leave each event exactly once", async () => {
  const victim = await served.client();
  const batch = (number: number) => ({ events: [enrolled(number)], requestId: `kill-${number}` });
  const numbers = Array.from({ length: 200 }, (_, index) => 5000 + index);
  const answers = numbers.map((number) => victim.append(batch(number)));
  const all = Promise.allSettled(answers);
  await answers[20];
  await served.kill();
  const settled = await all;
  client.close();
  client = await served.client();
  const again = await Promise.all(numbers.map((number) => client.append(batch(number))));
  settled.forEach((one, index) => {
    if (one.status === "rejected") assert.ok(one.reason instanceof Disconnected);
    else assert.equal(again[index]?.first, one.value.first);
  });
  for (const number of numbers.filter((_, index) => index % 20 === 0)) {
    assert.equal((await client.read({ of: { stream: person(number) } })).events.length, 1);
  }
});

test("events are followed into the live end, each once and in order, and a place is kept", async (t) => {
  if (!(await knows(client.keep("probe", 0)))) return t.skip("this server has no subscriptions");
  const until = (await client.stats()).position + 50;
  const seen: number[] = [];
  let live = 0;
  const following = client.follow({ window: 8, onProgress: (_, isLive) => (live += isLive ? 1 : 0) });
  const appending = (async () => {
    for (let i = 0; i < 50; ++i) await client.append({ events: [enrolled(9000 + i)] });
  })();
  for await (const event of following) {
    seen.push(event.position);
    if (event.position === 40) await client.keep("figures", 40);
    if (event.position === until) break;
  }
  await appending;
  assert.deepEqual(seen, Array.from({ length: until }, (_, index) => index + 1));
  assert.ok(live > 0);

  for await (const event of client.follow({ from: { kept: "figures" } })) {
    assert.equal(event.position, 41);
    break;
  }
  const stop = new AbortController();
  const quiet = client.follow({ from: "end", stream: person(1), signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  for await (const event of quiet) assert.fail(`event ${event.position} is none of that person's`);
  await assert.rejects(client.follow({ from: 1_000_000_000 }).next(), refusal("invalid"));
  await client.ping();
});

test("figures are asked for, with what was appended last in them", async (t) => {
  if (!(await knows(client.kpi()))) return t.skip("this server answers no questions");
  const appended = await client.append({ events: [enrolled(20_000)] });
  const answer = await client.kpi<{ position: number }>("roskilde", { atLeast: appended.last });
  assert.ok(answer.position >= appended.last);
  assert.equal(answer.yes, true);
  const typed = JSON.parse(served.run(["kpi", "--programme", "roskilde", "--json"])) as Record<string, unknown>;
  assert.deepEqual(Object.keys(answer.document), Object.keys(typed));
  await assert.rejects(client.question("kpi", ["--nothing"]), Refused);
  await assert.rejects(client.question("serve"), Refused);
});

test("the examples run as they stand", async (t) => {
  const run = (name: string, ...typed: string[]) =>
    promisify(execFile)(process.execPath, [fileURLToPath(new URL(`../examples/${name}.js`, import.meta.url)), ...typed], {
      env: { ...process.env, FODSPOR_ADDRESS: served.address, FODSPOR_TOKEN: served.token },
    });
  await t.test("append", async () => {
    const { stdout } = await run("append", person(30_000));
    assert.match(stdout, /written at position \d+/);
    assert.match((await run("append", person(30_000))).stdout, /was written before/);
  });
  await t.test("follow", async (t) => {
    if (!(await knows(client.keep("probe", 0)))) return t.skip("this server has no subscriptions");
    const first = await run("follow", "10");
    assert.equal(first.stdout.trim().split("\n").length, 10);
    const second = await run("follow", "1");
    assert.match(second.stdout, /^11 /);
  });
  await t.test("kpi", async (t) => {
    if (!(await knows(client.kpi()))) return t.skip("this server answers no questions");
    const { stdout } = await run("kpi", "roskilde");
    assert.match(stdout, /as of event \d+/);
  });
});
