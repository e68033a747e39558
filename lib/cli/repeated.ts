import type { Command } from "commander";

/** Collects the values of an option that may be given several times, from an empty list on. */
export function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Makes an option with one value that is given twice an error, in all commands: otherwise the last one would win. */
export function refuseRepeated(program: Command): void {
  for (const command of program.commands) {
    for (const option of command.options) {
      const takesOne = (option.required || option.optional) && !option.variadic && option.parseArg !== append;
      if (!takesOne) continue;
      let given = false;
      command.on(`option:${option.name()}`, () => {
        if (given) command.error(`error: ${option.long ?? option.short} is given twice: give it once`);
        given = true;
      });
    }
  }
}
