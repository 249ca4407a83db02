if vim.b.did_ftplugin then
  return
end
vim.b.did_ftplugin = 1

-- Neovim itself is silent about a server that it cannot start.
local cmd = (vim.lsp.config.dlm_lsp or {}).cmd
if type(cmd) == "table" and vim.fn.executable(cmd[1]) == 0 then
  vim.notify_once(
    ("dlm: `%s` is not on PATH; :checkhealth dlm says what to do"):format(cmd[1]),
    vim.log.levels.WARN
  )
end

local STRATEGIES = { "extraction", "expansion", "both" }

local function strategies(typed)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, typed)
  end, STRATEGIES)
end

local names = {}

---@param name string
---@param desc string
---@param run fun(dlm: table, opts: table)
---@param opts? vim.api.keyset.user_command
local function command(name, desc, run, opts)
  table.insert(names, name)
  vim.api.nvim_buf_create_user_command(
    0,
    name,
    function(given)
      run(require("dlm"), given)
    end,
    vim.tbl_extend("force", { desc = desc }, opts or {})
  )
end

---@param given table
local function strategy(given)
  return given.args ~= "" and given.args or nil
end

--- The lines of a range; none where none was given.
---@param given table
---@return integer? first, integer? last
local function lines(given)
  if given.range > 0 then
    return given.line1, given.line2
  end
end

local asking = { nargs = "?", complete = strategies }
local asking_here = vim.tbl_extend("force", { range = true }, asking)

command("DlmSynthesize", "Ask the teacher about the sections here", function(dlm, given)
  dlm.synthesize(given.line1, given.line2, strategy(given))
end, asking_here)
command("DlmStage", "The same, staged for review", function(dlm, given)
  dlm.stage(given.line1, given.line2, strategy(given))
end, asking_here)
command("DlmSynthesizeDocument", "Ask the teacher about every section", function(dlm, given)
  dlm.synthesize_document(strategy(given))
end, asking)

for name, desc in pairs({
  keep = "Keep synthesized sections here as your own",
  remove = "Remove synthesized sections here",
  regenerate = "Ask anew for synthesized sections here",
  source = "Go to what the section here was written about",
  provenance = "Show where the section here came from",
}) do
  command("Dlm" .. name:gsub("^%l", string.upper), desc, function(dlm, given)
    dlm[name](given.line1, given.line2)
  end, { range = true })
end

for name, desc in pairs({
  cancel = "Stop what runs; what is finished is kept",
  report = "Show what the last run came to",
  next = "Go to the next synthesized section",
  previous = "Go to the previous synthesized section",
  list = "List synthesized and staged sections",
  fold = "Fold every synthesized section",
  changes = "Show old pairs beside those in their places",
}) do
  command("Dlm" .. name:gsub("^%l", string.upper), desc, function(dlm)
    dlm[name]()
  end)
end

command("DlmRevert", "Take synthesized sections out again", function(dlm, given)
  dlm.revert(given.line1)
end, { range = true })
command("DlmApply", "Put staged sections in", function(dlm, given)
  dlm.apply(lines(given))
end, { range = true })
command("DlmDiscard", "Drop staged sections", function(dlm, given)
  dlm.discard(given.line1, lines(given))
end, { range = true })
command("DlmReview", "Decide on pair after pair", function(dlm, given)
  dlm.review(given.fargs)
end, {
  nargs = "*",
  complete = function(begun)
    return require("dlm.review_filter").complete(begun)
  end,
})

command("DlmUndoDiscard", "Put back what was dropped last", function(dlm)
  dlm.undo_discard()
end)

if vim.g.dlm_conceal ~= false then
  if vim.wo.conceallevel == 0 then
    vim.wo[0][0].conceallevel = 2
  end
  require("dlm.markers").follow(vim.api.nvim_get_current_buf())
end

if vim.treesitter.language.add("dlm") then
  vim.treesitter.start()
end

vim.b.undo_ftplugin = table.concat(
  vim.tbl_map(function(name)
    return "silent! delcommand -buffer " .. name
  end, names),
  " | "
) .. " | lua pcall(vim.treesitter.stop) require('dlm.markers').leave(vim.api.nvim_get_current_buf())"
