import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.section import Pair
from dlm_lsp.quality.dedup import Duplicate, duplicates
from dlm_lsp.quality.duplicate_rule import is_duplicate
from dlm_lsp.quality.question_likeness import QuestionList
from dlm_lsp.quality.text_features import FeatureCache
from dlm_lsp.quality.word_tokenize import word_tokens


def duplicate_indexes(*pairs, margins=None, existing=()):
    made = [Pair(*pair) for pair in pairs]
    shown = [Pair(*pair) for pair in existing]
    return [(d.index, d.of) for d in duplicates(made, margins or [None] * len(made), shown)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("What is the capital of France?", "Paris"), ("What is the capital of Spain?", "Madrid")),
        (("What is the capital of France?", "A city"), ("What is the capital of Spain?", "A city")),
        (("What is in Part One?", "A story."), ("What is in Part Two?", "A story.")),
        (("How long is step 1?", "Five minutes."), ("How long is step 2?", "Five minutes.")),
        (("When was it built in Rome?", "In 1960."), ("When was it built in Rome?", "In 1970.")),
        (("What does C++ add?", "Classes."), ("What does C# add?", "Classes.")),
        (("Wer baute Haus Adler?", "Ein Graf."), ("Wer baute Haus Falke?", "Ein Graf.")),
        (("法国的首都是什么？", "巴黎"), ("英国的首都是什么？", "伦敦")),
        (("Why is the sky blue?", "Light scatters."), ("Why is the sky blue?", "Nobody knows.")),
        (
            ("What happens when the left lever is pulled?", "The door opens."),
            ("What happens when the right lever is pulled?", "The door closes."),
        ),
        (
            ("What is the minimum length of a password?", "It is 10 characters."),
            ("What is the maximum length of a password?", "It is 10 characters."),
        ),
        (("Is the valve open in summer?", "Yes."), ("Is the valve open in winter?", "Yes.")),
        (
            ("How do you turn on the feature?", "Set the flag to true."),
            ("How do you turn off the feature?", "Set the flag to false."),
        ),
        (
            ("What converts heat into motion?", "An engine."),
            ("What converts motion into heat?", "A brake, not an engine."),
        ),
        (("Wer darf im See baden?", "Alle."), ("Wer darf im See angeln?", "Alle.")),
        (
            ("Who drew the map of the town?", "The map of the town was drawn by Ada Reyes."),
            ("Who first drew the map of the town?", "The map of the town was drawn by Iain Duff."),
        ),
        (
            ("How long is the bridge of the town?", "The bridge of the town is 12 metres long."),
            (
                "How long is the old bridge of the town?",
                "The bridge of the town is 21 metres long.",
            ),
        ),
    ],
)
def test_pairs_about_different_things_both_stay(left, right):
    assert duplicate_indexes(left, right) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            ("What is the capital of France?", "Paris is the capital of France."),
            ("what's the capital of France", "paris"),
        ),
        (
            ("What is the capital of France?", "The city of Paris"),
            ("The capital of France is what?", "It is the city of Paris."),
        ),
        (
            ("How tall is the tower of the church?", "It is 30 metres tall."),
            ("How high is the tower of the church?", "30 metres tall"),
        ),
        (("Wie heißt der Fluss?", "Saale"), ("Wie heißt der Fluss", "Die Saale.")),
        (
            ("When was the bridge built?", "In 1500."),
            ("When did they build the bridge?", "It was in 1500"),
        ),
        (
            ("How can you start the pump?", "Turn the wheel by hand."),
            ("How do you start the pumps?", "Turn the wheel by hand!"),
        ),
        (("What does NumPy call?", "It calls DGEMM."), ("What does NumPy call?", "It calls DGEMM")),
        (("¿Cuál es la capital?", "Es Madrid."), ("¿Cuál es... la capital?", "Madrid")),
        (("日本の首都はどこですか？", "東京です。"), ("日本の首都はどこか？", "東京")),
        (("???", "!"), ("???", "!")),
    ],
)
def test_the_same_said_again_is_a_duplicate_of_the_first(left, right):
    assert duplicate_indexes(left, right) == [(1, 0)]


def test_the_better_judged_member_stays():
    pairs = [("How tall is it?", "2 m"), ("How tall is it?", "2 m"), ("How tall is it?", "2 m")]
    assert duplicate_indexes(*pairs, margins=[0.1, 0.9, None]) == [(0, 1), (2, 1)]


def test_what_the_document_has_always_stays():
    pair = ("How tall is the tower?", "It is 2 m tall.")
    assert duplicate_indexes(pair, margins=[9.0], existing=[("How tall is the tower?", "2 m")]) == [
        (0, None)
    ]


def test_a_duplicate_names_the_question_that_stays():
    pairs = [Pair("How tall is it?", "2 m"), Pair("How tall is it", "2 m.")]
    assert duplicates(pairs, [None, None]) == [Duplicate(1, 0, "How tall is it?")]


def test_near_duplicates_are_found_beyond_200_characters():
    answer = "It gathers rain from the roof and lets it out again drop by drop. " * 5
    assert duplicate_indexes(
        ("What does it do?", answer), ("What does it do?", answer + "So.")
    ) == [(1, 0)]


# Answers that fit two questions; in each, one thing differs that makes them two.
OTHERS = {
    "option": [
        ("What is the default of `--idle-timeout`?", "`--idle-delay`", "`--idle-timeout`", "30"),
        ("Was tut -v?", "-V", "-v", "Die Ausgabe wird ausführlicher."),
        ("`--wait` の既定値は何ですか？", "--delay", "--wait", "30"),
        ("选项--wait的默认值是什么？", "--delay", "--wait", "30"),
    ],
    "setting": [
        ("What is the range of max_workers?", "max_queue", "max_workers", "From 1 to 100."),
        ("Quelle est la valeur de server.port ?", "client.port", "server.port", "8080"),
        ("What does `fund` do?", "audit", "fund", "It takes true or false, and no more."),
    ],
    "operator": [
        ("What does a < b mean?", ">", "<", "It is true or false of two numbers."),
        ("Was ergibt `x * y`?", "/", "*", "Eine Zahl mit zwei Stellen nach dem Komma."),
        ("What does x == y compare?", "!=", "==", "Two values of any type, one by one."),
    ],
    "name without a capital": [
        ("李四在哪里出生？", "张三", "李四", "在北京出生。"),
        ("山田さんはどこで生まれましたか？", "佐藤", "山田", "京都で生まれました。"),
        ("ひかり号はどこに止まりますか？", "のぞみ", "ひかり", "名古屋です。"),
        (
            "이순신은 어디서 태어났습니까?",
            "김유신",
            "이순신",
            "강 옆의 작은 마을에서 태어났습니다.",
        ),
        ("أين ولد أحمد؟", "خالد", "أحمد", "ولد في مدينة صغيرة على النهر."),
    ],
    "negation": [
        ("Which files are copied?", "are not", "are", "All those that stand in the list."),
        ("Why does it stop?", "doesn't it", "does it", "The tank has run dry over night."),
        (
            "Welche Dateien werden kopiert?",
            "werden nicht",
            "werden",
            "Alle, die in der Liste sind.",
        ),
        ("Quels fichiers sont copiés ?", "ne sont pas", "sont", "Ceux qui sont dans la liste."),
        ("¿Qué archivos se copian?", "no se", "se", "Todos los que están en la lista."),
        ("Какие файлы копируются?", "не копируются", "копируются", "Все те, что есть в списке."),
        ("どのファイルがコピーされますか？", "ません", "ます", "リストにあるものです。"),
        ("哪些文件会被复制？", "不会", "会", "列表中的文件。"),
    ],
    "weekday or month": [
        ("What is sold on Mondays?", "Fridays", "Mondays", "Fish from the lake and fresh bread."),
        ("Was wird montags verkauft?", "freitags", "montags", "Fisch aus dem See und viel Brot."),
        ("Que vend-on le lundi ?", "mardi", "lundi", "Du poisson du lac et du pain."),
        ("¿Qué se abre en marzo?", "mayo", "marzo", "La compuerta que está en el lago."),
        ("Что продают в среду?", "пятницу", "среду", "Рыбу из озера и хлеб из печи."),
        ("三月に何がありますか？", "五", "三", "湖の水門が開きます。"),
        ("星期一卖什么？", "五", "一", "湖里的鱼和面包。"),
    ],
    "place": [
        ("Is the left valve open?", "right", "left", "Yes."),
        ("When was the bridge built?", "mill", "bridge", "In 1874."),
        ("How long is the old bridge?", "wall", "bridge", "30 metres"),
        ("How do you turn it on?", "off", "on", "With the knob at the side of the case."),
        ("Wie lang ist das Passwort höchstens?", "mindestens", "höchstens", "10 Zeichen"),
        ("Que fait le levier gauche ?", "droit", "gauche", "Il ouvre la porte du bas."),
        ("¿Cuántas puertas tiene la sala?", "ventanas", "puertas", "3"),
        ("Открыт ли клапан летом?", "зимой", "летом", "Да."),
        ("左边的杠杆做什么？", "右", "左", "打开门。"),
    ],
    "order": [
        ("Is 3 more than 5?", "Is 5 more than 3", "Is 3 more than 5", "It is not."),
        ("Is the lid above the tray?", "tray above the lid", "lid above the tray", "Yes."),
    ],
    "what one of two questions says in the answer": [
        (
            "Where are user settings stored?",
            "system",
            "user",
            "In the user folder under the home directory.",
        ),
        (
            "Wo liegen private Schlüssel?",
            "öffentliche",
            "private",
            "Im Ordner für private Schlüssel unter dem Heimatverzeichnis.",
        ),
        (
            "Où sont les journaux privés ?",
            "publics",
            "privés",
            "Dans le dossier des journaux privés du serveur.",
        ),
    ],
    "other words, more or fewer": [
        (
            "What happens if the file exists?",
            "is missing",
            "exists",
            "The command fails with status 1.",
        ),
        (
            "What happens if the file is empty?",
            "folder is full",
            "file is empty",
            "The command fails with status 1.",
        ),
        (
            "Was geschieht, wenn die Datei fehlt?",
            "schon vorhanden ist",
            "fehlt",
            "Der Befehl endet mit einem Fehler.",
        ),
        (
            "Que se passe-t-il si le fichier manque ?",
            "est trop grand",
            "manque",
            "La commande échoue avec le code 1.",
        ),
        (
            "¿Qué ocurre si el archivo falta?",
            "ya existe",
            "falta",
            "La orden termina con un error grave.",
        ),
        (
            "Что будет, если файл пуст?",
            "слишком велик",
            "пуст",
            "Команда завершится с ошибкой номер один.",
        ),
        ("如果文件不存在会怎样？", "太大", "不存在", "命令以状态一失败，并显示消息。"),
    ],
    "exchanged": [
        (
            "What does the client send to the server?",
            "server send to the client",
            "client send to the server",
            "A list of all known keys.",
        ),
        (
            "Was schickt der Klient dem Server?",
            "Server dem Klienten",
            "Klient dem Server",
            "Eine Liste aller bekannten Schlüssel.",
        ),
        (
            "Qu'envoie le client vers le serveur ?",
            "serveur vers le client",
            "client vers le serveur",
            "Une liste de toutes les clés connues.",
        ),
        (
            "Что клиент отправляет серверу?",
            "сервер отправляет клиенту",
            "клиент отправляет серверу",
            "Список всех известных ключей.",
        ),
        (
            "客户端向服务器发送什么？",
            "服务器向客户端",
            "客户端向服务器",
            "所有已知密钥的列表。",
        ),
        (
            "親機から子機へ何を送りますか？",
            "子機から親機",
            "親機から子機",
            "既知の鍵の一覧を送ります。",
        ),
    ],
    "narrower question": [
        ("Is the cache shared?", "old cache", "cache", "No."),
        ("What is the size of the cache?", "write cache", "cache", "1024"),
    ],
}


@pytest.mark.parametrize(
    ("question", "other", "words", "answer"), [case for cases in OTHERS.values() for case in cases]
)
def test_two_questions_with_one_answer_stay_where_they_ask_for_two_things(
    question, other, words, answer
):
    assert words in question
    pairs = (question, answer), (question.replace(words, other), answer)
    assert duplicate_indexes(*pairs) == []


@pytest.mark.parametrize(
    ("question", "left", "right"),
    [
        ("How long is the delay?", "5 ms", "5 s"),
        ("How warm is the water?", "20 °C", "20 °F"),
        ("Wie lang ist die Pause?", "5 Sekunden", "5 Minuten"),
        ("休止はどのくらいですか？", "5秒", "5分"),
        ("When is it open?", "On Monday from nine to five.", "On Friday from nine to five."),
        ("Quand est-ce ouvert ?", "Le lundi de 9 h à 17 h.", "Le mardi de 9 h à 17 h."),
        ("Когда открыто?", "В среду с девяти до пяти.", "В пятницу с девяти до пяти."),
        ("会议是哪天？", "星期三下午。", "星期四下午。"),
        (
            "谁设计了灯塔？",
            "灯塔是由著名的设计师李白设计的。",
            "灯塔是由著名的设计师欧阳修设计的。",
        ),
        ("Which option is it?", "It is `--force`.", "It is `--quiet`."),
        ("Is it safe?", "Yes, it is safe to drink.", "No, it is not safe to drink."),
    ],
)
def test_two_answers_to_one_question_stay_where_they_say_two_things(question, left, right):
    assert duplicate_indexes((question, left), (question, right)) == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("How many lamps are there?", "Three"), ("How many lamps are there?", "3")),
        (("Wie viele Lampen sind da?", "Drei Lampen"), ("Wie viele Lampen sind da?", "3 Lampen.")),
        (
            ("When was the bridge built?", "In 1874."),
            ("In which year was the bridge built?", "1874."),
        ),
        (
            ("When was the Adler Tower built?", "In 1874."),
            ("In which year was the Adler Tower constructed?", "1874."),
        ),
        (
            ("Wann wurde die Brücke gebaut?", "Im Jahr 1874."),
            ("In welchem Jahr wurde die Brücke gebaut?", "1874."),
        ),
        (
            ("Quand le pont a-t-il été construit ?", "En 1874."),
            ("En quelle année le pont a-t-il été construit ?", "1874."),
        ),
        (
            ("¿Cuándo se construyó el puente?", "En 1874."),
            ("¿En qué año se construyó el puente?", "1874."),
        ),
        (
            ("Когда был построен мост?", "В 1874 году."),
            ("В каком году был построен мост?", "1874."),
        ),
        (
            ("橋はいつ建てられましたか？", "1874年です。"),
            ("橋が建てられたのはいつですか？", "1874年に建てられました。"),
        ),
        (("大坝有多高？", "48米。"), ("大坝有多高？", "大坝高48米。")),
        (
            ("Why was the wall built?", "To keep the cattle out of the orchard."),
            ("What was the reason for building the wall?", "To keep cattle out of the orchard."),
        ),
        (
            ("Wozu dient die Mauer?", "Sie hält das Vieh aus dem Garten fern."),
            ("Welchem Zweck dient die Mauer?", "Sie hält das Vieh aus dem Garten fern."),
        ),
        (
            ("Pourquoi les cloches sonnent-elles à midi ?", "Elles appellent au repas du jour."),
            (
                "Pour quelle raison les cloches sonnent-elles à midi ?",
                "Elles appellent au repas du jour.",
            ),
        ),
        (
            ("Почему в полдень звонят колокола?", "Они зовут рабочих на обед."),
            ("Почему колокола звонят в полдень?", "Они зовут рабочих на обед."),
        ),
        (
            ("What does the `--force` option do?", "It overwrites files without asking."),
            ("What does --force do?", "It overwrites files without asking."),
        ),
        (
            ("What is the default port of the server?", "8080"),
            ("Which port does the server use by default?", "Port 8080."),
        ),
    ],
)
def test_a_question_asked_in_other_words_with_the_same_answer_is_a_duplicate(left, right):
    assert duplicate_indexes(left, right) == [(1, 0)]


def test_nothing_of_a_reference_of_options_is_lost():
    options = [f"{first}-{second}" for first in ("read", "write", "max") for second in "abcdefgh"]
    pairs = [
        pair
        for option in options
        for pair in (
            (f"What is the default of `--{option}`?", "30"),
            (f"What does `--{option}` do?", f"It sets the limit of {option[0]} to a number."),
            (f"Which type has {option.replace('-', '_')}?", "A boolean that is false by default."),
        )
    ]
    assert duplicate_indexes(*pairs) == []


PAIRS = st.lists(
    st.tuples(
        st.sampled_from(["What is Oslo?", "what is oslo", "Who is he?", "Is it 5?", "何ですか"]),
        st.sampled_from(["A city.", "A city in Norway.", "Nobody.", "はい"]),
        st.none() | st.floats(-1, 1),
    ),
    max_size=8,
)


@given(PAIRS)
def test_a_second_look_at_what_stays_finds_nothing(items):
    pairs = [Pair(q, a) for q, a, _ in items]
    margins = [margin for *_, margin in items]
    out = {duplicate.index for duplicate in duplicates(pairs, margins)}
    stay = [index for index in range(len(pairs)) if index not in out]
    assert duplicates([pairs[i] for i in stay], [margins[i] for i in stay]) == []
    assert bool(stay) == bool(pairs)


@given(PAIRS)
def test_each_duplicate_points_to_a_pair_that_stays_and_is_judged_no_worse(items):
    pairs = [Pair(q, a) for q, a, _ in items]
    margins = [margin for *_, margin in items]
    removed = duplicates(pairs, margins)
    out = {duplicate.index for duplicate in removed}
    for duplicate in removed:
        assert duplicate.of not in out
        worse, better = margins[duplicate.index], margins[duplicate.of]
        assert worse is None or (better is not None and better >= worse)


WORDS = st.lists(
    st.sampled_from(
        ["when", "was", "is", "the", "bridge", "mill", "built", "3", "--x", "not", "橋"]
    ),
    max_size=7,
).map(" ".join)


@given(WORDS, WORDS, WORDS, WORDS)
def test_of_two_pairs_each_is_a_duplicate_of_the_other_or_neither_is(q1, a1, q2, a2):
    there = duplicate_indexes((q1, a1), (q2, a2))
    assert duplicate_indexes((q2, a2), (q1, a1)) == there


@given(WORDS, WORDS)
def test_a_pair_is_a_duplicate_of_itself(question, answer):
    assert duplicate_indexes((question, answer), (question, answer)) == [(1, 0)]


# Words of several scripts, of which many questions and answers are near-duplicates.
PARTS = {
    "en": "when was is it the bridge mill built build 3 three 1874 --x `y` not yes Oslo a city",
    "de": "wann wurde ist die Brücke Mühle gebaut baute drei 3 nicht ja Oslo eine Stadt",
    "fr": "quand le pont a-t-il été construit un deux 2 ne pas oui Oslo ville",
    "ru": "когда был построен мост мельница не да три 3 Осло город",
    "ja": "橋 は いつ 建て ました か です 三 3 東京 ない の",
    "ar": "متى بني الجسر لا نعم ٣ 3 مدينة",
}


def texts(language, longest):
    joint = "" if language == "ja" else " "
    words = st.sampled_from(PARTS[language].split())
    return st.lists(words, max_size=longest).map(joint.join)


@st.composite
def near_pairs(draw):
    """Pairs of a few questions and answers, and these with a word more, fewer or exchanged."""
    language = draw(st.sampled_from(sorted(PARTS)))
    questions = draw(st.lists(texts(language, 7), min_size=1, max_size=3))
    answers = draw(st.lists(texts(language, 7), min_size=1, max_size=3))
    joint = "" if language == "ja" else " "

    def near(text):
        words = text.split() if joint else list(text)
        at = draw(st.integers(0, len(words)))
        new = draw(st.lists(st.sampled_from(PARTS[language].split()), max_size=1))
        return joint.join([*words[:at], *new, *words[at + draw(st.integers(0, 1)) :]])

    return [
        Pair(near(draw(st.sampled_from(questions))), near(draw(st.sampled_from(answers))))
        for _ in range(draw(st.integers(2, 7)))
    ]


def compared_with_all(pairs):
    """Which pairs say the same as a pair before them that stays, each held against all."""
    cache, questions = FeatureCache(), QuestionList()
    keys = [questions.keys(word_tokens(pair.question)) for pair in pairs]
    for key in keys:
        questions.add(key)
    staying, found = [], []
    for index, pair in enumerate(pairs):
        alike = questions.alike(keys[index], staying)
        same = next((at for at in alike if is_duplicate(pair, pairs[at], cache)), None)
        if same is None:
            staying.append(index)
        else:
            found.append((index, same))
    return found


@given(st.lists(near_pairs(), min_size=1, max_size=3))
def test_the_index_finds_what_each_pair_held_against_all_others_finds(groups):
    pairs = [pair for group in groups for pair in group]
    found = [(d.index, d.of) for d in duplicates(pairs, [None] * len(pairs))]
    assert found == compared_with_all(pairs)
