// node streamingClient.mjs URL STREAMS BODY: so many streams of a request at once through the openai client. Writes a line when each has
// begun, and reads on until it is killed.
import OpenAI from "openai";

const [url, streams, body] = process.argv.slice(2);
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
await Promise.all(Array.from({ length: Number(streams) }, read));

async function read() {
  let begun = false;
  for await (const _ of await openai.completions.create({ ...JSON.parse(body), stream: true })) {
    if (!begun) console.log("begun");
    begun = true;
  }
}
