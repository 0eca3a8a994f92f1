---@meta test
return test
