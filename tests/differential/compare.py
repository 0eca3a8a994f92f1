"""What two runs of a sequence have to say to each other: masks, and the differences docs/differences.md lists."""

import dataclasses
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "differences.md"
MASKS = [
    # Descriptors in the repr of a socket.
    (re.compile(r"\bfd=\d+"), "fd=N"),
    # Names the kernel makes up for Unix sockets: five hexadecimal digits.
    (re.compile(r"\\x00[0-9a-f]{5}(?=')"), r"\\x00auto"),
]
# Ports the kernel chose, as numbers or as text, behind a host.
PORT = re.compile(r"(?<=', )'?(\d{5})'?\b")
# Where Lua has one type, its repr says bytes.
PREFIX = re.compile(r"\bb(?=['\"])")


@dataclasses.dataclass
class Rule:
    """One listed difference: which calls, what CPython says, what we say, and what follows."""

    name: str
    call: re.Pattern
    python: re.Pattern
    ours: re.Pattern
    ends: bool
    used: int = 0


def rules(text=None):
    """The rules in the page's tables: | name | call | CPython | wirescript | then |."""
    found = []
    for line in (PAGE.read_text() if text is None else text).splitlines():
        # A bar inside a pattern is written \|.
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 5 and cells[1].startswith("`"):
            call, python, ours = (re.compile(cell.strip("`")) for cell in cells[1:4])
            found.append(Rule(cells[0], call, python, ours, cells[4] == "stop"))
    return found


def masked(lines):
    """A sequence's lines by place, without what is another every time."""
    ports = {}

    def port(match):
        number = int(match[1])
        return match[0] if not 32768 <= number <= 60999 else ports.setdefault(number, f"port{len(ports)}")

    outcomes = {}
    for place, text in lines.items():
        for mask, word in MASKS:
            text = mask.sub(word, text)
        outcomes[place] = PORT.sub(port, text)
    return outcomes


def first_difference(steps, texts, python, ours, language, listed):
    """The first place where the two say different things that no rule explains: place, theirs, ours; or None.

    `texts` are the calls as Python writes them, which rules look at.
    """
    python, ours = masked(python), masked(ours)
    if language == "lua":
        python = {place: PREFIX.sub("", text) for place, text in python.items()}
        ours = {place: PREFIX.sub("", text) for place, text in ours.items()}
    for place in range(len(steps)):
        theirs, mine = python.get(place, "(nothing)"), ours.get(place, "(nothing)")
        if theirs == mine:
            continue
        for rule in listed:
            if rule.call.search(texts[place]) and rule.python.fullmatch(theirs) and rule.ours.fullmatch(mine):
                rule.used += 1
                if rule.ends:
                    return None
                break
        else:
            return place, theirs, mine
    return None
