import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { PlaygroundOptions, PlaygroundRoom, RoomName } from "./types.js";

/** What the page shows of itself. */
export interface PageFacts {
  readonly title: string;
  readonly rooms: readonly PlaygroundRoom[];
}

const TITLES: Readonly<Record<RoomName, string>> = {
  next: "Next token",
  generate: "Generate",
  beams: "Beams",
  chat: "Chat",
  data: "Data set",
  training: "Training",
};

const roomNames: OptionNames<PlaygroundRoom> = { room: true, title: true };

const NAMES = Object.keys(TITLES) as RoomName[];

/** The page as it is where nobody says otherwise. */
export const WHOLE_PAGE: PageFacts = { title: "Logitbook", rooms: roomsOf() };

/** @throws OptionError for a room that there isn't, one that comes twice, or none at all */
export function roomsOf(rooms: PlaygroundOptions["rooms"] = NAMES): PlaygroundRoom[] {
  if (!Array.isArray(rooms) || rooms.length === 0) {
    throw new OptionError("rooms", rooms, `a list with one room at least, of ${NAMES.join(", ")}`);
  }
  const found = rooms.map((entry, at) => roomOf(entry, `rooms[${at}]`));
  const twice = found.findIndex(({ room }, at) => found.findIndex((other) => other.room === room) < at);
  if (twice >= 0) throw new OptionError(`rooms[${twice}]`, found[twice]?.room, "given once");
  return found;
}

function roomOf(entry: RoomName | PlaygroundRoom, option: string): PlaygroundRoom {
  const { room, title } =
    typeof entry === "string" ? { room: entry, title: TITLES[entry] } : named(entry, option);
  if (!NAMES.includes(room)) throw new OptionError(option, room, `one of ${NAMES.join(", ")}`);
  if (typeof title !== "string" || title === "") throw new OptionError(`${option}.title`, title, "a text");
  return { room, title };
}

function named(entry: PlaygroundRoom, option: string): PlaygroundRoom {
  assertKnownOptions(entry, roomNames, option);
  return entry;
}
