"""label: words become data: themes and polarity with evidence, sentiment, the three questions."""
