import { onBeforeUnmount, onMounted } from "vue";

/** Draws once the component is there, and again whenever the page turns light or dark. */
export function onTheme(draw: () => void): void {
  const observer = new MutationObserver(draw);
  onMounted(() => {
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    draw();
  });
  onBeforeUnmount(() => observer.disconnect());
}
