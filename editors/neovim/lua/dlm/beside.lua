--- What stands beside the text: code lenses and inlay hints.

local M = {}

--- Show both in a buffer; the server's settings switch them off.
---@param bufnr integer
function M.show(bufnr)
  vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  if vim.lsp.codelens.enable then -- Neovim 0.12 and later
    vim.lsp.codelens.enable(true, { bufnr = bufnr })
    return
  end
  vim.lsp.codelens.refresh({ bufnr = bufnr })
  vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "TextChanged" }, {
    group = vim.api.nvim_create_augroup("dlm.lenses." .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      vim.lsp.codelens.refresh({ bufnr = bufnr })
    end,
  })
end

return M
