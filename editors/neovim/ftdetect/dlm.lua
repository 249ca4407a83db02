vim.filetype.add({ extension = { dlm = "dlm" } })
