#!/usr/bin/env bash
# Prints BASE=NAME@DIGEST: the base of the Dockerfile with the digest that its tag has now. For a build on exactly that:
#   docker buildx build --build-arg "$(scripts/pin-base.sh)" .
set -euo pipefail
cd "$(dirname "$0")/.."

base="$(sed -n 's/^ARG BASE=//p' Dockerfile)"
if [[ "$base" != *@sha256:* ]]; then
  base="$base@$(docker buildx imagetools inspect "$base" --format '{{.Manifest.Digest}}')"
fi
if ! [[ "$base" =~ ^[a-z0-9./_-]+:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}$ ]]; then
  echo "pin-base.sh: no digest for the base of the Dockerfile (got $base)" >&2
  exit 1
fi
echo "BASE=$base"
