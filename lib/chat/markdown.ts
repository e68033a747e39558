import type { Conversation } from "./conversation.js";

/** The conversation for people to read. Nothing said in it can pass for a heading of it. */
export function conversationMarkdown({ system, turns }: Conversation): string {
  const parts = [
    ...(system === null ? [] : [["System", system] as const]),
    ...turns.map(({ role, content }) => [role === "user" ? "User" : "Assistant", content] as const),
  ];
  return parts.map(([speaker, content]) => `## ${speaker}\n\n${quoted(content)}\n`).join("\n");
}

function quoted(content: string): string {
  return content
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}
