# What real Numba makes of the kernels in tests/kernels. Writes kernels.golden, which the compiler is held to.
#
#     python kernels_golden.py             the kernels whose text has changed since the last time
#     python kernels_golden.py --all       all of them
#     python kernels_golden.py --check     all of them, writes nothing: fails if what Numba says is not what is recorded
#     python kernels_golden.py NAME...     these: prints what they give, writes nothing
#     python kernels_golden.py --fails     writes fails.golden: which error in CPython, and where
#     python kernels_golden.py --bad       tells what Numba says to tests/kernels/bad
#                                                                     (numba 0.68.1, numpy 2.4.6)
#
# A kernel's record in kernels.golden, fields apart by tabs:
#
#     kernel  NAME  hash of its text
#     takes   type ...                      as Numba names them
#     gives   type                          of what it returns
#     local   function.variable  type ...   every type that this variable has in the function, sorted
#     out     dtype  shape  hash  value ... one for each output, in order; the shape as 3x4, "-" of a number
#     error   class  message                instead of outputs, if the run ends by one
#
# Outputs are what the kernel returns, a tuple's parts one after the other; if it returns nothing, the arrays
# that it changed. Integers and truth values are in decimal, floats are their bits in hex, a NaN is the
# one of numpy.nan. Of more than 4096 values only the first and last 64 are there. The hash is FNV-1a of 64 bits
# over the little-endian bytes in C order.
#
# A kernel's own lines:
#
#     # parallax: size=64          what setup is called with; 16 if nothing is said
#     # parallax: oracle=numpy   CPython and NumPy are asked, with prange a range, because Numba has no such thing
#     # parallax: tolerance=1e-6   floats may be off by this times max(1, |value|); else every bit counts
#
# A record of fails.golden: "fails", name, hash of its text, CPython's error, its LINE:COLUMN, its message, Numba's
# with checked indices ("passes" where there is none); then, unless it has a parallel loop, the arrays that were given as the
# error left them. What they say themselves: "fails=" the error that is ours, "cpython=" if that is another, and "at=".
# What tests/kernels/bad say: "error=" kind, "at=" place, "says=" a part of the message, "numba=accepts" if only we refuse.
import ast, linecache, os, re, sys, traceback
os.environ.setdefault('NUMBA_NUM_THREADS', '2')
import warnings
import numpy as np
HERE = os.path.dirname(os.path.abspath(__file__))
KERNELS = os.path.join(HERE, '..', 'kernels')
GOLDEN = os.path.join(HERE, 'kernels.golden')


def fnv(data):
    h = 0xcbf29ce484222325
    for b in data:
        h = (h ^ b) * 0x100000001b3 & 0xffffffffffffffff
    return f'{h:016x}'


def pragma(text, name, usual=None):
    found = re.search(rf'^# parallax: {name}=(.*)$', text, re.M)
    return found[1].strip() if found else usual


def load(path, text):
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)
    env = {'__name__': 'kernel', '__file__': path}
    exec(compile(text, path, 'exec'), env)
    return env


def entry_name(text):
    found = [d.name for d in ast.parse(text).body if isinstance(d, ast.FunctionDef) and d.decorator_list]
    return pragma(text, 'entry') or found[-1]


def output(value):
    array = np.ascontiguousarray(value) if np.ndim(value) else np.asarray(value)
    if array.dtype.kind == 'f':
        array = np.where(np.isnan(array), array.dtype.type(np.nan), array).astype(array.dtype)
        bits = array.reshape(-1).view(f'u{array.dtype.itemsize}')
        told = [f'{int(b):x}' for b in bits]
    else:
        told = [str(int(v)) for v in array.reshape(-1)]
    if len(told) > 4096:
        told = told[:64] + told[-64:]
    shape = 'x'.join(map(str, array.shape)) if array.ndim else '-'
    return '\t'.join(['out', str(array.dtype), shape, fnv(array.tobytes()), *told])


def flat(value, of):
    """Numbers with their type, arrays: what Numba hands out as Python's int and float has a type there."""
    from numba import types
    from numba.np.numpy_support import as_dtype
    if isinstance(of, types.BaseTuple):
        return [one for v, t in zip(value, of) for one in flat(v, t)]
    if isinstance(of, types.NoneType):
        return []
    if isinstance(of, types.Array):
        return [value]
    return [as_dtype(types.unliteral(of)).type(value)]


def record(name, text):
    from numba import typeof, types
    from numba.core.dispatcher import Dispatcher
    env = load(os.path.join(KERNELS, name + '.py'), text)
    kernel = env[entry_name(text)]
    args = env['setup'](int(pragma(text, 'size', '16')))
    args = args if isinstance(args, tuple) else (args,)
    if pragma(text, 'oracle') == 'numpy':
        env = plain(text)
        kernel, args = env[entry_name(text)], env['setup'](int(pragma(text, 'size', '16')))
    before = [a.tobytes() if isinstance(a, np.ndarray) else None for a in args]
    out = [f'kernel\t{name}\t{fnv(text.encode())}', '\t'.join(['takes', *[str(typeof(a)) for a in args]])]
    result, fault = None, None
    try:
        result = kernel(*args)
    except (ZeroDivisionError, ValueError, AssertionError, IndexError, OverflowError) as e:
        fault = e
    if isinstance(kernel, Dispatcher):
        of = kernel.overloads[kernel.signatures[0]].signature.return_type
    else:
        of = typeof(result)
    out.append(f'gives\t{types.unliteral(of)}')
    for function in dict.fromkeys(v for v in env.values() if isinstance(v, Dispatcher)):
        tree = ast.parse(text)
        mine = next(d for d in tree.body if isinstance(d, ast.FunctionDef) and d.name == function.__name__)
        named = {n.id for n in ast.walk(mine) if isinstance(n, ast.Name)} | {a.arg for a in mine.args.args}
        seen = {}
        for overload in function.overloads.values():
            for variable, of_variable in overload.type_annotation.typemap.items():
                base = variable.split('.')[0]
                if base in named and not variable.startswith('$'):
                    seen.setdefault(base, set()).add(str(types.unliteral(of_variable)))
        for variable in sorted(seen):
            out.append('\t'.join(['local', f'{function.__name__}.{variable}', *sorted(seen[variable])]))
    if fault is not None:
        out.append(f'error\t{type(fault).__name__}\t{fault}')
        return out
    values = flat(result, of)
    if isinstance(of, types.NoneType):
        values = [a for a, was in zip(args, before) if was is not None and a.tobytes() != was]
    assert values, 'no output'
    return out + [output(v) for v in values]


def stored():
    records = {}
    if os.path.exists(GOLDEN):
        for line in open(GOLDEN).read().splitlines():
            if line.startswith('kernel\t'):
                records[line.split('\t')[1]] = here = []
            if not line.startswith('#'):
                here.append(line)
    return records


def files(folder):
    return sorted(f[:-3] for f in os.listdir(folder) if f.endswith('.py'))


def close(new, old, tolerance):
    """Outputs that differ by no more than the kernel says: LLVM vectorises sums for the processor that it is on."""
    new, old = new.split('\t')[1:], old.split('\t')[1:]
    of = new[0]
    if new[:2] != old[:2] or len(new) != len(old) or not tolerance or not of.startswith('float'):
        return False
    bits = f'u{int(of[5:]) // 8}'
    a, b = (np.array([int(v, 16) for v in all[3:]], bits).view(of).astype(float) for all in (new, old))
    return bool(np.all((np.abs(a - b) <= tolerance * np.maximum(1, np.abs(b))) | (np.isnan(a) & np.isnan(b))))


def check():
    """Whether Numba still says what is recorded."""
    old, wrong = stored(), 0
    for name in files(KERNELS):
        text = open(os.path.join(KERNELS, name + '.py')).read()
        tolerance = float(pragma(text, 'tolerance', '0'))
        new, was = record(name, text), old.get(name, [])
        same = len(new) == len(was) and all(
            a == b or a.startswith('out\t') and b.startswith('out\t') and close(a, b, tolerance)
            for a, b in zip(new, was))
        if not same:
            wrong += 1
            print(name, 'differs:', *(f'{b[:200]} -> {a[:200]}' for a, b in zip(new, was) if a != b), flush=True)
    wrong += len(set(old) - set(files(KERNELS)))
    print(len(old), 'recorded,', wrong, 'wrong')
    return wrong


def main(names, everything):
    old = {} if everything else stored()
    new, failed = {}, 0
    for name in names or files(KERNELS):
        text = open(os.path.join(KERNELS, name + '.py')).read()
        known = old.get(name)
        if known and not names and known[0].split('\t')[2] == fnv(text.encode()):
            new[name] = known
            continue
        try:
            new[name] = record(name, text)
            if names:
                print('\n'.join(line[:300] for line in new[name]))
            else:
                print(name, flush=True)
        except Exception as e:
            failed += 1
            print(f'{name}: {type(e).__name__}: {e}', file=sys.stderr)
            if names:
                traceback.print_exc()
    if not names:
        with open(GOLDEN, 'w') as f:
            f.write('# Made by kernels_golden.py, which says what this is.\n')
            for name in sorted(new):
                f.write('\n'.join(new[name]) + '\n')
    print(len(new), 'kernels,', failed, 'failed')
    return failed


def plain(text):
    """For CPython: decorators do nothing, and a prange is a range."""
    import types as t
    numba = t.ModuleType('numba')
    numba.njit = numba.jit = lambda f=None, **options: f if f is not None else lambda g: g
    numba.prange = range
    saved = sys.modules.get('numba')
    sys.modules['numba'] = numba
    try:
        return load('kernel.py', text)
    finally:
        sys.modules.pop('numba')
        if saved is not None:
            sys.modules['numba'] = saved


def fails():
    """What CPython does with tests/kernels/fails, and what Numba says with its indices checked. Writes fails.golden."""
    folder, wrong, lines = os.path.join(KERNELS, 'fails'), 0, []
    for name in files(folder):
        text = open(os.path.join(folder, name + '.py')).read()
        kind, line = pragma(text, 'fails'), pragma(text, 'at').split(':')[0]
        size = int(pragma(text, 'size', '16'))
        env = plain(text)
        args = env['setup'](size)
        try:
            with np.errstate(all='ignore'):
                env[entry_name(text)](*args)
            got = ('passes', line, pragma(text, 'at'), '')
        except Exception as e:
            frame = [f for f in traceback.extract_tb(e.__traceback__) if f.filename == 'kernel.py'][-1]
            got = (type(e).__name__, str(frame.lineno), f'{frame.lineno}:{frame.colno + 1}', str(e))
        try:
            env = load(os.path.join(folder, name + '.py'), text)
            env[entry_name(text)](*env['setup'](size))
            numba = 'passes'
        except Exception as e:
            numba = f'{type(e).__name__}: ' + str(e).split(chr(10))[0]
        if got[:2] != (pragma(text, 'cpython', kind), line):
            wrong += 1
            print(name, 'says', kind, line, 'CPython', got)
        lines.append('\t'.join(['fails', name, fnv(text.encode()), *[got[0], got[2], got[3].strip()], numba]))
        print(lines[-1], flush=True)
        if got[0] != 'passes' and 'prange' not in text.split('@njit')[1]:
            lines += [output(a) for a in args if isinstance(a, np.ndarray)]
    with open(os.path.join(HERE, 'fails.golden'), 'w') as f:
        f.write('# Made by kernels_golden.py --fails, which says what this is.\n' + '\n'.join(lines) + '\n')
    print(wrong, 'wrong')
    return wrong


def bad():
    """Each must be refused, unless it says that Numba takes it: then it is a race, or one of our own limits."""
    folder, wrong = os.path.join(KERNELS, 'bad'), 0
    for name in files(folder):
        text = open(os.path.join(folder, name + '.py')).read()
        try:
            env = load(os.path.join(folder, name + '.py'), text)
            kernel = env[entry_name(text)]
            args = env['setup'](16)
            args = args if isinstance(args, tuple) else (args,)
            kernel.compile(tuple(__import__('numba').typeof(a) for a in args))
            said = 'accepts'
        except Exception as e:
            lines = [l.strip() for l in str(e).splitlines() if l.strip()]
            lines = [l for l in lines if not l.startswith('Failed in nopython')]
            at = re.findall(r'line (\d+)', str(e))
            said = f'{type(e).__name__} at {at[-1] if at else "?"}: ' + ' | '.join(lines[:3])[:220]
        takes = pragma(text, 'numba') == 'accepts'
        if takes != (said == 'accepts'):
            wrong += 1
            print('WRONG', end=' ')
        print(name, pragma(text, 'at'), said)
    print(wrong, 'wrong')
    return wrong


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    asked = sys.argv[1:]
    if asked == ['--fails']:
        os.environ['NUMBA_BOUNDSCHECK'] = '1'
        sys.exit(fails() > 0)
    if asked == ['--bad']:
        sys.exit(bad() > 0)
    if asked == ['--check']:
        sys.exit(check() > 0)
    sys.exit(main([a for a in asked if a != '--all'], '--all' in asked) > 0)
