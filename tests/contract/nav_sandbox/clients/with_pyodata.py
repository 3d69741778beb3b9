"""Reads the metadata of OData V3 with an unmodified pyodata, which demands whole associations; told on stdin.

Whatever is not as it should be ends with a traceback.
"""

import base64
import json
import sys
from urllib.request import Request, urlopen

from pyodata.v2.model import MetadataBuilder

told = json.load(sys.stdin)
secret = base64.b64encode(f"{told['user']}:{told['key']}".encode()).decode()
asked = Request(f"{told['base']}/OData/$metadata", headers={"Authorization": f"Basic {secret}"})
with urlopen(asked) as answer:
    schema = MetadataBuilder(answer.read()).build()

sets = {each.name: each.entity_type for each in schema.entity_sets}
assert {"Customer", "GeneralLedgerEntries", "Company"} <= sets.keys(), sorted(sets)
customer = sets["Customer"]
assert [each.name for each in customer.key_proprties] == ["No"]
types = {each.name: each.typ.name for each in customer.proprties()}
wanted = {"No": "String", "Last_Date_Modified": "DateTime", "Credit_Limit_LCY": "Decimal"}
assert {name: types[name] for name in wanted} == {n: f"Edm.{t}" for n, t in wanted.items()}, types
assert list(types)[-1] == "ETag"

ends = {link.name: link.to_role for link in customer.nav_proprties}
terms = ends["Payment_Terms_Code_Link"]
assert (terms.entity_type_name, terms.multiplicity) == ("PaymentTerms", "0..1"), terms
company = {link.name: link.to_role.multiplicity for link in sets["Company"].nav_proprties}
assert company == dict.fromkeys(sets.keys() - {"Company"}, "*")
print("done")
