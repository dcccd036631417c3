"""Entries of public frameworks that findings are relevant to. None of them says that an attack happened.

Sources: https://attack.mitre.org, https://atlas.mitre.org, https://genai.owasp.org/llm-top-10/ (edition 2025),
NIST AI 100-1 (AI RMF 1.0, January 2023).
"""

from shadowscan.model.finding import Reference

_ATTACK = "MITRE ATT&CK"
_ATLAS = "MITRE ATLAS"
_OWASP = "OWASP LLM Top 10 (2025)"
_NIST = "NIST AI RMF 1.0"

WEB_EXFILTRATION = Reference(framework=_ATTACK, id="T1567", name="Exfiltration Over Web Service")
PROXY = Reference(framework=_ATTACK, id="T1090", name="Proxy")
TUNNEL = Reference(framework=_ATTACK, id="T1572", name="Protocol Tunneling")
IMPAIR_DEFENCES = Reference(framework=_ATTACK, id="T1562", name="Impair Defenses")

INFERENCE_API = Reference(framework=_ATLAS, id="AML.T0040", name="AI Model Inference API Access")
AI_SERVICE = Reference(framework=_ATLAS, id="AML.T0047", name="AI-Enabled Product or Service")
AGENT_TOOL = Reference(framework=_ATLAS, id="AML.T0053", name="AI Agent Tool Invocation")
DATA_LEAKAGE = Reference(framework=_ATLAS, id="AML.T0057", name="LLM Data Leakage")
AGENT_EXFILTRATION = Reference(framework=_ATLAS, id="AML.T0086", name="Exfiltration via AI Agent Tool Invocation")

DISCLOSURE = Reference(framework=_OWASP, id="LLM02:2025", name="Sensitive Information Disclosure")
SUPPLY_CHAIN = Reference(framework=_OWASP, id="LLM03:2025", name="Supply Chain")
EXCESSIVE_AGENCY = Reference(framework=_OWASP, id="LLM06:2025", name="Excessive Agency")
CONSUMPTION = Reference(framework=_OWASP, id="LLM10:2025", name="Unbounded Consumption")

REVIEW = Reference(framework=_NIST, id="GOVERN 1.5", name="monitoring and periodic review are planned")
INVENTORY = Reference(framework=_NIST, id="GOVERN 1.6", name="mechanisms inventory AI systems")
THIRD_PARTY_POLICY = Reference(framework=_NIST, id="GOVERN 6.1", name="policies address third-party AI risks")
COMPONENTS = Reference(framework=_NIST, id="MAP 4.1", name="risks of third-party components are mapped")
THIRD_PARTY_MONITORING = Reference(framework=_NIST, id="MANAGE 3.1", name="third-party AI resources are monitored")
MONITORING = Reference(framework=_NIST, id="MANAGE 4.1", name="deployed AI systems are monitored")
