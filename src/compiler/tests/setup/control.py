def setup(n):
    total = 0
    i = 0
    while True:
        i += 1
        if i % 3 == 0:
            continue
        if i > n:
            break
        total += i
    else:
        total = -1
    for j in range(10, 0, -3):
        total = total * 2 + j
    else:
        total += 1000
    for k in range(5):
        if k == 3:
            break
    else:
        total = -2
    return total, i, j, k
