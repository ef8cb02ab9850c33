// Prints events as they come, and goes on where it stopped the next time that it runs:  node follow.js [HOW_MANY]
import { Client } from "../src/index.js"; // in a project of your own: "fodspor-client"

const client = await Client.connect({
  address: process.env["FODSPOR_ADDRESS"] ?? "unix:/run/fodspor/socket",
  token: process.env["FODSPOR_TOKEN"] ?? "",
});
const most = Number(process.argv[2] ?? Infinity);

// The server keeps this place for this client, under this name.
const place = "example-follow";
let seen = 0;

for await (const { position, recordedAt, event } of client.follow({ from: { kept: place } })) {
  console.log(position, recordedAt.toISOString(), event.type, event.stream);
  // After the work is done, not before: what was not kept comes again. Every event, or now and then, as you can afford to repeat.
  await client.keep(place, position);
  if (++seen === most) break;
}
client.close();
