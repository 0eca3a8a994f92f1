---@meta sys
return sys
