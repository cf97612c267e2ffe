"""Contenders measured side by side."""

import statistics


def medians(rounds, contenders):
    """Calls every contender once a round, in turn, and each round begins with another one.

    `contenders` are functions by name that give values by key; the result is {(name, key): median}.
    """
    names = list(contenders)
    values = {}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            for key, value in contenders[name]().items():
                values.setdefault((name, key), []).append(value)
    return {name_and_key: statistics.median(measured) for name_and_key, measured in values.items()}
