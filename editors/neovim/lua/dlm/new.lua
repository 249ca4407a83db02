--- New documents, made by `dlm init`: from nothing, or of a Markdown or text file.

local say = require("dlm.server").say

local M = {}

--- The command `dlm`: beside the server, or on PATH.
---@return string
local function program()
  local cmd = (vim.lsp.config.dlm_lsp or {}).cmd
  local server = type(cmd) == "table" and vim.fn.exepath(cmd[1]) or ""
  local beside = server:gsub("dlm%-lsp(%.?%w*)$", "dlm%1")
  return beside ~= server and vim.fn.executable(beside) == 1 and beside or "dlm"
end

---@param path string
local function make(path)
  local made, done = pcall(function()
    -- A name that begins with a dash is no option.
    return vim.system({ program(), "init", "--json", "--", path }, { text = true }):wait()
  end)
  if not made then
    say("`dlm` cannot be run: it comes with dlm-lsp; :checkhealth dlm says more")
    return
  end
  local read, decoded = pcall(vim.json.decode, done.stdout)
  local answer = read and decoded or {}
  local document = (answer.documents or {})[1] or answer
  if document.document then
    vim.cmd.edit(vim.fn.fnameescape(document.document))
    vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), 0 })
  else
    say(document.error or (vim.trim(done.stderr):gsub("^dlm: ", "")))
  end
end

--- Make a document and open it; never over a file. Without a name, one is asked for.
---@param path string
function M.new(path)
  if path ~= "" then
    make(vim.fn.fnamemodify(path, ":p"))
    return
  end
  local asked = { prompt = "New document: ", default = "notes.dlm", completion = "file" }
  vim.ui.input(asked, function(name)
    if name and name ~= "" then
      make(vim.fn.fnamemodify(name, ":p"))
    end
  end)
end

return M
