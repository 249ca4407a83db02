-- What `vim.lsp.config("dlm_lsp", ...)` says, before or after, is merged with lsp/dlm_lsp.lua.
vim.lsp.enable("dlm_lsp")

vim.api.nvim_create_user_command("DlmNew", function(given)
  require("dlm.new").new(given.args)
end, { nargs = "?", complete = "file", desc = "Make a document and open it" })

for name, link in pairs({
  DlmReviewHeading = "Title",
  DlmReviewQuestion = "Statement",
  DlmReviewAnswer = "NormalFloat",
  DlmReviewEvidence = "Search",
  DlmReviewRefused = "WarningMsg",
  DlmReviewQuiet = "Comment",
  DlmUnreviewed = "CursorColumn",
}) do
  vim.api.nvim_set_hl(0, name, { link = link, default = true })
end

local group = vim.api.nvim_create_augroup("dlm", {})

vim.api.nvim_create_autocmd("LspAttach", {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == "dlm_lsp" then
      require("dlm.beside").show(event.buf)
      require("dlm.unreviewed").follow(event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd("LspProgress", {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == "dlm_lsp" and vim.g.dlm_progress ~= false then
      require("dlm.progress").show(event.data.params)
    end
  end,
})
