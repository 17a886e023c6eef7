"""What there is to say of a comment: the values of each head, in the order of the model's columns."""

THEMES = ("price", "billing", "refund", "product", "reliability", "delivery", "reach", "advisor", "resolution",
          "speed", "digital", "contract", "honesty", "place", "overall")  # fmt: skip
EMOTIONS = ("joy", "gratitude", "anger", "disappointment", "worry", "surprise")
INTENTS = ("complaint", "praise", "question", "request", "suggestion", "recommend", "warn", "churn", "loyal")
QUESTIONS = ("needs_met", "easy", "enjoyable")
PROBLEMS = ("none", "open", "solved", "relapsed")
OPINIONS = [(theme, sign) for theme in THEMES for sign in (-1, 1)]
