"""Language samples: in each language a section and right pairs about it, to measure filters on."""

SAMPLES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "en": (
        "## The ferry to Holm\n\nThe *Marta* has carried people and cars to the island "
        "of Holm since "
        "1921. She takes 40 minutes and turns back when the wind is stronger than 9 Beaufort, "
        "because her ramp floods. `ferry status --today` shows whether she sails.",
        [
            ("When did the Marta begin to sail to Holm?", "In 1921."),
            ("How long does the crossing to Holm take?", "40 minutes"),
            ("Why does the Marta turn back in a strong wind?", "Because her ramp floods."),
            ("Which command shows whether the ferry sails?", "`ferry status --today`"),
            ("What is the ferry to Holm called?", "Marta"),
            ("At which wind does the ferry turn back?", "When it is stronger than 9 Beaufort."),
        ],
    ),
    "de": (
        "## Die Turmuhr\n\nDie Uhr der Laurentiuskirche schlägt zweimal, damit man sie "
        "auf den Feldern "
        "hört. Der Küster zieht sie montags auf. Wer `uhr --stellen` aufruft, stellt sie neu; "
        "das Handbuch nennt das »reset«.",
        [
            ("Warum schlägt die Uhr zweimal?", "Damit man sie auf den Feldern hört."),
            ("Wer zieht die Uhr auf?", "Der Küster"),
            ("Wann wird die Uhr aufgezogen?", "montags"),
            ("Welcher Befehl stellt die Uhr neu?", "`uhr --stellen`"),
            ("Wie nennt das Handbuch das Stellen der Uhr?", "Reset"),
            ("Was ist ein Küster?", "Jemand, der in einer Kirche nach dem Rechten sieht."),
        ],
    ),
    "fr": (
        "## Le moulin d'Orval\n\nLe moulin d'Orval a été construit en 1790 par les "
        "moines. Sa roue en "
        "bois tourne grâce à l'eau de la Semois, et il s'arrête quand elle gèle. Pour la visite, "
        "on réserve avec `visite --jour=samedi`.",
        [
            ("Qui a construit le moulin d'Orval ?", "Les moines"),
            ("Quand a-t-il été construit ?", "1790"),
            ("En quoi est la roue du moulin ?", "En bois."),
            ("Pourquoi le moulin s'arrête-t-il en hiver ?", "Parce que l'eau de la Semois gèle."),
            ("Comment réserve-t-on une visite le samedi ?", "Avec `visite --jour=samedi`."),
            ("Quelle rivière fait tourner la roue ?", "La Semois"),
        ],
    ),
    "es": (
        "## El archivo de Olmedilla\n\nEl archivo guarda los mapas del valle desde "
        "1652. Los mapas no "
        "se prestan, porque el papel se rompe con la luz. Las copias se piden con `copia -n 2` y "
        "cuestan tres euros cada una.",
        [
            ("¿Qué guarda el archivo de Olmedilla?", "Los mapas del valle."),
            ("¿Por qué no se prestan los mapas?", "Porque el papel se rompe con la luz."),
            ("¿Cuánto cuesta una copia?", "Tres euros"),
            ("¿Con qué orden se piden dos copias?", "`copia -n 2`"),
            ("¿Desde cuándo guarda mapas?", "1652"),
            ("¿Dónde están los mapas del valle?", "En el archivo de Olmedilla."),
        ],
    ),
    "it": (
        "## Il forno del paese\n\nIl forno di Castelbruno cuoce il pane due volte alla "
        "settimana. La "
        "pasta riposa dodici ore prima di essere infornata, perché il lievito è debole. La ricetta "
        "si stampa con `ricetta --stampa`.",
        [
            ("Quante volte alla settimana si cuoce il pane?", "Due volte"),
            ("Perché la pasta riposa dodici ore?", "Perché il lievito è debole."),
            ("Come si stampa la ricetta?", "`ricetta --stampa`"),
            ("Dove si trova il forno?", "Castelbruno"),
            ("Quanto riposa la pasta prima di essere infornata?", "dodici ore"),
            ("Che cosa cuoce il forno di Castelbruno?", "Il pane."),
        ],
    ),
    "pt": (
        "## O farol da Barra\n\nO farol da Barra foi aceso pela primeira vez em 1893. "
        "A luz vê-se a "
        "23 milhas quando não há nevoeiro. O faroleiro sobe todas as tardes os 271 degraus e "
        "escreve o que vê no `diario.txt`.",
        [
            ("Quando foi aceso o farol da Barra?", "Em 1893."),
            ("A que distância se vê a luz?", "23 milhas"),
            ("Quem sobe os degraus todas as tardes?", "O faroleiro"),
            ("Quantos degraus tem o farol?", "271"),
            ("Onde escreve o faroleiro o que vê?", "No `diario.txt`."),
            ("O que impede que se veja a luz de longe?", "O nevoeiro."),
        ],
    ),
    "nl": (
        "## De sluis van Wervel\n\nDe sluis gaat open als het water aan beide kanten "
        "even hoog staat. "
        "Een schip wacht gemiddeld een kwartier. De sluiswachter gebruikt `sluis open --links` en "
        "controleert daarna de deuren.",
        [
            ("Wanneer gaat de sluis open?", "Als het water aan beide kanten even hoog staat."),
            ("Hoe lang wacht een schip?", "Een kwartier"),
            ("Wat doet de sluiswachter daarna?", "Hij controleert de deuren."),
            ("Welk commando opent de linkerkant?", "`sluis open --links`"),
            ("Wie bedient de sluis van Wervel?", "De sluiswachter"),
            ("Waar wacht een schip een kwartier?", "Bij de sluis van Wervel."),
        ],
    ),
    "pl": (
        "## Pasieka nad Wisłokiem\n\nW pasiece stoi czterdzieści uli. Miód zbiera się "
        "dwa razy w roku, "
        "w czerwcu i w sierpniu. Zimą ule ociepla się słomą, bo pszczoły nie znoszą wilgoci. "
        "Stan uli pokazuje `pasieka --stan`.",
        [
            ("Ile uli stoi w pasiece?", "Czterdzieści"),
            ("Kiedy zbiera się miód?", "W czerwcu i w sierpniu."),
            ("Czym ociepla się ule zimą?", "słomą"),
            ("Dlaczego ule trzeba ocieplać?", "Bo pszczoły nie znoszą wilgoci."),
            ("Które polecenie pokazuje stan uli?", "`pasieka --stan`"),
            ("Nad jaką rzeką jest pasieka?", "Wisłok"),
        ],
    ),
    "ro": (
        "## Podul de la Săliște\n\nPodul a fost construit de un meșter din sat și ține "
        "de o sută de ani. "
        "Lemnul este uns cu ulei în fiecare primăvară, ca să nu putrezească. Starea lui se vede "
        "cu `pod --stare`.",
        [
            ("Cine a construit podul de la Săliște?", "Un meșter din sat."),
            ("De câți ani ține podul?", "100"),
            ("De ce este uns lemnul cu ulei?", "Ca să nu putrezească."),
            ("Când este uns lemnul?", "primăvara"),
            ("Cum se vede starea podului?", "`pod --stare`"),
            ("Unde este podul?", "Săliște"),
        ],
    ),
    "sv": (
        "## Bastun vid sjön\n\nBastun eldas med björkved och är varm efter två timmar. "
        "Den som badar "
        "sist stänger spjället när glöden har slocknat. Tider bokas med `bastu boka`, högst en "
        "gång i veckan.",
        [
            ("Vad eldas bastun med?", "Björkved"),
            ("Hur länge dröjer det innan bastun är varm?", "Två timmar."),
            ("Vem stänger spjället?", "Den som badar sist."),
            ("Hur bokar man en tid?", "`bastu boka`"),
            ("När får spjället stängas?", "När glöden har slocknat."),
            ("Hur ofta får man boka?", "högst en gång i veckan"),
        ],
    ),
    "da": (
        "## Møllen ved åen\n\nMøllen blev bygget af munke og ligger ved åen. Hjulet er "
        "af egetræ og "
        "skal skiftes hvert tredivte år, fordi det rådner. Åbningstiderne står i `tider.md`, "
        "og om vinteren er der lukket.",
        [
            ("Hvem byggede møllen?", "Munke"),
            ("Hvad er hjulet lavet af?", "Egetræ"),
            ("Hvorfor skal hjulet skiftes?", "Fordi det rådner."),
            ("Hvor står åbningstiderne?", "I `tider.md`."),
            ("Hvornår er der lukket?", "Om vinteren"),
            ("Hvor ofte skiftes hjulet?", "hvert tredivte år"),
        ],
    ),
    "no": (
        "## Hytta på fjellet\n\nHytta har seks senger og en vedovn. Nøkkelen henger "
        "hos naboen, og den "
        "som kommer først, henter vann fra bekken. Strømmen slås på med `hytte --strøm på`. "
        "Hunder må sove ute.",
        [
            ("Hvor mange senger har hytta?", "Seks"),
            ("Hvor henger nøkkelen?", "Hos naboen."),
            ("Hva gjør den som kommer først?", "Henter vann fra bekken."),
            ("Hvordan slås strømmen på?", "`hytte --strøm på`"),
            ("Hvor må hunder sove?", "ute"),
            ("Hva slags ovn har hytta?", "En vedovn"),
        ],
    ),
    "cs": (
        "## Rybník pod hrází\n\nRybník se vypouští každé tři roky na podzim. Kapři se "
        "loví do sítí a "
        "hned se třídí podle váhy. Hladinu ukazuje `rybnik hladina`. V létě se krmí jen ráno, "
        "protože odpoledne je ve vodě málo kyslíku.",
        [
            ("Jak často se rybník vypouští?", "Každé tři roky"),
            ("Podle čeho se kapři třídí?", "Podle váhy."),
            ("Proč se v létě krmí jen ráno?", "Protože odpoledne je ve vodě málo kyslíku."),
            ("Který příkaz ukazuje hladinu?", "`rybnik hladina`"),
            ("Do čeho se loví kapři?", "sítě"),
            ("Kdy se rybník vypouští?", "Na podzim."),
        ],
    ),
    "sk": (
        "## Salaš pod Kriváňom\n\nNa salaši sa vyrába bryndza z ovčieho mlieka. Syr "
        "zreje desať dní na "
        "drevenej polici a potom sa melie. Teplotu meria `salas teplota`. Ovce sa doja dvakrát "
        "denne, lebo inak strácajú mlieko.",
        [
            ("Z čoho sa vyrába bryndza?", "Z ovčieho mlieka."),
            ("Ako dlho zreje syr?", "Desať dní"),
            ("Prečo sa ovce doja dvakrát denne?", "Lebo inak strácajú mlieko."),
            ("Čo meria teplotu?", "`salas teplota`"),
            ("Kde zreje syr?", "na drevenej polici"),
            ("Pod ktorým vrchom je salaš?", "Kriváň"),
        ],
    ),
    "fi": (
        "## Tervahauta\n\nTervahauta palaa kymmenen päivää, ja sitä vartioidaan yötä päivää. Terva "
        "valuu tynnyriin haudan pohjasta. Jos tuli pääsee pintaan, se tukahdutetaan turpeella. "
        "Lokia pidetään tiedostossa `hauta.log`.",
        [
            ("Kuinka kauan tervahauta palaa?", "Kymmenen päivää"),
            ("Mihin terva valuu?", "Tynnyriin."),
            ("Millä tuli tukahdutetaan?", "turpeella"),
            ("Missä tiedostossa lokia pidetään?", "`hauta.log`"),
            ("Milloin hautaa vartioidaan?", "Yötä päivää."),
            ("Mistä terva valuu tynnyriin?", "Haudan pohjasta."),
        ],
    ),
    "tr": (
        "## Köyün fırını\n\nFırın her sabah saat beşte yakılır. Ekmek kırk dakika pişer, sonra bez "
        "üstünde soğutulur. Odun nemliyse duman ekmeğe siner. Sipariş `siparis --adet 3` ile "
        "verilir.",
        [
            ("Fırın saat kaçta yakılır?", "Saat beşte"),
            ("Ekmek ne kadar pişer?", "40 dakika"),
            ("Odun nemliyse ne olur?", "Duman ekmeğe siner."),
            ("Sipariş nasıl verilir?", "`siparis --adet 3` ile"),
            ("Ekmek nerede soğutulur?", "bez üstünde"),
            ("Fırın ne zaman yakılır?", "Her sabah."),
        ],
    ),
    "id": (
        "## Sumur desa\n\nSumur desa digali pada tahun 1978 sedalam dua puluh meter. "
        "Airnya diperiksa "
        "setiap bulan karena dekat dengan sawah. Pompa dinyalakan dengan `pompa nyala` dan tidak "
        "boleh dipakai pada malam hari.",
        [
            ("Kapan sumur desa digali?", "1978"),
            ("Berapa dalam sumur itu?", "Dua puluh meter"),
            ("Mengapa airnya diperiksa setiap bulan?", "Karena dekat dengan sawah."),
            ("Bagaimana pompa dinyalakan?", "`pompa nyala`"),
            ("Kapan pompa tidak boleh dipakai?", "Pada malam hari."),
            ("Apa yang diperiksa setiap bulan?", "Airnya"),
        ],
    ),
    "ru": (
        "## Старая мельница\n\nМельницу построили монахи в 1790 году на берегу реки. Колесо "
        "останавливают зимой, потому что лёд ломает лопасти. Состояние показывает команда "
        "`mill --status`. Муку мелют только по вторникам.",
        [
            ("Кто построил мельницу?", "Монахи"),
            ("Почему колесо останавливают зимой?", "Потому что лёд ломает лопасти."),
            ("Когда мелют муку?", "по вторникам"),
            ("Какая команда показывает состояние?", "`mill --status`"),
            ("В каком году построили мельницу?", "1790"),
            ("Где стоит мельница?", "На берегу реки."),
        ],
    ),
    "uk": (
        "## Дзвін на вежі\n\nДзвін відлили у Львові, і він важить дві тонни. У нього "
        "б'ють тільки на "
        "Великдень, бо вежа хитається. Сходи замикає сторож. Розклад лежить у файлі "
        "`rozklad.txt`.",
        [
            ("Де відлили дзвін?", "У Львові"),
            ("Скільки важить дзвін?", "Дві тонни."),
            ("Чому в дзвін б'ють тільки на Великдень?", "Бо вежа хитається."),
            ("Хто замикає сходи?", "сторож"),
            ("Де лежить розклад?", "`rozklad.txt`"),
            ("Коли б'ють у дзвін?", "На Великдень."),
        ],
    ),
    "el": (
        "## Το λιμάνι\n\nΤο λιμάνι κλείνει όταν φυσάει βοριάς, γιατί τα κύματα περνούν "
        "τον μώλο. Τα "
        "καΐκια δένουν στη δυτική πλευρά. Ο φάρος ανάβει με `faros --on` και σβήνει με την "
        "ανατολή.",
        [
            ("Πότε κλείνει το λιμάνι;", "Όταν φυσάει βοριάς."),
            ("Γιατί κλείνει το λιμάνι με βοριά;", "Γιατί τα κύματα περνούν τον μώλο."),
            ("Πού δένουν τα καΐκια;", "Στη δυτική πλευρά"),
            ("Πώς ανάβει ο φάρος;", "`faros --on`"),
            ("Πότε σβήνει ο φάρος;", "με την ανατολή"),
            ("Τι περνάει τον μώλο;", "Τα κύματα."),
        ],
    ),
    "ar": (
        "## الطاحونة القديمة\n\nبنى الرهبان الطاحونة على ضفة النهر قبل مئتي سنة. تتوقف "
        "العجلة في الشتاء "
        "لأن الجليد يكسرها. يعرض الأمر `mill --status` حالتها، ولا يطحن القمح إلا يوم الثلاثاء.",
        [
            ("من بنى الطاحونة؟", "الرهبان"),
            ("لماذا تتوقف العجلة في الشتاء؟", "لأن الجليد يكسرها."),
            ("متى يطحن القمح؟", "يوم الثلاثاء"),
            ("ما الأمر الذي يعرض حالة الطاحونة؟", "`mill --status`"),
            ("أين بنيت الطاحونة؟", "على ضفة النهر."),
            ("ماذا يكسر العجلة؟", "الجليد"),
        ],
    ),
    "hi": (
        "## गाँव का कुआँ\n\nकुआँ १९७८ में खोदा गया था और बीस मीटर गहरा है। पानी की "
        "जाँच हर महीने होती है, "
        "क्योंकि पास में खेत हैं। पंप `pump start` से चलाया जाता है और रात में बंद रहता है।",
        [
            ("कुआँ कितना गहरा है?", "बीस मीटर"),
            ("पानी की जाँच हर महीने क्यों होती है?", "क्योंकि पास में खेत हैं।"),
            ("पंप कैसे चलाया जाता है?", "`pump start` से"),
            ("पंप कब बंद रहता है?", "रात में"),
            ("कुआँ कब खोदा गया था?", "१९७८"),
            ("हर महीने किसकी जाँच होती है?", "पानी की।"),
        ],
    ),
    "ja": (
        "## 谷の水車\n\nこの水車は1790年に僧侶が建てました。冬は氷が羽根を壊すので止めます。状態は "
        "`mill --status` で見られます。GPUとは違い、電気は要りません。",
        [
            ("水車は誰が建てましたか?", "僧侶"),
            ("冬に水車を止めるのはなぜですか?", "氷が羽根を壊すからです。"),
            ("水車の状態はどのコマンドで見られますか?", "`mill --status`"),
            ("水車は何と違って電気が要りませんか?", "GPU"),
            ("水車が建てられたのは何年ですか?", "1790年"),
            ("氷は何を壊しますか?", "羽根"),
        ],
    ),
    "zh": (
        "## 山谷里的水磨\n\n水磨是修士们在1790年建造的。冬天要停下来，因为冰会打坏叶片。"
        "用 `mill --status` 可以查看状态。每逢星期二才磨面粉，CPU 再快也没有用。",
        [
            ("水磨是谁建造的？", "修士们"),
            ("冬天为什么要停下水磨？", "因为冰会打坏叶片。"),
            ("用哪个命令查看水磨的状态？", "`mill --status`"),
            ("什么时候磨面粉？", "星期二"),
            ("水磨是哪一年建造的？", "1790年"),
            ("什么再快也没有用？", "CPU"),
        ],
    ),
    "ko": (
        "## 골짜기의 물레방아\n\n물레방아는 1790년에 수도사들이 지었다. 겨울에는 "
        "얼음이 날개를 부수기 때문에 멈춘다. "
        "상태는 `mill --status` 로 볼 수 있다. 밀가루는 화요일에만 빻는다.",
        [
            ("물레방아는 누가 지었나요?", "수도사들"),
            ("겨울에 물레방아를 멈추는 이유는 무엇인가요?", "얼음이 날개를 부수기 때문입니다."),
            ("상태는 어떤 명령으로 볼 수 있나요?", "`mill --status`"),
            ("밀가루는 언제 빻나요?", "화요일"),
            ("물레방아는 몇 년에 지었나요?", "1790년"),
            ("얼음은 무엇을 부수나요?", "날개"),
        ],
    ),
}
