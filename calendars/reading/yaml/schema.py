"""The form of agenda.yaml: its keys, which of them are required, what each is for. One table for two uses:
reading checks keys against it, and editors complete and check while typing by its JSON schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from calendars.reading import words


def _choice(*names: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(names)})


def _pattern(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


Slug = Annotated[str, _pattern(r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Day = Annotated[str, _pattern(r"^20[0-3][0-9]-[0-9]{1,2}-[0-9]{1,2}$")]
DayOrNone = Annotated[str, _pattern(rf"^(20[0-3][0-9]-[0-9]{{1,2}}-[0-9]{{1,2}}|{words.UNDATED})$")]
Hour = Annotated[str, _pattern(r"^[0-9]{1,2}:[0-9]{2}( ?h)?$")]
Rule = Annotated[str, _pattern(r"^(P[0-9]{1,3}D a las [0-9]{1,2}:[0-9]{2}|PT([0-9]+H)?([0-9]+M)?)$")]
DaysRule = Annotated[str, _pattern(r"^P[0-9]{1,3}D a las [0-9]{1,2}:[0-9]{2}$")]
Kind = Annotated[str, WithJsonSchema({"anyOf": [{"enum": list(words.KINDS)}, {"type": "string"}]})]
Status = Annotated[str, _choice(*words.STATUSES)]
CommitmentState = Annotated[str, _choice(*words.COMMITMENT_STATES)]
Assumption = Annotated[str, _choice(*words.ASSUMPTIONS)]
AgendaAssumption = Annotated[str, _choice(*words.AGENDA_ASSUMPTIONS)]
Weekday = Annotated[str, _choice(*words.WEEKDAYS)]
Fold = Annotated[str, _choice(*words.FOLDS)]
Minutes = Annotated[str, _pattern(r"^[0-9]{1,3} ?(m|min|minutos?)$")]
Retention = Annotated[str, _pattern(r"^(no|[0-9]{1,4} ?(d|días?|dias?))$")]
SignupDomain = Annotated[str, _pattern(r"^@?(\*\.)?[^\s@*.]+(\.[^\s@*.]+)+$")]
Link = Annotated[str, _pattern(r"^https://")]
YesNo = Annotated[str | bool, WithJsonSchema({"enum": ["sí", "no", True, False]})]


class MappingForm(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextForm(MappingForm):
    es: str = Field(description="en español")
    en: str = Field(description="en inglés")


Words = str | TextForm


class KindForm(MappingForm):
    es: str = Field(description="nombre del tipo en español; así se escribe en «tipo»")
    en: str = Field(description="nombre en inglés")


class MessageForm(MappingForm):
    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    es: str = Field(default="", description="en español; sin él, quien lee español recibe el inglés")
    en: str = Field(default="", description="en inglés; sin él, los demás reciben el español")


class SenderForm(MappingForm):
    de: str = Field(description="remitente de los correos: Nombre <correo>")
    responder_a: str = Field(description="dirección a la que llegan las respuestas")
    dominio: str = Field(description="dominio del sobre y de los identificadores de los correos")


class RegionForm(MappingForm):
    es: str = Field(description="nombre de la región en español, como en representations.csv")
    en: str = Field(description="nombre en inglés")


class AxisForm(MappingForm):
    id: Slug = Field(description="identificador que nunca cambia")
    titulo: Words = Field(description="título del eje")
    fuente: str = Field(description="de dónde sale")


class CommitmentForm(MappingForm):
    id: Slug = Field(description="identificador que nunca cambia")
    titulo: Words = Field(description="qué se pidió")
    sesion: Words = Field(description="sesión que lo generó")
    fecha: Day = Field(description="fecha de la sesión, año-mes-día")
    responsable: Words = Field(default=words.UNASSIGNED, description="área o puesto que responde, o sin asignar")
    estado: CommitmentState = Field(
        default="por confirmar", description="en curso, cumplido, pendiente o por confirmar"
    )
    informe: Words = Field(default="", description="a quién y cómo se informa")
    fuente: str = Field(description="de dónde sale")


class FigureForm(MappingForm):
    valor: int = Field(description="cifra, sin separadores")
    unidad: Words = Field(description="qué se cuenta")
    aproximado: YesNo = Field(default="no", description="sí, si la fuente dice «cerca de»")


class AdvanceForm(MappingForm):
    id: Slug = Field(description="identificador que nunca cambia")
    titulo: Words = Field(description="qué se hizo")
    eje: str = Field(default=words.UNASSIGNED, description="id de un eje, o sin asignar")
    fecha: DayOrNone = Field(default=words.UNDATED, description="cuándo se hizo, año-mes-día; o sin fecha")
    cifras: list[FigureForm] = Field(default=[], description="cifras que da la fuente")
    fuente: str = Field(description="de dónde sale")


class AudienceForm(MappingForm):
    region: str = Field(default="", description="nombre de una región")
    regiones: list[str] = Field(default=[], description="nombres de varias regiones")
    sedes: list[str] = Field(default=[], description="id de cada sede, como en representations.csv")


class CoverageForm(MappingForm):
    minimo: int = Field(default=1, description="cuántos puestos de cada sede deben acudir; 1 si no se dice")
    suplente: DaysRule = Field(default="", description="cuándo se pide a la suplencia: P5D a las 10:00 si no se dice")
    coordinacion: DaysRule = Field(
        default="", description="cuándo se avisa a la coordinación de la región: P2D a las 10:00 si no se dice"
    )


class EventForm(MappingForm):
    id: Slug = Field(description="identificador que nunca cambia")
    titulo: Words = Field(description="título del evento")
    tipo: Kind = Field(description="taller, reunión, jornada, grupo de trabajo, conversatorio o uno de «tipos»")
    eje: str = Field(default=words.UNASSIGNED, description="id de un eje, o sin asignar")
    estado: Status = Field(description="tentativo, confirmado, cancelado, realizado o sin fecha")
    fecha: Day = Field(default="", description="primer día, año-mes-día")
    hasta: Day = Field(default="", description="último día, incluido; solo para días completos")
    dia: Weekday = Field(default="", description="día de la semana; debe coincidir con la fecha")
    hora: Hour = Field(default="", description="hora de inicio en la zona de la agenda; sin ella son días completos")
    duracion: str = Field(default="", description="2 h, 90 min o 1 h 30 min")
    pliegue: Fold = Field(default="", description="cuál de dos horas iguales, al cambiar el horario")
    lugar: Words = Field(default="", description="lugar, o Virtual")
    descripcion: Words = Field(default="", description="qué se hará")
    motivo: Words = Field(default="", description="motivo de un cambio o cancelación; sale en el correo")
    mensaje: str | MessageForm = Field(default="", description="va al principio de sus correos; en nada público")
    supuesto: list[Assumption] = Field(default=[], description="lo que la fuente no dice")
    para: Annotated[str, _choice(*words.EVERYONE)] | AudienceForm = Field(
        description="todas, coordinacion, {region: …}, {regiones: […]} o {sedes: […]}"
    )
    fuente: str = Field(description="de dónde sale")
    recordatorios: list[Rule] = Field(default=[], description="reglas propias de este evento")
    otras_sesiones: YesNo = Field(
        default="no", description="sí, si se puede acudir a la sesión de otra región del mismo tipo; solo con hora"
    )
    cobertura: YesNo | CoverageForm = Field(default="no", description="alguien de cada sede debe acudir; sí, o cuántos")
    seguimiento: YesNo = Field(
        default="no",
        description="sí: cuando se registra quién asistió, un correo agradece a las sedes que acudieron y pregunta "
        "a las que no",
    )


class RemindersForm(MappingForm):
    con_hora: list[Rule] = Field(description="para eventos con hora")
    dia_completo: list[DaysRule] = Field(description="para eventos de días completos")


class SignupsForm(MappingForm):
    dominios: list[SignupDomain] = Field(min_length=1, description="dominios de correo admitidos, como sre.gob.mx")
    enlaces: YesNo = Field(default="no", description="quien se dio de alta ve los enlaces para entrar; sí o no")


class PrivacyForm(MappingForm):
    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    texto: Words = Field(default="", description="el aviso; un renglón en blanco separa párrafos")
    enlace: Link = Field(default="", description="página https con el aviso completo")


class AgendaForm(MappingForm):
    """Agenda Consular: lo que se edita en agenda.yaml."""

    formato: Literal[1] = Field(description="versión del formato: 1")
    agenda: Slug = Field(description="identificador que nunca cambia")
    titulo: Words = Field(default="", description="título de la agenda")
    publicada: Day = Field(description="fecha de la primera edición, año-mes-día")
    zona: str = Field(description="TCM, o una zona IANA como America/Tijuana")
    remitente: SenderForm = Field(description="quién envía los correos")
    regiones: list[RegionForm] = Field(description="las regiones, como en representations.csv")
    tipos: list[KindForm] = Field(default=[], description="tipos de evento propios, además de los del programa")
    ejes: list[AxisForm] = Field(default=[], description="ejes de trabajo")
    compromisos: list[CommitmentForm] = Field(default=[], description="lo que pidió la comisión")
    avances: list[AdvanceForm] = Field(default=[], description="lo hecho, con sus cifras")
    eventos: list[EventForm] = Field(description="los eventos")
    recordatorios: RemindersForm = Field(description="cuándo se recuerda cada evento")
    silencio: str = Field(default="no", description="horas sin recordatorios PT, como 22:00-06:00; o no")
    feriados_de_mexico: YesNo = Field(default="no", description="en ninguna sede se trabaja en ellos; o no")
    asistencia: Minutes = Field(
        default="10 min", description="minutos en una sesión para contar como asistente: 10 min"
    )
    supuesto: list[AgendaAssumption] = Field(default=[], description="lo que la fuente no dice")
    retencion: Retention = Field(default="no", description="días hasta borrar una dirección que terminó: 180 d; o no")
    altas: Literal["no"] | SignupsForm = Field(default="no", description="quién puede darse de alta en la página; o no")
    privacidad: Literal["no"] | PrivacyForm = Field(default="no", description="aviso de privacidad; o no")


class LinksForm(MappingForm):
    """privado.yaml: it has no public schema."""

    enlaces: dict[str, str] = Field(default={}, description="id del evento: enlace https")


class _Plain(GenerateJsonSchema):
    """Without titles and defaults that only repeat the key: editors show the descriptions."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """The JSON schema of agenda.yaml, draft 7 for the sake of editors; config/agenda.schema.json holds it."""
    body = AgendaForm.model_json_schema(schema_generator=_Plain)
    return {"$schema": "http://json-schema.org/draft-07/schema#"} | body
