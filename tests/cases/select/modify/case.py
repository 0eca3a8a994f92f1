# modify: events that register refuses, which all selectors but that of select(2) take.
import selectors
import socket


def attempt(f, *args):
    try:
        key = f(*args)
        print(key.events, key.data)
    except Exception as e:
        print(type(e).__name__, e if type(e) is ValueError else "")


for make in (selectors.DefaultSelector, selectors.PollSelector, selectors.EpollSelector, selectors.SelectSelector):
    for events in (0, 4, -1):
        s = make()
        a, b = socket.socketpair()
        attempt(s.register, a, events)
        b.send(b"x")
        s.register(a, selectors.EVENT_READ, "data")
        attempt(s.modify, a, events)
        # What refused them has taken the file out.
        print(len(s.get_map()))
        attempt(s.get_key, a)
        print(len(s.select(0)))
        attempt(s.modify, a, selectors.EVENT_READ, "again")
        print([(key.data, ready) for key, ready in s.select(0)])
        s.close()
        a.close()
        b.close()

# What nothing is wanted of tells of its end all the same.
for make in (selectors.PollSelector, selectors.EpollSelector):
    s = make()
    a, b = socket.socketpair()
    s.register(a, selectors.EVENT_READ)
    s.modify(a, 0)
    print(s.select(0))
    b.close()
    print([(key.events, ready) for key, ready in s.select()])
    s.close()
    a.close()
