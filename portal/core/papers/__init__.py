"""Papers: what is printed, signed and sent, as blocks that are drawn as a PDF or in Word alike.

`blocks` is what a paper is made of, `issuer` in whose name it is, `layout` what it takes to fit on
the page, and `rendering` makes the file. What a paper says stands with the stage whose it is.
"""
