---@meta tube
return tube
