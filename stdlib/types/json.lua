---@meta json
return json
