---@meta errors
return errors
