export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat</title>
<link rel="stylesheet" href="page.css">
<main id="turns" aria-live="polite"><p class="empty">Say something to the model below.</p></main>
<p id="note" role="status"></p>
<form id="form">
  <input id="text" aria-label="What you say" placeholder="What do you say?" autocomplete="off" required>
  <button>Say</button>
  <button type="button" id="undo">Undo</button>
</form>
<script src="page.js"></script>
</html>
`;

export const STYLE = `
:root { color-scheme: light dark; --ink: #1f1f1f; --faint: #666; --line: #bdbdbd;
  --user: rgba(0,114,178,.16); --assistant: rgba(0,158,115,.16); }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --faint: #a5a5a5; --line: #666; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 8px; height: 100vh; display: flex; flex-direction: column; gap: 8px; color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif; }
main { flex: 1; overflow-y: auto; display: flex; flex-direction: column; gap: 8px; }
main p { margin: 0; padding: 8px; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46em; }
main p::before { content: attr(data-role); display: block; color: var(--faint); font-size: 12px; }
main .user { background: var(--user); }
main .assistant { background: var(--assistant); }
.empty, #note { color: var(--faint); font-size: 12px; }
.empty::before { content: none; }
#note { margin: 0; min-height: 1.5em; font-variant-numeric: tabular-nums; }
form { display: flex; gap: 8px; }
input { flex: 1; min-width: 0; }
input, button { font: inherit; color: inherit; padding: 6px 8px; border: 1px solid var(--line); background: none; }
`;

export const SCRIPT = `
const turns = document.getElementById("turns");
const note = document.getElementById("note");
const form = document.getElementById("form");
const text = document.getElementById("text");

function add(role, content) {
  turns.querySelector(".empty")?.remove();
  const turn = document.createElement("p");
  turn.className = role;
  turn.dataset.role = role;
  turn.textContent = content;
  turns.append(turn);
  turn.scrollIntoView({ block: "end" });
  return turn;
}

function show(list) {
  turns.replaceChildren();
  for (const { role, content } of list) add(role, content);
}

async function* events(response) {
  let rest = "";
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const parts = rest.split("\\n\\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part.slice("data: ".length));
  }
}

async function say(said) {
  add("user", said);
  const answer = add("assistant", "");
  note.textContent = "reading";
  const headers = { "content-type": "application/json" };
  const response = await fetch("say", { method: "POST", headers, body: JSON.stringify({ text: said }) });
  if (!response.ok) throw new Error((await response.json()).error.message);
  for await (const event of events(response)) {
    if (event.error) throw new Error(event.error.message);
    if (event.text) answer.textContent += event.text;
    if (event.cost) {
      const { promptTokens, cachedTokens, generatedTokens, seconds } = event.cost;
      note.textContent = cachedTokens + " tokens cached, " + (promptTokens - cachedTokens) + " read, " +
        generatedTokens + " generated in " + seconds.toFixed(1) + " s" +
        (event.cut ? "; no room for the " + event.cut + " oldest turns" : "");
    }
    answer.scrollIntoView({ block: "end" });
  }
}

form.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const said = text.value.trim();
  if (said === "") return;
  text.value = "";
  for (const control of form.elements) control.disabled = true;
  try {
    await say(said);
  } catch (error) {
    note.textContent = error.message + " \\u2013 run the cell again if the kernel has stopped.";
  }
  for (const control of form.elements) control.disabled = false;
  text.focus();
});

document.getElementById("undo").addEventListener("click", async () => {
  show((await (await fetch("undo", { method: "POST" })).json()).turns);
  note.textContent = "";
});

fetch("conversation").then((response) => response.json()).then(({ model, turns: list }) => {
  document.title = model;
  if (list.length > 0) show(list);
});
`;
