--- A pair as text in a window of its own, to be edited and written.

local M = {}

local opened = 0

---@param text string
---@return string
local function trimmed(text)
  return (text:gsub("^%s*\n", ""):gsub("%s+$", ""))
end

--- The question and the answer that some lines hold; nil where they do not.
---@param lines string[]
---@return string? question, string? answer
function M.read(lines)
  local text = table.concat(lines, "\n"):gsub("^%s+", "") .. "\n"
  local question, answer = text:match("^### Q[ \t]*\n(.-)\n### A[ \t]*\n(.*)$")
  if question then
    return trimmed(question), trimmed(answer)
  end
end

--- Let the user edit a pair; `write` has what is written, and says by its second argument that this
--- was taken.
---@param pair { question: string, answer: string }
---@param write fun(question: string, answer: string, taken: fun())
function M.open(pair, write)
  local buffer = vim.api.nvim_create_buf(false, true)
  opened = opened + 1
  vim.api.nvim_buf_set_name(buffer, ("dlm://pair/%d"):format(opened))
  for option, value in pairs({ buftype = "acwrite", bufhidden = "wipe", modeline = false }) do
    vim.bo[buffer][option] = value
  end
  local text = ("### Q\n%s\n### A\n%s"):format(pair.question, pair.answer)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, "\n", { plain = true }))
  vim.bo[buffer].modified = false
  local width = math.min(vim.o.columns - 2, 100)
  local window = vim.api.nvim_open_win(buffer, true, {
    relative = "editor",
    row = 1,
    col = math.floor((vim.o.columns - width) / 2),
    width = width,
    height = math.max(math.floor(vim.o.lines / 2), 3),
    style = "minimal",
    border = "rounded",
    title = " Edit ",
    footer = " :w accepts · q leaves ",
    zindex = 60, -- above the pair
  })
  vim.wo[window][0].wrap, vim.wo[window][0].linebreak = true, true

  local function close()
    if vim.api.nvim_win_is_valid(window) then
      vim.api.nvim_win_close(window, true)
    end
  end
  vim.api.nvim_create_autocmd("BufWriteCmd", {
    buffer = buffer,
    callback = function()
      local question, answer = M.read(vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
      if not question or not answer then
        vim.notify("dlm: one pair is `### Q` and lines, `### A` and lines", vim.log.levels.WARN)
        return
      end
      write(question, answer, function()
        if vim.api.nvim_buf_is_valid(buffer) then
          vim.bo[buffer].modified = false
        end
        close()
      end)
    end,
  })
  vim.keymap.set("n", "q", function()
    if vim.bo[buffer].modified then
      vim.notify("dlm: `:w` accepts it, `:q!` drops what was typed", vim.log.levels.WARN)
    else
      close()
    end
  end, { buffer = buffer, nowait = true })
end

return M
