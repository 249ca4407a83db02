--- How a run ended, and old pairs beside new ones after a regeneration.

local M = {}

---@class dlm.PairText
---@field question string
---@field answer string

---@type { old: dlm.PairText, new: dlm.PairText }[]
local last = {}

--- Take note of how a run ended.
---@param ended { code: string, message: string, replaced?: { old: dlm.PairText, new: dlm.PairText }[] }
function M.ended(ended)
  if ended.replaced and #ended.replaced > 0 then
    last = ended.replaced
    vim.notify(("dlm: %s; :DlmChanges shows old beside new"):format(ended.message))
  elseif ended.code == "to-review" then
    -- A window that opened here would take the keys of who is typing.
    vim.notify(("dlm: %s; :DlmReview goes through them"):format(ended.message))
  end
end

---@param side "old"|"new"
---@return string[]
local function lines(side)
  local found = {} ---@type string[]
  for _, change in ipairs(last) do
    local pair = change[side]
    local text = ("### Q\n%s\n### A\n%s\n"):format(pair.question, pair.answer)
    vim.list_extend(found, vim.split(text, "\n"))
  end
  return found
end

--- Show what was regenerated last in a tab page, old on the left, new on the right.
function M.show()
  if #last == 0 then
    vim.notify("dlm: nothing was regenerated", vim.log.levels.WARN)
    return
  end
  vim.cmd.tabnew()
  for index, side in ipairs({ "old", "new" }) do
    if index == 2 then
      vim.cmd("rightbelow vnew")
    end
    vim.api.nvim_buf_set_lines(0, 0, -1, false, lines(side))
    vim.bo.buftype, vim.bo.bufhidden, vim.bo.modifiable = "nofile", "wipe", false
    pcall(vim.api.nvim_buf_set_name, 0, ("dlm://%d/%s"):format(vim.api.nvim_get_current_buf(), side))
    vim.cmd.diffthis()
  end
end

return M
