;;; dlm-mode.el --- Question/answer pairs for .dlm notes  -*- lexical-binding: t; -*-

;; Author: the dlm-synth authors
;; Version: 1.0.0
;; Package-Requires: ((emacs "30.1"))
;; Keywords: text, tools
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; A major mode for .dlm documents, and commands for what the language server `dlm-lsp' does: have
;; a teacher model write pairs about the prose, and keep, remove, regenerate or revert them.  The
;; server is started by `M-x eglot', which is part of Emacs, or by `M-x lsp' of lsp-mode.  The
;; review of pairs, one by one, is in dlm-review.el beside this file.

;;; Code:

(require 'cl-lib)
(require 'easymenu)
(require 'eieio)
(require 'outline)
(require 'treesit)

(declare-function dlm--eglot-server--eieio-childp "dlm-mode")
(declare-function eglot-current-server "eglot")
(declare-function eglot-managed-p "eglot")
(declare-function eglot-path-to-uri "eglot")
(declare-function eglot-range-region "eglot")
(declare-function eglot--request "eglot")
(declare-function eglot--signal-textDocument/didChange "eglot")
(declare-function jsonrpc-async-request "jsonrpc")
(declare-function jsonrpc-error "jsonrpc")
(declare-function lsp--buffer-uri "ext:lsp-mode")
(declare-function lsp--range-to-region "ext:lsp-mode")
(declare-function lsp-activate-on "ext:lsp-mode")
(declare-function lsp-register-client "ext:lsp-mode")
(declare-function lsp-register-custom-settings "ext:lsp-mode")
(declare-function lsp-request-async "ext:lsp-mode")
(declare-function lsp-stdio-connection "ext:lsp-mode")
(declare-function make-lsp-client "ext:lsp-mode")
(defvar eglot-server-programs)
(defvar lsp-language-id-configuration)

(autoload 'dlm-review "dlm-review" "Decide on pair after pair." t)

(defgroup dlm nil
  "Question/answer pairs for .dlm notes."
  :group 'text
  :prefix "dlm-")

(defcustom dlm-server-command '("dlm-lsp")
  "The command that starts the language server, and its arguments."
  :type '(repeat string))

(defcustom dlm-settings nil
  "The settings of the server, as a property list.
For example: (:teacher \"hf:gemma-3-270m\" :perSection 2).
They are read when the server starts."
  :type 'plist)

(defcustom dlm-hide-markers t
  "Whether to hide the lines that tell programs where a section came from.
`dlm-toggle-markers' changes it for one buffer."
  :type 'boolean)

;;;; Highlighting

(defface dlm-fence '((t :inherit font-lock-keyword-face))
  "Face of the fence that opens a section.")

(defface dlm-marker '((t :inherit font-lock-comment-face))
  "Face of the line that says where a section came from.")

(defface dlm-turn '((t :inherit font-lock-function-name-face :weight bold))
  "Face of the headers of questions and answers.")

(defface dlm-key '((t :inherit font-lock-variable-name-face))
  "Face of the keys in the frontmatter.")

(defconst dlm--fence
  (rx bol "::"
      (or (seq (+ (any "A-Za-z0-9_-")) (? "#" (+ (any "A-Za-z0-9_-"))))
          (seq (any "a-z") (* (any "a-z0-9_"))
               (+ (+ blank) (any "a-z") (* (any "a-z0-9_")) "=\"" (* (not (any "\"\n"))) "\"")
               (* blank)))
      "::" eol))

(defun dlm--frontmatter-end ()
  "Return where the frontmatter ends, or nil where there is none."
  (save-excursion
    (goto-char (point-min))
    (and (looking-at "---$")
         (zerop (forward-line))
         (re-search-forward "^---$" nil t))))

(defun dlm--next-key (limit)
  "Find a key of the frontmatter before LIMIT."
  (when-let* ((end (dlm--frontmatter-end))
              ((< (point) end)))
    (re-search-forward "^ *\\(?:- \\)?\\([A-Za-z_][A-Za-z0-9_]*\\):" (min limit end) t)))

(defconst dlm--text-keywords
  '((dlm--next-key 1 'dlm-key)
    ("^#+ .*$" 0 'bold))
  "What YAML and Markdown have colours for.")

(defvar dlm-font-lock-keywords
  `((,dlm--fence 0 'dlm-fence)
    (,(rx bol "<!-- dlm-auto-" (or "synth" "mined" "harvest") ":" (* nonl) "-->" eol)
     0 'dlm-marker)
    ;; A header is one in a code block, too.
    (,(rx bol "### " (or "Q" "Q !probe" "A" "Prompt" "Chosen" "Rejected") (* blank) eol)
     0 'dlm-turn t)
    ,@dlm--text-keywords))

(defun dlm--colour-by-grammar ()
  "Colour the structure by the tree of tree-sitter-dlm, and go by its pairs."
  (treesit-parser-create 'dlm)
  (setq-local treesit-font-lock-settings
              (treesit-font-lock-rules
               :language 'dlm :feature 'structure
               '((fence) @dlm-fence
                 [(marker) (malformed_marker)] @dlm-marker
                 [(question_header) (probe_header) (answer_header)
                  (prompt_header) (chosen_header) (rejected_header)]
                 @dlm-turn))
              treesit-font-lock-feature-list '((structure))
              treesit-defun-type-regexp (rx bos (or "pair" "preference") eos))
  (treesit-major-mode-setup)
  (font-lock-add-keywords nil dlm--text-keywords))

(defconst dlm--syntax-propertize
  ;; Each of these lines begins or ends a code block, in which a fence is plain text.
  (syntax-propertize-rules ("^\\(`\\)``" (1 "|"))))

;;;; Less noise

(defconst dlm--marker
  (rx bol "<!-- dlm-auto-" (or "synth" "mined" "harvest") ":" (* nonl) "-->" eol))

(defvar-local dlm--markers-hidden nil
  "Whether the markers of this buffer are hidden.")

(defun dlm--hide-markers (start end)
  "Lay an overlay over each marker on the lines from START to END."
  (save-excursion
    (goto-char start)
    (setq start (line-beginning-position))
    (goto-char end)
    (setq end (line-end-position))
    (remove-overlays start end 'dlm-marker t)
    (goto-char start)
    (while (and dlm--markers-hidden
                (let ((case-fold-search nil)) (re-search-forward dlm--marker end t)))
      (let ((overlay (make-overlay (match-beginning 0) (match-end 0))))
        (overlay-put overlay 'dlm-marker t)
        (overlay-put overlay 'evaporate t)
        (overlay-put overlay 'display (propertize "<!-- … -->" 'face 'shadow))
        (overlay-put overlay 'help-echo (match-string-no-properties 0))))))

(defun dlm-toggle-markers ()
  "Hide the lines that say where a section came from, or show them."
  (interactive)
  (setq dlm--markers-hidden (not dlm--markers-hidden))
  (without-restriction
    (dlm--hide-markers (point-min) (point-max))))

(defun dlm--keep-fence ()
  "Put the fence that something was typed before on a line of its own.
Sections come in at point where that is at the end of the document, and who
types on would make prose of them."
  (when (and (= (point) (1+ (pos-bol)))
             (not (nth 3 (syntax-ppss)))
             (string-match-p dlm--fence (buffer-substring (point) (pos-eol))))
    (save-excursion (insert "\n"))))

(defun dlm-fold-synthesized ()
  "Fold every synthesized section; \\[outline-show-all] shows them again."
  (interactive)
  (add-to-invisibility-spec '(outline . t))
  (save-excursion
    (dolist (section (dlm--sections))
      (goto-char (point-min))
      (forward-line (dlm--section-first section))
      (outline-hide-entry))))

;;;; The server

(defun dlm--with-letters (uri)
  "Return URI with its letters beyond ASCII as they are, and the rest as it was."
  (replace-regexp-in-string
   "\\(?:%[89A-Fa-f][0-9A-Fa-f]\\)+"
   (lambda (bytes) (save-match-data (decode-coding-string (url-unhex-string bytes) 'utf-8)))
   uri t t))

(defconst dlm--capabilities '(:runEnded t :overview t :review t)
  "What the mode asks the server for that no other server has.
How a run ended, a word when what is synthesized is another, and pairs that
wait for a review of our own where the user wants to see them first.")

(defvar dlm--changed-functions nil
  "Functions of the URI of a document where what is synthesized is another.")

(defun dlm--eglot-contact (&rest _)
  "Return the class and the command by which Eglot starts the server."
  (cons 'dlm--eglot-server dlm-server-command))

(with-eval-after-load 'eglot
  (defclass dlm--eglot-server (eglot-lsp-server) ()
    "What Eglot does differently for our server.")

  (cl-defmethod eglot-initialization-options ((_server dlm--eglot-server))
    "Return the settings as they are now, for a server that is started again, too."
    (list :dlm dlm-settings))

  (cl-defmethod eglot-client-capabilities ((_server dlm--eglot-server))
    "Ask to be told what only this server tells, such as how a run ended.
The progress of Eglot shows no words."
    (plist-put (cl-call-next-method) :experimental (list :dlm dlm--capabilities)))

  (cl-defmethod eglot-handle-notification
    ((_server dlm--eglot-server) (_method (eql '$/dlm/runEnded)) &rest end)
    "Tell of the END of a run."
    (dlm--run-ended end))

  (cl-defmethod eglot-handle-notification
    ((_server dlm--eglot-server) (_method (eql '$/dlm/overviewChanged)) &key uri)
    "Pass on that what is synthesized in the document at URI is another."
    (run-hook-with-args 'dlm--changed-functions uri))

  (cl-defmethod eglot-handle-notification
    ((server dlm--eglot-server) (method (eql 'textDocument/publishDiagnostics))
     &rest params)
    "Have SERVER show by METHOD what is in PARAMS, for letters beyond ASCII too.
Eglot 1.17 takes the bytes of such a letter for so many letters, and finds no
buffer."
    (apply #'cl-call-next-method server method
           (plist-put params :uri (dlm--with-letters (plist-get params :uri)))))

  (add-to-list 'eglot-server-programs '((dlm-mode :language-id "dlm") . dlm--eglot-contact))

  ;; Of any server: users have their own ways to start ours.
  (cl-defmethod eglot-handle-request :extra "dlm" :before
    ((server eglot-lsp-server) (_method (eql 'workspace/applyEdit)) &rest _)
    "Tell SERVER what was typed in our documents before an edit of its is made.
Eglot 1.17, of Emacs 30, tells it once Emacs is idle and counts no version
before, so it would take an edit of the old text for one of the new.  Now it
refuses that, and the server makes another.  Eglot 1.12 and 1.21 count every
change at once."
    (dolist (buffer (buffer-list))
      (with-current-buffer buffer
        (when (and (derived-mode-p 'dlm-mode) (eglot-managed-p) (eq server (eglot-current-server)))
          (when inhibit-modification-hooks
            ;; An input method has put half a letter there that nobody is told of.
            (jsonrpc-error "Something is half typed"))
          (eglot--signal-textDocument/didChange))))))

(defun dlm--lsp-options ()
  "Return the options by which lsp-mode starts the server, which asks again."
  (cl-loop for (name value) on dlm-settings by #'cddr
           for path = (concat "dlm." (substring (symbol-name name) 1))
           do (lsp-register-custom-settings (list (list path value))))
  (list :dlm dlm-settings))

(with-eval-after-load 'lsp-mode
  (add-to-list 'lsp-language-id-configuration '(dlm-mode . "dlm"))
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection (lambda () dlm-server-command))
                    :activation-fn (lsp-activate-on "dlm")
                    :initialization-options #'dlm--lsp-options
                    :custom-capabilities `((experimental . (:dlm ,dlm--capabilities)))
                    :notification-handlers
                    (let ((handlers (make-hash-table :test #'equal)))
                      (puthash "$/dlm/runEnded" (lambda (_ end) (dlm--run-ended end)) handlers)
                      (puthash "$/dlm/overviewChanged"
                               (lambda (_ changed)
                                 (run-hook-with-args 'dlm--changed-functions
                                                     (dlm--get changed "uri")))
                               handlers)
                      handlers)
                    :server-id 'dlm-lsp)))

(defun dlm--run-ended (end)
  "Tell of the END of a run, unless the server has told why it failed."
  (let ((code (dlm--get end "code")))
    (unless (member code '("failed" "defect"))
      (message "dlm: %s%s" (dlm--get end "message")
               ;; A window that opened here would take the keys of who is typing.
               (if (member code '("staged" "to-review"))
                   (substitute-command-keys "; \\<dlm-mode-map>\\[dlm-review] goes through them")
                 "")))))

;; Both are written anew each time, and shown by visiting the file: its buffer follows without a
;; question.
(add-to-list 'revert-without-query "/synth/\\(?:report\\|provenance\\)\\.md\\'")

(defun dlm--get (object &rest names)
  "Return what stands in OBJECT, and in what is there, under NAMES.
Eglot answers with property lists, lsp-mode with hash tables."
  (dolist (name names object)
    (setq object (if (hash-table-p object)
                     (gethash name object)
                   (plist-get object (intern (concat ":" name)))))))

(defun dlm--list (sequence)
  "Return SEQUENCE as a list."
  (append sequence nil))

(defun dlm--served-p ()
  "Tell whether a server looks after this buffer."
  (or (and (fboundp 'eglot-managed-p) (eglot-managed-p))
      (bound-and-true-p lsp-managed-mode)))

(defun dlm--eglot-p ()
  "Tell whether Eglot looks after this buffer, and fail where nobody does."
  (cond ((and (fboundp 'eglot-managed-p) (eglot-managed-p)) t)
        ((bound-and-true-p lsp-managed-mode) nil)
        ((not buffer-file-name)
         (user-error "The server knows files only: C-x C-w saves this document to one"))
        (t (user-error "No server runs for this document: M-x eglot starts it"))))

(defun dlm--request (method params)
  "Send a request for METHOD with PARAMS, and return the answer."
  (if (dlm--eglot-p)
      ;; Not `jsonrpc-request': what was just typed is to be told first.
      (eglot--request (eglot-current-server) (intern (concat ":" method)) params)
    (dlm--lsp-request method params)))

(defun dlm--lsp-request (method params)
  "Send lsp-mode's request for METHOD with PARAMS, and return the answer.
Not by `lsp-request', which loses what comes in one piece with the answer."
  (let (done answer failed)
    (lsp-request-async method params
                       (lambda (given) (setq done t answer given))
                       :error-handler (lambda (given) (setq done t failed given))
                       :mode 'detached)
    (with-timeout (10 (user-error "The server does not answer"))
      (while (not done) (accept-process-output nil 0.05)))
    (when failed (user-error "%s" (dlm--get failed "message")))
    answer))

(defun dlm--request-async (method params answered)
  "Send a request for METHOD with PARAMS, and call ANSWERED with its answer.
What was typed before is told first.  Of what fails, nobody hears."
  (if (dlm--eglot-p)
      (progn
        (eglot--signal-textDocument/didChange)
        (jsonrpc-async-request (eglot-current-server) (intern (concat ":" method)) params
                               :success-fn answered :error-fn #'ignore :timeout-fn #'ignore))
    (lsp-request-async method params answered :error-handler #'ignore :mode 'detached)))

(defun dlm--uri ()
  "Return the URI that the server knows the document by."
  (if (dlm--eglot-p)
      (eglot-path-to-uri buffer-file-name)
    (lsp--buffer-uri)))

(defun dlm--command (name &optional about)
  "Return the parameters that have the server do NAME, with what it is ABOUT."
  (let ((argument (if (hash-table-p about) about `(,@about :uri ,(dlm--uri)))))
    `(:command ,name :arguments [,argument])))

(defun dlm--execute (name &optional about)
  "Have the server do the command NAME, with ABOUT as what it is about.
What is wrong with it, the server tells the user itself."
  (dlm--request "workspace/executeCommand" (dlm--command name about)))

(defun dlm--region (range)
  "Return where RANGE of the server begins and ends, as a pair."
  (if (dlm--eglot-p) (eglot-range-region range) (lsp--range-to-region range)))

(defun dlm--lines ()
  "Return first and last line of the region, or twice that of point, from 0."
  (if (use-region-p)
      (list (1- (line-number-at-pos (region-beginning) t))
            (1- (line-number-at-pos (max (point-min) (1- (region-end))) t)))
    (let ((line (1- (line-number-at-pos nil t))))
      (list line line))))

(defun dlm--last-character ()
  "Return how far the last line of `dlm--lines' belongs to it.
A section that begins on the last line of the region is in it, too."
  (if (use-region-p)
      (save-excursion
        (goto-char (max (point-min) (1- (region-end))))
        (- (pos-eol) (pos-bol)))
    0))

(defun dlm--go-to (line)
  "Put point to the beginning of LINE, from 0."
  (push-mark nil t)
  (when (buffer-narrowed-p) (widen))
  (goto-char (point-min))
  (forward-line line))

;;;; What the server offers

(defun dlm--offers (what)
  "Return what the server offers of the kind WHAT, here.
Each is a title and what its command is about."
  (cl-destructuring-bind (first last) (dlm--lines)
    (cl-loop
     for action in (dlm--list
                    (dlm--request
                     "textDocument/codeAction"
                     `(:textDocument (:uri ,(dlm--uri))
                       :range (:start (:line ,first :character 0)
                               :end (:line ,last :character ,(dlm--last-character)))
                       :context (:diagnostics [] :only [,(concat "refactor.rewrite.dlm." what)]))))
     for reason = (dlm--get action "disabled" "reason")
     when reason do (user-error "%s" reason)
     collect (cons (dlm--get action "title")
                   (or (dlm--get action "data")
                       (seq-first (dlm--get action "command" "arguments")))))))

(defun dlm--ask (what prompt none)
  "Ask by PROMPT which offer of the kind WHAT to take up.
NONE says that there is none."
  (let ((offers (or (dlm--offers what) (user-error "%s" none))))
    (if (cdr offers)
        ;; RET at the empty prompt gives a title that is none.
        (let ((offer (or (assoc (completing-read prompt (mapcar #'car offers) nil t) offers)
                         (user-error "Nothing was chosen"))))
          (dlm--execute (concat "dlm.synth." what) (cdr offer)))
      (when (y-or-n-p (concat (caar offers) "? "))
        (dlm--execute (concat "dlm.synth." what) (cdar offers))))))

(defun dlm--read-strategy ()
  "Ask for a strategy, where there is a prefix argument."
  (and current-prefix-arg
       (let ((read (completing-read "Strategy: " '("extraction" "expansion" "both") nil t)))
         (and (not (string-empty-p read)) read))))

(defun dlm--synthesize (strategy more)
  "Ask about the prose here, by STRATEGY if it is given, with MORE arguments."
  (let* ((about (cdar (dlm--offers "synthesize")))
         (sections (dlm--list (dlm--get about "sections"))))
    (unless sections
      (user-error "No prose here; M-x dlm-synthesize-document asks about all of it"))
    (dlm--execute "dlm.synth.run" `(:sections [,@sections]
                                    ,@(and strategy (list :strategy strategy))
                                    ,@more))))

(defun dlm-synthesize (&optional strategy)
  "Ask the teacher about the prose at point or in the region.
With a prefix argument, ask for the STRATEGY."
  (interactive (list (dlm--read-strategy)))
  (dlm--synthesize strategy nil))

(defun dlm-stage (&optional strategy)
  "Ask as `dlm-synthesize' does by STRATEGY, but stage what comes."
  (interactive (list (dlm--read-strategy)))
  (dlm--synthesize strategy '(:review "stage")))

(defun dlm-synthesize-document (&optional strategy)
  "Ask the teacher about every section.
With a prefix argument, ask for the STRATEGY."
  (interactive (list (dlm--read-strategy)))
  (dlm--execute "dlm.synth.run" (and strategy (list :strategy strategy))))

(defun dlm-cancel ()
  "Stop what runs for this document; what is finished is kept."
  (interactive)
  (when (eql 0 (dlm--get (dlm--execute "dlm.synth.cancel") "cancelled"))
    (user-error "Nothing is running for this document")))

(defun dlm--program ()
  "Return the command `dlm': the one beside the server, or the one on PATH."
  (let* ((server (or (executable-find (car dlm-server-command)) ""))
         (beside (replace-regexp-in-string "dlm-lsp\\(\\.exe\\)?\\'" "dlm\\1" server)))
    (if (and (not (equal beside server)) (file-executable-p beside)) beside "dlm")))

;;;###autoload
(defun dlm-new-document (file)
  "Make a document at FILE, or of the Markdown or text that it is, and visit it.
That is what `dlm init' does; nothing is ever written over a file."
  (interactive (list (read-file-name "New document: " nil "notes.dlm")))
  (let* ((answer
          (with-temp-buffer
            (condition-case nil
                (call-process (dlm--program) nil '(t nil) nil
                              "init" "--json" "--" (expand-file-name file))
              (file-missing (user-error "`dlm' cannot be run: it comes with dlm-lsp")))
            (goto-char (point-min))
            (json-parse-buffer :object-type 'plist :array-type 'list)))
         (document (car (plist-get answer :documents)))
         (made (plist-get document :document)))
    (unless made
      (user-error "%s" (or (plist-get document :error) (plist-get answer :error))))
    (find-file made)
    (goto-char (point-max))))

(defun dlm-report ()
  "Show what the last run accepted and refused, and why."
  (interactive)
  (dlm--execute "dlm.synth.report"))

(defun dlm-apply ()
  "Put in what is staged."
  (interactive)
  (dlm--execute "dlm.synth.apply"))

(defun dlm-revert ()
  "Take synthesized sections out again, after a question that counts them.
All of them, or those of the run or the teacher of the section at point."
  (interactive)
  (dlm--ask "revert" "Revert: " "There is nothing to revert"))

(defun dlm-undo-discard ()
  "Put back what was dropped last, unless something was staged or applied since."
  (interactive)
  (dlm--execute "dlm.synth.restoreDiscarded"))

(defun dlm-discard ()
  "Drop what is staged, after a question that counts it."
  (interactive)
  (dlm--ask "discard" "Discard: " "Nothing is staged for this document"))

;;;; What was synthesized

(cl-defstruct dlm--section id first last teacher at source)

(defun dlm--sections ()
  "Return the synthesized sections of the document, in its order."
  (sort (cl-loop
         for source in (dlm--list (dlm--get (dlm--execute "dlm.synth.overview") "sources"))
         nconc (cl-loop
                for entry in (dlm--list (dlm--get source "sections"))
                when (dlm--get entry "range")
                collect (dlm--section source entry)))
        :key #'dlm--section-first))

(defun dlm--section (source entry)
  "Return what there is to know of ENTRY, a section from SOURCE."
  (let ((first (dlm--get entry "range" "start" "line"))
        (last (dlm--get entry "range" "end" "line")))
    (make-dlm--section
     :id (dlm--get entry "id") :teacher (dlm--get entry "teacher") :at (dlm--get entry "at")
     :source (dlm--get source "id") :first first
     ;; What ends at the beginning of a line ends before it.
     :last (if (zerop (dlm--get entry "range" "end" "character")) (max first (1- last)) last))))

(defun dlm--here ()
  "Return the synthesized sections that the region, or the line of point, touches."
  (cl-destructuring-bind (first last) (dlm--lines)
    (or (seq-filter (lambda (section)
                      (and (<= (dlm--section-first section) last) (<= first (dlm--section-last section))))
                    (dlm--sections))
        (user-error "Nothing is synthesized here"))))

(defun dlm--on-those-here (name)
  "Have the server do the command NAME on the synthesized sections here."
  (let ((found (dlm--here)))
    (dlm--execute
     name
     `(:sections [,@(mapcar #'dlm--section-id found)]
       ;; Equal sections have one id: these tell which one is meant.
       ,@(when-let* ((only (and (null (cdr found)) (car found))))
           `(:teacher ,(dlm--section-teacher only) :at ,(dlm--section-at only)
             ,@(and (dlm--section-source only) (list :source (dlm--section-source only)))))))))

(defun dlm-keep ()
  "Keep the synthesized sections at point or in the region as your own."
  (interactive)
  (dlm--on-those-here "dlm.synth.keep"))

(defun dlm-remove ()
  "Remove the synthesized sections at point or in the region."
  (interactive)
  (dlm--on-those-here "dlm.synth.remove"))

(defun dlm-regenerate ()
  "Ask the teacher anew for the synthesized sections at point or in the region."
  (interactive)
  (dlm--on-those-here "dlm.synth.regenerate"))

(defun dlm-source ()
  "Go to the section that the one at point was written about."
  (interactive)
  (when-let* ((line (dlm--get (dlm--on-those-here "dlm.goToSource") "line")))
    (dlm--go-to line)))

(defun dlm-provenance ()
  "Show where the section at point came from."
  (interactive)
  (dlm--on-those-here "dlm.showProvenance"))

(defun dlm-next (&optional back)
  "Go to the next synthesized section, round the end; to the one before if BACK."
  (interactive)
  (let* ((here (car (dlm--lines)))
         (lines (or (mapcar #'dlm--section-first (dlm--sections))
                    (user-error "Nothing is synthesized in this document"))))
    (dlm--go-to (if back
                    (or (seq-find (lambda (line) (< line here)) (reverse lines))
                        (car (last lines)))
                  (or (seq-find (lambda (line) (> line here)) lines) (car lines))))))

(defun dlm-previous ()
  "Go to the synthesized section before, round the beginning."
  (interactive)
  (dlm-next t))

;;;; The mode

(defvar-keymap dlm-mode-map
  :doc "Keys in .dlm documents."
  "C-c C-s" #'dlm-synthesize
  "C-c C-b" #'dlm-synthesize-document
  "C-c C-t" #'dlm-stage
  "C-c C-q" #'dlm-cancel
  "C-c C-o" #'dlm-report
  "C-c C-k" #'dlm-keep
  "C-c C-d" #'dlm-remove
  "C-c C-r" #'dlm-regenerate
  "C-c C-u" #'dlm-revert
  "C-c C-e" #'dlm-review
  "C-c C-a" #'dlm-apply
  "C-c C-x" #'dlm-discard
  "C-c C-z" #'dlm-undo-discard
  "C-c C-l" #'dlm-toggle-markers
  "C-c C-f" #'dlm-fold-synthesized
  "C-c C-n" #'dlm-next
  "C-c C-p" #'dlm-previous
  "C-c C-j" #'dlm-source
  "C-c C-v" #'dlm-provenance)

(easy-menu-define dlm-mode-menu dlm-mode-map
  "Menu of `dlm-mode'."
  '("DLM"
    ["Synthesize Instructions" dlm-synthesize]
    ["Synthesize for the Document" dlm-synthesize-document]
    ["Synthesize and Stage" dlm-stage]
    ["Cancel" dlm-cancel]
    ["Report" dlm-report]
    ["New Document..." dlm-new-document]
    "---"
    ["Next" dlm-next]
    ["Previous" dlm-previous]
    ["Keep" dlm-keep]
    ["Remove" dlm-remove]
    ["Regenerate" dlm-regenerate]
    ["Go to Source" dlm-source]
    ["Show Provenance" dlm-provenance]
    ["Fold Synthesized" dlm-fold-synthesized]
    ["Hide or Show Markers" dlm-toggle-markers]
    "---"
    ["Review" dlm-review]
    ["Apply Staged" dlm-apply]
    ["Discard Staged..." dlm-discard]
    ["Put Back What Was Discarded" dlm-undo-discard]
    ["Revert..." dlm-revert]))

;;;###autoload
(define-derived-mode dlm-mode text-mode "DLM"
  "Major mode for .dlm documents.

\\{dlm-mode-map}"
  (setq-local font-lock-defaults '(dlm-font-lock-keywords)
              syntax-propertize-function dlm--syntax-propertize
              outline-regexp dlm--fence
              outline-level (lambda () 1))
  (when (treesit-ready-p 'dlm t)
    (dlm--colour-by-grammar))
  (add-hook 'post-self-insert-hook #'dlm--keep-fence nil t)
  (setq dlm--markers-hidden dlm-hide-markers)
  (jit-lock-register #'dlm--hide-markers))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.dlm\\'" . dlm-mode))

(provide 'dlm-mode)
;;; dlm-mode.el ends here
