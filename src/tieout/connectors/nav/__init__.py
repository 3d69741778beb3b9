"""Microsoft Dynamics NAV: OData for reading, SOAP and the gateway for writing."""
