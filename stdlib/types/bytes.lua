---@meta bytes
return bytes
