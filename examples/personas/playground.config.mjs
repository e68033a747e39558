/**
 * Dialogues of people with a persona, with a sample view of their own:
 *
 *     npx logitbook play --config examples/personas/playground.config.mjs
 *
 * `view` draws a record. What `safeHtml` is given is escaped, so that no record can smuggle in a tag; the page shows the
 * result in a frame that runs no script and asks no other host for anything.
 */
import { safeHtml } from "logitbook";

/** @typedef {{ name: string, persona: string[], turns: string[] }} Dialogue */

const STYLE = `
  ul { margin: 0 0 16px; padding-left: 20px; }
  p { margin: 0 0 8px; padding: 4px 12px; border-left: 3px solid #009e73; width: fit-content; max-width: 85%; }
  p.asked { border-left: 0; border-right: 3px solid #0072b2; margin-left: auto; }
  p.last { border-left-style: dashed; }
  small { display: block; opacity: 0.75; }`;

/** The last turn is what the model is to say. @param {Dialogue} dialogue */
function view({ name, persona, turns }) {
  const said = turns.map((text, at) => {
    const kind = at % 2 === 0 ? "asked" : at === turns.length - 1 ? "last" : "";
    return safeHtml`<p class="${kind}"><small>${at % 2 === 0 ? "A stranger" : name}</small>${text}</p>`;
  });
  return safeHtml`<style>${{ html: STYLE }}</style>
    <b>${name}</b><ul>${persona.map((fact) => safeHtml`<li>${fact}</li>`)}</ul>${said}`;
}

/** @param {Dialogue} dialogue */
function dialogue({ name, persona, turns }) {
  const said = turns.slice(0, -1).map((text, at) => `${at % 2 === 0 ? "Stranger" : name}: ${text}`);
  return {
    prompt: `${name} says of themselves: ${persona.join(" ")}\n\n${said.join("\n")}\n${name}:`,
    target: ` ${turns.at(-1)}`,
  };
}

/** @type {import("logitbook").PlaygroundOptions} */
export default {
  title: "Personas",
  models: ["smollm2"],
  corpora: {
    personas: {
      title: "24 short dialogues",
      licence: "Apache-2.0, made for this example",
      records: "personas.jsonl",
      view,
    },
  },
  templates: { dialogue },
  rooms: [{ room: "data", title: "Dialogues" }, { room: "next", title: "Word by word" }, "generate", "chat"],
};
