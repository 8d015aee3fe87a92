"""Python's own slices: the first place and how many, line by line in the order of the test in `interpret/arrays.rs`."""
MOST, LEAST = 2**63 - 1, -(2**63)
ENDS = [None, LEAST, -6, -5, -2, 0, 2, 5, MOST]
with open("slices.txt", "w") as out:
    for length in (0, 1, 5):
        for step in (1, 2, 7, -1, -2, -7, MOST, LEAST):
            for low in ENDS:
                for high in ENDS:
                    places = range(length)[low:high:step]
                    print(places[0] if places else "-", len(places), file=out)
