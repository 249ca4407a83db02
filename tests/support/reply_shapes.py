"""Reply shapes: replies as models write them, in many languages, each with its right pairs."""

import json
from dataclasses import dataclass
from typing import Any

from dlm_lsp.synth.raw_pair import RawPair


@dataclass(frozen=True)
class Shape:
    """A reply and the pairs in it; `cut` where it broke off."""

    name: str
    reply: str
    pairs: tuple[RawPair, ...]
    cut: bool = False


def shape(name: str, reply: str, *pairs: tuple[str, ...], cut: bool = False) -> Shape:
    return Shape(name, reply, tuple(RawPair(*pair) for pair in pairs), cut)


def dumped(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)


ILL = ("Where does the Ill rise?", "It rises in the Jura.", "The Ill rises in the Jura.")
LENGTH = ("How long is it?", "217 km.", "It is 217 km long.")
SCHEMA = dumped(
    {
        "pairs": [
            {"evidence": ILL[2], "question": ILL[0], "answer": ILL[1]},
            {"evidence": LENGTH[2], "question": LENGTH[0], "answer": LENGTH[1]},
        ]
    }
)
BOTH = (ILL, LENGTH)
BARE = (ILL[:2], LENGTH[:2])
DRAFT = '{"question": "Draft?", "answer": "No."}'

# In each language: the names of question, answer and evidence, and two pairs.
LANGUAGES: dict[str, tuple[tuple[str, str, str], tuple[str, str], tuple[str, str]]] = {
    "de": (
        ("Frage", "Antwort", "Beleg"),
        ("Wo entspringt die Ill?", "Im Jura."),
        ("Wie lang ist sie?", "217 Kilometer."),
    ),
    "fr": (
        ("question posée", "réponse", "preuve"),
        ("Où l’Ill prend-elle sa source ?", "Dans le Jura."),
        ("Quelle est sa longueur ?", "Elle est de 217 km."),
    ),
    "es": (
        ("pregunta", "respuesta", "evidencia"),
        ("¿Dónde nace el Ill?", "En el Jura."),
        ("¿Cuánto mide?", "217 km."),
    ),
    "it": (
        ("domanda", "risposta", "prova"),
        ("Dove nasce l'Ill?", "Nel Giura."),
        ("Quanto è lungo?", "217 km."),
    ),
    "pt": (
        ("pergunta", "resposta", "evidência"),
        ("Onde nasce o Ill?", "No Jura."),
        ("Qual é o seu comprimento?", "217 km."),
    ),
    "pl": (
        ("pytanie", "odpowiedź", "dowód"),
        ("Gdzie bierze początek Ill?", "W Jurze."),
        ("Jaką ma długość?", "217 km."),
    ),
    "sv": (
        ("fråga", "svar", "belägg"),
        ("Var rinner Ill upp?", "I Jura."),
        ("Hur lång är den?", "217 km."),
    ),
    "tr": (
        ("soru", "cevap", "kanıt"),
        ("Ill nerede doğar?", "Jura'da."),
        ("Uzunluğu ne kadar?", "217 km."),
    ),
    "ru": (
        ("вопрос", "ответ", "доказательство"),
        ("Где берёт начало Иль?", "В горах Юра."),
        ("Какова её длина?", "217 км."),
    ),
    "uk": (
        ("питання", "відповідь", "доказ"),
        ("Де бере початок Іль?", "У горах Юра."),
        ("Яка її довжина?", "217 км."),
    ),
    "el": (
        ("ερώτηση", "απάντηση", "απόδειξη"),
        ("Πού πηγάζει ο Ιλ;", "Στον Ιούρα."),
        ("Πόσο μήκος έχει;", "217 χλμ."),
    ),
    "hy": (
        ("հարց", "պատասխան", "ապացույց"),
        ("Որտե՞ղ է սկիզբ առնում Իլը։", "Յուրայում։"),
        ("Որքա՞ն է նրա երկարությունը։", "217 կմ։"),
    ),
    "ar": (
        ("السؤال", "الجواب", "الدليل"),
        ("أين ينبع نهر إيل؟", "في جبال جورا."),
        ("كم يبلغ طوله؟", "217 كم."),
    ),
    "fa": (
        ("پرسش", "پاسخ", "شاهد"),
        ("رود ایل از کجا سرچشمه می‌گیرد؟", "از ژورا."),
        ("طول آن چقدر است؟", "۲۱۷ کیلومتر."),
    ),
    "he": (
        ("שאלה", "תשובה", "ראיה"),
        ("היכן מתחיל נהר האיל?", "בהרי היורה."),
        ("מה אורכו?", "217 ק״מ."),
    ),
    "hi": (
        ("प्रश्न", "उत्तर", "प्रमाण"),
        ("इल नदी कहाँ से निकलती है?", "जुरा से।"),
        ("यह कितनी लंबी है?", "217 किमी।"),
    ),
    "zh": (
        ("问题", "答案", "证据"),
        ("伊尔河发源于哪里？", "汝拉山脉。"),
        ("它有多长？", "217公里。"),
    ),
    "ja": (
        ("質問", "回答", "根拠"),
        ("イル川はどこから流れ出していますか。", "ジュラ山脈です。"),
        ("長さはどれくらいですか？", "217キロです。"),
    ),
    "ko": (
        ("질문", "답변", "근거"),
        ("일강은 어디에서 발원합니까?", "쥐라산맥입니다."),
        ("길이는 얼마입니까?", "217km입니다."),
    ),
    "vi": (
        ("câu hỏi", "câu trả lời", "bằng chứng"),
        ("Sông Ill bắt nguồn từ đâu?", "Từ dãy Jura."),
        ("Nó dài bao nhiêu?", "217 km."),
    ),
    "am": (
        ("ጥያቄ", "መልስ", "ማስረጃ"),
        ("ኢል ወንዝ ከየት ይነሳል፧", "ከጁራ።"),
        ("ርዝመቱ ስንት ነው፧", "217 ኪ.ሜ።"),
    ),
}


def in_language(language: str) -> list[Shape]:
    """The shapes that keys and labels of a language come in."""
    (question, answer, evidence), first, second = LANGUAGES[language]
    records = [{question: q, answer: a} for q, a in (first, second)]
    proofs = [{evidence: f"{a} {a}"} for _, a in (first, second)]
    proven = [{**proof, **record} for proof, record in zip(proofs, records, strict=True)]
    behind = [{**record, **proof} for proof, record in zip(proofs, records, strict=True)]
    with_evidence = [(q, a, f"{a} {a}") for q, a in (first, second)]
    lines = "\n".join(f"{question}: {q}\n{answer}: {a}\n" for q, a in (first, second))
    return [
        shape(f"{language}, keys", dumped(records), first, second),
        shape(f"{language}, one object", dumped(records[0]), first),
        shape(f"{language}, evidence first", dumped({"pairs": proven}), *with_evidence),
        shape(f"{language}, evidence last", dumped({"pairs": behind}), *with_evidence),
        shape(f"{language}, labels", lines, first, second),
        shape(
            f"{language}, numbered bold labels",
            "\n\n".join(
                f"**{question} {n}:** {q}\n**{answer}:** {a}"
                for n, (q, a) in enumerate((first, second), 1)
            ),
            first,
            second,
        ),
        shape(
            f"{language}, full-width colons in one line",
            "\n".join(f"{question}：{q} {answer}：{a}" for q, a in (first, second)),
            first,
            second,
        ),
        shape(
            f"{language}, labels with evidence",
            "\n\n".join(
                f"{question}: {q}\n{answer}: {a}\n{evidence}: {e}" for q, a, e in with_evidence
            ),
            *with_evidence,
        ),
        shape(
            f"{language}, headings",
            "\n\n".join(f"### {question}\n{q}\n### {answer}\n{a}" for q, a in (first, second)),
            first,
            second,
        ),
        shape(
            f"{language}, table",
            f"| {question} | {answer} |\n|---|:---:|\n"
            + "\n".join(f"| {q} | {a} |" for q, a in (first, second)),
            first,
            second,
        ),
    ]


JSON_SHAPES = [
    shape("schema", SCHEMA, *BOTH),
    shape("in talk", f"Sure! Here you go:\n\n```json\n{SCHEMA}\n```\nAnything else?", *BOTH),
    shape("one object a line", "\n".join(map(dumped, json.loads(SCHEMA)["pairs"])), *BOTH),
    shape(
        "numbered keys",
        dumped(
            {"question1": ILL[0], "answer1": ILL[1], "question2": LENGTH[0], "answer2": "217 km."}
        ),
        *BARE,
    ),
    shape(
        "q1 and a1",
        dumped([{"q1": ILL[0], "a1": ILL[1]}, {"q2": LENGTH[0], "a2": "217 km."}]),
        *BARE,
    ),
    shape(
        "numbered objects",
        dumped({str(n): {"question": q, "answer": a} for n, (q, a) in enumerate(BARE, 1)}),
        *BARE,
    ),
    shape(
        "numbered objects in German",
        dumped({f"Paar {n}": {"Frage": q, "Antwort": a} for n, (q, a) in enumerate(BARE, 1)}),
        *BARE,
    ),
    shape("numbers lead", dumped({"1. question": ILL[0], "1. answer": ILL[1]}), ILL[:2]),
    shape("Alpaca", dumped([{"instruction": q, "input": "", "output": a} for q, a in BARE]), *BARE),
    shape(
        "Alpaca with the question as input",
        dumped([{"instruction": "Answer.", "input": q, "output": a} for q, a in BARE]),
        *((q, a, "") for q, a in BARE),
    ),
    shape("prompt and response", dumped([{"prompt": q, "response": a} for q, a in BARE]), *BARE),
    shape(
        "prompt and completion", dumped([{"prompt": q, "completion": a} for q, a in BARE]), *BARE
    ),
    shape("input and output", dumped([{"input": q, "output": a} for q, a in BARE]), *BARE),
    shape("cards", dumped([{"front": q, "back": a} for q, a in BARE]), *BARE),
    shape(
        "compound keys", dumped([{"questionText": q, "correct_answer": a} for q, a in BARE]), *BARE
    ),
    shape(
        "columns", dumped({"questions": [ILL[0], LENGTH[0]], "answers": [ILL[1], "217 km."]}), *BARE
    ),
    shape("questions as keys", dumped(dict(BARE)), *BARE),
    shape("rows", dumped([list(pair) for pair in BARE]), *BARE),
    shape("rows in an object", dumped({"pairs": [list(pair) for pair in BARE]}), *BARE),
    shape(
        "messages",
        "\n".join(
            dumped(
                {
                    "messages": [
                        {"role": "system", "content": "Be brief."},
                        {"role": "user", "content": q},
                        {"role": "assistant", "content": a},
                    ]
                }
            )
            for q, a in BARE
        ),
        *BARE,
    ),
    shape(
        "ShareGPT",
        dumped(
            [
                {"conversations": [{"from": "human", "value": q}, {"from": "gpt", "value": a}]}
                for q, a in BARE
            ]
        ),
        *BARE,
    ),
    shape(
        "messages that broke off",
        dumped([{"role": "user", "content": ILL[0]}, {"role": "assistant", "content": ILL[1]}])[:-1]
        + ', {"role": "user", "content": "How lo',
        ILL[:2],
        cut=True,
    ),
    shape(
        "other fields beside",
        dumped([{"id": 1, "question": ILL[0], "answer": ILL[1], "difficulty": "easy"}]),
        ILL[:2],
    ),
    shape("double-encoded", dumped(SCHEMA), *BOTH),
    shape("double-encoded in a block", f"```json\n{dumped(SCHEMA)}\n```", *BOTH),
    shape("double-encoded that broke off", dumped(SCHEMA)[:-30], ILL, cut=True),
    shape("JSON in a field", dumped({"content": SCHEMA}), *BOTH),
    shape("JSON in a field of several", dumped({"id": "x", "content": SCHEMA, "n": 1}), *BOTH),
    shape(
        "Python",
        """[{'question': 'What\\'s "A"?', 'answer': "It's one, 'A'.", 'evidence': None}]""",
        ('What\'s "A"?', "It's one, 'A'."),
    ),
    shape(
        "quotes that nobody escaped",
        '{"pairs": [{"evidence": "He said "yes", and left.", "question": "What did he say to '
        '"Come"?", "answer": "He said "yes"."}]}',
        ('What did he say to "Come"?', 'He said "yes".', 'He said "yes", and left.'),
    ),
    shape(
        "quotes that nobody escaped, in lines",
        '[\n  {\n    "question": "What is "A"?",\n    "answer": "The first "letter", as in "Anna"."'
        "\n  }\n]",
        ('What is "A"?', 'The first "letter", as in "Anna".'),
    ),
    shape(
        "typographic quotes",
        "[{“question”: “What is A?”, “answer”: “It is ‘one’.”}]",
        ("What is A?", "It is ‘one’."),
    ),
    shape(
        "German quotes",
        "{„Frage“: „Was ist A?“, „Antwort“: „Es ist eins.“}",
        ("Was ist A?", "Es ist eins."),
    ),
    shape(
        "full-width punctuation", "{“问题”：“甲是什么？”，“答案”：“一。”}", ("甲是什么？", "一。")
    ),
    shape(
        "full-width punctuation, straight quotes",
        '[{"问题"："甲是什么？"，"答案"："一。"}，{"问题"："乙是什么？"，"答案"："二。"}]',
        ("甲是什么？", "一。"),
        ("乙是什么？", "二。"),
    ),
    shape(
        "trailing commas",
        '{"pairs": [{"question": "What is A?", "answer": "One.",},],}',
        ("What is A?", "One."),
    ),
    shape(
        "comments",
        '{"pairs": [\n  // the first\n  {"question": "What is A?", /* brief */ '
        '"answer": "One // two."}, '
        '# and so on\n  {"question": "What is B?", "answer": "#2."} // the last\n]}',
        ("What is A?", "One // two."),
        ("What is B?", "#2."),
    ),
    shape(
        "keys without quotes", '[{question: "What is A?", answer: "One."}]', ("What is A?", "One.")
    ),
    shape("list that broke off", SCHEMA[:-20], ILL, cut=True),
    shape(
        "raw line ends in strings",
        '[{"question": "How?", "answer": "Like this:\n1. load\n2. run"}]',
        ("How?", "Like this:\n1. load\n2. run"),
    ),
    shape(
        "LaTeX",
        r'[{"question": "What is $\frac{1}{2}$?", "answer": "A half, $\theta$."}]',
        (r"What is $\frac{1}{2}$?", r"A half, $\theta$."),
    ),
    shape(
        "one question that has no mark",
        dumped(
            [{"Frage": "Nenne den Fluss.", "Antwort": "Ill."}, {"Frage": "Wo?", "Antwort": "Jura."}]
        ),
        ("Nenne den Fluss.", "Ill."),
        ("Wo?", "Jura."),
    ),
    shape("half a pair", dumped([{"question": ILL[0]}, {"answer": ILL[1]}])),
    shape("questions alone", dumped({"questions": [ILL[0], LENGTH[0]]})),
    shape("no pairs", '{"pairs": []}'),
    shape("an error", dumped({"error": {"message": "overloaded", "code": 503}})),
]

THOUGHT_MARKS = {
    "think": ("<think>", "</think>"),
    "thinking": ("<thinking>", "</thinking>"),
    "Mistral": ("[THINK]", "[/THINK]"),
    "seed": ("<seed:think>", "</seed:think>"),
    "MiniMax": ("<mm:think>", "</mm:think>"),
    "reason": ("<reason>", "</reason>"),
    "reasoning": ("<reasoning>", "</reasoning>"),
    "analysis": ("<analysis>", "</analysis>"),
    "Kimi": ("◁think▷", "◁/think▷"),
    "OpenThinker": ("<|begin_of_thought|>", "<|end_of_thought|>"),
    "Cohere": ("<|START_THINKING|>", "<|END_THINKING|>"),
    "Gemma": ("<|channel>thought\n", "<channel|>"),
    "harmony": (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
    "harmony with its format": (
        "<|start|>assistant<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>",
    ),
    "harmony without its tokens": ("analysisWe could write ", "assistantfinal"),
}
"""What begins and what ends the thoughts of each family."""

THOUGHT_SHAPES = [
    made
    for family, (begin, end) in THOUGHT_MARKS.items()
    for made in (
        shape(f"{family}, thought", f"{begin}Perhaps {DRAFT}?\n{end}\n{SCHEMA}", *BOTH),
        shape(f"{family}, in one line", f"{begin}Perhaps {DRAFT}{end}{SCHEMA}", *BOTH),
        shape(
            f"{family}, a list",
            f"{begin}Q: Draft?\nA: No.\n{end}\n\nQ: Why?\nA: So.",
            ("Why?", "So."),
        ),
        shape(f"{family}, never ended", f"{begin}Perhaps {DRAFT}? Or\nQ: Draft?\nA: No.", cut=True),
        shape(
            f"{family}, spoken of",
            f"{begin}Hm.{end}"
            + dumped([{"question": f"What is {begin}?", "answer": f"Up to {end}\n"}]),
            (f"What is {begin}?", f"Up to {end}\n"),
        ),
        shape(
            f"{family}, spoken of without a thought",
            dumped([{"question": f"What is\n{begin}?", "answer": f"Up to\n{end} it."}]),
            (f"What is\n{begin}?", f"Up to\n{end} it."),
        ),
    )
] + [
    shape("harmony, only a thought", f"<|channel|>analysis<|message|>Perhaps {DRAFT}<|end|>"),
    shape(
        "harmony, commentary",
        f"<|channel|>commentary<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>"
        f"{SCHEMA}<|return|>",
        *BOTH,
    ),
    shape("no beginning", f"First a draft: {DRAFT}\n</think>{SCHEMA}", *BOTH),
    shape(
        "several ends", f"A draft: {DRAFT}\n</think>\nAnother: {DRAFT}\n</think>\n{SCHEMA}", *BOTH
    ),
    shape("behind a word", f"Sure! <think>\n{DRAFT}\n</think>\n{SCHEMA}", *BOTH),
    shape("after the answer", f"{SCHEMA}\n<think>Or {DRAFT}?</think>", *BOTH),
    shape("draft first", f"{DRAFT} hm.\n</think>\n{SCHEMA}", *BOTH),
    shape("an end alone", f"{SCHEMA}\n</think>", *BOTH),
    shape(
        "marks as words in a list",
        "Q: What does <think> begin?\nA: A thought.\nQ: What do <think> and </think> hold?\n"
        "A: What "
        "the model thinks.\nQ: What is `</think>`?\nA: Its end.",
        ("What does <think> begin?", "A thought."),
        ("What do <think> and </think> hold?", "What the model thinks."),
        ("What is `</think>`?", "Its end."),
    ),
    shape(
        "marks in a code block of a list",
        "Q: How does it look?\nA: Like this:\n```\n<think>\nhm\n</think>\n```\nQ: Why?\nA: So.",
        ("How does it look?", "Like this:\n```\n<think>\nhm\n</think>\n```"),
        ("Why?", "So."),
    ),
    shape(
        "marks as words in broken JSON",
        '[{"question": "What does the "<think>" tag do?", '
        '"answer": "It opens up to </think> so."}]',
        ('What does the "<think>" tag do?', "It opens up to </think> so."),
    ),
]

TEXT_SHAPES = [
    shape(
        "lines",
        "Q: What is A?\nA: One.\nQ: What is B?\nA: Two.",
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape(
        "lines with evidence",
        "Q: What is A?\nA: One.\nEvidence: A is one.\n\n"
        "Q: What is B?\nA: Two.\nEvidence: B is two.",
        ("What is A?", "One.", "A is one."),
        ("What is B?", "Two.", "B is two."),
    ),
    shape(
        "evidence leads",
        "Evidence: A is one.\nQuestion: What is A?\nAnswer: One.\n\nEvidence: B is two.\n"
        "Question: What is B?\nAnswer: Two.",
        ("What is A?", "One.", "A is one."),
        ("What is B?", "Two.", "B is two."),
    ),
    shape(
        "bold Q",
        "**Q:** What is A?\n**A:** One.\n\n**Q:** What is B?\n**A:** Two.",
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape("in brackets", "[Question] What is A?\n[Answer] One.", ("What is A?", "One.")),
    shape("in Chinese brackets", "【问题】甲是什么？\n【答案】一。", ("甲是什么？", "一。")),
    shape(
        "Chinese",
        "问：甲是什么？\n答：一。\n\n问：乙是什么？\n答：二。",
        ("甲是什么？", "一。"),
        ("乙是什么？", "二。"),
    ),
    shape("Chinese in one line", "问：甲是什么？ 答：一。", ("甲是什么？", "一。")),
    shape("Chinese without a blank", "问：甲是什么？答：一。", ("甲是什么？", "一。")),
    shape(
        "English in one line",
        "1. Q: What is A? A: One.\n2. Q: What is B? A: Two.",
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape("Korean with full stops", "Q. 갑은 무엇입니까?\nA: 하나.", ("갑은 무엇입니까?", "하나.")),
    shape(
        "Chinese, numbered",
        "1、问题：甲是什么？\n答案：一。\n2、问题：乙是什么？\n答案：二。",
        ("甲是什么？", "一。"),
        ("乙是什么？", "二。"),
    ),
    shape(
        "YAML",
        'pairs:\n  - question: "What is A?"\n    answer: "One."\n'
        '  - question: "What is B?"\n    answer: "Two."',
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape(
        "table",
        "Here:\n\n| # | Question | Answer |\n|---|---|---|\n"
        "| 1 | What is A? | One \\| two. |\n\nBye.",
        ("What is A?", "One | two."),
    ),
    shape(
        "table that broke off",
        "| Question | Answer |\n|---|---|\n| What is A? | One. |\n| What is B? | Tw",
        ("What is A?", "One."),
        cut=True,
    ),
    shape(
        "tags",
        "<pairs><pair><question>What does <b> do?</question><answer>It is bold &amp; so.</answer>"
        "<evidence>x</evidence></pair></pairs>",
        ("What does <b> do?", "It is bold & so.", "x"),
    ),
    shape(
        "tags in lines", "<qa>\n<q>What is A?</q>\n<a>\nOne.\n</a>\n</qa>", ("What is A?", "One.")
    ),
    shape(
        "numbered tags",
        "<question_1>What is A?</question_1><answer_1>One.</answer_1>",
        ("What is A?", "One."),
    ),
    shape(
        "tags in German",
        "<paar><frage>Was ist A?</frage><antwort>Eins.</antwort></paar>",
        ("Was ist A?", "Eins."),
    ),
    shape("tags in Chinese", "<问题>甲是什么？</问题><答案>一。</答案>", ("甲是什么？", "一。")),
    shape(
        "CDATA",
        "<question><![CDATA[What is <b>?]]></question><answer>Bold.</answer>",
        ("What is <b>?", "Bold."),
    ),
    shape(
        "tags that broke off",
        "<q>What is A?</q><a>One.</a><q>What is B?</q><a>Tw",
        ("What is A?", "One."),
        cut=True,
    ),
    shape(
        "bold questions",
        "**What is A?**\nOne.\n\n**What is B?**\nTwo.",
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape(
        "numbered questions",
        "1. What is A?\n   One.\n2. What is B?\n   Two.",
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape(
        "headings that ask",
        "### 1. What is A?\n\nOne.\n\n### 2. What is B?\n\nTwo.",
        ("What is A?", "One."),
        ("What is B?", "Two."),
    ),
    shape("questions alone in a list", "1. What is A?\n2. What is B?\nThese are two."),
    shape("an end of a template", "Q: What is A?\nA: One.<|im_end|>", ("What is A?", "One.")),
    shape("a refusal", "I cannot help with that."),
    shape("a question back", "Note: Which text do you mean?"),
]

SHAPES = [
    *JSON_SHAPES,
    *TEXT_SHAPES,
    *THOUGHT_SHAPES,
    *(made for language in LANGUAGES for made in in_language(language)),
]
