import path from "node:path";
import { CHECKPOINTS } from "../../models/trained/checkpointFolders.js";

/** Where things lie in the folder of a run. */
export interface RunFolder {
  readonly root: string;
  readonly config: string;
  readonly history: string;
  readonly curvePage: string;
  readonly curvePicture: string;
  readonly samples: string;
  readonly checkpoints: string;
}

export function runFolder(root: string): RunFolder {
  return {
    root,
    config: path.join(root, "config.yaml"),
    history: path.join(root, "history.csv"),
    curvePage: path.join(root, "curve.html"),
    curvePicture: path.join(root, "curve.png"),
    samples: path.join(root, "samples"),
    checkpoints: path.join(root, CHECKPOINTS),
  };
}
