"""Whether both books agree, from their own figures; may not import journal or decision."""
