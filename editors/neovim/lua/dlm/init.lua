--- The server's commands, for the document in the current window.

local sections_of = require("dlm.sections")
local server = require("dlm.server")

local M = {}

local KIND = "refactor.rewrite.dlm."

local say = server.say

---@param method string
---@param params table
---@param answered? fun(answer: any)
local function request(method, params, answered)
  server.request(vim.api.nvim_get_current_buf(), method, params, answered)
end

---@param name string
---@param about? table
---@param answered? fun(answer: table)
local function execute(name, about, answered)
  server.execute(vim.api.nvim_get_current_buf(), name, about, answered)
end

---@param handle fun(sections: dlm.Section[])
local function with_sections(handle)
  execute("dlm.synth.overview", nil, function(overview)
    if overview.sources then
      handle(sections_of.all(overview))
    end
  end)
end

---@class dlm.Offer
---@field title string
---@field about? table the argument of its command; nil where it cannot be done
---@field disabled? string why

--- What the server offers on some lines, of one kind.
---@param what string
---@param first integer
---@param last integer
---@param handle fun(offers: dlm.Offer[])
local function with_offers(what, first, last, handle)
  -- A section that begins on the last of several lines is among what they touch.
  local character = first == last and 0 or vim.fn.col({ last, "$" }) - 1
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(0) },
    range = {
      start = { line = first - 1, character = 0 },
      ["end"] = { line = last - 1, character = character },
    },
    context = { diagnostics = {}, only = { KIND .. what } },
  }
  request("textDocument/codeAction", params, function(actions)
    handle(vim.tbl_map(function(action)
      return {
        title = action.title,
        about = action.data or (action.command and action.command.arguments[1]),
        disabled = action.disabled and action.disabled.reason,
      }
    end, actions))
  end)
end

---@param first integer
---@param last integer
---@param more table
local function synthesize(first, last, more)
  with_offers("synthesize", first, last, function(offers)
    local offer = offers[1] or {}
    local sections = offer.about and offer.about.sections
    if not sections then
      say(offer.disabled or "no prose on these lines; :DlmSynthesizeDocument asks about all of it")
      return
    end
    execute("dlm.synth.run", vim.tbl_extend("force", { sections = sections }, more))
  end)
end

--- Ask the teacher about the sections that the lines touch.
---@param first integer
---@param last integer
---@param strategy? "extraction"|"expansion"|"both"
function M.synthesize(first, last, strategy)
  synthesize(first, last, { strategy = strategy })
end

--- The same, and keep what comes beside the document.
---@param first integer
---@param last integer
---@param strategy? "extraction"|"expansion"|"both"
function M.stage(first, last, strategy)
  synthesize(first, last, { strategy = strategy, review = "stage" })
end

--- Ask the teacher about every section.
---@param strategy? "extraction"|"expansion"|"both"
function M.synthesize_document(strategy)
  execute("dlm.synth.run", { strategy = strategy })
end

--- Stop what runs for this document; what is finished is kept.
function M.cancel()
  execute("dlm.synth.cancel", nil, function(answer)
    if answer.cancelled == 0 then
      say("nothing is running for this document")
    end
  end)
end

---@param sections dlm.Section[]
---@return string[]
local function ids(sections)
  return vim.tbl_map(function(section)
    return section.id
  end, sections)
end

---@param name string
---@return fun(first: integer, last: integer)
local function on_touched(name)
  return function(first, last)
    with_sections(function(sections)
      local found = sections_of.touched(sections, first, last)
      if #found == 0 then
        say("nothing is synthesized on these lines")
        return
      end
      local about = {
        sections = ids(found),
      }
      if #found == 1 then
        -- Equal sections have one id: these tell which one is meant.
        about.teacher, about.at, about.source = found[1].teacher, found[1].at, found[1].source
      end
      execute(name, about)
    end)
  end
end

--- Keep as your own, remove, or ask anew about, what the lines touch.
M.keep = on_touched("dlm.synth.keep")
M.remove = on_touched("dlm.synth.remove")
M.regenerate = on_touched("dlm.synth.regenerate")

--- Go to the section that the one at the line was written about.
M.source = on_touched("dlm.goToSource")

--- Show where the section at the line came from.
M.provenance = on_touched("dlm.showProvenance")

--- Do something with what is staged about the sections that some lines touch.
---@param first integer
---@param last integer
---@param handle fun(ids: string[])
local function with_staged(first, last, handle)
  with_sections(function(sections)
    local found = ids(sections_of.staged_about(sections, first, last))
    if #found == 0 then
      say("nothing is staged about the sections on these lines")
    else
      handle(found)
    end
  end)
end

--- Put in what is staged; with lines, what is staged about the sections that they touch.
---@param first? integer
---@param last? integer
function M.apply(first, last)
  if not first then
    execute("dlm.synth.apply")
    return
  end
  with_staged(first, last, function(found)
    execute("dlm.synth.apply", { sections = found })
  end)
end

--- Decide on pair after pair.
---@param words string[] which pairs, as |:DlmReview| has them
function M.review(words)
  local filter, why = require("dlm.review_filter").read(words)
  if filter then
    require("dlm.review").open(vim.api.nvim_get_current_win(), filter)
  else
    say(why)
  end
end

--- Show what the last run came to, with the reason for each pair refused.
function M.report()
  execute("dlm.synth.report")
end

--- Let the user choose among what the server offers, each with its count, and do that.
---@param what string
---@param line integer
---@param prompt string
---@param none string
local function ask(what, line, prompt, none)
  with_offers(what, line, line, function(offers)
    if #offers == 0 then
      say(none)
      return
    end
    local options = {
      prompt = prompt,
      kind = "dlm",
      format_item = function(offer)
        return offer.title
      end,
    }
    vim.ui.select(offers, options, function(offer)
      if offer and offer.disabled then
        say(offer.disabled)
      elseif offer then
        execute("dlm.synth." .. what, offer.about)
      end
    end)
  end)
end

--- Take out all that was synthesized, one run or what one teacher wrote, after a question.
---@param line integer
function M.revert(line)
  ask("revert", line, "Revert?", "there is nothing to revert")
end

--- Drop what is staged, after a question; with lines, what is about the sections they touch.
---@param line integer
---@param first? integer
---@param last? integer
function M.discard(line, first, last)
  if not first then
    ask("discard", line, "Discard?", "nothing is staged for this document")
    return
  end
  with_staged(first, last, function(found)
    local words = ("Discard %d staged section%s"):format(#found, #found == 1 and "" or "s")
    local options = { prompt = "Discard?", kind = "dlm", format_item = tostring }
    vim.ui.select({ words }, options, function(chosen)
      if chosen then
        execute("dlm.synth.discard", { sections = found })
      end
    end)
  end)
end

--- Put back what was dropped last.
function M.undo_discard()
  execute("dlm.synth.restoreDiscarded")
end

--- Show old pairs beside those that came in their places.
function M.changes()
  require("dlm.changes").show()
end

--- Fold every synthesized section.
function M.fold()
  with_sections(function(sections)
    local placed = sections_of.touched(sections, 1, math.huge)
    if #placed == 0 then
      say("nothing is synthesized in this document")
    end
    for _, section in ipairs(placed) do
      if vim.wo.foldmethod == "manual" and vim.fn.foldlevel(section.first) == 0 then
        vim.cmd(("%d,%dfold"):format(section.first, section.last))
      elseif vim.fn.foldclosed(section.first) < 0 then
        pcall(vim.cmd, ("%dfoldclose"):format(section.first))
      end
    end
  end)
end

---@param direction "next"|"previous"
local function go(direction)
  with_sections(function(sections)
    local found = sections_of.neighbour(sections, vim.fn.line("."), direction)
    if not found then
      say("nothing is synthesized in this document")
      return
    end
    vim.cmd("normal! m'")
    vim.api.nvim_win_set_cursor(0, { found.first, 0 })
  end)
end

--- Go to the synthesized section before or after the cursor, round the end.
function M.next()
  go("next")
end

function M.previous()
  go("previous")
end

---@param words string
---@return string
local function on_a_line(words)
  return vim.trim((words:gsub("%s+", " ")))
end

--- List what is inserted, stale or staged in the location list.
function M.list()
  with_sections(function(sections)
    local items = vim.tbl_map(function(section)
      return {
        bufnr = vim.api.nvim_get_current_buf(),
        lnum = section.first or section.source_first or 1,
        text = ("%s: %s %s (%s)"):format(
          section.state,
          on_a_line(section.question),
          on_a_line(section.answer),
          section.teacher_name
        ),
      }
    end, sections)
    vim.fn.setloclist(0, {}, " ", { title = "dlm", items = items })
    if #items == 0 then
      say("nothing is synthesized or staged for this document")
    else
      vim.cmd.lopen()
    end
  end)
end

return M
