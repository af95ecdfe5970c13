"""Two words instead of a number: what advisors call a conversation. The same one has the same name everywhere.

After SecureDrop's source designations. A name is no key: two conversations may share one (among twenty open at once
that happens in 1.2 % of cases), so nothing is ever looked up by it.
"""

from base64 import urlsafe_b64decode


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BIRDS = _words("""
aalscholver adelaar bergeend boerenzwaluw bonte-specht boomklever boomkruiper boomvalk bosuil buizerd fazant fitis
flamingo fuut gaai gans gele-kwikstaart goudhaan goudplevier goudvink graspieper grauwe-gans groenling grutto haan
havik heggenmus holenduif houtduif houtsnip huismus huiszwaluw ijsvogel jan-van-gent kanarie kauw kemphaan kerkuil
kievit kleine-karekiet kluut koekoek kolibrie koolmees koperwiek korhoen kraanvogel krakeend kruisbek kuifeend
kuifmees kwartel lepelaar leeuwerik lijster meerkoet merel nachtegaal ooievaar oehoe papegaai parkiet patrijs pauw
pelikaan pimpelmees pinguin putter raaf ransuil reiger ringmus roerdomp roodborst scholekster sijs slechtvalk
slobeend smient sneeuwgors snor specht sperwer spotvogel spreeuw staartmees steenuil steltloper stern strandloper
struisvogel tapuit tjiftjaf toekan torenvalk tureluur veldleeuwerik velduil vink visarend visdief vlaamse-gaai
watersnip wielewaal wintertaling witgat wulp zanglijster zeearend zilverreiger zwaan zwaluw
""")
_PLANTS = _words("""
acacia akelei amandel ananas anemoon anjer appel aster azalea bamboe banaan basilicum berk beuk bieslook boekweit
braam brem buxus cactus ceder citroen clematis cipres dadel dahlia den dille distel dragon duizendblad eik els
ereprijs erica es esdoorn eucalyptus fluitenkruid framboos fuchsia gember gerst gladiool grasklokje haver hazelaar
heide hibiscus hortensia hulst hyacint iris jasmijn jeneverbes kamille kamperfoelie kaneel kastanje kers kiwi
klaproos klaver klimop koriander kornoelje krokus kruidnagel kweepeer lariks laurier lavendel lelie linde lisdodde
lotus lupine madelief magnolia malva mango margriet meidoorn mimosa mirte mispel morgenster mos munt myrte narcis
nectarine okkernoot olijf olm orchidee oregano palm papaver papyrus peer peper perzik petunia pijnboom pioen plataan
populier primula pruim ranonkel rabarber riet robinia roos rozemarijn saffraan salie sering sleutelbloem spar spirea
sterappel tarwe taxus thijm tijm tulp vanille varen veldkers venkel vergeet-mij-niet vijg viool vlas vlier walnoot
waterlelie wilg winde zilverspar zonnebloem zuring
""")


def codename(contact: str) -> str:
    """The name of a conversation, such as "merel vlier", from its opaque id (16 bytes in URL-safe base64)."""
    number = int.from_bytes(urlsafe_b64decode(contact + "=="))
    number, bird = divmod(number, len(_BIRDS))
    return f"{_BIRDS[bird]} {_PLANTS[number % len(_PLANTS)]}"
