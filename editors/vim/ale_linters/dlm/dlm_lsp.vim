call ale#linter#Define('dlm', {
\   'name': 'dlm_lsp',
\   'lsp': 'stdio',
\   'executable': 'dlm-lsp',
\   'command': '%e',
\   'language': 'dlm',
\   'project_root': {buffer -> expand('#' . buffer . ':p:h')},
\   'initialization_options': {-> {'dlm': get(g:, 'dlm_settings', {})}},
\})
