// A server of its own for a test: the program that $FODSPOR_PROGRAM names serves a new ledger with one programme in a folder of its own.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Disconnected, Refused, type NewEvent, type Options } from "../src/index.js";

const program = process.env["FODSPOR_PROGRAM"] ?? "fodspor";

export class Served {
  readonly token: string;
  private readonly folder = mkdtempSync(join(tmpdir(), "fodspor-client-"));
  private server: ChildProcess;

  private constructor() {
    this.run(["init"]);
    this.run(["append"], JSON.stringify(programme));
    this.token = this.addToken(["--role", "admin", "--microdata"]);
    this.server = this.start();
  }

  static async begin(): Promise<Served> {
    const served = new Served();
    (await served.client()).close();
    return served;
  }

  get address(): string {
    return `unix:${join(this.folder, "ledger", "fodspor.sock")}`;
  }

  addToken(typed: string[]): string {
    const answer = JSON.parse(this.run(["token", "add", "--json", ...typed])) as { token: string };
    return answer.token;
  }

  /** What the program answers on its own: the server has the ledger, and it is read beside it. */
  run(typed: string[], input = ""): string {
    return execFileSync(program, [...typed, "--ledger", join(this.folder, "ledger"), "--quiet"], { input, encoding: "utf8" });
  }

  /** As soon as the server listens. */
  async client(options: Partial<Options> = {}): Promise<Client> {
    for (const until = Date.now() + 10_000; ; await sleep(20)) {
      try {
        return await Client.connect({ address: this.address, token: this.token, ...options });
      } catch (error) {
        // A token that was just added is known within a second.
        const soon = error instanceof Disconnected || (error instanceof Refused && error.fault === "denied");
        if (!soon || Date.now() > until) throw error;
      }
    }
  }

  async kill(): Promise<void> {
    await this.end("SIGKILL");
    this.server = this.start();
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const ended = once(this.server, "exit");
      this.server.kill(signal);
      await ended;
    }
    return this.server.exitCode;
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true });
  }

  private start(): ChildProcess {
    return spawn(program, ["serve", "--ledger", join(this.folder, "ledger")], { stdio: "ignore" });
  }
}

/** Whether this server knows a request that older ones do not; with FODSPOR_NOTHING_MISSING=yes in the environment it has to. */
export async function knows(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (process.env["FODSPOR_NOTHING_MISSING"] === "yes") throw error;
    if (error instanceof Error && "fault" in error && error.fault === "unsupported") return false;
    throw error;
  }
}

const programme: NewEvent = {
  type: "ProgrammeRegistered",
  stream: "programme/roskilde",
  programme: "roskilde",
  valid_from: "2020-10-20",
  source: "staff",
  facts: {
    frame: {
      title: { en: "Lasting attachment", da: "Varig tilknytning" },
      starts: "2020-10-20",
      ends: "2023-03-31",
      check_in_days: 14,
      document: "S0",
    },
  },
};

export function person(number: number): string {
  return `participant/${number.toString(16).padStart(32, "0")}`;
}

export function enrolled(number: number): NewEvent {
  return {
    type: "Enrolled",
    stream: person(number),
    programme: "roskilde",
    valid_from: "2021-03-08",
    source: "staff",
    facts: { labour_status: "unemployed", birth_year: 1984 },
  };
}

