-- Walk a document through Neovim: `WALK` says how, `DOCUMENT` which, `TEACHER` who writes the pairs.
-- Ends Neovim with 0 where all went as it should, else with 1 and the reason.

local PATIENCE = 240000

---@type string[] what the progress said
local progress = {}
---@type string[] what was offered to choose from last
local offered = {}
---@type string[] what the user was told
local messages = {}

--- Wait until something is so, and return it.
local function await(what, is_so)
  local found
  local came = vim.wait(PATIENCE, function()
    found = is_so()
    return found and true or false
  end, 20)
  assert(came, "waited in vain for " .. what .. "; told: " .. vim.inspect(messages))
  return found
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local function text()
  return table.concat(lines(), "\n")
end

local function count(words)
  return select(2, text():gsub(vim.pesc(words), ""))
end

local function go_to(words)
  for number, line in ipairs(lines()) do
    local column = line:find(words, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { number, column - 1 })
      return
    end
  end
  error("nowhere in the document: " .. words)
end

local function until_synthesized(number)
  await(number .. " synthesized sections", function()
    return count("<!-- dlm-auto-synth:") == number
  end)
end

--- What stands in the hover window.
local function hover()
  vim.lsp.buf.hover()
  return await("a hover", function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= "" then
        local shown = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        return table.concat(shown, "\n")
      end
    end
  end)
end

local function contains(whole, part)
  assert(whole:find(part, 1, true), ("%q is not in %q"):format(part, whole))
end

local function until_progress(part)
  await("progress: " .. part, function()
    return table.concat(progress, "\n"):find(part, 1, true)
  end)
end

--- Choose a code action as `gra` does, of one kind, where the cursor is.
local function act(kind)
  vim.lsp.buf.code_action({ context = { only = { kind } } })
end

local function until_marked(code)
  return await("the diagnostic " .. code, function()
    for _, one in ipairs(vim.diagnostic.get(0)) do
      if one.code == code then
        return one
      end
    end
  end)
end

local function contains_message(part)
  await("a message: " .. part, function()
    return table.concat(messages, "\n"):find(part, 1, true)
  end)
end

local walks = {}

function walks.diagnostics()
  local found = until_marked("unknown-base-model")
  assert(found.lnum == 2, "line " .. found.lnum)
  go_to("smollm2-135n")
  act("quickfix")
  await("the quick fix", function()
    return count("base_model: smollm2-135m") == 1
  end)
end

function walks.hover()
  go_to("<!-- dlm-auto-synth")
  local shown = hover()
  contains(shown, "vllm-server:towns")
  contains(shown, "the answer stands in the source")
  contains(shown, "The town of Ville1")
end

function walks.colours()
  go_to("::instruction::")
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local captures = await("the colour of a fence", function()
    local found = vim.treesitter.get_captures_at_pos(0, row, 2)
    return #found > 0 and found
  end)
  assert(captures[1].lang == "dlm", vim.inspect(captures))
  local parser = vim.treesitter.get_parser(0)
  parser:parse(true)
  assert(parser:lang() == "dlm", parser:lang())
  assert(parser:children().markdown, "no Markdown in it")
end

function walks.navigation()
  go_to("### Q")
  vim.lsp.buf.definition()
  await("the cursor on the source", function()
    return vim.fn.getline("."):find("The town", 1, true)
  end)
  for ask, number in pairs({ references = 2, document_symbol = 3 }) do
    local found
    local options = {
      on_list = function(list)
        found = list.items
      end,
    }
    if ask == "references" then
      vim.lsp.buf.references({ includeDeclaration = false }, options)
    else
      vim.lsp.buf.document_symbol(options)
    end
    await(ask, function()
      return found
    end)
    assert(#found >= number, ask .. ": " .. vim.inspect(found))
  end
  vim.wo[0][0].foldmethod = "expr"
  vim.wo[0][0].foldexpr = "v:lua.vim.lsp.foldexpr()"
  await("a fold by the server", function()
    return vim.fn.foldlevel(6) > 0
  end)
  vim.wo[0][0].foldexpr = "v:lua.vim.treesitter.foldexpr()"
  await("a fold by the grammar", function()
    return vim.fn.foldlevel(6) > 0
  end)
end

function walks.beside()
  await("code lenses", function()
    return vim.tbl_contains(
      vim.tbl_map(function(lens)
        return lens.command and lens.command.title
      end, vim.lsp.codelens.get(0)),
      "Synthesize more · 2 pairs"
    )
  end)
  assert(#vim.lsp.inlay_hint.get({ bufnr = 0 }) == 0, "hints say what lenses say")
end

function walks.less_noise()
  local marker = vim.fn.search("^<!-- dlm-auto-synth", "nw")
  vim.cmd("normal! gg")
  vim.cmd.redraw()
  assert(vim.wo.conceallevel == 2, "no conceallevel")
  local room = vim.api.nvim_win_text_height(0, { start_row = marker - 1, end_row = marker - 1 }).all
  assert(room == 0, "a marker takes " .. room .. " rows")
  vim.api.nvim_buf_set_lines(0, marker - 1, marker - 1, false, { "typed" })
  vim.cmd.redraw()
  room = vim.api.nvim_win_text_height(0, { start_row = marker, end_row = marker }).all
  assert(room == 0, "a marker that has moved takes " .. room .. " rows")
  vim.cmd.undo()
  vim.wo.conceallevel = 0
  vim.cmd.redraw()
  room = vim.api.nvim_win_text_height(0, { start_row = marker - 1, end_row = marker - 1 }).all
  assert(room > 0, "a marker cannot be shown")
  vim.cmd("DlmFold")
  await("a fold", function()
    return vim.fn.foldclosed(marker) == marker - 1
  end)
  vim.cmd("normal! zE")
  go_to("### Q")
  act("refactor.rewrite.dlm.manage")
  await("the list behind the entry", function()
    return vim.tbl_contains(offered, "Remove this synthesized section")
  end)
  until_synthesized(1)
end

function walks.regenerate()
  go_to("### Q")
  vim.cmd("DlmRegenerate")
  await("a word about the change", function()
    return table.concat(messages, "\n"):find("1 replaced", 1, true)
  end)
  vim.cmd("DlmChanges")
  assert(#vim.api.nvim_tabpage_list_wins(0) == 2 and vim.wo.diff, "no diff")
  assert(count("### Q") == 1 and count("### A") == 1, text())
  vim.cmd.tabclose()
end

function walks.synthesize()
  go_to("The town")
  act("refactor.rewrite.dlm.synthesize")
  until_synthesized(2)
  until_progress("Synthesizing instructions")
  until_progress("1 of 1 section")
  until_progress("2 inserted")
  vim.cmd.write()
  vim.cmd.undo()
  assert(count("::instruction::") == 0, "one undo takes out all that came")
end

function walks.commands()
  vim.cmd("DlmSynthesizeDocument")
  until_synthesized(2)
  vim.cmd("DlmNext")
  await("the cursor on the first pair", function()
    return vim.fn.getline(".") == "::instruction::"
  end)
  local first = vim.fn.line(".")
  vim.cmd("DlmNext")
  await("the cursor on the second pair", function()
    return vim.fn.line(".") > first
  end)
  vim.cmd("DlmPrevious")
  await("the cursor back on the first pair", function()
    return vim.fn.line(".") == first
  end)
  vim.cmd("DlmRemove")
  until_synthesized(1)
  go_to("The town")
  vim.cmd("DlmSource")
  await("a word that there is nothing here", function()
    return vim.tbl_contains(messages, "dlm: nothing is synthesized on these lines")
  end)
  go_to("<!-- dlm-auto-synth")
  vim.cmd("DlmSource")
  await("the cursor on the source", function()
    return vim.fn.getline("."):find("The town", 1, true)
  end)
  vim.cmd("DlmList")
  await("the location list", function()
    return vim.bo.buftype == "quickfix"
  end)
  contains(text(), "inserted: ")
  vim.cmd.lclose()
  vim.cmd("DlmReport")
  await("the report", function()
    return vim.fn.expand("%:t") == "report.md"
  end)
  contains(text(), "2 accepted")
end

function walks.stage()
  go_to("The town")
  vim.cmd("DlmStage")
  until_progress("2 staged")
  assert(count("::instruction::") == 0, "staged pairs stay beside the document")
  vim.cmd("DlmApply")
  until_synthesized(2)
  vim.cmd("%DlmKeep")
  until_synthesized(0)
  vim.cmd.undo()
  vim.cmd.undo()
  assert(count("::instruction::") == 0, "one step to put in, one to keep")
  go_to("The town")
  vim.cmd("DlmStage extraction")
  await("the pairs staged again", function()
    return table.concat(progress, "\n"):find("2 staged.*2 staged")
  end)
  vim.cmd("DlmDiscard")
  await("a question with a count", function()
    return offered[1] == "Discard 2 staged sections"
  end)
  vim.cmd("DlmUndoDiscard")
  vim.cmd("DlmDiscard")
  await("what was dropped, back again", function()
    vim.cmd("DlmUndoDiscard")
    return offered[1] == "Discard 2 staged sections"
  end)
end

--- Commands with a range are about what is staged for the sections in it.
function walks.ranges()
  vim.cmd("%DlmStage")
  until_progress("4 staged")
  go_to("Ville2 has")
  vim.cmd("DlmList")
  await("the location list", function()
    return vim.bo.buftype == "quickfix"
  end)
  contains(text(), "staged: How many mills does Ville2 have? Ville2 has 12 mills. (towns)")
  local numbers = vim.tbl_map(function(item)
    return item.lnum
  end, vim.fn.getloclist(0))
  local sorted = vim.deepcopy(numbers)
  table.sort(sorted)
  assert(#numbers == 4 and vim.deep_equal(numbers, sorted), vim.inspect(numbers))
  vim.cmd.lclose()
  vim.cmd(".DlmApply")
  until_synthesized(2)
  assert(count("How many mills does Ville2 have?") == 1, text())
  vim.cmd("1,2DlmApply")
  await("a word that there is nothing", function()
    return vim.tbl_contains(messages, "dlm: nothing is staged about the sections on these lines")
  end)
  vim.cmd("%DlmDiscard")
  await("a question with a count", function()
    return offered[1] == "Discard 2 staged sections"
  end)
  vim.cmd.write()
end

--- The window of a kind that floats, where there is one.
local function floating(title)
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local config = vim.api.nvim_win_get_config(window)
    if config.relative ~= "" and config.title and vim.trim(config.title[1][1]) == title then
      return window
    end
  end
end

local function shown(window)
  local buffer = vim.api.nvim_win_get_buf(window)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

local function press(keys)
  local typed = vim.api.nvim_replace_termcodes(keys, true, false, true)
  vim.api.nvim_feedkeys(typed, "xt", false)
end

local function review(which)
  vim.cmd("DlmReview " .. (which or ""))
  return await("the review", function()
    return floating("Review")
  end)
end

local function until_shown(window, part)
  await("in the review: " .. part, function()
    return vim.api.nvim_win_is_valid(window) and shown(window):find(part, 1, true)
  end)
end

--- What is highlighted in a buffer by a group: the rows, from 0, and the words.
local function highlighted(buffer, group)
  local found = {}
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buffer, -1, 0, -1, { details = true })) do
    local _, row, column, details = unpack(mark)
    if details.hl_group == group then
      local last = vim.api.nvim_buf_line_count(buffer) - 1
      local words = details.end_row <= last
          and vim.api.nvim_buf_get_text(buffer, row, column, details.end_row, details.end_col, {})
        or vim.api.nvim_buf_get_lines(buffer, row, -1, false)
      table.insert(found, { row = row, words = table.concat(words, "\n") })
    end
  end
  return found
end

local function until_unreviewed(buffer, number)
  await(number .. " unreviewed pairs", function()
    return #highlighted(buffer, "DlmUnreviewed") == number
  end)
end

--- 22 pairs by 22 keys.
function walks.review()
  local document, below = vim.api.nvim_get_current_buf(), vim.api.nvim_get_current_win()
  vim.cmd("%DlmStage")
  until_progress("22 staged")
  local window = review()
  for number = 1, 22 do
    local words = shown(window)
    contains(words, ("%d of 22 · %d of 22 reviewed"):format(number, number - 1))
    contains(words, "Ville" .. math.ceil(number / 2))
    contains(words, "staged · towns · extraction · not judged")
    local evidence = highlighted(document, "DlmReviewEvidence")
    assert(#evidence == 1, vim.inspect(evidence))
    contains(evidence[1].words, ("The town of Ville%d has"):format(math.ceil(number / 2)))
    local top = vim.fn.line("w0", below)
    local covered = vim.api.nvim_win_get_height(window) + 2
    local bottom = top + vim.api.nvim_win_get_height(below) - covered
    assert(evidence[1].row + 1 >= top and evidence[1].row < bottom, "the evidence is not in view")
    press(number % 11 == 0 and "n" or "y")
  end
  assert(not floating("Review"), "the review is not over")
  contains(table.concat(messages, "\n"), "20 accepted, 2 rejected, 0 left · 22 of 22 reviewed")
  assert(#highlighted(document, "DlmReviewEvidence") == 0, "the evidence is highlighted still")
  until_synthesized(20)
  await("that all is reviewed", function()
    vim.cmd("DlmReview")
    return table.concat(messages, "\n"):find("nothing to review: 22 of 22 reviewed", 1, true)
  end)
  vim.cmd.write()
end

--- What one does with a pair but to accept or to reject it, in 40 columns.
function walks.review_keys()
  vim.o.columns = 40
  local document = vim.api.nvim_get_current_buf()
  until_unreviewed(document, 2)
  local window = review()
  local buffer = vim.api.nvim_win_get_buf(window)
  assert(vim.api.nvim_win_get_width(window) <= 38, "too wide")
  assert(vim.bo[buffer].buftype == "nofile" and not vim.bo[buffer].modeline, "not inert")
  assert(vim.bo[buffer].filetype == "", "pairs are coloured by a file type")
  contains(shown(window), "in the document")
  press("j")
  contains(shown(window), "2 of 2")
  press("?")
  contains(shown(window), "reject: it leaves")
  press("?k")
  contains(shown(window), "1 of 2")
  press("e")
  local editor = assert(floating("Edit"), "no editor")
  contains(shown(editor), "### Q\nHow many mills does Ville1 have?\n### A\n")
  press("Go### Q<Esc>q")
  contains(table.concat(messages, "\n"), "`:q!` drops what was typed")
  vim.cmd.write()
  contains_message("stand in a document")
  assert(floating("Edit") == editor, "what was typed is lost")
  press("ddGoAnd one more.<Esc>")
  vim.cmd.write()
  until_shown(window, "2 of 2")
  assert(not floating("Edit"), "the editor is open still")
  until_unreviewed(document, 1)
  press("q")
  assert(not floating("Review"), "the review is open still")
  contains(text(), "Ville1 has 11 mills.\nAnd one more.")
  vim.cmd.write()
  vim.g.dlm_unreviewed = false
  vim.cmd("bwipeout! | edit " .. vim.fn.fnameescape(vim.env.DOCUMENT))
  -- The server answers in turn: what was asked as the document opened is answered by now.
  contains(shown(review()), "1 of 1 · 1 of 2 reviewed")
  press("q")
  document = vim.api.nvim_get_current_buf()
  assert(#highlighted(document, "DlmUnreviewed") == 0, "the background cannot be switched off")
end

--- What no server has taken is not decided on, and a server can be had again.
function walks.review_without_server()
  local servers = vim.api.nvim_get_proc_children(vim.fn.getpid())
  local function signal(name)
    for _, pid in ipairs(servers) do
      vim.uv.kill(pid, name)
    end
  end
  local window = review()
  signal("sigstop")
  press("y")
  until_shown(window, "2 of 2")
  signal("sigkill")
  local document = vim.api.nvim_win_get_buf(vim.fn.win_getid(1))
  await("the end of the server", function()
    return #vim.lsp.get_clients({ bufnr = document, name = "dlm_lsp" }) == 0
  end)
  press("y")
  contains_message('`:lua vim.lsp.enable("dlm_lsp")` starts one')
  contains(shown(window), "2 of 2")
  press("q")
  contains_message("0 accepted, 0 rejected, 2 left")
  vim.cmd("checkhealth dlm")
  contains(text(), "ERROR no server runs for")
  vim.cmd.tabclose()
  vim.cmd('lua vim.lsp.enable("dlm_lsp")')
  await("another server", function()
    return vim.lsp.get_clients({ bufnr = document, name = "dlm_lsp" })[1]
  end)
  contains(shown(review()), "1 of 2 · 0 of 2 reviewed")
  vim.cmd("checkhealth dlm")
  contains(text(), "OK a server runs for")
end

--- What is to be reviewed first is staged, and words that stay say so.
function walks.preview()
  local echoed = {}
  local echo = vim.api.nvim_echo
  vim.api.nvim_echo = function(chunks, ...)
    table.insert(echoed, chunks[1][1])
    return echo(chunks, ...)
  end
  vim.cmd("DlmSynthesizeDocument")
  contains_message(":DlmReview goes through them")
  until_progress("2 staged")
  assert(not table.concat(echoed, "\n"):find("2 staged", 1, true), "the words are overwritten")
  assert(count("::instruction::") == 0, "it is in the text before it was reviewed")
  contains(shown(review()), "1 of 2")
end

--- A refused pair says why, and can be taken.
function walks.review_refused()
  vim.cmd("DlmSynthesizeDocument")
  until_synthesized(1)
  review()
  press("y")
  await("the end of the review", function()
    vim.cmd("DlmReview")
    return table.concat(messages, "\n"):find("`:DlmReview state=refused` shows the 1 refused", 1, true)
  end)
  local window = review("state=refused")
  contains(shown(window), "Refused: ")
  press("a")
  until_synthesized(2)
  vim.cmd.write()
end

--- Words choose which pairs are reviewed, and in which order.
function walks.review_filter()
  local function completed(typed)
    return table.concat(vim.fn.getcompletion("DlmReview " .. typed, "cmdline"), " ")
  end
  until_unreviewed(0, 2)
  assert(completed("st") == "state=staged state=inserted state=refused", completed("st"))
  local teachers = completed("low-first teacher=")
  assert(teachers == "teacher=tiny\\ model teacher=towns", teachers)
  for words, part in pairs({
    ["teacher=tiny\\ model"] = "1 of 1 · 0 of 2 reviewed",
    ["low-first"] = "1 of 2 · 0 of 2 reviewed",
    ["state=inserted state=refused below=0.2"] = "1 of 1 · 0 of 2 reviewed",
  }) do
    local window = review(words)
    contains(shown(window), part)
    contains(shown(window), "When was the bridge")
    press("q")
  end
  contains(shown(review("teacher=towns")), "How many mills")
  press("y")
  await("that nothing fits", function()
    vim.cmd("DlmReview teacher=towns")
    local told = table.concat(messages, "\n")
    return told:find("nothing to review: no pair fits that · 1 of 2 reviewed", 1, true)
  end)
  contains(shown(review("all")), "accepted before")
  press("jn")
  until_synthesized(1)
  await("that both are decided on", function()
    vim.cmd("DlmReview")
    return table.concat(messages, "\n"):find("nothing to review: 2 of 2 reviewed", 1, true)
  end)
  local window = review("all")
  press("A")
  contains(shown(window), "rejected before")
  press("q")
  until_synthesized(1)
  for _, word in ipairs({ "refused", "state=open", "below=low", "below=0x1", "teacher=", "all=1" }) do
    messages = {}
    vim.cmd("DlmReview low-first " .. word)
    contains(messages[1], ("not `%s`"):format(word))
  end
end

--- What is typed just before an edit comes does not move the edit.
function walks.keep()
  go_to("How many mills")
  local handlers = vim.lsp.get_clients({ bufnr = 0, name = "dlm_lsp" })[1].handlers
  local apply, asked = handlers["workspace/applyEdit"], 0
  handlers["workspace/applyEdit"] = function(...)
    asked = asked + 1
    if asked == 1 then
      vim.fn.append(vim.fn.search("^The town", "nw") - 1, "Typed.")
    end
    return apply(...)
  end
  vim.cmd("DlmKeep")
  until_synthesized(1)
  assert(asked == 2, "the edit of an older text was made")
  assert(count("::instruction::") == 2, "what is kept stays")
  vim.cmd.write()
end

--- Nothing is written while there are lone CRs; then all is.
function walks.lone_crs()
  until_marked("lone-cr")
  local before = lines()
  go_to("How many mills")
  for _, command in ipairs({ "DlmKeep", "DlmRemove", "DlmRevert" }) do
    messages = {}
    vim.cmd(command)
    contains_message("lone carriage return")
  end
  assert(vim.deep_equal(lines(), before), "the text has changed")
  go_to("Epoch 1")
  act("quickfix")
  await("the quick fix", function()
    return count("\r") == 0
  end)
  go_to("How many mills")
  vim.cmd("DlmKeep")
  until_synthesized(2)
  go_to("When was the bridge")
  vim.cmd("DlmRemove")
  until_synthesized(1)
  vim.cmd("DlmRevert")
  until_synthesized(0)
  vim.cmd.write()
end

function walks.revert()
  vim.cmd("DlmRevert")
  until_synthesized(0)
  assert(vim.deep_equal(offered, { "Revert all synthesized instructions (2)" }), offered[1])
  vim.cmd.write()
end

--- Put pairs in behind the last line, and take them out again.
function walks.round()
  vim.cmd("DlmSynthesizeDocument")
  until_synthesized(2)
  until_progress("2 inserted")
  vim.cmd.write()
  vim.cmd("DlmRevert")
  await("a question with a count", function()
    return offered[1] == "Revert all synthesized instructions (2)"
  end)
  until_synthesized(0)
  vim.cmd.write()
end

function walks.cancel()
  go_to("The town")
  act("refactor.rewrite.dlm.synthesize")
  until_progress("0 of 1 section")
  vim.cmd("DlmCancel")
  until_progress("cancelled")
  vim.cmd("DlmCancel")
  await("a word that nothing runs", function()
    return vim.tbl_contains(messages, "dlm: nothing is running for this document")
  end)
  vim.cmd.write()
end

--- The document gets another name, and one types in it, as quickly as people do, until pairs come.
function walks.saveas()
  go_to("The town")
  act("refactor.rewrite.dlm.synthesize")
  until_progress("0 of 1 section")
  vim.cmd.saveas(vim.env.RENAMED)
  until_marked("duplicate-dlm-id")
  go_to("Mine.")
  local place, typed = vim.fn.line("."), {}
  local keyboard = assert(vim.uv.new_timer())
  keyboard:start(
    0,
    90,
    vim.schedule_wrap(function()
      table.insert(typed, "typed " .. #typed)
      vim.fn.append(place + #typed - 1, typed[#typed])
      if #typed == 3 then
        vim.fn.writefile({}, vim.env.SAVED)
      end
    end)
  )
  until_synthesized(2)
  keyboard:stop()
  local found = vim.list_slice(lines(), place + 1, place + #typed)
  assert(vim.deep_equal(found, typed), "torn apart: " .. vim.inspect(typed))
  vim.api.nvim_buf_set_lines(0, place, place + #typed, true, {})
  vim.cmd.write()
end

--- The main job with the setup as it stands in the README.
function walks.model()
  go_to("The tram network")
  act("refactor.rewrite.dlm.synthesize")
  until_progress("0 of 1 section")
  until_progress(" inserted")
  vim.cmd.write()
  go_to("<!-- dlm-auto-synth")
  local shown = hover()
  contains(shown, "hf:gemma-3-270m")
  contains(shown, "margin")
end

function walks.first_document()
  local found = until_marked("missing-frontmatter")
  assert(found.severity == vim.diagnostic.severity.HINT, vim.inspect(found))
  act("quickfix")
  await("a frontmatter", function()
    return count("base_model: smollm2-135m") == 1
  end)
  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "# One", "A.", "# Two", "B.", "# Three", "C." })
  go_to("# Two")
  act("refactor.rewrite.dlm.split")
  await("three sections", function()
    return count("::prose::") == 2
  end)
  vim.cmd.write()
end

function walks.new()
  local folder = vim.fs.dirname(vim.env.DOCUMENT)
  local function makes(command, name)
    vim.cmd(command)
    assert(vim.fn.expand("%:p") == folder .. "/" .. name, vim.fn.expand("%:p"))
    assert(lines()[1] == "---", text())
    assert(lines()[2]:match("^dlm_id: %w+$"), text())
    await("the server", function()
      return vim.lsp.get_clients({ bufnr = 0, name = "dlm_lsp" })[1]
    end)
  end
  makes("DlmNew " .. folder .. "/new\\ notes.dlm", "new notes.dlm")
  makes("DlmNew " .. folder .. "/bees.md", "bees.dlm")
  contains(text(), "They hum.")
  vim.ui.input = function(asked, answered)
    assert(asked.default == "notes.dlm")
    answered(folder .. "/asked.dlm")
  end
  makes("DlmNew", "asked.dlm")
  local before = vim.fn.readfile(folder .. "/bees.dlm")
  vim.cmd("DlmNew " .. folder .. "/bees.md")
  contains_message("bees.dlm is there already")
  messages = {}
  vim.cmd("DlmNew " .. folder .. "/bees.dlm")
  contains_message("dlm: " .. folder .. "/bees.dlm is a document already")
  assert(not messages[1]:find("dlm: dlm: ", 1, true), messages[1])
  assert(vim.deep_equal(vim.fn.readfile(folder .. "/bees.dlm"), before))
  vim.lsp.config("dlm_lsp", { cmd = { "/nosuch/dlm-lsp" } })
  vim.env.PATH = ""
  vim.cmd("DlmNew " .. folder .. "/nowhere.dlm")
  contains_message("`dlm` cannot be run")
end

--- Lines of which the last alone is prose.
function walks.lines()
  vim.cmd("%DlmSynthesize")
  until_synthesized(2)
end

--- The commands of the tutorial, from a document that is new to pairs that are exported.
function walks.tutorial()
  local steps = vim.split(vim.env.STEPS, "\n")
  local function step(beginning)
    local command = table.remove(steps, 1)
    assert(vim.startswith(command, beginning), command)
    vim.cmd(command)
  end
  local document = vim.api.nvim_get_current_buf()
  press("Go" .. vim.env.PROSE .. "<Esc>")
  step("DlmSynthesize")
  until_synthesized(2)
  until_progress("2 inserted")
  step("DlmSynthesizeDocument")
  until_progress("nothing was accepted")
  step("DlmReview")
  local window = await("the review", function()
    return floating("Review")
  end)
  for number = 1, 2 do
    contains(shown(window), ("%d of 2 · %d of 2 reviewed"):format(number, number - 1))
    press("y")
  end
  assert(not floating("Review"), "the review is not over")
  until_unreviewed(document, 0)
  step("w")
  step("!dlm synth export")
  assert(vim.v.shell_error == 0, "the export failed")
  step("DlmRevert")
  until_synthesized(0)
  step("help dlm")
  step("checkhealth dlm")
end

local function walk()
  if vim.env.TEACHER then
    vim.lsp.config("dlm_lsp", {
      settings = {
        dlm = {
          teacher = vim.env.TEACHER,
          filter = "dedup-only",
          perSection = 2,
          review = vim.env.REVIEW,
        },
      },
    })
  end
  vim.api.nvim_create_autocmd("LspProgress", {
    callback = function(event)
      local value = event.data.params.value
      table.insert(progress, value.title)
      table.insert(progress, value.message)
    end,
  })
  vim.notify = function(words)
    table.insert(messages, words)
  end
  -- The user takes the first of what is offered.
  vim.ui.select = function(items, options, chosen)
    offered = vim.tbl_map(options.format_item, items)
    chosen(items[1], 1)
  end
  vim.cmd(vim.env.OPEN or { cmd = "edit", args = { vim.env.DOCUMENT } })
  await("the server", function()
    return vim.lsp.get_clients({ bufnr = 0, name = "dlm_lsp" })[1]
  end)
  walks[vim.env.WALK]()
end

-- Once Neovim has started: some of its functions do less before.
vim.schedule(function()
  local went, why = xpcall(walk, debug.traceback)
  if not went then
    io.stderr:write(why, "\ntold: ", vim.inspect(messages), "\nprogress: ", table.concat(progress, "; "), "\n", text(), "\n")
  end
  vim.cmd(went and "qall!" or "cquit 1")
end)
