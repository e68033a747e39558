"""Drives a server with the unmodified `openai` package of Python, and prints what it got as one JSON object.

    python openai_client.py http://127.0.0.1:8080
"""

import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)
asked = {"model": "tiny", "messages": [{"role": "user", "content": "say it"}], "temperature": 0}
found = {"version": openai.__version__, "models": [model.id for model in client.models.list()]}

whole = client.chat.completions.create(**asked)
found["whole"] = [whole.choices[0].message.content, whole.choices[0].finish_reason, whole.usage.completion_tokens]

pieces, usage = [], None
for chunk in client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
    pieces += [choice.delta.content or "" for choice in chunk.choices]
    usage = chunk.usage
found["stream"] = pieces
found["usage"] = usage.total_tokens

three = client.chat.completions.create(**{**asked, "temperature": 1}, n=3, seed=1, max_tokens=4)
found["three"] = [choice.index for choice in three.choices]

told = client.chat.completions.create(**asked, logprobs=True, top_logprobs=2, max_tokens=2)
found["logprobs"] = [[entry.token, len(entry.top_logprobs)] for entry in told.choices[0].logprobs.content]

echoed = client.completions.create(model="tiny", prompt="say|", max_tokens=2, temperature=0, echo=True, logprobs=1)
found["echo"] = [echoed.choices[0].text, echoed.choices[0].logprobs.tokens, echoed.choices[0].logprobs.text_offset]

traced = client.chat.completions.create(**asked, max_tokens=1, extra_body={"logitbook": {"trace": {"top": 2}}})
found["trace"] = traced.choices[0].model_extra["logitbook"]["trace"][0]["chosen"]["text"]

found["errors"] = {}
for name, fields in {"bad": {"temperature": -1}, "missing": {"model": "huge"}, "unknown": {"extra_body": {"tempo": 1}}}.items():
    try:
        client.chat.completions.create(**{**asked, **fields})
    except openai.APIStatusError as error:
        found["errors"][name] = [type(error).__name__, error.status_code, error.body["param"]]

stream = client.chat.completions.create(**{**asked, "model": "failing"}, stream=True)
try:
    for chunk in stream:
        pass
except openai.APIError as error:
    found["errors"]["mid-stream"] = [type(error).__name__, error.body["type"]]

stopped = client.chat.completions.create(**asked, stream=True)
next(iter(stopped))
stopped.close()
print(json.dumps(found))
