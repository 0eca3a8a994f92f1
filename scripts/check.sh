#!/usr/bin/env bash
# Everything that must hold before a change goes in. CI runs this list too, so it stands here once.
#
#   scripts/check.sh                 all steps, in this order; goes on after a failure and names it at the end
#   scripts/check.sh fmt clippy      only these
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

ALL=(test fmt clippy lua lua55 rhai doc deny vm fuzz)

has_nextest() { cargo nextest --version >/dev/null 2>&1; }

run_some() {
  if has_nextest; then cargo nextest run --no-fail-fast "$@"; else cargo test --no-fail-fast "$@"; fi
}

# The README's test command; nextest, where it is there, runs everything but the examples in the documentation.
step_test() {
  local status=0
  run_some || status=1
  if has_nextest; then cargo test --doc || status=1; fi
  return "$status"
}
step_fmt()    { cargo fmt --check; }
step_clippy() { cargo clippy --all-targets -- -D warnings; }
# Each language builds and passes without the other, and without the command: the tests that need no command (a new one
# has to be named here).
run_alone() {
  local test tests=(--lib) status=0
  for test in confined embedding errno_faults hearing limits memory_stress policy_escape repl shutdown; do
    tests+=(--test "$test")
  done
  run_some --no-default-features --features "$1" "${tests[@]}" || status=1
  cargo test --doc --no-default-features --features "$1" || status=1
  return "$status"
}
step_lua()    { run_alone lua54; }
# The other Lua: the tests in which the language has a part. Those of `argument_fuzz` take long, and those that talk to other
# programs say little of Lua: they are for a person to run.
step_lua55() {
  local test tests=(--lib)
  for test in bad_input conformance embedding error_object fibers files limits policy_escape repl tube workers; do
    tests+=(--test "$test")
  done
  # What CPython says and what Rhai does is the same with any Lua.
  run_some --no-default-features --features lua55,rhai,tls,cli "${tests[@]}" -- --skip cpython_still_prints --skip rhai
}
step_rhai()   { run_alone rhai; }
step_doc()    { RUSTDOCFLAGS="-D warnings" cargo doc --no-deps; }
# Advisories need the network and change by themselves: `cargo deny check advisories` is for a person to run.
step_deny()   { cargo deny --offline check licenses bans sources; }
step_vm()     { tests/vm/run; }
# Half a minute in all; `scripts/fuzz.sh` by itself takes longer looks.
step_fuzz()   { scripts/fuzz.sh 3; }

# Why a step cannot run here; nothing if it can.
missing() {
  case $1 in
    deny) cargo deny --version >/dev/null 2>&1 || echo "cargo-deny is not installed" ;;
    vm)
      if [[ ! -x tests/vm/run ]]; then
        echo "there is no tests/vm/run"
      else
        for tool in qemu-system-x86_64 busybox cpio modprobe; do
          PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || { echo "$tool is not installed"; break; }
        done
      fi
      ;;
    fuzz)
      if [[ -n ${CI:-} ]]; then
        echo "CI has no time to build everything for it"
      elif ! cargo +nightly --version >/dev/null 2>&1; then
        echo "there is no nightly compiler"
      elif ! cargo fuzz --version >/dev/null 2>&1; then
        echo "cargo-fuzz is not installed"
      fi
      ;;
  esac
}

ran=() failed=() skipped=()
steps=("$@")
[[ $# -gt 0 ]] || steps=("${ALL[@]}")
for step in "${steps[@]}"; do
  if ! declare -F "step_$step" >/dev/null; then
    echo "check: there is no step '$step'; the steps are: ${ALL[*]}" >&2
    exit 2
  fi
  reason=$(missing "$step")
  if [[ -n $reason ]]; then
    skipped+=("$step ($reason)")
    continue
  fi
  printf '\n== %s\n' "$step"
  start=$SECONDS
  if "step_$step"; then
    ran+=("$step")
    verdict=ok
  else
    failed+=("$step")
    verdict=FAILED
  fi
  printf '== %s: %s, %d s\n' "$step" "$verdict" "$((SECONDS - start))"
done

joined() { local IFS=,; sed 's/,/, /g' <<<"${*:-nothing}"; }
printf '\ncheck: passed: %s; failed: %s; not run: %s; %d s\n' \
  "$(joined "${ran[@]}")" "$(joined "${failed[@]}")" "$(joined "${skipped[@]}")" "$SECONDS"
[[ ${#failed[@]} -eq 0 ]]
