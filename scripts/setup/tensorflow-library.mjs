import fs from "node:fs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./download.mjs").Package} Package */

/**
 * @typedef {object} Machine
 * @property {string} platform as in `process.platform`
 * @property {string} arch as in `process.arch`
 * @property {boolean} hasNvidia whether the driver of an NVIDIA device is loaded
 */

/**
 * @typedef {object} Library TensorFlow's C library, and where it comes from
 * @property {"CPU" | "CUDA"} computes
 * @property {Package} wheel with the library and its headers
 * @property {readonly Package[]} companions wheels whose libraries are to lie beside it
 * @property {number} megabytes free space that it takes to bring it
 */

/** TensorFlow's C library lies inside its Python wheel, and does not depend on the Python that the wheel is for. */
const CPU = wheel(
  "tensorflow-cpu==2.15.1",
  "tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26",
  207,
);
const CUDA = wheel(
  "tensorflow==2.15.1",
  "tensorflow-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  "bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4",
  475,
);

/** What the wheel asks for as `tensorflow[and-cuda]`, less the compiler and the profiler. */
const COMPANIONS = [
  nvidia("cublas", "12.2.5.6", "f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0", 418),
  nvidia("cuda_nvrtc", "12.2.140", "b1cdcae6443cb7cdcfb5d1bf51896a148c9f82f9e65b27db9ab095eaed689aa7", 23),
  nvidia("cuda_runtime", "12.2.140", "acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41", 1),
  nvidia("cudnn", "8.9.4.25", "9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723", 720),
  nvidia("cufft", "11.0.8.103", "72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67", 99),
  nvidia("curand", "10.3.3.141", "7b6bad6817b5df2a6f5ec221206fb895d9195fdd7d2443f3e86554108c141a0a", 56),
  nvidia("cusolver", "11.5.2.141", "5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da", 125),
  nvidia("cusparse", "12.1.2.141", "4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126", 195),
  nvidia("nccl", "2.16.5", "84695a4248138fb2ca12f5fd3defe986e790e71ccdaad51b2ca34ca4e83ef421", 189),
  nvidia("nvjitlink", "12.2.140", "95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9", 20),
];

/**
 * Which build of TensorFlow suits a machine. The one for CUDA has not been tried on a device.
 * @param {Machine} machine
 * @returns {Library}
 * @throws {SetupError} for a machine that no wheel with these hashes is for
 */
export function chooseLibrary({ platform, arch, hasNvidia }) {
  if (platform !== "linux" || arch !== "x64") {
    throw new SetupError(`No TensorFlow library is known for ${platform} on ${arch}.`, {
      wayOut: ["TensorFlow.js computes in JavaScript or WebAssembly instead."],
    });
  }
  return buildFor(hasNvidia);
}

/**
 * The build that a machine gets if it gets any.
 * @param {boolean} hasNvidia
 * @returns {Library}
 */
export function buildFor(hasNvidia) {
  return hasNvidia
    ? { computes: "CUDA", wheel: CUDA, companions: COMPANIONS, megabytes: 8000 }
    : { computes: "CPU", wheel: CPU, companions: [], megabytes: 1000 };
}

/** What its result depends on. @param {Library} library */
export function hashesOf({ wheel, companions }) {
  return [wheel, ...companions].map(({ sha256 }) => sha256);
}

/** Signs of a loaded driver: its entry in /proc, its device file, and its library in Windows Subsystem for Linux. */
const SIGNS = ["/proc/driver/nvidia/version", "/dev/nvidiactl", "/usr/lib/wsl/lib/libcuda.so.1"];

/**
 * This machine, as far as the choice depends on it.
 * @param {(file: string) => boolean} exists
 * @returns {Machine}
 */
export function thisMachine(exists = fs.existsSync) {
  return { platform: process.platform, arch: process.arch, hasNvidia: SIGNS.some((sign) => exists(sign)) };
}

/** @param {string} requirement @param {string} file @param {string} sha256 @param {number} megabytes @returns {Package} */
function wheel(requirement, file, sha256, megabytes) {
  return {
    client: "pip",
    requirement,
    file,
    sha256,
    megabytes,
    options: [
      "--only-binary=:all:",
      "--implementation=cp",
      "--python-version=3.11",
      "--abi=cp311",
      "--abi=none",
      "--platform=manylinux2014_x86_64",
    ],
  };
}

/** @param {string} part @param {string} version @param {string} sha256 @param {number} megabytes */
function nvidia(part, version, sha256, megabytes) {
  const name = `nvidia-${part.replace("_", "-")}-cu12`;
  const file = `nvidia_${part}_cu12-${version}-py3-none-manylinux1_x86_64.whl`;
  return wheel(`${name}==${version}`, file, sha256, megabytes);
}
