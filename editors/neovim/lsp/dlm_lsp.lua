---@type vim.lsp.Config
return {
  cmd = { "dlm-lsp" },
  filetypes = { "dlm" },
  root_markers = { ".git" },
}
