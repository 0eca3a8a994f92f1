---@meta worker
return worker
