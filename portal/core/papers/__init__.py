"""Papers: printed, signed and sent documents, made of blocks and rendered as PDF or for Word.

`blocks` defines the blocks, `issuer` the issuing board, `layout` widths and breaks, and `rendering`
makes the file. The content comes from the stages.
"""
