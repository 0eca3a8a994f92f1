---@meta selectors
return selectors
