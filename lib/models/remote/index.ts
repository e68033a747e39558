export {
  openRemote,
  type RemoteChoice,
  type RemoteGenerateOptions,
  type RemoteModel,
  type RemoteOptions,
  type RemoteSequence,
} from "./remoteModel.js";
