"""Sends prompts to `logitbook serve`, prints what follows them, and saves both as predictions.json.

    python predict.py NAME "This movie was great, I have to say " "This movie was terrible, I "

NAME is the model's name on the server. LOGITBOOK_URL names another server than http://127.0.0.1:8080.
"""

import json
import os
import sys
import urllib.request


def send_request(url: str, payload: list[dict]) -> dict:
    request = urllib.request.Request(
        url, data=json.dumps(payload).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


name, *prompts = sys.argv[1:]
payload = [{name: prompt} for prompt in prompts]
url = os.environ.get("LOGITBOOK_URL", "http://127.0.0.1:8080")
response = send_request(f"{url}/predict", payload)
print(json.dumps(response, ensure_ascii=False, indent=4))

with open("predictions.json", "w", encoding="utf-8") as file:
    json.dump([{"request": payload, "response": response}], file, ensure_ascii=False, indent=4)
