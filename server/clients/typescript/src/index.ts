export { Client, protocolVersion } from "./client.js";
export type { Append, Appended, Ask, Asked, Options, Page, Read, Stats } from "./client.js";
export type { NewEvent, RecordedEvent } from "./events.js";
export { Disconnected, Refused, type FaultName } from "./failure.js";
export { Following, type Follow } from "./following.js";
