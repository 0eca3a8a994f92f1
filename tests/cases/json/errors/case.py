# json: what has no text, what is no JSON: the class, and where.
import json, re
circular = [1]
circular.append({"itself": circular})
for value in [b"\xff", {"a": [1, b"\xff"]}, print, circular, float("nan"), [float("inf")]]:
    try:
        json.dumps(value, allow_nan=False)
        print("no error")
    except (TypeError, ValueError, RecursionError) as e:
        print(type(e).__name__)
for text in ["", "nul", "[1,", "[1 2]", '{"a"}', '{"a":}', "{1:2}", '"abc', '"\t"', "01", "1.", "+1", "'a'", "[1]]", "tru", '{"a":1,}',
             '"\\x"', "\n\n[1,\n 2,\n x]"]:
    try:
        json.loads(text)
        print("no error")
    except json.JSONDecodeError as e:
        print(type(e).__name__, isinstance(e, ValueError), re.search(r"line \d+", str(e))[0])
for depth in [100000]:
    try:
        json.loads("[" * depth)
        print("no error")
    except RecursionError as e:
        print(type(e).__name__)
