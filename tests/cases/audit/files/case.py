# What an audit hook is told of files and of input: the path, the mode, the flags; the prompt; and it may refuse.
import sys

seen = []
refusing = False


def hook(event, args):
    if event == "open" and args[0] in ("new", "secret") or event == "builtins.input":
        seen.append(event + " " + " ".join(str(value) for value in args))
        if args[0] == "secret":
            raise RuntimeError("not this one")


sys.addaudithook(hook)
for mode in ["w", "r", "rb", "r+b", "a", "a+", "wb", "w+"]:
    open("new", mode).close()
try:
    open("new", "x")
except FileExistsError as e:
    seen.append("exists")
with open("new", "rb") as f:
    open(f.fileno(), "rb", closefd=False).close()
try:
    open("secret", "w")
except RuntimeError as e:
    seen.append(str(e))
try:
    open("secret2")
except FileNotFoundError as e:
    seen.append("nobody made it")
try:
    input("? ")
except EOFError as e:
    seen.append("end")
print()
print("\n".join(seen))
