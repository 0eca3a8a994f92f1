-- Module errno: names to numbers and back.
local errno = require "errno"

print(errno.ECONNREFUSED, errno.EAGAIN, errno.EWOULDBLOCK, errno.EPIPE, errno.EBADF)
print(errno.errorcode[111], errno.errorcode[11], errno.errorcode[9], errno.errorcode[110])
print(errno.errorcode[errno.EINPROGRESS], errno.errorcode[errno.EADDRINUSE])
print(repr(errno.errorcode[99999]))
print(repr(errno.ENOSUCHNAME))
