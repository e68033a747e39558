#!/usr/bin/env bash
# Sends one prompt to `logitbook serve` and prints what follows it:  bash predict.sh NAME "This movie was silly, I "
# NAME is the model's name on the server. LOGITBOOK_URL names another server than http://127.0.0.1:8080, and
# LOGITBOOK_API_KEY the key of one that asks for it.
set -euo pipefail

# A prompt may hold quotes and line breaks, which JSON writes otherwise.
prompt=$(node -p 'JSON.stringify(process.argv[1])' "$2")
curl --fail-with-body --silent --show-error "${LOGITBOOK_URL:-http://127.0.0.1:8080}/predict" \
  -H 'Content-Type: application/json' ${LOGITBOOK_API_KEY:+-H "Authorization: Bearer $LOGITBOOK_API_KEY"} \
  -d "[{\"$1\": $prompt}]"
