# Runs the programs that tests/generate has written into a folder, and tells what they give.
#
#     python differential.py FOLDER                 by CPython and NumPy, with prange a range: quick
#     python differential.py --numba FOLDER NAME... by real Numba too: says where the two differ; all if none is named
#     python differential.py --hash FOLDER          the lines of differential.golden
#
# A line for each program: its name, then for each output, apart by tabs, "dtype:shape:hash" as in
# kernels_golden.py, or "error:" and its class. With --hash: the seed, a hash of the program, one over that line's outputs
# as they stand, with their tabs.
import os, sys, warnings
os.environ.setdefault('NUMBA_NUM_THREADS', '2')
import numpy as np
from kernels_golden import entry_name, fnv, output, plain, load


def flat(value):
    return [one for v in value for one in flat(v)] if isinstance(value, tuple) else [value]


def told(values):
    return '\t'.join(':'.join(output(v).split('\t')[1:4]) for v in values)


def arguments(env, text):
    size = int(text.split('# parallax: size=')[1].split('\n')[0])
    return env['setup'](size)


def by_numpy(text):
    env = plain(text)
    try:
        return told(flat(env['kernel'](*arguments(env, text))))
    except Exception as e:
        return f'error:{type(e).__name__}:{e}'


def by_numba(path, text):
    from numba import types
    from kernels_golden import flat as typed
    try:
        env = load(path, text)
        kernel = env['kernel']
        result = kernel(*arguments(env, text))
        return told(typed(result, kernel.overloads[kernel.signatures[0]].signature.return_type))
    except Exception as e:
        said = ' '.join(str(e).split())
        return f'error:{type(e).__name__}:{said[:300]}'


def main(mode, folder, names):
    names = names or sorted(f[:-3] for f in os.listdir(folder) if f.endswith('.py'))
    differ = 0
    if mode == '--hash':
        print('# Made by differential.py --hash of the programs of tests/generate: seed, program, outputs.')
    for name in names:
        path = os.path.join(folder, name + '.py')
        text = open(path).read()
        if mode == '--hash' and '# The order of sums' in text:
            continue
        one = by_numpy(text)
        if mode == '--hash':
            print(int(name), fnv(text.encode()), one if one.startswith('error') else fnv(one.encode()))
        elif mode != '--numba':
            print(name, one, sep='\t')
        elif '# Not Numba' not in text:
            other = by_numba(path, text)
            same = one == other or '# The order of sums' in text and not other.startswith('error')
            differ += not same
            print(name, 'same' if same else f'DIFFERS\n   {one}\n   {other}', flush=True)
    if mode == '--numba':
        print(differ, 'differ')
    return differ


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    np.seterr(all='ignore')
    args = sys.argv[1:]
    mode = args.pop(0) if args[0].startswith('--') else ''
    sys.exit(main(mode, args[0], args[1:]) > 0)
