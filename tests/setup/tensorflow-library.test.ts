import { describe, expect, test } from "vitest";
import { chooseLibrary, thisMachine } from "../../scripts/setup/tensorflow-library.mjs";

const linux = { platform: "linux", arch: "x64", hasNvidia: false };

describe("the build of TensorFlow", () => {
  test("is the small one without an NVIDIA device", () => {
    const { computes, wheel, companions } = chooseLibrary(linux);
    expect({ computes, requirement: wheel.requirement, companions }).toEqual({
      computes: "CPU",
      requirement: "tensorflow-cpu==2.15.1",
      companions: [],
    });
  });

  test("is the one for CUDA with such a device, each of its libraries once and by its hash", () => {
    const { computes, wheel, companions, megabytes } = chooseLibrary({ ...linux, hasNvidia: true });
    expect([computes, wheel.requirement]).toEqual(["CUDA", "tensorflow==2.15.1"]);
    expect(companions.map(({ requirement }) => requirement)).toContain("nvidia-cudnn-cu12==8.9.4.25");
    const all = [wheel, ...companions];
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(all.length);
    for (const { sha256, file } of all) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file).toMatch(/x86_64\.whl$/);
    }
    const download = all.reduce((sum, part) => sum + part.megabytes, 0);
    expect(megabytes).toBeGreaterThan(2 * download);
  });

  test.each([
    ["darwin", "arm64"],
    ["linux", "arm64"],
    ["win32", "x64"],
  ])("is none for %s on %s, device or not", (platform, arch) => {
    for (const hasNvidia of [false, true]) {
      expect(() => chooseLibrary({ platform, arch, hasNvidia })).toThrow(
        `No TensorFlow library is known for ${platform} on ${arch}.`,
      );
    }
  });
});

test.each([
  ["no file at all", [], false],
  ["the driver in /proc", ["/proc/driver/nvidia/version"], true],
  ["the device file alone, as in some containers", ["/dev/nvidiactl"], true],
  ["Windows Subsystem for Linux", ["/usr/lib/wsl/lib/libcuda.so.1"], true],
  ["another maker's card", ["/dev/dri/card0", "/dev/kfd"], false],
])("%s: %#", (_, files, hasNvidia) => {
  expect(thisMachine((file) => files.includes(file as never))).toMatchObject({ hasNvidia });
});
