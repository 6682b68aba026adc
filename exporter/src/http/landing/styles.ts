// The landing page's look: quiet, one accent per meaning (blue works, amber waits, grey dashed is queued, red failed,
// violet paused, green is money), dark and light by the reader's setting.

export const LANDING_STYLES = `
:root {
  color-scheme: dark light;
  --page: #111217; --line: #26282e; --faint: #1a1c22; --text: #d8d9da; --quiet: #9a9ca3; --strong: #f2f3f5; --field: #6b6e78;
  --running: #5794f2; --waiting: #ff9830; --queued: #8e9099; --failed: #f2495c; --paused: #b877d9; --completed: #7b818c; --money: #73bf69;
}
@media (prefers-color-scheme: light) {
  :root {
    --page: #fff; --line: #e3e5e8; --faint: #f4f5f6; --text: #33363b; --quiet: #666a72; --strong: #17181c; --field: #868a93;
    --running: #1f60c4; --waiting: #b25a00; --queued: #71757d; --failed: #c4162a; --paused: #8f3bb8; --completed: #71757d; --money: #2a7a1f;
  }
}
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
body { background: var(--page); color: var(--text); font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', sans-serif; min-height: 100vh; display: flex; flex-direction: column; }
header, main, footer { width: 100%; max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { display: flex; align-items: center; gap: 12px; padding-top: 22px; padding-bottom: 18px; }
h1 { font-size: 16px; font-weight: 600; color: var(--strong); }
h2 { font-size: 12px; font-weight: 500; color: var(--quiet); }
.tag { font-size: 12px; color: var(--quiet); border: 1px solid var(--line); border-radius: 4px; padding: 0 7px; }
.live { margin-left: auto; font-size: 12px; color: var(--quiet); display: flex; align-items: center; gap: 7px; }
.live::before { content: ''; width: 8px; height: 8px; border-radius: 50%; border: 1.5px solid var(--waiting); }
.live.on::before { background: var(--running); border-color: var(--running); }
main { flex: 1; display: flex; flex-direction: column; gap: 34px; padding-bottom: 40px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 18px 24px; padding: 4px 0 22px; border-bottom: 1px solid var(--line); }
.figures b { font-size: 26px; font-weight: 400; letter-spacing: -.01em; color: var(--strong); font-variant-numeric: tabular-nums; }
.figures span { color: var(--quiet); font-size: 12.5px; }
.figures b.money { color: var(--money); } .figures b.warn { color: var(--waiting); } .figures b.over { color: var(--failed); }
.section-head { display: flex; align-items: baseline; gap: 10px; margin-bottom: 8px; flex-wrap: wrap; }
.section-head h2 { font-size: 14px; color: var(--strong); }
.section-head span { color: var(--quiet); font-size: 12px; }
.legend { margin-left: auto; list-style: none; padding: 0; display: flex; gap: 4px 13px; flex-wrap: wrap; font-size: 12px; color: var(--quiet); }
.legend li { display: flex; align-items: center; gap: 6px; }
.rows { border-top: 1px solid var(--line); }
.row { display: grid; grid-template-columns: minmax(210px, 1.2fr) minmax(0, 3fr) 180px; gap: 4px 24px; align-items: start; padding: 11px 0; border-bottom: 1px solid var(--line); }
.name { color: var(--strong); overflow-wrap: anywhere; }
.sub { color: var(--quiet); font-size: 12px; overflow-wrap: anywhere; }
.sub.over { color: var(--failed); }
.sub .state-running { color: var(--running); } .sub .state-paused { color: var(--paused); } .sub .state-failed, .sub .state-timeout { color: var(--failed); }
.agents { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 3px 20px; }
.agents li { display: flex; align-items: center; gap: 8px; min-width: 0; line-height: 21px; }
.agents .agent { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 3em; }
.agents .held { margin-left: auto; color: var(--quiet); font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ended .agent, .ended .name { color: var(--quiet); }
.dot { flex: none; width: 10px; height: 10px; border-radius: 3px; border: 1.5px solid var(--queued); display: inline-block; position: relative; }
.dot.running { background: var(--running); border-color: var(--running); }
.dot.waiting { border-color: var(--waiting); background: repeating-linear-gradient(135deg, var(--waiting) 0 2px, transparent 2px 4px); }
.dot.queued { border-style: dashed; }
.dot.paused { background: var(--paused); border-color: var(--paused); }
.dot.failed { background: var(--failed); border-color: var(--failed); }
.dot.failed::after { content: '\\d7'; position: absolute; inset: 0; color: var(--page); font: 700 11px/7px system-ui, sans-serif; text-align: center; }
.dot.completed { background: var(--completed); border-color: var(--completed); opacity: .55; }
.dot.idle { opacity: .55; }
.money-cell { text-align: right; font-variant-numeric: tabular-nums; }
.money-cell .spent { color: var(--money); }
.bar { position: relative; height: 6px; margin: 5px 0 4px; border-radius: 3px; background: var(--line); }
.bar i { position: absolute; inset: 0 auto 0 0; border-radius: 3px; background: var(--money); }
.bar i.warn { background: var(--waiting); } .bar i.over { background: var(--failed); }
.bar u { position: absolute; top: -3px; bottom: -3px; width: 1.5px; background: var(--quiet); text-decoration: none; opacity: .8; }
.budget .bar { margin-top: 8px; }
.budget .spent.warn { color: var(--waiting); } .budget .spent.over { color: var(--failed); }
.empty { padding: 6px 0 26px; border-bottom: 1px solid var(--line); display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; }
.empty h2 { font-size: 20px; font-weight: 400; color: var(--strong); }
.command { position: relative; }
.sign-in-form { display: grid; grid-template-columns: minmax(0, 420px) auto; justify-content: start; gap: 5px 8px; margin-top: 6px; }
.sign-in-form label { grid-column: 1 / -1; font-size: 12px; color: var(--quiet); }
.sign-in-form button { position: static; padding: 0 16px; font-size: 14px; color: var(--page); background: var(--running); border-color: var(--running); }
.sign-in-form button:hover { border-color: var(--strong); }
#token { font: inherit; color: var(--text); background: var(--faint); border: 1px solid var(--field); border-radius: 4px; padding: 7px 10px; min-width: 0; }
#token[aria-invalid] { border-color: var(--failed); }
.problem { color: var(--failed); font-size: 12.5px; }
button.plain { position: static; padding: 0; border: 0; background: none; font-size: inherit; color: var(--quiet); }
button.plain:hover { color: var(--strong); text-decoration: underline; text-underline-offset: 3px; }
pre { background: var(--faint); border: 1px solid var(--line); border-radius: 6px; padding: 12px 76px 12px 14px; overflow-x: auto; }
code { font: 12.5px/1.55 ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, monospace; }
button { position: absolute; top: 8px; right: 8px; font: inherit; font-size: 12px; color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: 4px; padding: 3px 10px; cursor: pointer; }
button:hover { border-color: var(--quiet); }
.quiet { color: var(--quiet); font-size: 12.5px; }
footer { padding-top: 14px; padding-bottom: 26px; color: var(--quiet); font-size: 12.5px; display: flex; gap: 8px 24px; flex-wrap: wrap; justify-content: space-between; }
nav { display: flex; gap: 4px 18px; flex-wrap: wrap; }
a { color: var(--quiet); text-decoration: none; } a:hover { color: var(--strong); text-decoration: underline; text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--running); outline-offset: 2px; border-radius: 2px; }
@media (max-width: 720px) {
  header, main, footer { padding-left: 16px; padding-right: 16px; }
  .figures { grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
  .figures b { font-size: 22px; }
  pre { padding-top: 44px; padding-right: 14px; }
  .row { grid-template-columns: 1fr; } .money-cell { text-align: left; } .legend { margin-left: 0; }
}
`;
