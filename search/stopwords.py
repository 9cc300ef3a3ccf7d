"""Words too common to look for, written without accents: see analysis.py.

A word of one list that means something in the other language stays out ("case", "come" in English
texts would be verbs, in ours a house and a stop word).
"""

ITALIAN = frozenset(
    """
    a ad ai al alla allo alle agli all anche avere aveva avevano che chi ci cio cioe come con
    contro col coi cosi cui d da dai dal dalla dallo dalle dagli dall de degli dei del dell della
    delle dello di dopo dove e ed ecco era erano esse essere essi fa fra fu furono gli ha hai
    hanno ho i il in io l la le lei li lo loro lui ma me mi mia mie miei mio ne negli nei nel nell
    nella nelle nello no noi non nostra nostre nostri nostro o od ogni oppure per perche pero piu
    poi qua quale quali quando quanto quella quelle quelli quello quel quei quegli questa queste
    questi questo qui quindi sara saranno se sei sempre senza si sia siamo siano siete solo sono
    sta stesso su sua sue sugli sui sul sull sulla sulle sullo suo suoi tra
    tu tua tue tuo tuoi tutta tutte tutti tutto un una uno va vi voi
    """.split()
)
ENGLISH = frozenset(
    """
    a about above after again against all am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further had
    has have having he her here hers him his how i if in into is it its itself me more most my
    myself no nor not of off on once only or other our ours out over own same she should so some
    such than that the their theirs them then there these they this those through to too under
    until up very was we were what when where which while who whom why will with would you your
    yours
    """.split()
)
# What an apostrophe cuts off: "dell'articolo", "un'idea", "quest'anno", "c'è".
ELIDED = frozenset(
    """
    l un d c n m t s v gl all dall dell nell sull coll quell quest bell sant com dov cos quand
    tutt mezz anch senz
    """.split()
)
