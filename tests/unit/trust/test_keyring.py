from koor_provision.trust.keyring import CUSTOMER_NAMESPACES, Holder, Keyring


def test_customers_sign_what_is_theirs():
    keyring = Keyring({"SHA256:ours": Holder("cto", frozenset({"staff@koor-provision"}))}).with_customer(
        {"SHA256:a": "anna"}
    )

    assert keyring.holders["SHA256:a"] == Holder("anna", CUSTOMER_NAMESPACES)
    assert {f"{kind}@koor-provision" for kind in ("agreement", "acceptance", "targets", "plan")} == CUSTOMER_NAMESPACES


def test_our_keys_stay_ours():
    ours = Keyring({"SHA256:a": Holder("cto", frozenset())}, frozenset({"SHA256:r"}))

    both = ours.with_customer({"SHA256:a": "anna"})

    assert both.holders["SHA256:a"].person == "cto"
    assert both.revoked == {"SHA256:r"}
