# What real Numba makes of the gallery's kernels and of those of the guided path, each at its size. Writes
# gallery.golden, which the compiler is held to.
#
#     python numba_check.py            the kernels whose text has changed since the last time
#     python numba_check.py --all      all of them
#     python numba_check.py NAME...    these: prints what they give, writes nothing
#                                                                     (numba 0.68.1, numpy 2.4.6)
#
# The records are those of src/compiler/tests/oracle/kernels_golden.py, which describes them. A kernel of the path
# is called path/1. One line more stands before the outputs:
#
#     tolerance  1e-6     floats may be off by this times max(1, |value|); 0: every bit counts
#
# The kernels say all in one line, "# parallax: size=512 show=image tolerance=1e-6". They need a tolerance where
# Numba calls libm or sums per thread. path/3 has a race, which Numba accepts and the compiler refuses: no outputs.
import os, re, sys, warnings
HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(LAB, '..', 'compiler', 'tests', 'oracle'))
import kernels_golden as oracle

GOLDEN = os.path.join(HERE, 'gallery.golden')
RACES = {'path/3'}


def pragma(text, name, usual=None):
    for line in re.findall(r'^# parallax: (.*)$', text, re.M):
        found = re.search(rf'(?:^|\s){name}=(\S+)', line)
        if found:
            return found[1]
    return usual


def place(name):
    return os.path.join(LAB if '/' in name else HERE, name + '.py')


def record(name, text):
    oracle.KERNELS = LAB if '/' in name else HERE
    lines = oracle.record(name, text)
    first = next(i for i, line in enumerate(lines) if line.startswith('out\t'))
    outputs = [] if name in RACES else lines[first:]
    return lines[:first] + ['tolerance\t' + pragma(text, 'tolerance', '0')] + outputs


def main(names, everything):
    oracle.GOLDEN, oracle.pragma = GOLDEN, pragma
    old = {} if everything else oracle.stored()
    found = [name for name in oracle.files(HERE) if name != 'numba_check']
    found += ['path/' + name for name in oracle.files(os.path.join(LAB, 'path'))]
    new, failed = {}, 0
    for name in names or found:
        text = open(place(name)).read()
        known = old.get(name)
        if known and not names and known[0].split('\t')[2] == oracle.fnv(text.encode()):
            new[name] = known
            continue
        try:
            new[name] = record(name, text)
            print('\n'.join(line[:200] for line in new[name]) if names else name, flush=True)
        except Exception as fault:
            failed += 1
            print(f'{name}: {type(fault).__name__}: {fault}', file=sys.stderr)
    if not names:
        with open(GOLDEN, 'w') as out:
            out.write('# Made by numba_check.py, which says what this is.\n')
            for name in sorted(new):
                out.write('\n'.join(new[name]) + '\n')
    print(len(new), 'kernels,', failed, 'failed')
    return failed


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    asked = sys.argv[1:]
    sys.exit(main([a for a in asked if a != '--all'], '--all' in asked) > 0)
