--- Edits that the server asks for: made in the text that they are for, or not at all.

local M = {}

---@param change lsp.TextDocumentEdit
---@return boolean
local function is_outdated(change)
  local document = change.textDocument
  if not document then
    return false
  end
  return document.version ~= vim.lsp.util.buf_versions[vim.uri_to_bufnr(document.uri)]
end

--- Handle `workspace/applyEdit`. Neovim itself drops an edit of an older text, and says that it was
--- made.
---@param err lsp.ResponseError?
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(err, params, context)
  if vim.iter(params.edit.documentChanges or {}):any(is_outdated) then
    return { applied = false, failureReason = "the text has changed since" }
  end
  return vim.lsp.handlers["workspace/applyEdit"](err, params, context)
end

return M
