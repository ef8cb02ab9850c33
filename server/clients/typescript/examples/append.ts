// Writes down that somebody was enrolled, once however often this runs:  node append.js participant/9f0c2d4e6a8b1c3d5e7f90a1b2c3d4e5
import { Client, Disconnected, Refused, type Append } from "../src/index.js"; // in a project of your own: "fodspor-client"

const options = {
  address: process.env["FODSPOR_ADDRESS"] ?? "unix:/run/fodspor/socket",
  token: process.env["FODSPOR_TOKEN"] ?? "",
};
const participant = process.argv[2] ?? "";

const batch: Append = {
  // Your own name for this batch. Keep it with what is to be written: then it can be sent again after any failure.
  requestId: `enrolment of ${participant}`,
  events: [
    {
      type: "Enrolled",
      stream: participant,
      programme: "roskilde",
      valid_from: "2021-03-08",
      source: "staff",
      facts: { labour_status: "unemployed" },
    },
  ],
};

for (let attempt = 1; ; ++attempt) {
  try {
    const client = await Client.connect(options);
    const appended = await client.append(batch);
    client.close();
    console.log(appended.repeated ? "was written before, at position" : "written at position", appended.first);
    break;
  } catch (error) {
    // A connection that broke leaves it open whether the batch was written, and a busy server has written nothing: ask again.
    const again = error instanceof Disconnected || (error instanceof Refused && error.fault === "busy");
    if (!again || attempt === 10) throw error;
    const wait = error instanceof Refused ? (error.retryMs ?? 1000) : 1000;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
