#!/bin/sh
# Writes docs/first_session.svg, the picture in the README: the screen at the end of the test `a_first_session`, which types
# at the prompt as a person would.
cd "$(dirname "$0")/.." || exit 1
WIRESCRIPT_RECORDING="$PWD/docs/first_session.svg" exec cargo test --test repl a_first_session
