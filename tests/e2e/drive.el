;;; drive.el --- Walk a document through Emacs  -*- lexical-binding: t; -*-

;;; Commentary:

;; The environment says which walk (`WALK'), of which document (`DOCUMENT'), and who writes the pairs
;; (`TEACHER').  Ends Emacs with 0 where all went as it should, else with 1 and the reason.

;;; Code:

(require 'cl-lib)
(require 'eldoc)
(require 'flymake)

(defconst drive-patience 240)

(defvar drive-progress nil "What the progress said, the last words first.")
(defvar drive-shown nil "What was shown in the echo area, the last words first.")
(defvar drive-messages nil "What the server told the user, the last message first.")
(defvar drive-asked nil "The questions that the user was asked, the last first.")
(defvar drive-presses-return nil "Whether the user just presses RET where there is a choice.")

(defun drive-await (what is-so)
  "Wait until the function IS-SO says so, which is WHAT, and return what it says."
  (with-timeout (drive-patience (error "Waited in vain for %s; progress: %S" what drive-progress))
    (let (found)
      (while (not (setq found (funcall is-so)))
        (accept-process-output nil 0.05))
      found)))

(defun drive-count (words)
  "Return how often WORDS stand in the document."
  (save-excursion
    (goto-char (point-min))
    (cl-loop while (search-forward words nil t) count t)))

(defun drive-go-to (words)
  "Put point to where WORDS begin."
  (goto-char (point-min))
  (search-forward words)
  (goto-char (match-beginning 0)))

(defun drive-until-synthesized (count)
  "Wait until COUNT synthesized sections are in the document."
  (drive-await (format "%d synthesized sections" count)
               (lambda () (= count (drive-count "<!-- dlm-auto-synth:")))))

(defun drive-until-progress (part)
  "Wait until PART was in a message of progress."
  (drive-await (concat "progress: " part)
               (lambda () (seq-some (lambda (one) (string-search part one)) drive-progress))))

(defun drive-until-shown (words)
  "Wait until WORDS were in the echo area."
  (drive-await (concat "in the echo area: " words) (lambda () (member words drive-shown))))

(defun drive-contains (whole part)
  "Fail unless PART is in WHOLE."
  (unless (string-search part whole) (error "%S is not in %S" part whole)))

(defun drive-equal (one other)
  "Fail unless ONE equals OTHER."
  (unless (equal one other) (error "%S is not %S" one other)))

(defun drive-hover ()
  "Return what is shown about point."
  (let (shown)
    (eglot-hover-eldoc-function (lambda (words &rest _) (setq shown words)))
    (drive-await "a hover" (lambda () shown))))

(defun drive-heard (value)
  "Take note of a VALUE of progress."
  (dolist (name '(:title :message))
    (when-let* ((words (plist-get value name))) (push words drive-progress))))

(defun drive-code-action (kind)
  "Have the user choose the first code action of KIND at point, which asks by a menu."
  (eglot-code-actions (point) (point) kind t))

(defun drive-walk-new ()
  (let* ((folder (file-name-directory (getenv "DOCUMENT")))
         (makes (lambda (given name)
                  (dlm-new-document (concat folder given))
                  (drive-equal (concat folder name) (buffer-file-name))
                  (drive-equal 'dlm-mode major-mode)
                  (drive-equal 1 (drive-count "dlm_id: ")))))
    (funcall makes "new notes.dlm" "new notes.dlm")
    (funcall makes "bees.md" "bees.dlm")
    (drive-equal 1 (drive-count "They hum."))
    (drive-contains (condition-case told (dlm-new-document (concat folder "bees.md"))
                      (user-error (cadr told)))
                    "bees.dlm is there already")
    (with-temp-buffer
      (dlm-mode)
      (drive-contains (condition-case told (dlm-synthesize) (user-error (cadr told)))
                      "C-x C-w saves this document"))
    (let ((dlm-server-command '("/nosuch/dlm-lsp")) (exec-path nil))
      (drive-contains (condition-case told (dlm-new-document (concat folder "nowhere.dlm"))
                        (user-error (cadr told)))
                      "cannot be run"))))

(defun drive-walk-diagnostics ()
  (drive-await "the diagnostic" (lambda () (flymake-diagnostics)))
  (let ((found (car (flymake-diagnostics))))
    (drive-contains (flymake-diagnostic-text found) "did you mean")
    (drive-equal 3 (line-number-at-pos (flymake-diagnostic-beg found)))
    (eglot-code-actions (flymake-diagnostic-beg found) (flymake-diagnostic-end found) "quickfix" t))
  (drive-await "the quick fix" (lambda () (= 1 (drive-count "base_model: smollm2-135m\n"))))
  (setq dlm-settings '(:perSection "many"))
  (eglot-reconnect (eglot-current-server))
  (drive-await "what is wrong with the new settings"
               (lambda () (seq-some (lambda (words) (string-search "perSection" words))
                                    drive-messages))))

(defun drive-walk-hover ()
  (drive-go-to "<!-- dlm-auto-synth")
  (let ((shown (drive-hover)))
    (drive-contains shown "vllm-server:towns")
    (drive-contains shown "the answer stands in the source")
    (drive-contains shown "The town of Ville1")))

(defun drive-walk-synthesize ()
  (drive-go-to "The town")
  (drive-code-action "refactor.rewrite.dlm.synthesize")
  (drive-until-synthesized 2)
  (drive-until-progress "Synthesizing instructions")
  (drive-until-progress "1 of 1 section")
  (drive-until-progress "2 inserted")
  (save-buffer)
  (undo-boundary)
  (undo-only)
  (drive-equal 0 (drive-count "::instruction::")))

(defun drive-walk-commands ()
  (dlm-synthesize-document)
  (drive-until-synthesized 2)
  (dlm-next)
  (drive-equal 6 (line-number-at-pos))
  (dlm-next)
  (drive-equal 12 (line-number-at-pos))
  (dlm-previous)
  (drive-equal 6 (line-number-at-pos))
  (dlm-remove)
  (drive-until-synthesized 1)
  (drive-go-to "The town")
  (drive-equal '(user-error "Nothing is synthesized here")
               (condition-case why (dlm-source) (user-error why)))
  (drive-go-to "<!-- dlm-auto-synth")
  (dlm-source)
  (drive-equal 5 (line-number-at-pos))
  (dlm-report)
  (drive-await "the report" (lambda () (get-buffer "report.md")))
  (with-current-buffer "report.md" (drive-contains (buffer-string) "2 accepted")))

(defun drive-walk-stage ()
  (drive-go-to "The town")
  (dlm-stage "extraction")
  (drive-until-progress "2 staged")
  (drive-equal 0 (drive-count "::instruction::"))
  (dlm-discard)
  (drive-equal '("Discard 2 staged sections? ") drive-asked)
  (setq drive-progress nil)
  (dlm-stage)
  (drive-until-progress "2 staged")
  (dlm-discard)
  (dlm-undo-discard)
  (drive-await "what was dropped, back again" (lambda () (dlm--offers "apply")))
  (dlm-apply)
  (drive-until-synthesized 2))

(defun drive-hidden ()
  "Return how many markers are hidden."
  (seq-count (lambda (overlay) (overlay-get overlay 'dlm-marker))
             (overlays-in (point-min) (point-max))))

(defun drive-walk-less-noise ()
  (jit-lock-fontify-now (point-min) (point-max))
  (drive-equal 2 (drive-hidden))
  (dlm-toggle-markers)
  (drive-equal 0 (drive-hidden))
  (dlm-toggle-markers)
  (drive-equal 2 (drive-hidden))
  (dlm-fold-synthesized)
  (drive-go-to "How many mills")
  (drive-equal t (and (invisible-p (point)) t))
  (drive-go-to "The town")
  (drive-equal nil (invisible-p (point))))

;;; Reviews

(defun drive-buffer ()
  "Return the buffer of the document."
  (get-file-buffer (getenv "DOCUMENT")))

(defun drive-review (&rest words)
  "Begin a review of the pairs that WORDS choose, and return its buffer."
  (with-current-buffer (drive-buffer) (dlm-review words))
  (or (drive-reviewing) (error "No review; shown: %S" drive-shown)))

(defun drive-reviewing ()
  "Return the buffer of a review, if there is one."
  (car (match-buffers '(derived-mode . dlm-review-mode))))

(defun drive-press (&rest keys)
  "Press KEYS one after the other, in the review or in what it has opened."
  (dolist (key keys)
    (with-current-buffer (or (car (match-buffers '(derived-mode . dlm-review-edit-mode)))
                             (drive-reviewing)
                             (error "No review; shown: %S" drive-shown))
      (call-interactively (or (key-binding (kbd key)) (error "Nothing is at %s" key))))))

(defun drive-refused (&rest keys)
  "Press KEYS, and return why that is refused."
  (condition-case why
      (progn (apply #'drive-press keys) nil)
    (error (error-message-string why))))

(defun drive-until-in-review (&rest parts)
  "Wait until PARTS are in the review, its header with it."
  (dolist (part parts)
    (drive-await (concat "in the review: " part)
                 (lambda ()
                   (when-let* ((buffer (drive-reviewing)))
                     (with-current-buffer buffer
                       (string-search part (concat header-line-format "\n" (buffer-string)))))))))

(defun drive-until-accepted (count)
  "Wait until the server has put in COUNT of the pairs that the review has accepted."
  (drive-await (format "%d accepted pairs" count)
               (lambda () (= count (plist-get (dlm-review--counts (car dlm-review--sessions))
                                              :accepted)))))

(defun drive-evidence ()
  "Return what is highlighted in the document as evidence."
  (with-current-buffer (drive-buffer)
    (cl-loop for overlay in (overlays-in (point-min) (point-max))
             when (eq (overlay-get overlay 'face) 'dlm-review-evidence)
             collect (buffer-substring-no-properties (overlay-start overlay)
                                                     (overlay-end overlay)))))

(defun drive-staged ()
  "Stage what there is about the whole document."
  (mark-whole-buffer)
  (activate-mark)
  (dlm-stage)
  (deactivate-mark))

(defun drive-walk-review ()
  (drive-staged)
  (drive-until-shown "dlm: 6 staged (for review); C-c C-e goes through them")
  (drive-review)
  (dotimes (at 6)
    (let ((town (format "Ville%d" (1+ (/ at 2)))))
      (drive-until-in-review (format "%d of 6 · %d of 6 reviewed" (1+ at) at)
                             "staged · towns · extraction · not judged"
                             (concat "Q  " (if (cl-evenp at) "How many mills" "When was the bridge"))
                             town)
      (drive-equal 1 (length (drive-evidence)))
      (drive-contains (car (drive-evidence)) (concat "The town of " town)))
    (drive-press (if (= at 3) "n" "y")))
  (drive-until-shown "dlm: 5 accepted, 1 rejected, 0 left · 6 of 6 reviewed")
  (drive-equal nil (drive-reviewing))
  (drive-equal nil (drive-evidence))
  (with-current-buffer (drive-buffer)
    (drive-until-synthesized 5)
    (dlm-review)
    (drive-until-shown
     "dlm: nothing to review: 6 of 6 reviewed (with C-u C-c C-e, all shows them again)")
    (save-buffer)))

(defun drive-walk-review-keys ()
  (drive-review)
  (drive-until-in-review "1 of 2 · 0 of 2" "in the document")
  (drive-press "j")
  (drive-until-in-review "2 of 2" "When was the bridge")
  (drive-press "?")
  (drive-until-in-review "n  reject: it leaves")
  (drive-press "?" "k" "k")
  (drive-until-in-review "1 of 2" "How many mills")
  (drive-press "s")
  (drive-until-shown "dlm: 0 accepted, 0 rejected, 2 left · 0 of 2 reviewed")
  (drive-review)
  (drive-press "A")
  (drive-until-shown "dlm: 2 accepted, 0 rejected, 0 left · 2 of 2 reviewed"))

(defun drive-type (old new)
  "Type NEW in the place of OLD where a pair is edited."
  (with-current-buffer "*dlm pair*"
    (goto-char (point-min))
    (search-forward old)
    (replace-match new t t)))

(defun drive-walk-review-edit ()
  (drive-review)
  (drive-press "e")
  (drive-type "### A" "### B")
  (drive-contains (drive-refused "C-c C-c") "One pair is")
  (drive-type "### B" "### A")
  (drive-type "11 mills." "11 mills.\n### Q\n")
  (drive-press "C-c C-c")
  (drive-await "why not" (lambda () (seq-some (lambda (words) (string-search "cannot stand" words))
                                              drive-messages)))
  (drive-type "### Q\n\n" "Und 🐝 mehr.")
  (drive-press "C-c C-c")
  (drive-equal nil (get-buffer "*dlm pair*"))
  (drive-until-in-review "2 of 2 · 1 of 2")
  (drive-press "e" "C-c C-k")
  (drive-until-in-review "2 of 2 · 1 of 2")
  (drive-press "q")
  (drive-until-shown "dlm: 1 accepted, 0 rejected, 1 left · 1 of 2 reviewed")
  (with-current-buffer (drive-buffer) (save-buffer)))

(defun drive-walk-review-without-server ()
  (let* ((server (eglot-current-server))
         (process (jsonrpc--process server)))
    (drive-review)
    (signal-process process 'SIGSTOP)
    (unwind-protect
        (progn
          (drive-await "the server to stand still" (lambda () (eq 'stop (process-status process))))
          (drive-contains (drive-refused "y") "not running"))
      (signal-process process 'SIGKILL))
    (drive-until-in-review "1 of 2 · 0 of 2")
    (with-current-buffer (drive-buffer)
      (drive-await "the end of the server" (lambda () (not (eglot-managed-p)))))
    (drive-contains (drive-refused "y") "M-x eglot starts it")
    (drive-until-in-review "1 of 2 · 0 of 2")
    (with-current-buffer (drive-buffer) (apply #'eglot (eglot--guess-contact)))
    (drive-press "y")
    (drive-until-in-review "2 of 2 · 1 of 2")
    (drive-press "q")
    (drive-until-shown "dlm: 1 accepted, 0 rejected, 1 left · 1 of 2 reviewed")))

(defun drive-walk-review-unapplied ()
  "What the editor does not carry out is not counted, and can be done again."
  (drive-staged)
  (drive-until-shown "dlm: 2 staged (for review); C-c C-e goes through them")
  (drive-review)
  (with-current-buffer (drive-buffer) (setq buffer-read-only t))
  (drive-press "e")
  (drive-type "11 mills." "eleven mills.")
  (drive-press "C-c C-c")
  (drive-until-in-review "2 of 2 · 0 of 2")
  (with-current-buffer (drive-buffer) (setq buffer-read-only nil))
  (drive-press "k" "e")
  (with-current-buffer "*dlm pair*" (drive-contains (buffer-string) "eleven mills."))
  (drive-press "C-c C-k" "j" "n")
  (drive-until-shown "dlm: 0 accepted, 1 rejected, 1 left · 1 of 2 reviewed"))

(defun drive-walk-review-typing ()
  (drive-staged)
  (drive-until-shown "dlm: 4 staged (for review); C-c C-e goes through them")
  (drive-review)
  (with-current-buffer (drive-buffer)
    (drive-go-to "The town of Ville1")
    (insert "Über 🐝.\n::prose::\n"))
  (drive-contains (car (drive-evidence)) "The town of Ville1")
  (drive-press "y" "j")
  (drive-contains (car (drive-evidence)) "The town of Ville2")
  (with-current-buffer (drive-buffer)
    (drive-go-to "a bridge from 1502")
    (insert "no longer "))
  (drive-press "y")
  (drive-until-in-review "4 of 4 · 1 of 4" "Its source has changed or is gone")
  (drive-press "q")
  (drive-until-shown "dlm: 1 accepted, 0 rejected, 3 left · 1 of 4 reviewed")
  (with-current-buffer (drive-buffer) (save-buffer)))

(defun drive-walk-review-killed ()
  "The document is closed while its pairs are reviewed."
  (drive-review)
  (drive-press "y")
  (drive-until-accepted 1)
  (drive-press "e")
  (kill-buffer (drive-buffer))
  (drive-contains (drive-refused "C-c C-c") "is closed")
  (drive-equal nil (drive-reviewing))
  (drive-until-shown "dlm: 1 accepted, 0 rejected, 1 left · 1 of 2 reviewed"))

(defun drive-walk-review-elsewhere ()
  "What is decided in a shell is not asked again."
  (drive-staged)
  (drive-until-shown "dlm: 2 staged (for review); C-c C-e goes through them")
  (drive-review)
  (drive-equal 0 (call-process (dlm--program) nil nil nil
                               "synth" "discard" "--yes" (getenv "DOCUMENT")))
  (drive-press "y")
  (drive-await "why not" (lambda () (seq-some (lambda (words) (string-search "not there any more" words))
                                              drive-messages)))
  (drive-until-shown "dlm: 0 accepted, 0 rejected, 0 left · 0 of 0 reviewed")
  (drive-equal nil (drive-reviewing)))

(defun drive-walk-preview ()
  (dlm-synthesize-document)
  (drive-until-shown "dlm: 2 staged (for review); C-c C-e goes through them")
  (drive-equal 0 (drive-count "::instruction::"))
  (drive-review)
  (drive-until-in-review "1 of 2"))

(defun drive-walk-review-refused ()
  (dlm-synthesize-document)
  (drive-until-synthesized 1)
  (drive-review)
  (drive-press "y")
  (drive-until-shown "dlm: 1 accepted, 0 rejected, 0 left · 1 of 1 reviewed")
  (with-current-buffer (drive-buffer) (dlm-review))
  (drive-until-shown "dlm: nothing to review: 1 of 1 reviewed \
(with C-u C-c C-e, all shows them again, state=refused the 1 refused)")
  (drive-review "state=refused")
  (drive-until-in-review "Refused: ")
  (drive-press "a")
  (with-current-buffer (drive-buffer)
    (drive-until-synthesized 2)
    (save-buffer)))

(defun drive-walk-review-filter ()
  (cl-loop for (words . parts) in '((("teacher=tiny model") "1 of 1 · 0 of 2" "When was")
                                    (("low-first") "1 of 2 · 0 of 2" "When was" "margin 0.10")
                                    (("state=inserted" "below=0.2") "1 of 1 · 0 of 2" "When was"))
           do (apply #'drive-review words)
           (apply #'drive-until-in-review parts)
           (drive-press "q"))
  (drive-review "teacher=towns")
  (drive-press "y")
  (drive-until-shown "dlm: 1 accepted, 0 rejected, 0 left · 1 of 2 reviewed")
  (with-current-buffer (drive-buffer) (dlm-review '("teacher=towns")))
  (drive-until-shown "dlm: nothing to review: no pair fits that · 1 of 2 reviewed")
  (let ((completing-read-function #'completing-read-default)
        (current-prefix-arg '(4))
        offered)
    (cl-letf (((symbol-function 'completing-read-multiple)
               (lambda (_ words &rest _) (setq offered words) '("all"))))
      (with-current-buffer (drive-buffer) (call-interactively #'dlm-review)))
    (drive-equal t (and (member "teacher=tiny model" offered) (member "state=refused" offered) t)))
  (drive-until-in-review "1 of 2 · 1 of 2" "accepted before")
  (dolist (word '("state=open" "below=low" "teacher=" "all=1"))
    (drive-contains (condition-case why (drive-review "low-first" word)
                      (user-error (error-message-string why)))
                    (format-message "not `%s'" word))))

(defun drive-walk-typing ()
  "What is typed while a run ends stays in one piece."
  (drive-go-to "The town of Ville1")
  (dlm-synthesize-document)
  (insert "It rained.\n\nThen it snowed.\n\n")
  (drive-until-shown
   "dlm: 2 inserted, 2 staged (its source section has changed or is gone); \
C-c C-e goes through them")
  (drive-contains (buffer-string) "---\nIt rained.\n\nThen it snowed.\n\nThe town of Ville1")
  (drive-equal 1 (drive-count "from 1501.\n::prose::\nThe town of Ville2"))
  (drive-equal 2 (drive-count "<!-- dlm-auto-synth:"))
  (let ((before (buffer-string)))
    (dlm-synthesize)
    ;; An input method that waits for the rest of a letter.
    (let ((inhibit-modification-hooks t))
      (insert "´")
      (drive-until-shown "dlm: 2 staged (the editor did not apply the change); C-c C-e goes through them")
      (delete-char -1))
    (drive-equal before (buffer-string)))
  (drive-go-to "::instruction::")
  (self-insert-command 1 ?H)
  (self-insert-command 1 ?i)
  (drive-equal 1 (drive-count "\nHi\n::instruction::\n")))

(defun drive-walk-keep ()
  (drive-go-to "How many mills")
  (dlm-keep)
  (drive-until-synthesized 1)
  (drive-equal 2 (drive-count "::instruction::"))
  (save-buffer))

(defun drive-walk-lone-crs ()
  "Nothing is written while there are lone CRs; then all is."
  (drive-await "the diagnostic" #'flymake-diagnostics)
  (let ((before (buffer-string)))
    (dolist (command '(dlm-keep dlm-remove dlm-revert))
      (setq drive-messages nil)
      (drive-go-to "How many mills")
      (funcall command)
      (drive-await "a message"
                   (lambda ()
                     (seq-some (lambda (words) (string-search "lone carriage return" words))
                               drive-messages))))
    (drive-equal before (buffer-string)))
  (drive-go-to "Epoch 1")
  (drive-code-action "quickfix")
  (drive-await "the quick fix" (lambda () (= 0 (drive-count "\r"))))
  (drive-go-to "How many mills")
  (dlm-keep)
  (drive-until-synthesized 2)
  (drive-go-to "When was the bridge")
  (dlm-remove)
  (drive-until-synthesized 1)
  (dlm-revert)
  (drive-until-synthesized 0)
  (save-buffer))

(defun drive-walk-revert ()
  (dlm-revert)
  (drive-until-synthesized 0)
  (drive-equal '("Revert all synthesized instructions (2)? ") drive-asked)
  (save-buffer))

(defun drive-walk-return ()
  (setq drive-presses-return t)
  (drive-go-to "<!-- dlm-auto-synth")
  (drive-equal '(user-error "Nothing was chosen")
               (condition-case why (dlm-revert) (user-error why)))
  (drive-equal nil (buffer-modified-p))
  (let ((current-prefix-arg '(4)))
    (call-interactively #'dlm-synthesize-document))
  (drive-until-progress "1 of 1 section"))

(defun drive-shown (name words)
  "Wait until the buffer NAME is there and has WORDS in it."
  (drive-await words
               (lambda ()
                 (and (get-buffer name)
                      (with-current-buffer name (string-search words (buffer-string)))))))

(defun drive-walk-provenance ()
  (drive-go-to "How many mills")
  (dlm-provenance)
  (drive-shown "provenance.md" "vllm-server:towns")
  (drive-go-to "When was the bridge")
  (dlm-provenance)
  (drive-shown "provenance.md" "vllm-server:roads")
  (drive-equal nil drive-asked))

(defun drive-walk-cancel ()
  (drive-go-to "The town")
  (dlm-synthesize)
  (drive-until-progress "0 of 1 section")
  (dlm-cancel)
  (drive-until-progress "cancelled")
  (drive-equal '(user-error "Nothing is running for this document")
               (condition-case why (dlm-cancel) (user-error why)))
  (save-buffer))

(defun drive-walk-model ()
  "Do the main job with the setup as it stands in the README."
  (drive-go-to "The tram network")
  (drive-code-action "refactor.rewrite.dlm.synthesize")
  (drive-until-progress "0 of 1 section")
  (drive-until-progress " inserted")
  (save-buffer)
  (drive-go-to "<!-- dlm-auto-synth")
  (let ((shown (drive-hover)))
    (drive-contains shown "hf:gemma-3-270m")
    (drive-contains shown "margin")))

(defun drive-walk-lsp-mode ()
  (drive-go-to "The town")
  (dlm-synthesize)
  (drive-until-synthesized 2)
  (drive-until-shown "dlm: 2 inserted")
  (dlm-next)
  (dlm-keep)
  (drive-until-synthesized 1)
  (dlm-revert)
  (drive-until-synthesized 0)
  (drive-equal '("Revert all synthesized instructions (1)? ") drive-asked)
  (drive-equal '(user-error "Nothing is running for this document")
               (condition-case why (dlm-cancel) (user-error why))))

(defun drive-walk-lsp-mode-review ()
  (drive-staged)
  (drive-until-shown "dlm: 2 staged (for review); C-c C-e goes through them")
  (drive-review)
  (drive-contains (car (drive-evidence)) "The town of Ville1")
  (drive-press "e" "C-c C-c")
  (drive-until-in-review "2 of 2 · 1 of 2")
  (drive-until-accepted 1)
  (drive-press "n")
  (drive-until-shown "dlm: 1 accepted, 1 rejected, 0 left · 2 of 2 reviewed")
  (with-current-buffer (drive-buffer) (drive-until-synthesized 1)))

(defun drive-faces ()
  "Return the lines of the document, each with the face that its first character has."
  (font-lock-ensure)
  (save-excursion
    (goto-char (point-min))
    (cl-loop until (eobp)
             collect (cons (buffer-substring-no-properties (pos-bol) (pos-eol))
                           (get-text-property (point) 'face))
             do (forward-line))))

(defun drive-walk-navigation ()
  (require 'xref)
  (require 'imenu)
  (let ((backend (progn (drive-go-to "### Q") (xref-find-backend))))
    (call-interactively #'xref-find-definitions)
    (drive-equal 5 (line-number-at-pos))
    (drive-equal t (<= 2 (length (xref-backend-references
                                  backend (xref-backend-identifier-at-point backend))))))
  (drive-equal t (consp (imenu--make-index-alist)))
  (outline-minor-mode)
  (drive-go-to "::instruction::")
  (outline-hide-subtree)
  (drive-go-to "How many mills")
  (drive-equal t (outline-invisible-p)))

(defun drive-walk-pairs ()
  (drive-go-to "Ville1 has 11 mills.\n::")
  (beginning-of-defun)
  (drive-equal "### Q" (buffer-substring (point) (pos-eol)))
  (mark-defun)
  (drive-equal "### Q\nHow many mills does Ville1 have?\n### A\nVille1 has 11 mills."
               (string-trim (buffer-substring (region-beginning) (region-end)))))

(defun drive-walk-faces ()
  (drive-equal (equal (getenv "GRAMMAR") "True") (and (treesit-parser-list) t))
  ;; As redisplay does where one line has changed.
  (font-lock-set-defaults)
  (drive-go-to "The town")
  (font-lock-fontify-region (pos-bol) (pos-eol))
  (dolist (one `(("base_model: smollm2-135m" . dlm-key)
                 ("::prose::" . dlm-fence)
                 ("::image path=\"a.png\" alt=\"a\"::" . dlm-fence)
                 ;; The grammar leaves the code in Markdown to a grammar of Markdown.
                 ("::inline::" . ,(unless (treesit-parser-list) 'font-lock-string-face))
                 ("::instruction::" . dlm-fence)
                 ("### Q" . dlm-turn)
                 ("key: value" . nil)))
    (drive-equal one (assoc (car one) (drive-faces)))))

(defvar native-comp-enable-subr-trampolines)

(defun drive ()
  "Go the walk that the environment names."
  (when-let* ((teacher (getenv "TEACHER")))
    (setq dlm-settings `(:teacher ,teacher :filter "dedup-only" :perSection 2
                         ,@(when-let* ((review (getenv "REVIEW"))) (list :review review)))))
  (setq native-comp-enable-subr-trampolines nil ; where functions written in C are redefined
        eglot-sync-connect drive-patience
        eglot-confirm-server-edits nil)
  (advice-add 'message :before
              (lambda (words &rest more)
                (when words (push (apply #'format-message words more) drive-shown))))
  (cl-letf (((symbol-function 'y-or-n-p) (lambda (words) (push words drive-asked) t))
            ;; An answer to what nobody should ask.
            ((symbol-function 'yes-or-no-p) (lambda (words) (push words drive-asked) nil))
            ;; The user takes the first of what is offered, by keyboard.
            (completing-read-function
             (lambda (_ offered &rest _)
               (if drive-presses-return "" (car (all-completions "" offered)))))
            (last-nonmenu-event ?a))
    (find-file (getenv "DOCUMENT"))
    (drive-equal 'dlm-mode major-mode)
    (if (getenv "LSP_MODE") (drive-lsp-mode) (drive-eglot))
    (funcall (intern (concat "drive-walk-" (getenv "WALK"))))))

(defun drive-eglot ()
  "Have Eglot look after the document, as the setup says."
  (require 'eglot)
  (cl-defmethod eglot-handle-notification :before
    (_server (_method (eql $/progress)) &key value &allow-other-keys)
    (drive-heard value))
  (cl-defmethod eglot-handle-notification :before
    (_server (_method (eql window/showMessage)) &key message &allow-other-keys)
    (push message drive-messages))
  (run-hooks 'post-command-hook)
  (drive-await "the server" #'eglot-managed-p))

(defvar lsp-auto-guess-root)
(defvar lsp-managed-mode)

(defun drive-lsp-mode ()
  "Have lsp-mode look after the document."
  (dolist (folder (file-expand-wildcards (expand-file-name "*" (getenv "LSP_MODE"))))
    (add-to-list 'load-path folder))
  (require 'lsp-autoloads)
  (setq lsp-auto-guess-root t)
  (lsp)
  (drive-await "the server" (lambda () lsp-managed-mode)))

(condition-case why
    (drive)
  (error
   (message "%s\nprogress: %S\n%s" (error-message-string why) drive-progress (buffer-string))
   (kill-emacs 1)))

;;; drive.el ends here
