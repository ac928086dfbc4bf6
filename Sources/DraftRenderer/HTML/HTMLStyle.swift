/// How pages look: one column that fits a telephone, with the reader's own choice of light or dark.
enum HTMLStyle {
    static let sheet = """
        :root { color-scheme: light dark; --quiet: #666; --line: #8886; }
        body { max-width: 46rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.3rem; } h3 { font-size: 1.1rem; }
        h4, h5, h6 { font-size: 1rem; } h2, h3, h4, h5, h6 { margin: 1.5em 0 0.5em; scroll-margin-top: 0.5rem; }
        pre { overflow-x: auto; font: 0.8rem/1.3 ui-monospace, monospace; padding: 0.5rem; border: 1px solid var(--line); }
        pre.front { border: 0; padding: 0; } code { font-family: ui-monospace, monospace; font-size: 0.9em; }
        figure { margin: 1rem 0; overflow-x: auto; } figcaption { color: var(--quiet); text-align: center; font-size: 0.9em; }
        table { border-collapse: collapse; margin: 0 auto; } th, td { border: 1px solid var(--line); padding: 0.25em 0.5em; }
        td { vertical-align: top; } .center { text-align: center; } .right { text-align: right; }
        nav ul { list-style: none; padding-left: 1rem; } nav li { margin: 0.25em 0; } ol { list-style: none; padding-left: 1rem; }
        ul.empty { list-style: none; } dd { margin-left: 1.5rem; } .label { font-weight: bold; } .number { color: inherit; }
        blockquote, aside { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
        address { margin: 1rem 0; font-style: normal; } .keyword { font-size: 0.95em; font-weight: 600; }
        .comment { color: var(--quiet); } a { text-decoration-thickness: 1px; } :target { outline: 2px solid #58a; }
        .requirement { font-size: 0.75rem; color: var(--quiet); text-decoration: none; }
        .status { font-size: 0.7rem; padding: 0 0.4em; border: 1px solid; border-radius: 0.6em; }
        .proven { color: #2a7d3c; } .excepted { color: #96690a; } .open { color: #b3412e; }
        """
}
