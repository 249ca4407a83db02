--- Pairs in the text that nothing is decided about have a background.

local sections = require("dlm.sections")
local server = require("dlm.server")

local M = {}

local NAMESPACE = vim.api.nvim_create_namespace("dlm.unreviewed")

---@type table<integer, "asked"|"outdated"> what is under way for each buffer
local asking = {}

---@param bufnr integer
---@param found dlm.Section[]
local function draw(bufnr, found)
  vim.api.nvim_buf_clear_namespace(bufnr, NAMESPACE, 0, -1)
  local count = vim.api.nvim_buf_line_count(bufnr)
  for _, section in ipairs(sections.touched(found, 1, count)) do
    if not section.decision then
      vim.api.nvim_buf_set_extmark(bufnr, NAMESPACE, section.first - 1, 0, {
        end_row = math.min(section.last, count),
        hl_group = "DlmUnreviewed",
        hl_eol = true,
        priority = 50, -- below what colours the words
        strict = false,
      })
    end
  end
end

--- Ask the server again, one question at a time.
---@param bufnr integer
local function ask(bufnr)
  if asking[bufnr] then
    asking[bufnr] = "outdated"
    return
  end
  local client = server.client(bufnr)
  if not client then
    return
  end
  asking[bufnr] = "asked"
  local argument = { uri = vim.uri_from_bufnr(bufnr) }
  local params = { command = "dlm.synth.overview", arguments = { argument } }
  local sent = client:request("workspace/executeCommand", params, function(_, answer)
    local is_outdated = asking[bufnr] == "outdated"
    asking[bufnr] = nil
    if not vim.api.nvim_buf_is_loaded(bufnr) then
      return
    elseif answer and answer.sources and server.is_current(bufnr, answer) then
      draw(bufnr, sections.all(answer))
    end
    if is_outdated then
      ask(bufnr)
    end
  end, bufnr)
  if not sent then
    asking[bufnr] = nil
  end
end

--- Show it in a buffer from now on; where `g:dlm_unreviewed` is false, nothing is asked.
---@param bufnr integer
function M.follow(bufnr)
  if vim.g.dlm_unreviewed == false then
    return
  end
  asking[bufnr] = nil -- a server that has ended answers no more
  ask(bufnr)
  vim.api.nvim_create_autocmd({ "InsertLeave", "TextChanged" }, {
    group = vim.api.nvim_create_augroup("dlm.unreviewed." .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      ask(bufnr)
    end,
  })
end

server.on_change(function(bufnr)
  if vim.g.dlm_unreviewed ~= false then
    ask(bufnr)
  end
end)

return M
