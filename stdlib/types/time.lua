---@meta time
return time
