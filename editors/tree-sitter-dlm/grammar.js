/**
 * @file The .dlm format: YAML frontmatter, then sections of Markdown that fence lines part.
 * @license MIT
 */

/// <reference types="tree-sitter-cli/dsl" />

// Where lines begin and end, and which of them are more than text, is for src/scanner.c to tell: it
// gives one token for each stretch of text. Every text makes a tree without an ERROR in it.

// What Python calls white space, line breaks aside.
const BLANKS =
  /[\t\v\f \x1c-\x1f\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]+/u;

module.exports = grammar({
  name: 'dlm',

  extras: () => [],

  externals: $ => [
    $._frontmatter_open,
    $.yaml,
    $._frontmatter_close,
    $._separator,
    $._line_end,
    $._blank,
    $.text,
    $._prose_open,
    $._instruction_open,
    $._preference_open,
    $._image_open,
    $._audio_open,
    $._synth_marker_open,
    $._mined_marker_open,
    $._harvest_marker_open,
    $._malformed_synth_marker,
    $._malformed_mined_marker,
    $.question_header,
    $.probe_header,
    $.answer_header,
    $.prompt_header,
    $.chosen_header,
    $.rejected_header,
    $._error,
  ],

  supertypes: $ => [$.section],

  rules: {
    document: $ => seq(
      optional(seq($.frontmatter, optional($._separator))),
      optional(choice($._blank, alias($._opening_prose, $.prose_section))),
      repeat($.section),
    ),

    // One that is not closed reaches to the end of the text.
    frontmatter: $ => seq(
      alias($._frontmatter_open, '---'),
      $._line_end,
      optional($.yaml),
      optional(seq(alias($._frontmatter_close, '---'), $._line_end)),
    ),

    section: $ => choice(
      $.prose_section,
      $.instruction_section,
      $.preference_section,
      $.image_section,
      $.audio_section,
    ),

    _opening_prose: $ => $._text_lines,
    prose_section: $ => seq(field('fence', alias($._prose_fence, $.fence)), $._plain_body),
    image_section: $ => seq(field('fence', alias($._image_fence, $.fence)), $._plain_body),
    audio_section: $ => seq(field('fence', alias($._audio_fence, $.fence)), $._plain_body),

    _plain_body: $ => seq($._line_end, optional(choice($._blank, $._text_lines))),
    _text_lines: $ => seq(field('text', $.text), $._line_end),

    instruction_section: $ => seq(
      field('fence', alias($._instruction_fence, $.fence)),
      $._line_end,
      repeat(seq(
        choice(
          alias($._synth_marker, $.marker),
          alias($._harvest_marker, $.marker),
          alias($._malformed_synth_marker, $.malformed_marker),
        ),
        $._line_end,
      )),
      optional($._turn_text),
      repeat(choice($.pair, $.answer)),
    ),

    // A question without an answer is a pair too; an answer without a question stands alone.
    pair: $ => prec.right(seq($.question, optional($.answer))),
    question: $ => seq(
      field('header', choice($.question_header, $.probe_header)),
      optional($._turn_text),
    ),
    answer: $ => seq(field('header', $.answer_header), optional($._turn_text)),

    preference_section: $ => seq(
      field('fence', alias($._preference_fence, $.fence)),
      $._line_end,
      repeat(seq(
        choice(
          alias($._mined_marker, $.marker),
          alias($._harvest_marker, $.marker),
          alias($._malformed_mined_marker, $.malformed_marker),
        ),
        $._line_end,
      )),
      optional($._turn_text),
      repeat(choice($.preference, $.chosen, $.rejected)),
    ),

    preference: $ => prec.right(seq(
      $.prompt,
      optional(seq($.chosen, optional($.rejected))),
    )),
    prompt: $ => seq(field('header', $.prompt_header), optional($._turn_text)),
    chosen: $ => seq(field('header', $.chosen_header), optional($._turn_text)),
    rejected: $ => seq(field('header', $.rejected_header), optional($._turn_text)),

    _turn_text: $ => choice(
      $._blank,
      seq(optional($._blank), field('text', $.text), optional($._blank)),
    ),

    _prose_fence: $ => seq(alias($._prose_open, '::'), $._fence_rest),
    _instruction_fence: $ => seq(alias($._instruction_open, '::'), $._fence_rest),
    _preference_fence: $ => seq(alias($._preference_open, '::'), $._fence_rest),
    _image_fence: $ => seq(alias($._image_open, '::'), $._fence_rest),
    _audio_fence: $ => seq(alias($._audio_open, '::'), $._fence_rest),

    _fence_rest: $ => seq(
      optional(field('type', choice($.section_type, $.unknown_section_type))),
      optional(choice(
        seq('#', optional(field('adapter', choice($.adapter, $.invalid_adapter)))),
        seq(repeat1(seq($._blanks, $.attribute)), optional($._blanks)),
      )),
      '::',
    ),

    section_type: () => token(choice('prose', 'instruction', 'preference', 'image', 'audio')),
    unknown_section_type: () => /[A-Za-z0-9_-]+/,
    adapter: () => /[a-z][a-z0-9_]{0,31}/,
    invalid_adapter: () => /[A-Za-z0-9_#-]+/,

    _synth_marker: $ => seq(
      alias($._synth_marker_open, '<!--'), ' ', alias('dlm-auto-synth', $.marker_kind), $._marker_rest,
    ),
    _mined_marker: $ => seq(
      alias($._mined_marker_open, '<!--'), ' ', alias('dlm-auto-mined', $.marker_kind), $._marker_rest,
    ),
    _harvest_marker: $ => seq(
      alias($._harvest_marker_open, '<!--'), ' ', alias('dlm-auto-harvest', $.marker_kind), $._marker_rest,
    ),
    _marker_rest: $ => seq(':', repeat1(seq($._blanks, $.attribute)), $._blanks, '-->'),

    attribute: $ => seq(
      field('name', $.attribute_name),
      '=',
      field('value', $.attribute_value),
    ),
    attribute_name: () => /[a-z][a-z0-9_]*/,
    attribute_value: () => /"[^"\r\n]*"/,

    _blanks: () => BLANKS,
  },
});
