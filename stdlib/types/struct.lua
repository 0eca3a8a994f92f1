---@meta struct
return struct
