
(add-to-list 'load-path (locate-user-emacs-file "lisp"))
(require 'dlm-mode)
(setq dlm-settings '(:teacher "hf:gemma-3-270m"))
(add-hook 'dlm-mode-hook #'eglot-ensure)
