# What classes are called, and those derived from them without a name of their own.
import socketserver
print(repr(socketserver.TCPServer), repr(socketserver.StreamRequestHandler))
print(repr(socketserver.ThreadingMixIn))
