"""SOAP: published pages, the gateway codeunit and the system service."""
