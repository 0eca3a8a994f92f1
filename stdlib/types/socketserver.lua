---@meta socketserver
return socketserver
