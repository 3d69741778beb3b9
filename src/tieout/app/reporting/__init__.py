"""Reports that an accountant sends: pages, workbooks and files for programs, all made from the same rows."""
