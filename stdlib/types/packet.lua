---@meta packet
return packet
