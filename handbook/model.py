"""The model: what municipalities, curricula and their vocabulary consist of. Frozen, with a sentence per field.

The JSON Schemas for editors and the reference in guide/municipality.md are made from these classes.
"""

# annotations are not put off here: pydantic would compile each of them again
import datetime
import re
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    WithJsonSchema,
    model_validator,
)

SOURCE_LANGUAGE = "en"
LANGUAGES = ("en", "nl", "fr")
MANY = 300  # entries in a list of a municipality
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Edition = Literal["participant", "trainer"]
EDITIONS: tuple[Edition, ...] = ("participant", "trainer")
Language = Literal["en", "nl", "fr"]
Country = Literal["nl", "be"]
Locale = Literal["en", "nl", "fr", "nl-NL", "nl-BE", "fr-BE"]
Priority = Literal["must", "should", "may"]
Per = Literal["person", "pair", "trio", "table", "trainer", "session"]


def _only_digits(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("expected a whole number")
    return value


def _yes_or_no(value: Any) -> Any:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if isinstance(value, str):
        if value.lower() not in words:
            raise ValueError("expected yes or no")
        return words[value.lower()]
    return value


def _iso_date(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("expected a date such as 2027-03-31")
    return value


def _safe_url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ValueError("expected an address such as https://www.rotterdam.nl") from error
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc):
        raise ValueError("expected an address that starts with https:// (or http://)")
    if re.search(r"[\s<>\"'`\\{}|^]", value):
        raise ValueError("this address has a character that addresses do not have")
    return value


def _no_template(value: str) -> str:
    if "{" in value and re.search(r"\{\{|\{%|\{#", value):
        raise ValueError("{{, {% and {# are not allowed here: this is text, not a template")
    return value


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is no regular expression: {error}") from error
    return value


Plain = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_no_template)]
Number = Annotated[int, Field(ge=0, le=100_000_000), BeforeValidator(_only_digits)]
AtLeastOne = Annotated[int, Field(ge=1, le=1000), BeforeValidator(_only_digits)]
Minutes = Annotated[int, Field(ge=1, le=1440), BeforeValidator(_only_digits)]
# editors read YAML 1.2, in which yes and no are texts
YesNo = Annotated[bool, BeforeValidator(_yes_or_no), WithJsonSchema({"enum": ["yes", "no", True, False]})]
Date = Annotated[datetime.date, BeforeValidator(_iso_date)]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Url = Annotated[str, Field(max_length=2000), AfterValidator(_safe_url)]
Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=200)]
Phone = Annotated[str, Field(pattern=r"^[0-9+() /.-]{3,40}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
_KEY = r"^[a-z0-9][a-z0-9-]{0,62}$"
Key = Annotated[str, Field(pattern=_KEY)]


class Record(BaseModel):
    """Anything read from a file: no key that is not named here, and never changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(RootModel[Plain | dict[Locale, Plain]]):
    """One text for all languages, or one per language (`nl`, `en`, `fr`; `nl-BE` where Flanders differs)."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if isinstance(self.root, dict) and not self.root:
            raise ValueError("expected a text, or one per language")
        return self

    def find(self, language: str, country: str = "") -> tuple[str, str]:
        """The text for a reader, and the language it is in ("" when it is the same in all)."""
        if isinstance(self.root, str):
            return self.root, ""
        for locale in (f"{language}-{country.upper()}", language, SOURCE_LANGUAGE, *sorted(self.root)):
            if locale in self.root:
                return self.root[locale], locale[:2]
        raise AssertionError("a text is never empty")

    def to(self, language: str, country: str = "") -> str:
        """The text for a reader."""
        return self.find(language, country)[0]

    def all(self) -> tuple[str, ...]:
        """The text in each of its languages."""
        return (self.root,) if isinstance(self.root, str) else tuple(self.root.values())

    def has(self, language: str) -> bool:
        """Whether there is a text of its own for the language."""
        return isinstance(self.root, str) or any(locale[:2] == language for locale in self.root)


# ---------------------------------------------------------------- vocabulary


class Material(Record):
    """A thing that must lie ready."""

    name: Text = Field(description="Its name per language.")
    reuse: YesNo = Field(default=False, description="Whether one set serves several modules of a session.")


class Vocabulary(Record):
    """The closed lists: each key with its names per language (and per country where they differ)."""

    departments: dict[Key, Text] = Field(description="Departments of a municipality.")
    themes: dict[Key, Text] = Field(description="Themes on which cases arise.")
    roles: dict[Key, Text] = Field(description="The five roles of the framework.")
    switches: dict[Key, Text] = Field(description="The four switches (game changers).")
    methods: dict[Key, Text] = Field(description="Working methods of a module.")
    groups: dict[Key, Text] = Field(description="Group forms of a module.")
    leads: dict[Key, Text] = Field(description="Who can lead a module.")
    materials: dict[Key, Material] = Field(description="What must lie ready.")
    partners: dict[Key, Text] = Field(description="Kinds of partner organisations.")
    words: dict[Key, Text] = Field(description="Words that differ between countries.")
    starts: dict[Key, Text] = Field(description="The two start doors of the programme.")


class Term(Record):
    """A word of the glossary."""

    name: Text = Field(description="The word per language.")
    definition: Text = Field(description="One or two short sentences per language.")
    also: tuple[Plain, ...] = Field(default=(), description="Other words that people look for.")


# ---------------------------------------------------------------- curriculum


class Range(Record):
    """From how many to how many people."""

    min: Number = Field(description="Fewest people.")
    max: Number = Field(description="Most people.")
    table: AtLeastOne = Field(default=4, description="People at one table or in one group.")


class Break(Record):
    """A pause on the timetable: `- break: 15` or `- lunch: 60`."""

    minutes: Minutes = Field(description="Length in minutes.")
    kind: Literal["break", "lunch"] = Field(description="`break` or `lunch`.")


def _part(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in {"break", "lunch"}:
        ((kind, minutes),) = value.items()
        return {"kind": kind, "minutes": minutes}
    if isinstance(value, dict) and set(value) != {"kind", "minutes"}:
        raise ValueError("expected the name of a module, `break: 15` or `lunch: 60`")
    return value


_LENGTH = {"type": "integer", "minimum": 1, "maximum": 1440}
_PAUSES = [
    {"type": "object", "properties": {kind: _LENGTH}, "required": [kind], "additionalProperties": False}
    for kind in ("break", "lunch")
]
Part = Annotated[
    Key | Break,
    BeforeValidator(_part),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _KEY}, *_PAUSES]}),
]


class Curriculum(Record):
    """`curricula/<session>/curriculum.yml`: what a session consists of."""

    title: Text = Field(description="The session's name.")
    purpose: Text = Field(description="What it is for, in one or two sentences.")
    minutes: Minutes = Field(description="Length in minutes; the parts add up to it.")
    group: Range = Field(description="Group size.")
    room: Text = Field(description="What the room must have.")
    trainers: Text | None = Field(default=None, description="How many trainers, and who else.")
    order: Number = Field(default=50, description="Place among the sessions in lists that have no dates.")
    parts: tuple[Part, ...] = Field(min_length=1, description="Modules and breaks, in order.")


class MaterialNeed(Record):
    """A line under `materials` of a module."""

    key: Key = Field(description="Key from `materials` in the vocabulary.")
    per: Per = Field(default="session", description="For whom one set (times count) is needed.")
    count: Number = Field(default=1, description="How many.")


class PageMatter(Record):
    """Front matter of a page in docs/, of a session's index and of a translation without goals."""

    title: Plain = Field(description="The page's title, as people read it.")
    description: Plain | None = Field(default=None, description="One sentence for search engines.")
    source: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")] | None = Field(
        default=None, description="Translations: which text was translated; `handbook translated` writes it."
    )


class ModuleMatter(PageMatter):
    """Front matter of a module."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,5}$")] = Field(description="Short code: `A4`.")
    minutes: Minutes = Field(description="Length in minutes.")
    goals: tuple[Plain, ...] = Field(min_length=1, max_length=3, description="What people can do afterwards.")
    method: Key = Field(description="Key from `methods` in the vocabulary.")
    group: Key = Field(description="Key from `groups` in the vocabulary.")
    lead: Key = Field(description="Key from `leads` in the vocabulary.")
    priority: Priority = Field(default="must", description="What happens when time runs short.")
    materials: tuple[MaterialNeed, ...] = Field(default=(), description="What lies ready.")
    sheets: tuple[Key, ...] = Field(default=(), description="Worksheets from curricula/sheets/.")


class ModuleWords(PageMatter):
    """Front matter of a module's translation: words only."""

    goals: tuple[Plain, ...] = Field(min_length=1, max_length=3, description="As many as in the source.")


class SheetMatter(PageMatter):
    """Front matter of a worksheet."""

    code: Annotated[str, Field(pattern=r"^S[0-9]{1,3}$")] = Field(description="Short code: `S4`.")
    purpose: Plain = Field(description="What it is for, in one sentence.")


class SheetWords(PageMatter):
    """Front matter of a worksheet's translation."""

    purpose: Plain = Field(description="What it is for, in one sentence.")


class CaseMatter(PageMatter):
    """Front matter of a case."""

    code: Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,3}$")] = Field(description="Short code: `C04`.")
    theme: Key = Field(description="Key from `themes` in the vocabulary.")
    departments: tuple[Key, ...] = Field(min_length=1, description="Keys from `departments`.")
    switches: tuple[Key, ...] = Field(min_length=1, description="Keys from `switches`.")


class Section(Record):
    """A group of pages in the outline."""

    title: Text = Field(description="The group's name.")
    pages: tuple[Key, ...] = Field(min_length=1, description="Pages of docs/.")


class Figure(Record):
    """`docs/figures/<name>.yml`: the words of a figure."""

    alt: Text = Field(description="Text alternative: what the picture tells.")
    caption: Text = Field(description="A short line under the picture.")
    texts: dict[Key, Text] = Field(default_factory=dict, description="The words in the picture.")


# ---------------------------------------------------------------- style


class Avoid(Record):
    """Words to leave, and what to try instead."""

    words: Annotated[Plain, AfterValidator(_expression)] = Field(description="A regular expression, in lower case.")
    instead: Plain = Field(alias="try", description="What to write instead.")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The words, standing alone."""
        return re.compile(rf"(?<!\w)(?:{self.words})(?!\w)", re.IGNORECASE)


class Longest(Record):
    """The longest sentence, in words."""

    participant: Number = Field(description="For participants.")
    trainer: Number = Field(description="For trainers.")


class Accepted(Record):
    """A finding that a person has weighed and lets stand."""

    page: Plain = Field(description="The page without language and ending: `curricula/sheets/pocket-card`.")
    rule: Literal["long-sentence", "avoid", "jargon", "fairness", "anatomy", "alt"] = Field(description="Which rule.")
    because: Plain = Field(description="Why it may stand.")


class Style(Record):
    """`curricula/style.yml`."""

    longest: Longest = Field(description="The longest sentence.")
    first_use: tuple[Key, ...] = Field(alias="first-use", description="Terms linked at first use.")
    avoid: dict[Language, tuple[Avoid, ...]] = Field(description="Words to leave, per language.")
    accepted: tuple[Accepted, ...] = Field(default=(), description="Findings that may stand, each with its reason.")


# ---------------------------------------------------------------- municipality


class Population(Record):
    """How many people live there."""

    count: Number = Field(description="Inhabitants.")
    year: Number = Field(description="On 1 January of this year.")
    source: Text = Field(description="Where the number comes from.")


class Department(Record):
    """A department that takes part."""

    key: Key = Field(description="Key from `departments` in curricula/vocabulary.yml.")
    name: Text = Field(description="The official local name.")
    contact: Text | None = Field(default=None, description="Whom to ask: a function, never a person.")
    confirm: YesNo = Field(default=False, description="`yes`: the municipality must still confirm this.")


class District(Record):
    """A part of the municipality."""

    name: Text = Field(description="Its name.")
    remark: Text | None = Field(default=None, description="A neutral remark.")


class Partner(Record):
    """An organisation outside the municipality."""

    type: Key = Field(description="Key from `partners` in the vocabulary.")
    name: Text = Field(description="Its name.")
    confirm: YesNo = Field(default=False, description="`yes`: the municipality must still confirm this.")


class Source(Record):
    """A public source."""

    title: Text = Field(description="Title, publisher and year.")
    url: Url | None = Field(default=None, description="Address.")


class Theme(Record):
    """A case theme with its local line."""

    key: Key = Field(description="Key from `themes` in the vocabulary.")
    line: Text = Field(description="One neutral sentence on how the theme shows here.")
    source: Source | None = Field(default=None, description="A public source for that sentence.")
    confirm: YesNo = Field(default=False, description="`yes`: the municipality must still confirm this.")


class Planned(Record):
    """A session that the municipality takes; date, time and place may still be open."""

    session: Key = Field(description="Name of a folder in curricula/.")
    date: Date | None = Field(default=None, description="Day: 2027-03-31.")
    start: Clock | None = Field(default=None, description='Start time: "13:30".')
    place: Text | None = Field(default=None, description="Where.")
    people: Number | None = Field(default=None, description="How many participants are expected.")
    trainers: tuple[Text, ...] = Field(default=(), description="Who leads: functions, never names.")
    label: Text | None = Field(default=None, description="To tell groups apart: `Group 1`.")


class ContactPoint(Record):
    """Where people can turn to, by function."""

    function: Text = Field(description="A function or a desk, never a person.")
    email: Email | None = Field(default=None, description="Address of a function's mailbox.")
    phone: Phone | None = Field(default=None, description="Telephone number.")
    url: Url | None = Field(default=None, description="Web page.")


class Contacts(Record):
    """Contact points that every handbook must have."""

    accessibility: ContactPoint = Field(description="For questions on accessibility.")
    privacy: ContactPoint = Field(description="For questions on privacy.")


class Look(Record):
    """How the handbook looks."""

    accent: Colour = Field(description="The municipality's colour, such as `#00811f`.")
    logo: Plain | None = Field(default=None, description="File in municipalities/<slug>/: PNG, JPEG or SVG.")


class Publication(Record):
    """Where the handbook is published."""

    address: Url | None = Field(default=None, description="Web address of the folder with all languages.")
    index: YesNo = Field(default=False, description="`yes`: search engines may list it (never the trainers' edition).")
    listed: YesNo = Field(default=True, description="`no`: not on the page that lists the published municipalities.")


class Municipality(Record):
    """`municipalities/<slug>.yml`, after its layers (_base, the country, the city) are merged."""

    name: Text = Field(description="The municipality's name; per language where it has several.")
    code: Annotated[str, Field(pattern=r"^(GM[0-9]{4}|[0-9]{5})$")] = Field(
        description="Official code: CBS (`GM0599`) or NIS (`71016`)."
    )
    country: Country = Field(description="`nl` or `be`; decides which country layer is used.")
    region: Literal["flanders", "wallonia", "brussels"] | None = Field(
        default=None, description="Belgium: `flanders`, `wallonia` or `brussels`."
    )
    province: Text | None = Field(default=None, description="Province; none in Brussels.")
    languages: tuple[Language, ...] = Field(
        min_length=1, max_length=len(LANGUAGES), description="Languages of its handbooks, first one first."
    )
    population: Population = Field(description="Inhabitants, with year and source.")
    start: Key = Field(description="Start door: `safety` or `development`.")
    departments: tuple[Department, ...] = Field(
        min_length=1, max_length=MANY, description="Departments that take part."
    )
    districts: tuple[District, ...] = Field(max_length=MANY, description="Parts of the municipality.")
    partners: tuple[Partner, ...] = Field(max_length=MANY, description="Organisations that take part.")
    themes: tuple[Theme, ...] = Field(min_length=1, max_length=MANY, description="Case themes, each with a local line.")
    programme: tuple[Planned, ...] = Field(min_length=1, max_length=MANY, description="The sessions, in order.")
    reporting: Text = Field(description="What to do when danger or a crime comes up: the local route.")
    contacts: Contacts = Field(description="Contact points, by function.")
    look: Look = Field(description="Colour and logo.")
    publication: Publication = Field(description="Web address and whether search engines may list it.")
    owner: Text = Field(description="Which department owns this edition.")
    version: Plain = Field(description="Version of this edition, such as `1.0`.")
    date: Date = Field(description="Date of this edition; the handbook's files carry it, never the clock's.")
    confirm: tuple[Plain, ...] = Field(
        max_length=MANY, description="Names of further keys that the municipality must confirm."
    )

    def to_confirm(self) -> list[str]:
        """Names of the values that the municipality must still confirm."""
        marked = [
            f"{name}: {item.key if hasattr(item, 'key') else item.type}"
            for name in ("departments", "partners", "themes")
            for item in getattr(self, name)
            if item.confirm
        ]
        return [*self.confirm, *marked]
