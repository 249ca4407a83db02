local server = require("dlm.server")

local M = {}

--- Say of each document whether a server runs for it: one may have ended.
local function check_documents()
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].filetype == "dlm" then
      local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(bufnr), ":~:.")
      if server.client(bufnr) then
        vim.health.ok(("a server runs for %s"):format(name))
      else
        vim.health.error(("no server runs for %s"):format(name), {
          ("`%s` starts one"):format(server.RESTART),
          (":edit %s tells how the last one ended"):format(vim.lsp.log.get_filename()),
        })
      end
    end
  end
end

function M.check()
  vim.health.start("dlm")
  local cmd = vim.lsp.config.dlm_lsp.cmd
  local program = type(cmd) == "table" and cmd[1] or "dlm-lsp"
  if vim.fn.executable(program) == 1 then
    local done = vim.system({ program, "--version" }, { text = true }):wait()
    if done.code == 0 then
      vim.health.ok(vim.trim(done.stdout))
    else
      vim.health.error(
        ("`%s --version` ended with %d: %s"):format(program, done.code, vim.trim(done.stderr))
      )
    end
  else
    vim.health.error(("`%s` is not on PATH"):format(program), {
      'install it as docs/install.md of its repository tells, or say where it is: vim.lsp.config("dlm_lsp", { cmd = { "/path/to/dlm-lsp" } })',
    })
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled("dlm_lsp") then
    vim.health.warn("the server is not enabled", { 'vim.lsp.enable("dlm_lsp")' })
  end
  check_documents()
  if vim.treesitter.language.add("dlm") then
    vim.health.ok("the tree-sitter grammar is there")
  else
    vim.health.info("no tree-sitter grammar: the server alone colours the structure")
  end
end

return M
