// The figures of a programme against its targets:  node kpi.js roskilde
import { Client } from "../src/index.js"; // in a project of your own: "fodspor-client"

const client = await Client.connect({
  address: process.env["FODSPOR_ADDRESS"] ?? "unix:/run/fodspor/socket",
  token: process.env["FODSPOR_TOKEN"] ?? "",
});
// The same document as that of `fodspor kpi --programme roskilde --json`.
const { document, position, remarks } = await client.kpi(process.argv[2]);
console.log(JSON.stringify(document, undefined, 2));
for (const remark of remarks) console.error(remark);
console.log("as of event", position);
client.close();
