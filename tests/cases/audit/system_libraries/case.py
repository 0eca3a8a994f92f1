# The language's own ways to the system are told as well, and may be refused.
import os
import sys

EVENTS = {"open", "os.system", "os.remove", "os.rename", "subprocess.Popen", "import"}
listening = True


def hook(event, args):
    if listening and event in EVENTS:
        if event == "subprocess.Popen":
            print(event, args[0], args[1][2])
        elif event == "open" and args[0] in ("f", "g"):
            print(event, args[0], args[1])
        elif event == "import" and args[0] == "nothere":
            print(event, args[0])
        elif event.startswith("os."):
            print(event, os.fsdecode(args[0]))
        if args[0] in ("secret", b"secret"):
            raise PermissionError("not that one")


def refused(f):
    try:
        f()
    except PermissionError as e:
        print(type(e).__name__, e)


sys.addaudithook(hook)
open("f", "w").close()
open("f").close()
os.rename("f", "g")
os.remove("g")
os.system("true")
os.popen("true").close()
try:
    import nothere
except ImportError:
    print("not there")
refused(lambda: open("secret"))
refused(lambda: os.remove("secret"))
refused(lambda: os.system("secret"))
