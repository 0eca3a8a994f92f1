---@meta select
return select
