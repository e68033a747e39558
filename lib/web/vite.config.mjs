import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** The page lies beside the compiled library; it asks no other host for anything. */
export default defineConfig({
  plugins: [vue()],
  base: "./",
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 6000,
  },
});
