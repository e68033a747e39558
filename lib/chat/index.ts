export { Conversation, type ConversationData, type Turn } from "./conversation.js";
export { loadConversation, saveConversation } from "./conversationJson.js";
export { conversationMarkdown } from "./markdown.js";
export { type ChatPrompt, chatPrompt, type PromptOptions, type PromptToken, promptIds } from "./prompt.js";
export { type Reply, type ReplyCost, type ReplyOptions, reply, replyBudget, replyStream } from "./reply.js";
