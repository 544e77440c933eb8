"""The bytes of a file as rows of cells: texts and workbooks."""
