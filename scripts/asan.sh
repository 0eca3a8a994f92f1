#!/usr/bin/env bash
# The test suite under AddressSanitizer: our code and the crates are instrumented, Lua's C and the standard library are not, but
# what they allocate, copy and free is watched too. The crate that switches stacks tells the sanitizer of each. Needs a nightly
# compiler and cargo-nextest; builds into target/asan (2 GB), which may be deleted.
#
#   scripts/asan.sh [NEXTEST ARGUMENTS…]          all that can run under it
#   scripts/asan.sh leaks [NEXTEST ARGUMENTS…]    the unit tests and the cases, which also must not leak
set -euo pipefail
cd "$(dirname "$0")/.."
cargo +nightly --version >/dev/null 2>&1 || { echo "asan.sh: there is no nightly compiler" >&2; exit 2; }
cargo nextest --version >/dev/null 2>&1 || { echo "asan.sh: cargo-nextest is not installed" >&2; exit 2; }

# Left out, each with its reason.
without=(
  # They limit the address space, of which the sanitizer's shadow takes 14 TB.
  'binary(argument_fuzz)' 'binary(bad_input)' 'test(a_table_that_holds_itself_many_times_is_no_bomb)'
  'test(memory_that_the_system_refuses_is_an_error_like_others)'
  # They measure the memory of the process, in which the sanitizer keeps what is freed.
  'test(what_is_dropped_is_gone)' 'test(the_same_script_again_needs_no_more_memory)'
  # It takes over functions of the C library that the sanitizer takes over.
  'binary(errno_faults)'
  # They go as deep as Lua or Rhai allow, and the stacks are laid out for frames without the sanitizer's zones.
  'test(recursion_ends_in_an_error)' 'test(a_runtime_that_ended_by_itself_leaves_nothing)'
  'test(a_rhai_script_holds_no_more_than_it_may)'
  # Tasks of Rhai have stacks of their own there, and each is larger: it takes all of the machine's memory.
  'test(ten_thousand_tasks_wait_at_once)'
  # They drop what is nested deep, for which stacks have a reserve of addresses where no sanitizer keeps books on them.
  'test(what_is_nested_deep_is_dropped)' 'test(a_closure_that_holds_itself_ends_with_the_memory)'
)
# Fibers tell by the address of a local where they stand, so it has to be on their stack. Freed memory is kept for a while, but
# not so much that tests which measure memory notice. Too large an allocation fails, as it does without the sanitizer.
options=detect_stack_use_after_return=0:quarantine_size_mb=16:allocator_may_return_null=1
leaks=0 which=()
if [[ ${1:-} == leaks ]]; then
  shift
  leaks=1 which=(--lib --test conformance)
  # Frames are looked up in full, as lsan.supp names one that the quick way passes over; few of them, as that is slow.
  options+=:fast_unwind_on_malloc=0:malloc_context_size=10
  # It abandons a fiber, with what stands on its stack, to see that the stack comes back.
  without+=('test(an_abandoned_fiber_gives_its_stack_back)')
fi
filter="not ($(printf ' | %s' "${without[@]}" | cut -c4-))"

export RUSTFLAGS=-Zsanitizer=address ASAN_OPTIONS=$options:detect_leaks=$leaks LSAN_OPTIONS=suppressions=$PWD/scripts/lsan.supp:print_suppressions=0
host=$(rustc -vV | sed -n 's/^host: //p')
exec cargo +nightly nextest run --no-fail-fast --target "$host" --target-dir target/asan \
  --features corosensei/sanitizer -E "$filter" "${which[@]}" "$@"
