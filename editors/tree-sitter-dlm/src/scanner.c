// Tells where the lines of a .dlm document begin and end and what each of them is. One token is one
// stretch of text, however many lines it has; a token ends where a line means something else.

#include <string.h>

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

// In the order of `externals` in grammar.js.
enum Token {
    FRONTMATTER_OPEN,
    YAML,
    FRONTMATTER_CLOSE,
    SEPARATOR,
    LINE_END,
    BLANK,
    TEXT,
    PROSE_OPEN,
    INSTRUCTION_OPEN,
    PREFERENCE_OPEN,
    IMAGE_OPEN,
    AUDIO_OPEN,
    SYNTH_MARKER_OPEN,
    MINED_MARKER_OPEN,
    HARVEST_MARKER_OPEN,
    MALFORMED_SYNTH_MARKER,
    MALFORMED_MINED_MARKER,
    QUESTION_HEADER,
    PROBE_HEADER,
    ANSWER_HEADER,
    PROMPT_HEADER,
    CHOSEN_HEADER,
    REJECTED_HEADER,
    // Valid only where the parser recovers from an error, which no text leads to.
    ERROR,
};

// What has to be known of the text before a token.
typedef struct {
    bool in_code;
    // Blanks stand before it on its line.
    bool indented;
} State;

static const unsigned IN_CODE = 1, INDENTED = 2;

// Of the characters of a document, a line feed and a carriage return alone end a line.
static bool ends_line(const TSLexer *lexer) {
    return lexer->lookahead == '\n' || lexer->lookahead == '\r' || lexer->eof(lexer);
}

// What Python calls white space.
static bool is_space(int32_t c) {
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

static bool is_lower(int32_t c) { return c >= 'a' && c <= 'z'; }

static bool is_name(int32_t c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static void skip_line(TSLexer *lexer) {
    while (!ends_line(lexer)) advance(lexer);
}

static bool skip_break(TSLexer *lexer) {
    if (lexer->eof(lexer)) return false;
    if (lexer->lookahead == '\n') {
        advance(lexer);
        return true;
    }
    if (lexer->lookahead != '\r') return false;
    advance(lexer);
    if (lexer->lookahead == '\n') advance(lexer);
    return true;
}

// Skip blanks on one line; tell whether there were any.
static bool skip_blanks(TSLexer *lexer) {
    bool any = false;
    while (!ends_line(lexer) && is_space(lexer->lookahead)) {
        advance(lexer);
        any = true;
    }
    return any;
}

// Skip as much of `words` as is there; tell whether that is all.
static bool skip_words(TSLexer *lexer, const char *words) {
    for (; *words; words++) {
        if (lexer->lookahead != *words) return false;
        advance(lexer);
    }
    return true;
}

// Skip key="value".
static bool skip_attribute(TSLexer *lexer) {
    if (!is_lower(lexer->lookahead)) return false;
    while (is_name(lexer->lookahead)) advance(lexer);
    if (!skip_words(lexer, "=\"")) return false;
    while (!ends_line(lexer) && lexer->lookahead != '"') advance(lexer);
    return skip_words(lexer, "\"");
}

enum { KINDS = 5, LONGEST_KIND = 11, LONGEST_LIKENESS = 16 };

static const char *const KIND[KINDS] = {"prose", "instruction", "preference", "image", "audio"};

static int least(int a, int b) { return a < b ? a : b; }

// Damerau and Levenshtein's distance: how many characters are put in, left out, changed, or swapped.
static int distance(const char *a, int a_length, const char *b, int b_length) {
    // One row and column more than usual, for what stands before both.
    int rows[LONGEST_LIKENESS + 2][LONGEST_KIND + 2];
    int last_row[128] = {0};
    const int far = a_length + b_length;
    rows[0][0] = far;
    for (int i = 0; i <= a_length; i++) {
        rows[i + 1][0] = far;
        rows[i + 1][1] = i;
    }
    for (int j = 0; j <= b_length; j++) {
        rows[0][j + 1] = far;
        rows[1][j + 1] = j;
    }
    for (int i = 1; i <= a_length; i++) {
        int last_column = 0;
        for (int j = 1; j <= b_length; j++) {
            const int row = last_row[(unsigned char)b[j - 1]], column = last_column;
            int cost = 1;
            if (a[i - 1] == b[j - 1]) {
                cost = 0;
                last_column = j;
            }
            const int changed = rows[i][j] + cost;
            const int left_out = least(rows[i + 1][j], rows[i][j + 1]) + 1;
            const int swapped = rows[row][column] + (i - row - 1) + 1 + (j - column - 1);
            rows[i + 1][j + 1] = least(least(changed, left_out), swapped);
        }
        last_row[(unsigned char)a[i - 1]] = i;
    }
    return rows[a_length + 1][b_length + 1];
}

// The kind of section that `name` most likely means; what is like none of them opens prose.
static enum Token meant(const char *name, int length) {
    if (length > LONGEST_LIKENESS) return PROSE_OPEN;
    char lower[LONGEST_LIKENESS];
    for (int i = 0; i < length; i++) {
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 'a' - 'A') : name[i];
    }
    int best = 0, nearest = LONGEST_LIKENESS + LONGEST_KIND;
    for (int kind = 0; kind < KINDS; kind++) {
        const int found = distance(lower, length, KIND[kind], (int)strlen(KIND[kind]));
        if (found < nearest) {
            best = kind;
            nearest = found;
        }
    }
    const int kind_length = (int)strlen(KIND[best]);
    const int longer = length > kind_length ? length : kind_length;
    const int allowed = longer / 3 > 1 ? longer / 3 : 1;
    return nearest <= allowed ? (enum Token)(PROSE_OPEN + best) : PROSE_OPEN;
}

// Read a line that begins with a colon: the token that opens a section, or TEXT. `at_token` says to
// end the token behind the colons.
static enum Token read_fence(TSLexer *lexer, bool at_token) {
    if (!skip_words(lexer, "::")) return TEXT;
    if (at_token) lexer->mark_end(lexer);
    // One more than a name may have, so that one that is too long is seen to be.
    char name[LONGEST_LIKENESS + 1];
    int length = 0;
    bool any = false, in_adapter = false, takes_attributes = is_lower(lexer->lookahead);
    for (;;) {
        const int32_t c = lexer->lookahead;
        const bool upper = c >= 'A' && c <= 'Z';
        if (!is_name(c) && !upper && c != '#' && c != '-') break;
        if (!is_name(c)) takes_attributes = false;
        if (c == '#') in_adapter = true;
        if (!in_adapter && length <= LONGEST_LIKENESS) name[length++] = (char)c;
        any = true;
        advance(lexer);
    }
    if (!any) return TEXT;
    if (takes_attributes && skip_blanks(lexer)) {
        do {
            if (!skip_attribute(lexer)) return TEXT;
        } while (skip_blanks(lexer) && lexer->lookahead != ':');
    }
    return skip_words(lexer, "::") && ends_line(lexer) ? meant(name, length) : TEXT;
}

// Read what is left of a marker line behind its kind: `open` where it is nothing but attributes,
// `malformed` where the line ends like a marker all the same, else TEXT.
static enum Token read_attributes(TSLexer *lexer, enum Token open, enum Token malformed) {
    enum { START, GAP, NAME, EQUALS, VALUE, CLOSED, BAD } state = START;
    uint32_t tail = 0;
    uint32_t length = 0, closed_at = 0;
    for (; !ends_line(lexer); advance(lexer)) {
        const int32_t c = lexer->lookahead;
        tail = tail << 8 | (c > 0 && c < 0x80 ? (uint32_t)c : 0);
        length++;
        switch (state) {
        case START: state = is_space(c) ? GAP : BAD; break;
        case GAP: state = is_lower(c) ? NAME : is_space(c) ? GAP : BAD; break;
        case NAME: state = is_name(c) ? NAME : c == '=' ? EQUALS : BAD; break;
        case EQUALS: state = c == '"' ? VALUE : BAD; break;
        case VALUE: state = c == '"' ? CLOSED : VALUE; break;
        case CLOSED: state = is_space(c) ? GAP : BAD; break;
        case BAD: break;
        }
        if (state == CLOSED) closed_at = length;
    }
    static const uint32_t END = ' ' << 24 | '-' << 16 | '-' << 8 | '>';
    if (tail != END) return TEXT;
    if (closed_at > 0 && closed_at + 4 == length) return open;
    lexer->mark_end(lexer);
    return malformed;
}

// Read a line that begins with < and may be a marker, at the beginning of a token: the token that
// opens a marker, a whole malformed marker, or TEXT.
static enum Token read_marker(TSLexer *lexer, const bool *valid) {
    if (!skip_words(lexer, "<!--")) return TEXT;
    lexer->mark_end(lexer);
    if (!skip_words(lexer, " dlm-auto-")) return TEXT;
    switch (lexer->lookahead) {
    case 's':
        if (!valid[SYNTH_MARKER_OPEN] || !skip_words(lexer, "synth:")) return TEXT;
        return read_attributes(lexer, SYNTH_MARKER_OPEN, MALFORMED_SYNTH_MARKER);
    case 'm':
        if (!valid[MINED_MARKER_OPEN] || !skip_words(lexer, "mined:")) return TEXT;
        return read_attributes(lexer, MINED_MARKER_OPEN, MALFORMED_MINED_MARKER);
    default:
        if (!skip_words(lexer, "harvest: source=\"")) return TEXT;
        while (!ends_line(lexer) && lexer->lookahead != '"') advance(lexer);
        return skip_words(lexer, "\" -->") && ends_line(lexer) ? HARVEST_MARKER_OPEN : TEXT;
    }
}

// Read words that begin with # and may be a header: its token, or TEXT. `at_token` says to end the
// token behind them.
static enum Token read_header(TSLexer *lexer, const bool *valid, bool at_token) {
    if (!skip_words(lexer, "### ")) return TEXT;
    enum Token header;
    const char *name;
    switch (lexer->lookahead) {
    case 'Q': header = QUESTION_HEADER, name = "Q"; break;
    case 'A': header = ANSWER_HEADER, name = "A"; break;
    case 'P': header = PROMPT_HEADER, name = "Prompt"; break;
    case 'C': header = CHOSEN_HEADER, name = "Chosen"; break;
    case 'R': header = REJECTED_HEADER, name = "Rejected"; break;
    default: return TEXT;
    }
    if (!valid[header] || !skip_words(lexer, name)) return TEXT;
    if (at_token) lexer->mark_end(lexer);
    if (header == QUESTION_HEADER && lexer->lookahead == ' ') {
        advance(lexer);
        if (lexer->lookahead == '!') {
            if (!skip_words(lexer, "!probe")) return TEXT;
            if (at_token) lexer->mark_end(lexer);
            header = PROBE_HEADER;
        }
    }
    skip_blanks(lexer);
    return ends_line(lexer) ? header : TEXT;
}

static bool takes_marker(const bool *valid) { return valid[HARVEST_MARKER_OPEN]; }

static bool takes_headers(const bool *valid) {
    return valid[QUESTION_HEADER] || valid[PROMPT_HEADER];
}

// Read a line: BLANK or TEXT, or the token that begins at its first character that is no blank.
// `at_token` says that a token begins here, `filled` that a part of the line was read.
static enum Token read_line(
    TSLexer *lexer, State *state, const bool *valid, bool at_token, bool filled
) {
    if (!state->indented && !filled) {
        int backticks = 0;
        for (; backticks < 3 && lexer->lookahead == '`'; backticks++) advance(lexer);
        if (backticks == 3) state->in_code = !state->in_code;
        filled = backticks > 0;
        if (lexer->lookahead == ':' && !filled && !state->in_code) {
            const enum Token fence = read_fence(lexer, at_token);
            if (fence != TEXT) return fence;
            filled = true;
        }
        if (lexer->lookahead == '<' && !filled && at_token && takes_marker(valid)) {
            const enum Token marker = read_marker(lexer, valid);
            if (marker != TEXT) return marker;
            filled = true;
        }
    }
    if (!filled) skip_blanks(lexer);
    if (lexer->lookahead == '#' && !filled && takes_headers(valid)) {
        const enum Token header = read_header(lexer, valid, at_token);
        if (header != TEXT) return header;
        filled = true;
    }
    filled = filled || !ends_line(lexer);
    skip_line(lexer);
    return filled ? TEXT : BLANK;
}

// Blanks and line breaks, in a section that has headers.
static bool scan_blank(TSLexer *lexer, State *state) {
    bool any = false;
    for (;;) {
        if (skip_break(lexer)) {
            state->indented = false;
        } else if (skip_blanks(lexer)) {
            state->indented = true;
        } else {
            break;
        }
        any = true;
    }
    lexer->mark_end(lexer);
    lexer->result_symbol = BLANK;
    return any;
}

// What a section holds, and what ends it. `filled` says that a part of the first line was read.
static bool scan_section(TSLexer *lexer, State *state, const bool *valid, bool filled) {
    // With headers, text is trimmed. Without, it is all that stands there but the last line break,
    // and blank only if all of it is.
    const bool trimmed = takes_headers(valid);
    if (trimmed && scan_blank(lexer, state)) return true;
    if (lexer->eof(lexer) && !filled) return false;
    enum Token token = BLANK;
    for (bool first = true; filled || !lexer->eof(lexer); first = filled = false) {
        const enum Token line = read_line(lexer, state, valid, first, filled);
        if (line != TEXT && line != BLANK) {
            if (first) token = line;
            break;
        }
        if (line == TEXT) token = TEXT;
        if (line == TEXT || (token == TEXT && !trimmed)) lexer->mark_end(lexer);
        skip_break(lexer);
        state->indented = false;
        if (token == BLANK) lexer->mark_end(lexer);
    }
    lexer->result_symbol = token;
    return valid[token];
}

// The lines between the frontmatter's two delimiters, or the second of these.
static bool scan_frontmatter(TSLexer *lexer) {
    bool any = false;
    while (!lexer->eof(lexer)) {
        if (skip_words(lexer, "---") && ends_line(lexer)) {
            if (any) break;
            lexer->mark_end(lexer);
            lexer->result_symbol = FRONTMATTER_CLOSE;
            return true;
        }
        skip_line(lexer);
        skip_break(lexer);
        lexer->mark_end(lexer);
        any = true;
    }
    lexer->result_symbol = YAML;
    return any;
}

static bool scan(TSLexer *lexer, State *state, const bool *valid) {
    if (valid[ERROR]) return false;
    if (valid[YAML] || valid[FRONTMATTER_CLOSE]) return scan_frontmatter(lexer);
    if (valid[SEPARATOR] && skip_break(lexer)) {
        lexer->result_symbol = SEPARATOR;
        return true;
    }
    if (valid[LINE_END] && (lexer->eof(lexer) || skip_break(lexer))) {
        lexer->result_symbol = LINE_END;
        return true;
    }
    bool filled = false;
    if (valid[FRONTMATTER_OPEN] && lexer->lookahead == '-') {
        if (skip_words(lexer, "---") && ends_line(lexer)) {
            lexer->mark_end(lexer);
            lexer->result_symbol = FRONTMATTER_OPEN;
            return true;
        }
        filled = true;
    }
    return scan_section(lexer, state, valid, filled);
}

void *tree_sitter_dlm_external_scanner_create(void) {
    return ts_calloc(1, sizeof(State));
}

void tree_sitter_dlm_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_dlm_external_scanner_serialize(void *payload, char *buffer) {
    const State *state = payload;
    buffer[0] = (char)((state->in_code ? IN_CODE : 0) | (state->indented ? INDENTED : 0));
    return 1;
}

void tree_sitter_dlm_external_scanner_deserialize(
    void *payload, const char *buffer, unsigned length
) {
    State *state = payload;
    state->in_code = length > 0 && ((unsigned)buffer[0] & IN_CODE);
    state->indented = length > 0 && ((unsigned)buffer[0] & INDENTED);
}

bool tree_sitter_dlm_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    return scan(lexer, payload, valid);
}
