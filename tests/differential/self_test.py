#!/usr/bin/env python3
"""Checks of the comparison itself: what it masks, what a rule explains, what it must not let pass."""

import compare
from generate import generate
from program import Lua, Python, Rhai, Sequence, Step, call, slot

TABLE = r"""
| name | call | CPython | wirescript | then |
|---|---|---|---|---|
| narrow | `recv\(` | `! TimeoutError None .*` | `! OSError (95\|107) .*` | go on |
| ending | `send\(` | `! TimeoutError None .*` | `= \d+` | stop |
"""
STEPS = [Step(call(slot("s1"), "recv", 10)), Step(call(slot("s1"), "send", b"x")), Step(call(slot("s1"), "getsockname"))]
TEXTS = [Python().write(step.expression) for step in STEPS]


def difference(theirs, ours, language="rhai"):
    return compare.first_difference(STEPS, TEXTS, dict(enumerate(theirs)), dict(enumerate(ours)), language, compare.rules(TABLE))


same = ["= b'x'", "= 1", "= ('127.0.0.1', 40000)"]
assert difference(same, same) is None
# Ports of the kernel's choice are told apart, and not by number.
assert difference(same, [*same[:2], "= ('127.0.0.1', 50000)"]) is None
assert difference([same[2], *same[:2]], [same[2], "= ('127.0.0.1', 50001)", same[1]])[0] == 1
assert difference(same, [*same[:2], "= ('127.0.0.1', 80)"])[0] == 2
# Bytes are text in Lua alone.
assert difference(same, ["= 'x'", *same[1:]], "lua") is None
assert difference(same, ["= 'x'", *same[1:]]) == (0, "= b'x'", "= 'x'")
# A rule holds for its call and its outcomes, and ends the sequence only where it says so.
late = "! TimeoutError None timed out"
assert difference([late, *same[1:]], ["! OSError 95 no", *same[1:]]) is None
assert difference([late, *same[1:]], ["! OSError 94 no", *same[1:]])[0] == 0
assert difference([same[0], late, same[2]], [same[0], "! OSError 95 no", same[2]])[0] == 1
assert difference([same[0], late, same[2]], [same[0], "= 7", "= None"]) is None
assert difference([late, "= 1", same[2]], ["! OSError 95 no", "= 2", same[2]])[0] == 1
# Silence is a difference.
assert difference(same, same[:2]) == (2, "= ('127.0.0.1', port0)", "(nothing)")

# The page's own rules can be read, and each names a call, two outcomes and what follows.
names = [rule.name for rule in compare.rules()]
assert len(names) > 15 and len(names) == len(set(names)), names

# The same seed makes the same sequences, and every language has words for them.
languages = [Python(), Lua(), Rhai()]
first, second = ({n: [each.sequence(n, made) for each in languages] for n, made in generate("7", 0, 50).items()} for _ in range(2))
assert first == second and first != {n: [each.sequence(n, made) for each in languages] for n, made in generate("8", 0, 50).items()}
assert Sequence(0, [STEPS]).steps() == STEPS
