"""Language names: what a language is called in English, for messages and prompts."""

import re


def language_name(language: str) -> str:
    """Return the English name of the language with a BCP-47 id, the id where it has none here."""
    return _NAMES.get(language, language)


# Of the languages that the model of `language_id` tells.
_NAMES: dict[str, str] = dict(
    re.findall(
        r"(\w+) ([^,]+)",
        "af Afrikaans, am Amharic, an Aragonese, ar Arabic, arz Egyptian Arabic, as Assamese, ast "
        "Asturian, av Avaric, az Azerbaijani, azb South Azerbaijani, ba Bashkir, bar Bavarian, "
        "bcl Central Bikol, be Belarusian, bg Bulgarian, bh Bihari, bn Bangla, bo Tibetan, bpy "
        "Bishnupriya, br Breton, bs Bosnian, bxr Buriat, ca Catalan, cbk Chavacano, ce Chechen, "
        "ceb Cebuano, ckb Central Kurdish, co Corsican, cs Czech, cv Chuvash, cy Welsh, da "
        "Danish, de German, diq Zazaki, dsb Lower Sorbian, dty Doteli, dv Divehi, el Greek, eml "
        "Emilian-Romagnol, en English, eo Esperanto, es Spanish, et Estonian, eu Basque, fa "
        "Persian, fi Finnish, fr French, frr Northern Frisian, fy Western Frisian, ga Irish, gd "
        "Scottish Gaelic, gl Galician, gn Guarani, gom Goan Konkani, gsw Swiss German, gu "
        "Gujarati, gv Manx, he Hebrew, hi Hindi, hif Fiji Hindi, hr Croatian, hsb Upper Sorbian, "
        "ht Haitian Creole, hu Hungarian, hy Armenian, ia Interlingua, id Indonesian, ie "
        "Interlingue, ilo Iloko, io Ido, is Icelandic, it Italian, ja Japanese, jbo Lojban, jv "
        "Javanese, ka Georgian, kk Kazakh, km Khmer, kn Kannada, ko Korean, krc Karachay-Balkar, "
        "ku Kurdish, kv Komi, kw Cornish, ky Kyrgyz, la Latin, lb Luxembourgish, lez Lezghian, li "
        "Limburgish, lmo Lombard, lo Lao, lrc Northern Luri, lt Lithuanian, lv Latvian, mai "
        "Maithili, mg Malagasy, mhr Eastern Mari, min Minangkabau, mk Macedonian, ml Malayalam, "
        "mn Mongolian, mr Marathi, mrj Western Mari, ms Malay, mt Maltese, mwl Mirandese, my "
        "Burmese, myv Erzya, mzn Mazanderani, nah Nahuatl, nap Neapolitan, nds Low German, ne "
        "Nepali, new Newari, nl Dutch, nn Norwegian Nynorsk, no Norwegian, oc Occitan, or Odia, "
        "os Ossetic, pa Punjabi, pam Pampanga, pfl Palatine German, pl Polish, pms Piedmontese, "
        "pnb Western Punjabi, ps Pashto, pt Portuguese, qu Quechua, rm Romansh, ro Romanian, ru "
        "Russian, rue Rusyn, sa Sanskrit, sah Yakut, sc Sardinian, scn Sicilian, sco Scots, sd "
        "Sindhi, sh Serbo-Croatian, si Sinhala, sk Slovak, sl Slovenian, so Somali, sq Albanian, "
        "sr Serbian, su Sundanese, sv Swedish, sw Swahili, ta Tamil, te Telugu, tg Tajik, th "
        "Thai, tk Turkmen, tl Tagalog, tr Turkish, tt Tatar, tyv Tuvinian, ug Uyghur, uk "
        "Ukrainian, ur Urdu, uz Uzbek, vec Venetian, vep Veps, vi Vietnamese, vls West Flemish, "
        "vo Volapük, wa Walloon, war Waray, wuu Wu Chinese, xal Kalmyk, xmf Mingrelian, yi "
        "Yiddish, yo Yoruba, yue Cantonese, zh Chinese, ",
    )
)
