---@meta ssl
return ssl
