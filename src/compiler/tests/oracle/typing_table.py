# What Numba infers: for operators and functions over every pair of scalar types, for literals, for
# variables that meet. Writes typing.txt, which tests/typing.rs holds the compiler to.
#
#     python typing_table.py > typing.txt        (numba 0.68.1, numpy 2.4.6)
import math, operator, sys
import numpy as np
from numba import njit, typeof, types
from numba.core.errors import NumbaError
T = {'bool': types.boolean, 'int8': types.int8, 'int16': types.int16, 'int32': types.int32, 'int64': types.int64,
     'uint8': types.uint8, 'uint16': types.uint16, 'uint32': types.uint32, 'uint64': types.uint64,
     'float32': types.float32, 'float64': types.float64}
BIN = ['+', '-', '*', '/', '//', '%', '**', '<<', '>>', '&', '|', '^', '<', '==']
UN = ['-', '+', '~', 'not ', 'abs', 'math.sqrt', 'math.exp', 'math.floor', 'math.ceil', 'math.fabs', 'np.sqrt', 'np.abs', 'np.floor', 'np.exp', 'np.sign', 'np.square', 'round', 'int', 'float', 'bool', 'np.int32', 'np.uint8', 'np.float32', 'math.isnan', 'np.isnan', 'math.trunc']
TWO = ['min', 'max', 'math.atan2', 'math.pow', 'math.hypot', 'math.copysign', 'np.minimum', 'np.maximum', 'np.power', 'np.hypot', 'np.arctan2', 'np.fmod', 'divmod', 'pow', 'np.floor_divide', 'np.mod', 'np.add', 'np.true_divide', 'np.left_shift']
from numba.core.compiler import CompilerBase, DefaultPassBuilder, compile_extra, Flags
from numba.core.compiler_machinery import PassManager, FunctionPass, register_pass
from numba.core.typed_passes import NopythonTypeInference
from numba.core.registry import cpu_target
class Done(BaseException): pass
@register_pass(mutates_CFG=False, analysis_only=True)
class Tell(FunctionPass):
    _name = 'tell'
    def __init__(self): FunctionPass.__init__(self)
    def run_pass(self, state): raise Done(str(state.return_type))
class P(CompilerBase):
    def define_pipelines(self):
        pm = DefaultPassBuilder.define_untyped_pipeline(self.state)
        pm.add_pass(NopythonTypeInference, 'types'); pm.add_pass(Tell, 'tell'); pm.finalize(); return [pm]
def infer(src, args):
    env = {'math': math, 'np': np}
    exec(src, env)
    fl = Flags(); fl.nrt = True; fl.boundscheck = False
    ctx = cpu_target.typing_context; tg = cpu_target.target_context
    try:
        compile_extra(ctx, tg, env['f'], args, None, fl, {}, pipeline_class=P)
    except Done as e: return str(e)
    except NumbaError: return 'refused'
    except Exception as e: return 'error:' + type(e).__name__ + ':' + str(e)[:60].replace(' ', '_').replace(chr(10), '_')
    return '?'
cpu_target.typing_context.refresh(); cpu_target.target_context.refresh()
for op in BIN:
    for a in T:
        print(op, a, *[infer(f'def f(a, b): return a {op} b', (T[a], T[b])) for b in T], flush=True)
for op in TWO:
    for a in T:
        print(op, a, *[infer(f'def f(a, b): return {op}(a, b)', (T[a], T[b])) for b in T], flush=True)
for op in UN:
    call = (lambda x: f'{op}({x})') if op[0].isalpha() and not op.startswith('not') else (lambda x: f'{op}{x}')
    print(op, '-', *[infer(f'def f(a): return {call("a")}', (T[a],)) for a in T], flush=True)
for lit in ['1', '-1', '300', '1.5', 'True']:
    for op in ['+', '*', '/', '//', '**', '%', '<<', '&']:
        print(f'{op}{lit}', '-', *[infer(f'def f(a): return a {op} {lit}', (T[a],)) for a in T], flush=True)
for a in T:
    print('phi', a, *[infer('def f(a, b, c):\n  if c:\n    x = a\n  else:\n    x = b\n  return x', (T[a], T[b], types.boolean)) for b in T], flush=True)
for a in T:
    print('sum-loop', a, infer('def f(a):\n  s = 0\n  for i in range(3):\n    s += a\n  return s', (T[a],)), infer('def f(a):\n  s = 0.0\n  for i in range(3):\n    s += a\n  return s', (T[a],)), infer('def f(a):\n  for i in range(a):\n    pass\n  return i', (T[a],)), infer('def f(a):\n  return 1 if a else a', (T[a],)), infer('def f(a):\n  return a and a', (T[a],)), infer('def f(a):\n  return a < 1 < a', (T[a],)))
