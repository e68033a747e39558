import { OptionError } from "../../core/errors.js";

/** Does a part of a run's work; an error about an option then names its field in the configuration: `training.batchSize`. */
export async function inSection<T>(section: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const { option, value, expected } = error;
    throw new OptionError(`${section}.${option}`, value, expected);
  }
}
