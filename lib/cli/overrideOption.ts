import type { Command } from "commander";
import { append } from "./repeated.js";

/** Adds `--set`, which puts a value over one field of a file. */
export function addOverrideOption(command: Command, what: string): Command {
  return command.option(
    "--set <field=value>",
    `changes one field of the ${what}; may be given several times`,
    append,
    [],
  );
}
