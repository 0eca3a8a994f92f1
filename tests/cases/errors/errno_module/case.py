# Module errno: names to numbers and back.
import errno

print(errno.ECONNREFUSED, errno.EAGAIN, errno.EWOULDBLOCK, errno.EPIPE, errno.EBADF, sep="\t")
print(errno.errorcode[111], errno.errorcode[11], errno.errorcode[9], errno.errorcode[110], sep="\t")
print(errno.errorcode[errno.EINPROGRESS], errno.errorcode[errno.EADDRINUSE], sep="\t")
print(repr(errno.errorcode.get(99999)))
print(repr(getattr(errno, "ENOSUCHNAME", None)))
