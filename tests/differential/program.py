"""Steps of a sequence, and their text in each language.

An expression is a tuple whose first item says what it is; the functions below make them. A `Step` calls one thing and
keeps its results under names; a group of steps stands or falls together; a `Sequence` is a list of groups.
"""

import dataclasses
import json


def const(name):
    return ("const", name)


def call(target, name, *args, **keywords):
    """`target.name(args)`: the target is an expression, or None for the module."""
    return ("call", target, name, list(args), keywords)


def helper(name, *args):
    """A function of the prelude, or one that every language has under the same name."""
    return ("helper", name, list(args))


def attribute(target, name):
    return ("attribute", target, name)


def slot(name):
    return ("slot", name)


def either(*names):
    """Constants joined bit by bit."""
    return ("either", list(names))


@dataclasses.dataclass
class Step:
    expression: tuple
    outs: tuple = ()
    form: str = ""

    def needs(self):
        return sorted(set(slots(self.expression)))


@dataclasses.dataclass
class Sequence:
    timeout: float
    groups: list
    # Whether another task lives meanwhile, so that waits go to the reactor and do not block the thread.
    company: bool = False

    def steps(self):
        return [step for group in self.groups for step in group]


def slots(expression):
    """The names of the variables in an expression."""
    if isinstance(expression, tuple) and expression and expression[0] == "slot":
        yield expression[1]
    elif isinstance(expression, list | tuple):
        for each in expression:
            yield from slots(each)
    elif isinstance(expression, dict):
        yield from slots(list(expression.values()))


class Language:
    """How one language writes things."""

    name = ending = ""
    none, yes, no = "None", "True", "False"
    scope, method = "socket.", "."

    def write(self, e):
        if e is None:
            return self.none
        if isinstance(e, bool):
            return self.yes if e else self.no
        if isinstance(e, int):
            return self.whole(e)
        if isinstance(e, float):
            return self.real(e)
        if isinstance(e, bytes):
            return self.bytes(e)
        if isinstance(e, str):
            return self.text(e)
        if isinstance(e, list):
            return self.list(e)
        kind = e[0]
        if kind == "const":
            return self.scope + e[1]
        if kind == "either":
            return "(" + " | ".join(self.scope + name for name in e[1]) + ")"
        if kind == "slot":
            return self.variable(e[1])
        if kind == "tuple":
            return self.tuple(e[1])
        if kind == "attribute":
            return f"{self.write(e[1])}.{e[2]}"
        if kind == "helper":
            return f"{e[1]}({self.arguments(e[2], {})})"
        _, target, name, args, keywords = e
        before = self.scope if target is None else self.write(target) + self.method
        return f"{before}{name}({self.arguments(args, keywords)})"

    def arguments(self, args, keywords):
        written = [self.write(each) for each in args]
        if keywords:
            written.append(self.keywords({name: self.write(each) for name, each in keywords.items()}))
        return ", ".join(written)

    def real(self, e):
        return {"inf": self.infinite, "-inf": "-" + self.infinite, "nan": self.nan}.get(str(e)) or repr(e)

    whole = staticmethod(str)

    def variable(self, name):
        return f"v.{name}"

    def program(self, sequences, prelude):
        """The whole script; sequences by number."""
        return prelude + "\n" + "\n".join(self.sequence(n, each) for n, each in sequences.items())


class Python(Language):
    name, ending = "python", "py"
    infinite, nan = 'float("inf")', 'float("nan")'
    bytes = text = staticmethod(repr)

    def list(self, items):
        return f"[{', '.join(map(self.write, items))}]"

    def tuple(self, items):
        return f"({''.join(self.write(each) + ', ' for each in items)})"

    def keywords(self, written):
        return ", ".join(f"{name}={value}" for name, value in written.items())

    def sequence(self, number, sequence):
        lines = [f"def steps():"]
        for place, step in enumerate(sequence.steps()):
            run = self.write(step.expression)
            lines.append(f"    step({place}, {step.outs!r}, {step.needs()!r}, lambda: {run}, {step.form!r})")
        lines.append(f"sequence({number}, {sequence.timeout!r}, steps)")
        return "\n".join(lines)


class Lua(Language):
    name, ending = "lua", "lua"
    none, yes, no = "nil", "true", "false"
    method = ":"
    infinite, nan = "math.huge", "(0/0)"

    def bytes(self, data):
        return '"' + "".join(f"\\x{byte:02x}" if byte < 32 or byte > 126 or byte in b'"\\' else chr(byte) for byte in data) + '"'

    def text(self, text):
        return self.bytes(text.encode())

    def list(self, items):
        return f"{{{', '.join(map(self.write, items))}}}"

    tuple = list

    def keywords(self, written):
        return "{" + ", ".join(f"{name} = {value}" for name, value in written.items()) + "}"

    def names(self, names):
        return "{" + ", ".join(map(json.dumps, names)) + "}"

    def sequence(self, number, sequence):
        lines = [f"sequence({number}, {self.write(sequence.timeout)}, {self.write(sequence.company)}, function()"]
        for place, step in enumerate(sequence.steps()):
            outs, needs = self.names(step.outs), self.names(step.needs())
            run = self.write(step.expression)
            lines.append(f'  step({place}, {outs}, {needs}, function() return {run} end, "{step.form}")')
        lines.append("end)")
        return "\n".join(lines)


class Rhai(Language):
    name, ending = "rhai", "rhai"
    none, yes, no = "()", "true", "false"
    scope = "socket::"
    infinite, nan = "(1.0/0.0)", "(0.0/0.0)"

    def variable(self, name):
        return name

    def real(self, e):
        text = super().real(e)
        mantissa, mark, exponent = text.partition("e")
        return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{exponent}" if mark and mantissa[-1].isdigit() else text

    def quoted(self, text, highest):
        escape = lambda c: f"\\x{ord(c):02x}" if ord(c) < 32 or c in '"\\' or 126 < ord(c) <= highest else c
        return '"' + "".join(map(escape, text)) + '"'

    def bytes(self, data):
        return f"bytes({self.quoted(data.decode('latin-1'), 255)})"

    def text(self, text):
        return self.quoted(text, 127)

    def list(self, items):
        return f"[{', '.join(map(self.write, items))}]"

    tuple = list

    def keywords(self, written):
        return "#{" + ", ".join(f"{name}: {value}" for name, value in written.items()) + "}"

    def sequence(self, number, sequence):
        names = sorted({name for step in sequence.steps() for name in (*step.outs, *step.needs())})
        lines = ["{", f"  let idle = begin({self.write(sequence.timeout)}, {self.write(sequence.company)});"]
        lines += [f"  let {name} = ();" for name in names]
        for place, step in enumerate(sequence.steps()):
            if len(step.outs) == 1:
                keep = f"{step.outs[0]} = r; "
            else:
                keep = "".join(f"{name} = r[{i}]; " for i, name in enumerate(step.outs))
            run = f"let r = {self.write(step.expression)}; {keep}good({number}, {place}, r, \"{step.form}\");"
            lines.append(
                f"  if has([{', '.join(step.needs())}]) {{ try {{ {run} }} catch (e) {{ bad({number}, {place}, e); }} }} "
                f'else {{ print("{number} {place} -"); }}'
            )
        lines += [f"  end({number}, idle, [{', '.join(names)}]);", "}"]
        return "\n".join(lines)
