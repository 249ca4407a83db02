if exists('g:loaded_dlm')
  finish
endif
let g:loaded_dlm = 1

augroup dlm
  autocmd!
  " Told by vim-lsp, where that is installed.
  autocmd User lsp_setup call dlm#register()
augroup END

command! DlmSynthesizeDocument call dlm#execute('dlm.synth.run')
command! DlmCancel call dlm#execute('dlm.synth.cancel')
command! DlmReport call dlm#execute('dlm.synth.report')
