"""Reads the directory of an account from its host."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from lsq_api.client.client import Client
from lsq_api.contract.lookups import CONTACT_DEFINITIONS
from lsq_api.contract.report import LeadDistribution, ListOutput
from lsq_api.question.directory import Directory
from lsq_api.question.fill import SAMPLE, asked
from lsq_api.question.listing import FIELDS


def directory(client: Client, contacts: Mapping[str, Sequence[int]] = CONTACT_DEFINITIONS) -> Directory:
    """The directory of an account, by three calls side by side; `contacts` are the configured contact definitions."""
    with ThreadPoolExecutor(2, "directory") as calls:
        begun = calls.submit(client.lead_fields), calls.submit(client.search_users)
        types = client.activity_types()
        fields, users = begun[0].result(), begun[1].result()
    options = {field.schema_name: field.options for field in fields}
    return Directory.build(
        users=users,
        stages=options.get("ProspectStage", ()),
        sources=options.get("Source", ()),
        fields=fields,
        activity_types=types,
        contacts=contacts,
    )


def sample(directory: Directory) -> LeadDistribution:
    """The report whose first page is the sample of leads, contacted or not, that tells which fields hold values."""
    return LeadDistribution(output=ListOutput(fields=asked(directory, FIELDS))).page(1, SAMPLE)
