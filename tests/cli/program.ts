import { spawn } from "node:child_process";
import path from "node:path";

export const PROGRAM = path.resolve(import.meta.dirname, "../../lib/bin/logitbook.mjs");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Where models are kept. */
  readonly root: string;
  readonly input?: string | undefined;
  /** Runs it on a terminal of this many columns, where stdout and stderr are one. */
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What Python's standard library needs to be a terminal for a command. */
const TERMINAL = `
import fcntl, os, pty, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
try:
    while chunk := os.read(terminal, 65536):
        os.write(1, chunk)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** Runs the real program, with colours only if it is on a terminal. */
export function runProgram(args: readonly string[], options: ProgramOptions): Promise<Outcome> {
  const { root, input = "", columns, environment = {} } = options;
  const { NO_COLOR: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    TERM: "xterm-256color",
    LOGITBOOK_MODELS: path.join(root, "models"),
    ...environment,
  };
  const command = [process.execPath, PROGRAM, ...args];
  const [program = "", ...rest] =
    columns === undefined ? command : ["python3", "-c", TERMINAL, String(columns), ...command];
  const child = spawn(program, rest, { env });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  child.stdin.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...output })));
}
