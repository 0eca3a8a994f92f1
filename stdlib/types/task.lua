---@meta task
return task
