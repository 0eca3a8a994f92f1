---@meta fcntl
return fcntl
