#!/usr/bin/env bash
# The main job, end to end, on a copy of an example: synthesize, list, apply, list, train, ask, revert.
# Needs the `dlm` of this package on PATH, with the extras [train,tiny].
set -euo pipefail

example=${1:-"$(dirname "$0")/../examples/dgemm.dlm"}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DLM_HOME="$work/home"
export HF_HUB_OFFLINE=1 # the model comes with the [tiny] extra, so no hub is asked
copy="$work/$(basename "$example")"
cp "$example" "$copy"

run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

fail() {
    printf '\ndemo failed: %s\n' "$1" >&2
    exit 1
}

run dlm synth instructions "$copy" --teacher hf:gemma-3-270m ||
    fail "no pair was accepted, or the run stopped (exit code $?)"
run dlm synth list "$copy"
run dlm synth apply "$copy"
cmp --silent "$example" "$copy" && fail "apply left the file as it was: nothing was accepted"
printf '\n%s pairs stand in the file now.\n' "$(grep -c '^<!-- dlm-auto-synth: ' "$copy")"
run dlm synth list "$copy"
# A few steps, to show the way; all of an epoch takes some minutes.
run dlm train "$copy" --max-steps 12
run dlm prompt "$copy" "How many arguments does DGEMM take?" --compare --max-new-tokens 32
run dlm synth revert "$copy"
run cmp "$example" "$copy" || fail "revert did not give back the original bytes"
printf 'The file is byte for byte what it was.\n'
