---@meta _socketserver
return _socketserver
