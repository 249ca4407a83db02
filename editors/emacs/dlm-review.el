;;; dlm-review.el --- Decide on pair after pair of a .dlm document  -*- lexical-binding: t; -*-

;; Author: the dlm-synth authors
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; `dlm-review' shows one pair at a time, below its evidence in the document: those that are staged
;; and those that are in the text, as long as nothing is decided about them.  A key decides, and
;; shows the next.  What counts is what the server has carried out, and it is told at the end.

;;; Code:

(require 'dlm-mode)
(require 'crm)

(defface dlm-review-heading '((t :inherit bold))
  "Face of the section that a pair is about."
  :group 'dlm)

(defface dlm-review-quiet '((t :inherit shadow))
  "Face of what is said about a pair."
  :group 'dlm)

(defface dlm-review-refused '((t :inherit warning))
  "Face of the reason why a pair was refused."
  :group 'dlm)

(defface dlm-review-evidence '((t :inherit highlight))
  "Face of the evidence of the pair in view, also in the document."
  :group 'dlm)

(defconst dlm-review--patience 5
  "Seconds to wait with the summary for what the server has not carried out yet.")

;;;; Which pairs there are, which is in view, and what was decided on which

(cl-defstruct (dlm-review--session (:copier nil))
  document                         ; its buffer
  uri                              ; what the server knows it by
  buffer                           ; where the pairs are shown
  (items nil)                      ; all pairs of the document, as the server has them
  (by-id (make-hash-table :test #'equal))
  (queue [])                       ; the ids to go through
  (at 0)                           ; which of them is in view; behind the last there is none
  (decided (make-hash-table :test #'equal)) ; what was decided here, by id
  (left-out (make-hash-table :test #'equal))
  (made 0)                         ; how many decisions were made
  filter                           ; the words by which pairs were chosen
  (marks nil)                      ; an overlay for each pair: its evidence, or else itself
  (typed (make-hash-table :test #'equal)) ; pairs in the user's words, by id
  shown                            ; the id of what is in view
  help                             ; whether the keys are shown in its place
  asks                             ; t while a decision is sent; `changed' if news came meanwhile
  ended                            ; whether the summary is waited for
  timer)

(cl-defstruct (dlm-review--decision (:copier nil))
  number verdict
  done)                            ; whether the server has carried it out

(defvar dlm-review--sessions nil
  "The reviews that are open, and those whose summary is not told yet.")

(defun dlm-review--take (session items)
  "Have SESSION know ITEMS as the pairs that there are."
  (setf (dlm-review--session-items session) (dlm--list items))
  (let ((by-id (dlm-review--session-by-id session)))
    (clrhash by-id)
    (dolist (item (dlm-review--session-items session))
      (puthash (dlm--get item "id") item by-id))))

(defun dlm-review--start (document answer filter)
  "Begin a review of DOCUMENT, with the ANSWER of the server to FILTER."
  (let ((session (make-dlm-review--session
                  :document document
                  :uri (dlm--get answer "uri")
                  :filter filter
                  ;; What was just decided may be under way still.
                  :queue (vconcat (seq-difference (dlm--get answer "chosen")
                                                  (dlm--get answer "deciding"))))))
    (dlm-review--take session (dlm--get answer "items"))
    session))

(defun dlm-review--id (session)
  "Return the id of the pair that SESSION has in view, or nil at the end."
  (let ((at (dlm-review--session-at session))
        (queue (dlm-review--session-queue session)))
    (and (< at (length queue)) (aref queue at))))

(defun dlm-review--item (session &optional id)
  "Return the pair of SESSION with ID, or the one in view; nil where there is none."
  (gethash (or id (dlm-review--id session)) (dlm-review--session-by-id session)))

(defun dlm-review--verdict (session item)
  "Return what SESSION, or else the server, says was decided on ITEM."
  (let ((decision (gethash (dlm--get item "id") (dlm-review--session-decided session))))
    ;; The summary tells what has become of it, and the next pair does not wait for that.
    (if (and decision (or (dlm-review--decision-done decision)
                          (not (dlm-review--session-ended session))))
        (dlm-review--decision-verdict decision)
      (dlm--get item "decision"))))

(defun dlm-review--passed-p (session id)
  "Tell whether SESSION shows the pair with ID no more while it goes on."
  (let ((item (dlm-review--item session id)))
    (or (null item)
        (gethash id (dlm-review--session-left-out session))
        (gethash id (dlm-review--session-decided session))
        ;; Somebody else has, in a shell.
        (and (dlm--get item "decision")
             (not (member "all" (dlm-review--session-filter session)))))))

(defun dlm-review--advance (session)
  "Have SESSION go on to the next pair that is open."
  (cl-incf (dlm-review--session-at session))
  (while (and (dlm-review--id session)
              (dlm-review--passed-p session (dlm-review--id session)))
    (cl-incf (dlm-review--session-at session))))

(defun dlm-review--rest (session &optional source)
  "Return the ids of the pair in view and the open ones behind it, in SESSION.
With SOURCE, only those of that section."
  (let ((at (dlm-review--session-at session)))
    (cl-loop for id across (seq-subseq (dlm-review--session-queue session) at)
             for item = (dlm-review--item session id)
             for first = t then nil
             when (and item
                       (or first (not (dlm-review--passed-p session id)))
                       (or first (not (dlm-review--verdict session item)))
                       (or (null source) (equal source (dlm--get item "sourceId"))))
             collect id)))

(defun dlm-review--note (session ids verdict)
  "Have SESSION take note of VERDICT on the pairs with IDS, and go on."
  (cl-incf (dlm-review--session-made session))
  (let ((in-view (member (dlm-review--id session) ids)))
    (dolist (id ids)
      (puthash id (make-dlm-review--decision
                   :number (dlm-review--session-made session) :verdict verdict)
               (dlm-review--session-decided session)))
    (when in-view (dlm-review--advance session))))

(defun dlm-review--receive (session answer known)
  "Have SESSION take the pairs as they are by the ANSWER of the server.
That knows of the first KNOWN decisions: one that it has let go of is carried
out, or has failed."
  (dlm-review--take session (dlm--get answer "items"))
  (maphash
   (lambda (id decision)
     (when (and (<= (dlm-review--decision-number decision) known)
                (not (seq-contains-p (dlm--get answer "deciding") id)))
       (let ((item (dlm-review--item session id)))
         ;; What was taken in other words is another pair by now.
         (if (or (null item)
                 (equal (dlm--get item "decision") (dlm-review--decision-verdict decision)))
             (setf (dlm-review--decision-done decision) t)
           (remhash id (dlm-review--session-decided session))))))
   (copy-hash-table (dlm-review--session-decided session)))
  (when (and (dlm-review--id session) (null (dlm-review--item session)))
    (dlm-review--advance session)))

(defun dlm-review--counts (session)
  "Return how far SESSION is, as a property list."
  (let ((reviewed 0) (total 0) (accepted 0) (rejected 0) (unconfirmed 0) (left 0) (refused 0))
    (dolist (item (dlm-review--session-items session))
      (let ((verdict (dlm-review--verdict session item)))
        (if (and (null verdict) (equal (dlm--get item "state") "refused"))
            (cl-incf refused)
          (cl-incf total)
          (when verdict (cl-incf reviewed)))))
    (cl-loop for id across (dlm-review--session-queue session)
             for decision = (gethash id (dlm-review--session-decided session))
             for item = (dlm-review--item session id)
             do (cond ((null decision)
                       (when (and item (null (dlm-review--verdict session item)))
                         (cl-incf left)))
                      ((not (dlm-review--decision-done decision)) (cl-incf unconfirmed))
                      ((equal (dlm-review--decision-verdict decision) "accepted")
                       (cl-incf accepted))
                      (t (cl-incf rejected))))
    (list :reviewed reviewed :total total :accepted accepted :rejected rejected
          :unconfirmed unconfirmed :left left :refused refused)))

(defun dlm-review--summary (session)
  "Return in words what was decided in SESSION, and how far its document is."
  (cl-destructuring-bind (&key reviewed total accepted rejected unconfirmed left refused)
      (dlm-review--counts session)
    (let ((progress (format "%d of %d reviewed" reviewed total)))
      (cond
       ((< 0 (length (dlm-review--session-queue session)))
        (format "%d accepted, %d rejected, %d left%s · %s" accepted rejected left
                (if (zerop unconfirmed) "" (format ", %d unconfirmed" unconfirmed))
                progress))
       ((dlm-review--session-filter session)
        (format "nothing to review: no pair fits that · %s" progress))
       (t (let ((more (delq nil (list (and (< 0 reviewed) "all shows them again")
                                      (and (< 0 refused)
                                           (format "state=refused the %d refused" refused))))))
            (format "nothing to review: %s%s" progress
                    (if more
                        (format " (with %s, %s)"
                                (substitute-command-keys
                                 "\\[universal-argument] \\<dlm-mode-map>\\[dlm-review]")
                                (string-join more ", "))
                      ""))))))))

;;;; What is shown

(defconst dlm-review--states
  '(("staged" . "staged") ("inserted" . "in the document") ("refused" . "refused")))

(defun dlm-review--facts (session item)
  "Return what is known of ITEM of SESSION, on one line."
  (let ((verdict (dlm-review--verdict session item))
        (margin (dlm--get item "margin")))
    (string-join
     (delq nil (list (cdr (assoc (dlm--get item "state") dlm-review--states))
                     (and verdict (concat verdict " before"))
                     (dlm--get item "teacherName")
                     (dlm--get item "strategy")
                     (if margin (format "margin %.2f" margin) "not judged")))
     " · ")))

(defun dlm-review--labelled (label text)
  "Return LABEL with TEXT beside it."
  (let ((space (make-string 3 ?\s)))
    (concat (propertize (string-pad label 3) 'face 'dlm-review-quiet 'wrap-prefix space)
            ;; Who copies it copies no spaces.
            (propertize text 'line-prefix space 'wrap-prefix space)
            "\n")))

(defun dlm-review--pair (session)
  "Return the pair in view of SESSION with all that the user decides by."
  (let* ((item (dlm-review--item session))
         (heading (dlm--get item "heading"))
         (reason (dlm--get item "reasonInWords"))
         (detail (dlm--get item "detail"))
         (evidence (dlm--get item "evidence")))
    (concat
     (propertize (if (string-empty-p heading) "Its source has changed or is gone" heading)
                 'face 'dlm-review-heading)
     "\n"
     (propertize (dlm-review--facts session item) 'face 'dlm-review-quiet)
     "\n"
     (unless (string-empty-p reason)
       (propertize (concat "Refused: " reason
                           (unless (member detail (list "" reason)) (format " (%s)" detail))
                           "\n")
                   'face 'dlm-review-refused))
     "\n"
     (dlm-review--labelled "Q" (dlm--get item "question"))
     (dlm-review--labelled "A" (dlm--get item "answer"))
     "\n"
     (if (string-empty-p evidence)
         (propertize "no evidence is named" 'face 'dlm-review-quiet)
       (propertize (format "“%s”" evidence)
                   'face (if (dlm--get item "evidenceRange")
                             'dlm-review-evidence
                           'dlm-review-quiet)))
     "\n")))

(defun dlm-review--header (session)
  "Return how far SESSION is, and the keys."
  (cl-destructuring-bind (&key reviewed total &allow-other-keys) (dlm-review--counts session)
    (string-replace
     "%" "%%"
     (concat (format " %d of %d · %d of %d reviewed   "
                     (1+ (dlm-review--session-at session))
                     (length (dlm-review--session-queue session))
                     reviewed total)
             (substitute-command-keys "\\<dlm-review-mode-map>\
\\[dlm-review-accept] accept  \\[dlm-review-reject] reject  \\[dlm-review-edit] edit  \
\\[dlm-review-help] help  \\[dlm-review-later] later  \\[dlm-review-quit] quit")))))

(defconst dlm-review--help "\\<dlm-review-mode-map>\
\\[dlm-review-accept]  accept: it goes into the document, or stays there
\\[dlm-review-reject]  reject: it leaves, and no later run offers it
\\[dlm-review-edit]  edit it, and accept that
\\[dlm-review-later]  leave it for later (also an arrow to the right)
\\[dlm-review-back]  back to the one before (also an arrow to the left)
\\[dlm-review-leave-section]  leave the rest of its section
\\[dlm-review-accept-section]  accept this and all open ones after it in its section
\\[dlm-review-accept-rest]  accept this and all open ones after it in this document
\\[dlm-review-quit]  quit; what was decided stays
\\[dlm-review-help]  this help, and the pair again
\\[revert-buffer]  ask the server again
\\[scroll-up-command], \\[scroll-down-command]  scroll what does not fit
")

(defun dlm-review--mark (session)
  "Mark the evidence of each pair of SESSION, or else the pair itself.
The marks move with the text."
  (mapc #'delete-overlay (mapcar #'cdr (dlm-review--session-marks session)))
  (with-current-buffer (dlm-review--session-document session)
    (without-restriction
      (setf (dlm-review--session-marks session)
            (cl-loop for item in (dlm-review--session-items session)
                     for range = (or (dlm--get item "evidenceRange") (dlm--get item "range"))
                     when range
                     collect (let ((region (dlm--region range)))
                               (cons (dlm--get item "id")
                                     (make-overlay (car region) (cdr region) nil t))))))))

(defun dlm-review--go-to-evidence (session)
  "Highlight the evidence of the pair in view of SESSION, and scroll to it."
  (cl-loop for (_ . overlay) in (dlm-review--session-marks session)
           do (overlay-put overlay 'face nil))
  (when-let* ((id (dlm-review--id session))
              (overlay (cdr (assoc id (dlm-review--session-marks session))))
              (start (overlay-start overlay)))
    (when (dlm--get (dlm-review--item session) "evidenceRange")
      (overlay-put overlay 'face 'dlm-review-evidence)
      (overlay-put overlay 'priority 200))
    (when-let* (((not (equal id (dlm-review--session-shown session))))
                (window (get-buffer-window (dlm-review--session-document session))))
      (with-selected-window window
        (when (<= (point-min) start (point-max))
          (goto-char start)
          (when (invisible-p start) (outline-show-entry))
          (unless (and (pos-visible-in-window-p start)
                       (pos-visible-in-window-p (overlay-end overlay)))
            (recenter 1)))))))

(defun dlm-review--fit (window session &optional lines)
  "Make WINDOW as high as what it shows, with room for the evidence of SESSION.
It has at least so many LINES."
  (let ((above (get-buffer-window (dlm-review--session-document session) (window-frame window))))
    (when (and above (not (eq above window)) (window-combined-p window))
      (let ((room (+ (window-total-height above) (window-total-height window))))
        (fit-window-to-buffer window (max 6 (- room 6)) (min (or lines 6) (- room 6)))))))

(defun dlm-review--show (session)
  "Show the pair in view of SESSION, or end it where there is none."
  (if (null (dlm-review--item session))
      (dlm-review--end session)
    (with-current-buffer (dlm-review--session-buffer session)
      (let ((words (if (dlm-review--session-help session)
                       (substitute-command-keys dlm-review--help)
                     (dlm-review--pair session)))
            (windows (get-buffer-window-list nil nil t))
            (inhibit-read-only t))
        (setq header-line-format (dlm-review--header session))
        (force-mode-line-update)
        (unless (equal-including-properties words (buffer-string))
          (erase-buffer)
          (insert words)
          (set-buffer-modified-p nil)
          (goto-char (point-min))
          (dolist (window windows)
            (set-window-point window (point-min))
            (set-window-start window (point-min))
            (dlm-review--fit window session)))
        (dlm-review--go-to-evidence session)
        (setf (dlm-review--session-shown session) (dlm-review--id session))))))

;;;; From the first to the last

(defvar-local dlm-review--session nil
  "The review that this buffer shows.")

(defun dlm-review--ask-now (document filter)
  "Return which pairs of DOCUMENT there are, as its text is now.
FILTER says which of them to go through."
  (with-current-buffer document
    (let (answer tick)
      (while (progn
               (setq tick (buffer-chars-modified-tick)
                     answer (dlm--execute "dlm.review.items"
                                          (and filter (list :filter filter))))
               (when-let* ((why (dlm--get answer "error"))) (user-error "%s" why))
               (/= tick (buffer-chars-modified-tick))))
      answer)))

(defun dlm-review--refresh (session)
  "Have SESSION know the pairs as they are now, once the server answers."
  (let ((document (dlm-review--session-document session))
        (known (dlm-review--session-made session)))
    (when (and (memq session dlm-review--sessions) (buffer-live-p document))
      (with-current-buffer document
        (cond
         ;; It may be the end of a decision that is not noted yet.
         ((dlm-review--session-asks session)
          (setf (dlm-review--session-asks session) 'changed))
         ;; An input method has put half a letter there that nobody is told of.
         (inhibit-modification-hooks (run-at-time 0.2 nil #'dlm-review--refresh session))
         ((dlm--served-p)
          (let (tick)
            (dlm--request-async
             "workspace/executeCommand" (dlm--command "dlm.review.items")
             (lambda (answer)
               (when (and (memq session dlm-review--sessions) (buffer-live-p document))
                 (if (/= tick (buffer-chars-modified-tick document))
                     (dlm-review--refresh session)
                   (dlm-review--answered session answer known)))))
            (setq tick (buffer-chars-modified-tick)))))))))

(defun dlm-review--answered (session answer known)
  "Have SESSION show the pairs of ANSWER, whose server knows of KNOWN decisions."
  (unless (dlm--get answer "error")
    (dlm-review--receive session answer known)
    (cond ((not (dlm-review--session-ended session))
           (dlm-review--mark session)
           (dlm-review--show session))
          ((zerop (plist-get (dlm-review--counts session) :unconfirmed))
           (dlm-review--tell session))
          ;; A server that was started in another way than ours says no word when it is done.
          (t (run-at-time 0.3 nil #'dlm-review--refresh session)))))

(defun dlm-review--changed (uri)
  "Ask again, as there are other pairs in the document at URI."
  (dolist (session dlm-review--sessions)
    (when (equal uri (dlm-review--session-uri session))
      (dlm-review--refresh session))))

(add-hook 'dlm--changed-functions #'dlm-review--changed)

(defun dlm-review--served-again ()
  "Ask the server that has just begun to look after this document."
  (mapc #'dlm-review--refresh (dlm-review--sessions-here)))

(add-hook 'eglot-managed-mode-hook #'dlm-review--served-again)
(add-hook 'lsp-after-open-hook #'dlm-review--served-again)

(defun dlm-review--end (session &optional at-once)
  "Take SESSION from the screen, and tell what came of it.
That is told once the server has carried it out, or AT-ONCE."
  (unless (dlm-review--session-ended session)
    (setf (dlm-review--session-ended session) t)
    (mapc #'delete-overlay (mapcar #'cdr (dlm-review--session-marks session)))
    (when-let* ((buffer (dlm-review--session-buffer session))
                ((buffer-live-p buffer)))
      (if-let* ((window (get-buffer-window buffer t)))
          (quit-window t window)
        (kill-buffer buffer)))
    (if (or at-once (zerop (plist-get (dlm-review--counts session) :unconfirmed)))
        (dlm-review--tell session)
      (setf (dlm-review--session-timer session)
            (run-at-time dlm-review--patience nil #'dlm-review--tell session))
      (dlm-review--refresh session))))

(defun dlm-review--tell (session)
  "Tell what came of SESSION, once."
  (when (memq session dlm-review--sessions)
    (setq dlm-review--sessions (delq session dlm-review--sessions))
    (when-let* ((timer (dlm-review--session-timer session))) (cancel-timer timer))
    (message "dlm: %s" (dlm-review--summary session))))

(defun dlm-review--sessions-here ()
  "Return the reviews of this buffer."
  (seq-filter (lambda (session) (eq (current-buffer) (dlm-review--session-document session)))
              dlm-review--sessions))

(defun dlm-review--document-killed ()
  "End the reviews of this buffer: the server can be asked about it no more."
  (dolist (session (dlm-review--sessions-here))
    (dlm-review--end session t)
    (dlm-review--tell session)))

(defun dlm-review--open (session)
  "Show SESSION below its document."
  (let* ((document (dlm-review--session-document session))
         (buffer (get-buffer-create (format "*dlm review: %s*" (buffer-name document)))))
    (with-current-buffer document
      (push-mark nil t)
      (add-hook 'kill-buffer-hook #'dlm-review--document-killed nil t))
    (with-current-buffer buffer
      (dlm-review-mode)
      (setq dlm-review--session session))
    (setf (dlm-review--session-buffer session) buffer)
    (push session dlm-review--sessions)
    (dlm-review--mark session)
    (pop-to-buffer buffer '((display-buffer-reuse-window display-buffer-below-selected)))
    (dlm-review--show session)))

;;;; Which pairs

(defun dlm-review--filter (words)
  "Return what WORDS mean, as the server takes it: they are the flags of the shell."
  (let (filter states)
    (dolist (word words)
      (pcase word
        ("all" (setq filter (plist-put filter :all t)))
        ("low-first" (setq filter (plist-put filter :lowFirst t)))
        ((rx bos "state=" (let state (or "staged" "inserted" "refused")) eos)
         (push state states))
        ((rx bos "teacher=" (let name (+ anychar)) eos)
         (setq filter (plist-put filter :teacher name)))
        ((rx bos "below=" (let margin (? "-") (* digit) (? ".") (+ digit)) eos)
         (setq filter (plist-put filter :below (string-to-number margin))))
        (_ (user-error "A review takes state=staged, state=inserted, state=refused, \
teacher=NAME, below=MARGIN, low-first and all, not `%s'" word))))
    (if states (plist-put filter :state (vconcat states)) filter)))

(defun dlm-review--read-words ()
  "Ask which pairs to review, where there is a prefix argument."
  (when current-prefix-arg
    (let ((teachers (mapcar (lambda (item) (concat "teacher=" (dlm--get item "teacherName")))
                            (dlm--get (dlm-review--ask-now (current-buffer) nil) "items"))))
      (completing-read-multiple
       "Review (words with commas between): "
       `("state=staged" "state=inserted" "state=refused" "low-first" "all" "below="
         ,@(seq-uniq teachers))))))

;;;###autoload
(defun dlm-review (&optional words)
  "Decide on pair after pair: those staged or in the document, and not decided on.
With a prefix argument, ask for WORDS that choose others: state=refused shows
those that were refused, all what was decided on before too, low-first the
lowest margins first; teacher= is one teacher, and below= a margin.

\\{dlm-review-mode-map}"
  (interactive (list (dlm-review--read-words)))
  (let* ((document (current-buffer))
         (answer (dlm-review--ask-now document (dlm-review--filter words)))
         (session (dlm-review--start document answer words)))
    (if (zerop (length (dlm-review--session-queue session)))
        (message "dlm: %s" (dlm-review--summary session))
      (mapc #'dlm-review--end (dlm-review--sessions-here))
      (dlm-review--open session))))

;;;; What the keys do

(defun dlm-review--in-view ()
  "Return the review of this buffer, which has a pair in view."
  (or (and dlm-review--session
           (not (dlm-review--session-ended dlm-review--session))
           dlm-review--session)
      (user-error "This review is over")))

(defun dlm-review--decide (session ids verdict &optional edited taken)
  "Have the server take VERDICT on the pairs of SESSION with IDS, and go on.
EDITED is the one pair in other words; TAKEN is called before the next is
shown."
  (let (answer)
    (setf (dlm-review--session-asks session) t)
    (unwind-protect
        (setq answer (with-current-buffer (dlm-review--session-document session)
                       (dlm--execute "dlm.review.decide"
                                     `(:sections ,(vconcat ids) :decision ,verdict ,@edited))))
      (let ((changed (eq (dlm-review--session-asks session) 'changed))
            ;; Why, the server tells the user itself.
            (refused (dlm--get answer "error")))
        (setf (dlm-review--session-asks session) nil)
        (when (and answer (not refused)) (dlm-review--note session ids verdict))
        (when (or changed refused) (dlm-review--refresh session))))
    (unless (dlm--get answer "error")
      (when taken (funcall taken))
      (unless (dlm-review--session-ended session)
        (dlm-review--show session)))))

(defun dlm-review--decide-here (ids verdict)
  "Decide by VERDICT on the pairs that IDS says of the review of this buffer."
  (let* ((session (dlm-review--in-view))
         (ids (funcall ids session)))
    (setf (dlm-review--session-help session) nil)
    (dlm-review--decide session ids verdict)))

(defun dlm-review-accept ()
  "Accept the pair: it goes into the document, or stays there."
  (interactive nil dlm-review-mode)
  (dlm-review--decide-here (lambda (session) (list (dlm-review--id session))) "accepted"))

(defun dlm-review-reject ()
  "Reject the pair: it leaves, and no later run offers it."
  (interactive nil dlm-review-mode)
  (dlm-review--decide-here (lambda (session) (list (dlm-review--id session))) "rejected"))

(defun dlm-review-accept-section ()
  "Accept the pair and all open ones after it in its section."
  (interactive nil dlm-review-mode)
  (dlm-review--decide-here
   (lambda (session)
     (dlm-review--rest session (dlm--get (dlm-review--item session) "sourceId")))
   "accepted"))

(defun dlm-review-accept-rest ()
  "Accept the pair and all open ones after it in the document."
  (interactive nil dlm-review-mode)
  (dlm-review--decide-here #'dlm-review--rest "accepted"))

(defun dlm-review--move (move)
  "Have the review of this buffer MOVE to another pair."
  (let ((session (dlm-review--in-view)))
    (setf (dlm-review--session-help session) nil)
    (funcall move session)
    (dlm-review--show session)))

(defun dlm-review-later ()
  "Leave the pair for later."
  (interactive nil dlm-review-mode)
  (dlm-review--move #'dlm-review--advance))

(defun dlm-review-back ()
  "Go back to the pair before; where there is none, stay."
  (interactive nil dlm-review-mode)
  (dlm-review--move
   (lambda (session)
     (when-let* ((before (seq-subseq (dlm-review--session-queue session)
                                     0 (dlm-review--session-at session)))
                 (at (cl-position-if (lambda (id) (dlm-review--item session id)) before
                                     :from-end t)))
       (setf (dlm-review--session-at session) at)))))

(defun dlm-review-leave-section ()
  "Leave the pair and the rest of its section."
  (interactive nil dlm-review-mode)
  (dlm-review--move
   (lambda (session)
     (let ((source (dlm--get (dlm-review--item session) "sourceId")))
       (dolist (id (dlm-review--rest session source))
         (puthash id t (dlm-review--session-left-out session))))
     (dlm-review--advance session))))

(defun dlm-review-quit ()
  "End the review; what was decided stays."
  (interactive nil dlm-review-mode)
  (dlm-review--end (dlm-review--in-view)))

(defun dlm-review-help ()
  "Show the keys, or the pair again."
  (interactive nil dlm-review-mode)
  (let ((session (dlm-review--in-view)))
    (setf (dlm-review--session-help session) (not (dlm-review--session-help session)))
    (dlm-review--show session)))

(defun dlm-review--revert (&rest _)
  "Ask the server again which pairs there are."
  (dlm-review--refresh (dlm-review--in-view)))

(defvar-keymap dlm-review-mode-map
  :doc "Keys of a review."
  :parent special-mode-map
  "y" #'dlm-review-accept
  "n" #'dlm-review-reject
  "e" #'dlm-review-edit
  "<right>" #'dlm-review-later
  "j" #'dlm-review-later
  "<left>" #'dlm-review-back
  "k" #'dlm-review-back
  "s" #'dlm-review-leave-section
  "a" #'dlm-review-accept-section
  "A" #'dlm-review-accept-rest
  "q" #'dlm-review-quit
  "?" #'dlm-review-help)

(easy-menu-define dlm-review-mode-menu dlm-review-mode-map
  "Menu of a review."
  '("Review"
    ["Accept" dlm-review-accept]
    ["Reject" dlm-review-reject]
    ["Edit..." dlm-review-edit]
    ["Later" dlm-review-later]
    ["Back" dlm-review-back]
    ["Leave the Section" dlm-review-leave-section]
    ["Accept the Rest of the Section" dlm-review-accept-section]
    ["Accept the Rest of the Document" dlm-review-accept-rest]
    "---"
    ["Keys" dlm-review-help]
    ["Quit" dlm-review-quit]))

(define-derived-mode dlm-review-mode special-mode "DLM Review"
  "Major mode of a review: one pair at a time.

\\{dlm-review-mode-map}"
  :interactive nil
  (setq-local revert-buffer-function #'dlm-review--revert
              cursor-type nil)
  (visual-line-mode)
  (add-hook 'kill-buffer-hook
            (lambda () (when dlm-review--session (dlm-review--end dlm-review--session)))
            nil t))

;;;; A pair in other words

(defvar-local dlm-review--edited nil
  "The id of the pair that is edited in this buffer.")

(defun dlm-review-edit ()
  "Edit the pair, and accept it in those words."
  (interactive nil dlm-review-mode)
  (let* ((session (dlm-review--in-view))
         (item (dlm-review--item session))
         (id (dlm-review--id session)))
    (when (memq (dlm--get item "editable") '(nil :json-false))
      (user-error "This section has several pairs; edit it in the document"))
    (with-current-buffer (generate-new-buffer "*dlm pair*")
      (insert (or (gethash id (dlm-review--session-typed session))
                  (format "### Q\n%s\n### A\n%s\n"
                          (dlm--get item "question") (dlm--get item "answer"))))
      (goto-char (point-min))
      (forward-line)
      (set-buffer-modified-p nil)
      (dlm-review-edit-mode)
      (setq dlm-review--session session
            dlm-review--edited id)
      ;; Not by `pop-to-buffer': the window is to go with the review.
      (set-window-buffer nil (current-buffer))
      (set-window-point nil (point))
      (dlm-review--fit (selected-window) session 14))))

(defun dlm-review--read-pair ()
  "Return question and answer of this buffer, as a property list."
  (let ((text (string-trim-left (concat (buffer-substring-no-properties (point-min) (point-max))
                                        "\n"))))
    (if (string-match (rx bos "### Q" (* blank) "\n" (group (*? anychar)) "\n"
                          "### A" (* blank) "\n" (group (* anychar)) eos)
                      text)
        (let ((question (match-string 1 text)) (answer (match-string 2 text)))
          (list :question (dlm-review--trimmed question) :answer (dlm-review--trimmed answer)))
      (user-error "One pair is `### Q' and lines, `### A' and lines"))))

(defun dlm-review--trimmed (text)
  "Return TEXT without empty lines around it, its first line indented as it is."
  (string-trim text (rx bos (* (* blank) "\n"))))

(defun dlm-review-edit-accept ()
  "Accept the pair in these words."
  (interactive nil dlm-review-edit-mode)
  (let ((session dlm-review--session)
        (ids (list dlm-review--edited))
        (buffer (current-buffer))
        (words (dlm-review--read-pair)))
    (unless (buffer-live-p (dlm-review--session-document session))
      (user-error "The document of this pair is closed"))
    ;; Should nothing come of it, they are there again.
    (puthash dlm-review--edited (buffer-string) (dlm-review--session-typed session))
    (dlm-review--decide session ids "accepted" words
                        (lambda () (dlm-review--leave-editor buffer)))))

(defun dlm-review-edit-drop ()
  "Leave the pair as it was."
  (interactive nil dlm-review-edit-mode)
  (when (or (not (buffer-modified-p)) (y-or-n-p "Drop what you typed? "))
    (dlm-review--leave-editor (current-buffer))))

(defun dlm-review--leave-editor (buffer)
  "Kill BUFFER, and go back to its review where that is open."
  (let* ((session (buffer-local-value 'dlm-review--session buffer))
         (review (dlm-review--session-buffer session))
         (window (get-buffer-window buffer)))
    (cond ((null window) (kill-buffer buffer))
          ((dlm-review--session-ended session) (quit-window t window))
          (t (set-window-buffer window review)
             (kill-buffer buffer)
             (dlm-review--fit window session)))))

(defvar-keymap dlm-review-edit-mode-map
  :doc "Keys where a pair is edited."
  "C-c C-c" #'dlm-review-edit-accept
  "C-c C-k" #'dlm-review-edit-drop)

(define-derived-mode dlm-review-edit-mode text-mode "DLM Pair"
  "Major mode of a pair that is edited before it is accepted.

\\{dlm-review-edit-mode-map}"
  :interactive nil
  (visual-line-mode)
  (setq header-line-format
        (substitute-command-keys " \\<dlm-review-edit-mode-map>\
\\[dlm-review-edit-accept] accepts it in these words  \\[dlm-review-edit-drop] leaves it as it was")))

(provide 'dlm-review)
;;; dlm-review.el ends here
