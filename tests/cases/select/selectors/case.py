# selectors: each selector of CPython's own tests, put through what they ask of it.
import selectors
import socket
import threading


class Odd:
    def fileno(self):
        return "no number"


def attempt(f, *args):
    try:
        f(*args)
        print("done")
    except Exception as e:
        print(type(e).__name__)


for make in (selectors.DefaultSelector, selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
    s = make()
    rd, wr = socket.socketpair()

    # register, unregister, modify
    key = s.register(rd, selectors.EVENT_READ, "data")
    print(key.fileobj is rd, key.fd == rd.fileno(), key.events, key.data, key == s.get_key(rd))
    attempt(s.register, 0, 999999)
    attempt(s.register, -10, selectors.EVENT_READ)
    attempt(s.register, "x", selectors.EVENT_READ)
    attempt(s.register, Odd(), selectors.EVENT_READ)
    attempt(s.register, rd, selectors.EVENT_READ)
    attempt(s.register, rd.fileno(), selectors.EVENT_READ)
    attempt(s.unregister, wr)
    attempt(s.modify, wr, selectors.EVENT_READ)
    attempt(s.get_key, wr)
    key = s.modify(rd, selectors.EVENT_WRITE, "other")
    print(key.events, key.data, len(s.get_map()))
    print(s.unregister(rd).data, len(s.get_map()))
    attempt(s.unregister, rd)

    # select
    s.register(rd, selectors.EVENT_READ)
    key = s.register(wr, selectors.EVENT_WRITE, ["kept"])
    for ready, events in s.select():
        print(ready.fileobj is wr, events, ready.data is key.data)
    wr.send(b"spam")
    print(sorted(events for ready, events in s.select(0)), rd.recv(4))
    s.modify(wr, selectors.EVENT_READ | selectors.EVENT_WRITE)
    rd.send(b"eggs")
    print([events for ready, events in s.select()])
    wr.recv(4)

    # The end is readable; a time of nothing or less only looks.
    s.modify(wr, selectors.EVENT_READ)
    print(s.select(0), s.select(-1), s.select(0.01))
    threading.Timer(0.02, rd.close).start()
    s.unregister(rd)
    print([(ready.fileobj is wr, events) for ready, events in s.select(5)])

    # What was closed can still be taken out.
    other, end = socket.socketpair()
    s.register(other, selectors.EVENT_READ)
    other.close()
    print(s.unregister(other).fileobj is other)
    wr.close()
    s.unregister(wr)

    s.register(end, selectors.EVENT_READ)
    s.close()
    s.close()
    print(s.get_map())
    attempt(s.get_key, end)
    with make() as s:
        s.register(end, selectors.EVENT_WRITE)
        print(len(s.select()))
    print(s.get_map(), end.fileno() >= 0)
    end.close()

key = selectors.SelectorKey("f", 3, selectors.EVENT_READ, None)
print(key.fileobj, key.fd, key.events, key.data, selectors.EVENT_WRITE)
