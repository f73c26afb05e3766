"""One settings object: environment variables `AUDIT_AGENT_*`, or a TOML file, over defaults."""

import difflib
import getpass
import os
import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from audit_agent.domain.errors import BadInputError

PREFIX = "AUDIT_AGENT_"
CONFIG_VARIABLE = "AUDIT_AGENT_CONFIG"
SUPERVISOR_PIPE_VARIABLE = "AUDIT_AGENT_SUPERVISOR_PIPE"
"""Set by the supervisor for the processes it starts: the pipe whose end tells them that it is gone."""

GATEWAY_SOCKET_VARIABLE = "AUDIT_AGENT_GATEWAY_SOCKET"
"""Set by the supervisor for the gateway: the number of the listening socket it inherits."""

CONFIG_FILE = Path("audit-agent.toml")
_NOT_FIELDS = frozenset(
    {CONFIG_VARIABLE, SUPERVISOR_PIPE_VARIABLE, GATEWAY_SOCKET_VARIABLE, "AUDIT_AGENT_TEST_DATABASE_URL"}
)


class BadSettingsError(BadInputError):
    """A setting has a value that cannot be used."""


class UnknownSetting(NamedTuple):
    """A variable that looks like a setting of ours and is none."""

    name: str
    nearest: str | None


def _absolute(value: Any) -> Any:
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _words(value: Any) -> Any:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_words)]
AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]


class Settings(BaseSettings):
    """Everything that can be set. Relative paths start at the working directory."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )

    home: AbsolutePath = Field(
        Path(".audit-agent"),
        description="The folder that holds the databases, evidence, reports and logs. Deleting it is a clean reset.",
    )
    database_url: str = Field(
        default_factory=lambda data: f"sqlite:///{data['home'] / 'audit.db'}",
        repr=False,
        description="SQLAlchemy address of the database, SQLite or PostgreSQL. Default: `audit.db` in the home.",
    )
    user: str = Field(
        default_factory=_login_name,
        min_length=1,
        description="Who decides and requests on this terminal. Default: the login name.",
    )
    analyst: Literal["auto", "offline", "anthropic"] = Field(
        "auto",
        description="Who plans and writes: `anthropic` (a model), `offline` (rules), "
        "or `auto`: the model when a key is set, else the rules.",
    )
    model: str = Field("claude-sonnet-5-5", min_length=1, description="The model the analyst calls.")
    anthropic_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("ANTHROPIC_API_KEY", "anthropic_api_key"),
        description="The key for the model's API. Without one the offline analyst works.",
    )
    anthropic_base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("ANTHROPIC_BASE_URL", "anthropic_base_url"),
        pattern="^https?://",
        description="Where the model's API is reached, if not at its own address (a gateway, a test).",
    )
    gateway_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Where workers reach the gateway for model calls. Where a model is used and this is not set, "
        "`audit-agent up` runs a gateway of its own, and a lone worker makes its calls itself.",
    )
    gateway_token: SecretStr | None = Field(
        None, description="What lets a worker spend through the gateway. Default: kept in `gateway.token` in the home."
    )
    gateway_slots: int = Field(
        64, ge=1, le=10_000, description="How many calls the gateway has in flight at most, for each model."
    )
    gateway_calls_per_minute: int | None = Field(
        None, ge=1, description="How many calls a minute the gateway makes at most, for each model. Default: no limit."
    )
    batch_from: int = Field(
        20_000,
        ge=1,
        description="From how many documents on a model reads them in batches, at half price and within a day. "
        "`audit-agent start --economy` asks for that whatever the number.",
    )
    policy_file: AbsolutePath | None = Field(
        None, description="A YAML file saying who may decide what. Default: the policy shipped with the package."
    )
    programs_folder: AbsolutePath | None = Field(
        None, description="A folder with audit programmes of your own, besides those shipped with the package."
    )
    holds_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Address of the payment system's hold service. Default: holds are kept in the register table.",
    )
    holds_token: SecretStr | None = Field(None, description="Bearer token for `holds_url`.")
    document_schemes: Words = Field(
        ("https", "http"), description="The schemes of addresses that documents may be fetched from, with commas."
    )
    document_hosts: Words = Field(
        (),
        description="The hosts that documents may be fetched from, with commas; `.example.com` stands for all below "
        "it. Default: every public one.",
    )
    document_networks: Networks = Field(
        (),
        description="Private networks that documents may be fetched from, such as `10.1.0.0/16`, with commas. "
        "Default: none.",
    )
    document_buckets: Words = Field(
        (), description="The S3 buckets that documents may be read from, with commas. Default: none."
    )
    document_megabytes: int = Field(50, ge=1, le=200, description="How large one document may be.")
    document_seconds: int = Field(120, ge=1, le=3600, description="How long one attempt to fetch a document may take.")
    slack_bot_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_BOT_TOKEN", "slack_bot_token"),
        description="The Slack app's bot token (`xoxb-`). Without one there is no Slack.",
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_SIGNING_SECRET", "slack_signing_secret"),
        description="The Slack app's signing secret, for requests over HTTP.",
    )
    slack_app_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("SLACK_APP_TOKEN", "slack_app_token"),
        description="The Slack app's app-level token (`xapp-`), for Socket Mode.",
    )
    slack_api_url: str = Field(
        "https://slack.com/api/",
        validation_alias=AliasChoices("SLACK_API_URL", "slack_api_url"),
        pattern="^https?://",
        description="Where Slack's Web API is reached.",
    )
    slack_channel: str | None = Field(
        None, description="The id of the Slack channel that shows audits which name no other. Default: none does."
    )
    slack_books_folder: AbsolutePath | None = Field(
        None, description="The folder whose books may be audited from Slack. Default: none, and nothing can be started."
    )
    public_url: str | None = Field(
        None,
        pattern="^https?://",
        description="Where browsers reach `audit-agent web`. Without it no links to reports are made.",
    )
    link_keys: SecretStr | None = Field(
        None,
        description="Keys that sign links, separated by commas, the newest first: it signs, all are honoured. "
        "Default: a key made once and kept in `link-keys` in the home; a cluster of your own needs them set.",
    )
    link_days: int = Field(7, ge=1, le=365, description="For how many days a link to a report is good.")
    task_queue: str = Field(
        "audit-agent", min_length=1, description="The Temporal task queue that workers and surfaces share."
    )
    temporal_port: int = Field(
        7233, ge=0, le=65535, description="Preferred port of the embedded Temporal server; a free one if taken, or 0."
    )
    temporal_ui_port: int = Field(
        8233, ge=0, le=65535, description="Preferred port of Temporal's Web UI; a free one if taken, or 0."
    )
    worker_slots: int = Field(8, ge=1, le=1000, description="How many activities one worker performs at a time.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much the logs say.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, and that over the TOML file."""
        file = config_file()
        sources = (init_settings, env_settings)
        return sources if file is None else (*sources, TomlConfigSettingsSource(settings_cls, toml_file=file))

    def as_environment(self) -> dict[str, str]:
        """Variables that give another process these very settings, secrets included."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {variable_of(name): _as_text(value) for name, value in values.items() if value is not None}

    @property
    def uses_model(self) -> bool:
        """Whether a model plans and writes, here or by way of a gateway."""
        return self.analyst == "anthropic" or (self.analyst == "auto" and self.anthropic_api_key is not None)

    @property
    def runs_gateway(self) -> bool:
        """Whether a supervisor has to run a gateway: a model is used, and no other gateway is named."""
        return self.uses_model and self.anthropic_api_key is not None and self.gateway_url is None

    @property
    def evidence_folder(self) -> Path:
        """Where evidence blobs lie."""
        return self.home / "evidence"

    @property
    def reports_folder(self) -> Path:
        """Where reports are published."""
        return self.home / "reports"

    @property
    def logs_folder(self) -> Path:
        """Where the logs of the supervised processes lie."""
        return self.home / "logs"


def _as_text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def config_file() -> Path | None:
    """The TOML file in force: the one `AUDIT_AGENT_CONFIG` names, or `audit-agent.toml` here.

    Raises BadSettingsError when the named one does not exist.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if not named:
        return CONFIG_FILE if CONFIG_FILE.is_file() else None
    file = Path(named).expanduser()
    if not file.is_file():
        raise BadSettingsError(
            f"{CONFIG_VARIABLE} names {named}, which is not a file.", "Correct the path or unset the variable."
        )
    return file


def load_settings() -> Settings:
    """The settings of this process; raises BadSettingsError naming every value that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(_explain(one) for one in error.errors() if one["type"] != "default_factory_not_called")
        raise BadSettingsError(
            f"The settings cannot be used: {wrong}.", "Correct them in the environment or the TOML file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadSettingsError(
            f"The settings file {config_file()} cannot be read: {error}.", "It must be valid TOML in UTF-8."
        ) from error


def variable_of(field: str) -> str:
    """The environment variable that sets a field of Settings."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else PREFIX + field.upper()


def unknown_settings(environ: Mapping[str, str]) -> list[UnknownSetting]:
    """Variables with our prefix that set nothing, each with the nearest name that would."""
    known = {variable_of(field) for field in Settings.model_fields} | _NOT_FIELDS
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [UnknownSetting(name, _nearest(name, known)) for name in unknown]


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1)), None)


def _explain(error: ErrorDetails) -> str:
    key = str(error["loc"][0]) if error["loc"] else "settings"
    if error["type"] == "extra_forbidden":
        nearest = _nearest(key, Settings.model_fields)
        return f"{key} is not a setting" + (f" (did you mean {nearest}?)" if nearest else "")
    name = variable_of(key) if key in Settings.model_fields else key
    shown = "" if any(word in key.lower() for word in ("key", "token", "secret")) else f" is {error['input']!r}"
    return f"{name}{shown}: {error['msg'][:1].lower()}{error['msg'][1:]}"
