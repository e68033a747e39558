"""Sends prompts to `logitbook serve`, prints what follows them, and saves both as predictions.json.

    python predict.py NAME "This movie was great, I have to say " "This movie was terrible, I "

NAME is the model's name on the server. LOGITBOOK_URL names another server than http://127.0.0.1:8080, and
LOGITBOOK_API_KEY the key of one that asks for it.
"""

import json
import os
import sys
import urllib.request


def send_request(url: str, payload: list[dict]) -> dict:
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("LOGITBOOK_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(url, data=json.dumps(payload).encode(), headers=headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


name, *prompts = sys.argv[1:]
payload = [{name: prompt} for prompt in prompts]
url = os.environ.get("LOGITBOOK_URL", "http://127.0.0.1:8080")
response = send_request(f"{url}/predict", payload)
print(json.dumps(response, ensure_ascii=False, indent=4))

with open("predictions.json", "w", encoding="utf-8") as file:
    json.dump([{"request": payload, "response": response}], file, ensure_ascii=False, indent=4)
