"""Common English words, most of which are one token to the vocabularies in use."""

TEXT = """
river stone window garden market paper winter summer bread letter bridge forest silver copper engine
island harbor castle valley meadow village captain doctor teacher farmer painter singer writer sailor
hunter mirror candle blanket basket bottle hammer ladder pencil button carpet curtain kitchen cellar
attic chimney corner ceiling staircase morning evening midnight thunder lightning rainbow shadow
sunlight mountain desert ocean glacier volcano canyon orchard vineyard pasture stable barn fence wagon
saddle anchor compass lantern telescope violin trumpet piano drum guitar flute story poem riddle promise
secret treasure journey voyage battle victory defeat treaty council senate palace temple statue tower
fountain square avenue tunnel station platform ticket signal carriage whistle steam marble granite
velvet cotton linen leather feather ivory pearl amber honey butter cheese pepper ginger garlic onion
potato carrot cabbage lemon orange cherry apple peach walnut almond barley wheat rye rice sugar salt
"""
WORDS = tuple(TEXT.split())
