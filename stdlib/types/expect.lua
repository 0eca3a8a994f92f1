---@meta expect
return expect
