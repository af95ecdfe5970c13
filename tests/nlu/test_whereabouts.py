"""Where somebody says they are, in so many words, in every language the bot hears; and what only looks like it."""

import pytest

from bot.dialogue.engine import Engine
from bot.nlu.normalise import normalise

HERE = {
    "nl": [
        ("ik zit opgesloten in een huis in pakistan", "PK"), ("ik ben 13 en in syrie mama is weg", "SY"),
        ("17 jaar, sta op vliegveld antalya en ze hebben mn pas", "TR"), ("ergens in somalie", "SO"),
        ("ze hebben mij hier in konya gelaten", "TR"), ("ben al een maand in kabul", "AF"),
        ("ik woon nu bij me oom in lahore en mag niet naar buiten", "PK"), ("k zit in suriname", "SR"),
        ("ik woon in almere en zit nu thuis", "NL"), ("gwn thuis in lelystad", "NL"),
        ("ben thuis in rotterdam", "NL"), ("zit op school in utrecht", "NL"), ("ik woon in erbil", "IQ"),
        ("mijn nicht is in iran, ik ben in breda", "NL"), ("mijn man heeft ons in tunesie achtergelaten", "TN"),
        ("ik ben met mijn zus achtergelaten in egypte", "EG"), ("ik en mijn broertje zitten in ghana", "GH"),
        ("we zijn gisteren naar jemen gevlogen", "YE"), ("ik ben op curacao bij mn schoonouders", "CW"),
        ("hij houdt me vast in een flat in londen", "GB"), ("hoi ik ben op het vliegveld van casablanca", "MA"),
        ("ja in marokko", "MA"), ("ik was in irak maar ik ben nu in nederland", "NL"),
    ],
    "en": [
        ("my uncle keeps me in his flat in london", "GB"), ("im 16 and in iraq", "IQ"),
        ("flew from the netherlands to kenya yesterday, they took my phone", "KE"),
        ("my sister and i are in afghanistan and our dad went back", "AF"),
        ("im sudan my husban go holand he lef me", "SD"), ("im on curacao with my husbands family", "CW"),
        ("ive been in lahore since june", "PK"), ("they dumped me in hargeisa", "SO"),
        ("my husband left me here in dubai", "AE"), ("stuck at the airport in istanbul", "TR"),
        ("we landed in erbil this morning", "IQ"), ("i am in the netherlands", "NL"),
        ("locked in a house in peshawar", "PK"), ("I'm with my aunt in Mogadishu", "SO"),
        ("i was left behind, im in pakistan", "PK"), ("i was left behind in iraq", "IQ"),
        ("at school in utrecht", "NL"),
    ],
    "tr": [
        ("evet türkiyedeyim", "TR"), ("Konya'dayım yardım edin", "TR"), ("ben hollandadayım", "NL"),
        ("beni irakta bıraktılar", "IQ"), ("kocam beni Mısır'da bırakıp gitti", "EG"),
        ("Faslı değilim ama Fas'tayım", "MA"),
        ("şu an Almanya'dayız", "DE"), ("Türkiye'de mahsur kaldım", "TR"),
    ],
    "ar": [
        ("أنا في العراق", "IQ"), ("انا بتركيا وما معي جواز", "TR"), ("أنا عالقة في الصومال", "SO"),
        ("تركوني في مصر", "EG"), ("أنا الآن في هولندا", "NL"), ("احنا في سوريا مع امي", "SY"),
    ],
    "fr": [
        ("je suis à Casablanca", "MA"), ("jsuis a oujda", "MA"), ("il m'a laissée en Algérie", "DZ"),
        ("on est au Maroc", "MA"), ("je suis bloquée en Guinée", "GN"), ("je suis aux Pays-Bas", "NL"),
    ],
    "fa": [
        ("من در ایران هستم و پاسپورتم را گرفته‌اند", "IR"), ("من تهرانم", "IR"), ("در کابل استم", "AF"),
        ("من در هلند هستم", "NL"), ("الان تو ترکیه گیر افتادم", "TR"), ("من را در افغانستان تنها گذاشتند", "AF"),
    ],
    "ur": [
        ("میں پاکستان میں ہوں", "PK"), ("میں گجرات پاکستان میں ہوں", "PK"), ("main lahore me hun", "PK"),
        ("hum islamabad mein hain", "PK"), ("mujhe karachi mein chhor diya", "PK"),
        ("main abhi holland mein hoon", "NL"),
    ],
    "so": [
        ("waxaan joogaa kenya", "KE"), ("waxaan joogaa hargeysa", "SO"), ("waxaan joogaa holland", "NL"),
        ("soomaaliya ayaan joogaa", "SO"), ("waxay igaga tageen soomaaliya", "SO"),
    ],
    "ti": [("ኣብ ኤርትራ ኣለኹ", "ER"), ("ኣነ ኣብ ሱዳን እየ", "SD"), ("ኣብ ሆላንድ ኣለኹ", "NL")],
    "ckb": [("من لە عێراقم", "IQ"), ("ئێستا لە تورکیام", "TR"), ("من لە هۆڵەندام", "NL")],
    "kmr": [("ez li Tirkiyê me", "TR"), ("niha ez li Sûriyê me", "SY"), ("ez li Holandayê me", "NL")],
    "ps": [("زه په افغانستان کې یم", "AF"), ("زه اوس په پاکستان کې بنده یم", "PK"), ("په هالنډ کې یم", "NL")],
    "ary-Latn": [
        ("ana f lmghrib", "MA"), ("rani f nador", "MA"), ("ana flmaghrib", "MA"), ("khallawni f tanja", "MA"),
        ("ana daba f hollanda", "NL"),
    ],
    "de": [
        ("ich bin in der Türkei", "TR"),
        ("sie haben mich im Irak zurückgelassen", "IQ"),
        ("ich sitze in Kabul fest", "AF"),
    ],
    "es": [
        ("estoy en Marruecos", "MA"),
        ("me dejaron en Pakistán", "PK"),
        ("estoy encerrada en una casa en Egipto", "EG"),
    ],
    "pl": [("jestem w Turcji", "TR"), ("zostawili mnie w Iraku", "IQ"), ("jestem teraz w Holandii", "NL")],
    "uk": [("я в Туреччині", "TR"), ("я зараз у Нідерландах", "NL"), ("мене залишили в Єгипті", "EG")],
}  # fmt: skip

NOWHERE = [
    "mijn neef zit vast in marokko, wij zijn thuis",
    "mijn zus zit vast in iran ik weet niet wat ik moet doen",
    "my friend is stuck in egypt i want to help her", "we vliegen naar erbil",
    "amira is weg en zit in iran",
    "me matti zit al 2 maanden in marokko", "amira zit in iran", "fatima zit al een jaar in turkije",
    "noor is gestrand in irak",
    "amira is stuck in iraq", "amira flew to iran yesterday", "amira zit nu in iran", "sara şimdi türkiyede",
    "mijn vriendin is achtergelaten in iran", "haar man heeft haar achtergelaten in turkije", "mijn zus zit in marokko",
    "mijn nichtje zit vast in somalie", "mijn ouders willen mij achterlaten in egypte", "ik wil niet in irak blijven",
    "als ik in marokko ben bel ik", "ik ga morgen naar syrie", "ik kom uit ghana", "mijn familie woont in pakistan",
    "ik ben bang dat ik word achtergelaten in turkije", "marokko", "ze is in iran", "ik woon in utrecht",
    "een leerling van mij zit in kenia", "mijn moeder is thuis in turkije", "wat als ik ben gestrand in irak",
    "my sister was left behind in somalia by our dad", "my friend is stuck in iraq", "we fly in march to egypt",
    "my husband wants to leave me in ghana", "if im in turkey who do i call", "i am going to morocco", "im from iran",
    "she is in pakistan", "they took her to yemen yesterday", "my mum is home in kenya",
    "kız kardeşimi türkiyede bıraktılar", "ablam irakta", "türkiyeye gidiyoruz", "أختي في العراق", "زوجي في مصر",
    "ma soeur est au maroc", "elle est en turquie", "خواهرم در افغانستان مانده", "میری بہن پاکستان میں ہے",
    "meri behen lahore mein hai", "walaashay waxay joogtaa kenya", "khti f lmghrib",
    "meine schwester ist in der türkei",
    "mi hermana está en marruecos", "моя сестра в Туреччині", "moja siostra jest w Turcji",
    "ich will nicht in die türkei",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "country"), [pytest.param(*each, id=f"{lang} {each[0]}") for lang, lines in HERE.items() for each in lines]
)
def test_i_am_in_a_country(engine: Engine, text: str, country: str) -> None:
    assert engine.rules.whereabouts.country(normalise(text)) == country


@pytest.mark.parametrize("text", NOWHERE)
def test_somebody_else_and_what_may_come_say_nothing_of_the_writer(engine: Engine, text: str) -> None:
    assert engine.rules.whereabouts.country(normalise(text)) == ""
