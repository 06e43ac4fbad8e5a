"""Every kind of document that is a YAML file: its model, found by the `kind` that the file names."""

from koor_provision.models.agreement import Agreement
from koor_provision.models.checklist import Checklist, InstallChecklist, MaintenanceChecklist, MaintenanceReport
from koor_provision.models.documents import Document
from koor_provision.models.exception import ExceptionGrant
from koor_provision.models.order import Acceptance, Confirmation, Offer, Targets
from koor_provision.models.plan import Plan
from koor_provision.models.policy import CompanyPolicy
from koor_provision.models.software import ApprovedSoftware
from koor_provision.models.staff import Revocations, Staff
from koor_provision.models.training import TrainingManual
from koor_provision.models.word import Addition, Attestation, MailRecord

KINDS: dict[str, type[Document]] = {
    model.KIND: model
    for model in (
        Staff, Revocations, ApprovedSoftware, InstallChecklist, MaintenanceChecklist,
        Agreement, Offer, Acceptance, Confirmation, Targets, ExceptionGrant, Checklist, Plan, MaintenanceReport,
        CompanyPolicy, MailRecord, Attestation, Addition, TrainingManual,
    )
}  # fmt: skip
