---@meta errno
return errno
