// The editor and the viewers of listings: CodeMirror 6 with what the lab needs of it. Bundled by
// `cargo xtask` into one module; src/lab/editor.rs is the other side.
//
// Each lives in a shadow root: CodeMirror then brings its styles as constructed style sheets,
// which the page's policy allows. Colours are the page's own properties.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, isolateHistory } from '@codemirror/commands';
import { pythonLanguage } from '@codemirror/lang-python';
import {
  HighlightStyle, LanguageSupport, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, Prec, RangeSet, RangeValue, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, hoverTooltip, keymap, lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--screen)', fontSize: 'var(--number)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-gutters': { backgroundColor: 'var(--screen)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--ink) 6%, transparent)',
  },
  '.cm-linked': { backgroundColor: 'color-mix(in srgb, var(--accent) 18%, transparent)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent', outline: '1px solid var(--line)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--accent) 14%, transparent)' },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--ground)', color: 'var(--ink)', border: '1px solid var(--line)',
    fontFamily: 'var(--sans)', fontSize: 'var(--number)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)', color: 'var(--ground)',
  },
  '.cm-tooltip .type': { padding: '0.25rem 0.5rem', fontFamily: 'var(--mono)' },
  '.cm-diagnostic': { whiteSpace: 'pre-wrap', maxWidth: '36rem' },
  '.cm-textfield, .cm-button': {
    backgroundColor: 'var(--screen)', backgroundImage: 'none', color: 'var(--ink)', border: '1px solid var(--line)',
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], fontWeight: '700' },
  { tag: [tags.comment, tags.docString], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.string], color: 'color-mix(in srgb, var(--b-threads) 65%, var(--ink))' },
  { tag: [tags.number, tags.bool, tags.null], color: 'color-mix(in srgb, var(--b-simd) 75%, var(--ink))' },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.meta], color: 'var(--accent)' },
]);

// Lines that belong to what is looked at elsewhere.
const link = StateEffect.define();
const linked = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    let now = marks.map(change.changes);
    for (const effect of change.effects) {
      if (!effect.is(link)) continue;
      const { doc } = change.state;
      const lines = [...new Set(effect.value)].filter((n) => n >= 1 && n <= doc.lines).sort((a, b) => a - b);
      now = Decoration.set(lines.map((n) => Decoration.line({ class: 'cm-linked' }).range(doc.line(n).from)));
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Types of names, by place. They move with the text, so that they are there while it is wrong elsewhere.
class Type extends RangeValue {
  constructor(text) {
    super();
    this.text = text;
  }
}
const know = StateEffect.define();
const types = StateField.define({
  create: () => RangeSet.empty,
  update(known, change) {
    const told = change.effects.find((effect) => effect.is(know));
    return told ? told.value : known.map(change.changes);
  },
});

const mount = (place, label, doc, extensions, heard) => {
  const root = place.shadowRoot || place.attachShadow({ mode: 'open' });
  root.replaceChildren();
  // The line that the reader is on; a change of the text is told apart.
  let line = 0;
  const follow = EditorView.updateListener.of((update) => {
    if (update.docChanged && heard.changed) heard.changed();
    if (!update.selectionSet && !update.focusChanged) return;
    const at = update.state.doc.lineAt(update.state.selection.main.head).number;
    if (update.view.hasFocus && (at !== line || update.focusChanged)) heard.at((line = at));
  });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc,
      extensions: [
        lineNumbers(), highlightSpecialChars(), drawSelection(), linked, theme, follow,
        search({ top: true }), highlightSelectionMatches(),
        EditorView.contentAttributes.of({
          'aria-label': label, tabindex: '0', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false',
        }),
        ...extensions,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    link: (lines, show) => {
      const effects = [link.of(lines)];
      if (show && lines.length > 0 && lines[0] <= view.state.doc.lines) {
        effects.push(EditorView.scrollIntoView(view.state.doc.line(Math.max(1, lines[0])).from, { y: 'center' }));
      }
      view.dispatch({ effects });
    },
    go: (n) => {
      const { from } = view.state.doc.line(Math.min(Math.max(1, n), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    // All of it replaced in one step that can be undone.
    set: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: 0 },
        annotations: isolateHistory.of('full'),
      });
    },
    view,
  };
};

/** An editor for Python. `words` are completions, `heard` has `changed()`, `at(line)`. */
export const editor = (place, label, text, words, heard) => {
  const complete = (context) => {
    const word = context.matchBefore(/[\w.]+/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const own = new Set(context.state.doc.toString().match(/[A-Za-z_]\w{2,}/g) || []);
    const known = new Set(words.map((w) => w.label));
    const here = [...own].filter((w) => !known.has(w) && w !== word.text).map((w) => ({ label: w, type: 'variable', boost: -1 }));
    return { from: word.from, options: [...words, ...here], validFor: /^[\w.]*$/ };
  };
  const hover = hoverTooltip((view, pos) => {
    let found = null;
    view.state.field(types).between(pos, pos, (from, to, type) => {
      if (from <= pos && pos < to) found = type;
    });
    if (!found) return null;
    return {
      pos,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'type';
        dom.textContent = found.text;
        return { dom };
      },
    };
  });
  const shared = mount(place, label, text, [
    types, history(), EditorView.lineWrapping, indentOnInput(), indentUnit.of('    '), bracketMatching(), closeBrackets(),
    highlightActiveLine(), highlightActiveLineGutter(), lintGutter(), hover,
    new LanguageSupport(pythonLanguage), syntaxHighlighting(colours),
    autocompletion({ override: [complete] }),
    // The page runs on Ctrl+Enter; no line may be put in by it. Tab is not bound: it leaves.
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => true }])),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
  ], heard);
  const { view } = shared;
  // Columns count characters; CodeMirror counts UTF-16 units.
  const place_of = (line, column) => {
    const { doc } = view.state;
    if (line < 1) return 0;
    if (line > doc.lines) return doc.length;
    const at = doc.line(line);
    const before = [...at.text].slice(0, Math.max(0, column - 1)).join('');
    return Math.min(at.to, at.from + before.length);
  };
  return {
    ...shared,
    diagnose: (all) => {
      const diagnostics = all.map((d) => {
        const from = place_of(d.line, d.column);
        return {
          from,
          to: Math.max(from, place_of(d.endLine, d.endColumn)),
          severity: d.severity,
          source: d.kind,
          message: d.help ? `${d.message}\n${d.help}` : d.message,
        };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    types: (all) => {
      const ranges = all.map((t) => {
        const from = place_of(t.line, t.column);
        return new Type(t.text).range(from, Math.max(from, place_of(t.line, t.end)));
      });
      view.dispatch({ effects: know.of(RangeSet.of(ranges.filter((r) => r.to > r.from), true)) });
    },
  };
};

/** A listing that is read and linked, not written. */
export const viewer = (place, label, heard) =>
  mount(place, label, '', [
    EditorState.readOnly.of(true),
    highlightActiveLine(),
    keymap.of([...defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter'), ...searchKeymap]),
  ], heard);
