# Every exception class, and its ancestors.
import socket

NAMES = """
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError
BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError
ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EncodingWarning Exception
ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit
ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError
NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError
TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
""".split()
for name in NAMES:
    parents = []
    cls = eval(name)
    while cls is not None and cls is not object:
        parents.append(cls.__name__)
        cls = cls.__bases__[-1] if cls.__bases__ else None
    print(" < ".join(parents))
for one, other in ((ConnectionResetError, OSError), (OSError, ConnectionResetError), (socket.timeout, OSError),
                   (ValueError, ValueError), (UnicodeDecodeError, ValueError), (ExceptionGroup, BaseExceptionGroup)):
    print(one.__name__, other.__name__, issubclass(one, other))
