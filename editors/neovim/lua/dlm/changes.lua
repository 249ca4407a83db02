--- How a run ended, and old pairs beside new ones after a regeneration.

local M = {}

---@class dlm.PairText
---@field question string
---@field answer string

---@class dlm.RunEnd
---@field token string
---@field code string
---@field message string
---@field replaced? { old: dlm.PairText, new: dlm.PairText }[]

---@type { old: dlm.PairText, new: dlm.PairText }[]
local last = {}

--- Take note of how a run ended, and say where to look.
---@param ended dlm.RunEnd
function M.ended(ended)
  local look ---@type string?
  if ended.replaced and #ended.replaced > 0 then
    last = ended.replaced
    look = ":DlmChanges shows old beside new"
  elseif ended.code == "to-review" then
    -- A window that opened here would take the keys of who is typing.
    look = ":DlmReview goes through them"
  end
  if look then
    require("dlm.progress").leave_end(ended.token)
    vim.notify(("dlm: %s; %s"):format(ended.message, look))
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
