/** The one stylesheet of the emulator's pages. Small, light and dark, usable from 320 px up. */

/**
 * The stylesheet, to the byte as it stands between the `style` tags: the Content-Security-Policy names its hash.
 * It looks like nobody's real sign-in page, on purpose.
 */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --page: #eceae4; --card: #fff; --line: #dcd8ce; --field: #857f72; --ink: #211f1b; --soft: #615b50;
  --accent: #0d5f58; --accent-hover: #0a4a45; --on-accent: #fff; --hover: #f4f2ed; --tint: #e2efed;
  --danger: #9c1f26; --danger-tint: #fcefee; --brass: #f3c54b; --on-brass: #2a2205;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131517; --card: #1d2023; --line: #33383c; --field: #7f878d; --ink: #eceae6; --soft: #a9a69e;
    --accent: #7fd1c7; --accent-hover: #a2e0d8; --on-accent: #06231f; --hover: #262a2e; --tint: #1d3835;
    --danger: #ffb3ae; --danger-tint: #3a1f20; --brass: #d9a92f; --on-brass: #1d1702;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column;
  padding-bottom: 48px; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
.banner {
  margin: 0 0 24px; padding: 8px 16px 12px; text-align: center; font-size: 14px; color: var(--on-brass);
  background:
    repeating-linear-gradient(-45deg, var(--on-brass) 0 8px, var(--brass) 8px 16px) bottom / 100% 4px no-repeat,
    var(--brass);
}
main {
  width: min(440px, 100% - 32px); margin: auto; padding: 36px 36px 32px;
  background: var(--card); border: 1px solid var(--line); border-radius: 14px;
}
.who { display: flex; align-items: center; gap: 8px; margin: 0 0 18px; color: var(--soft); font-size: 15px; }
.who svg { flex: none; width: 24px; height: 24px; color: var(--accent); }
h1 { margin: 0; font-size: 26px; line-height: 1.2; font-weight: 600; letter-spacing: -0.01em; text-wrap: balance; }
h2 { margin: 0; font-size: 15px; font-weight: 600; }
.lead { margin: 6px 0 0; color: var(--soft); text-wrap: pretty; }
.lead b { color: var(--ink); font-weight: 600; }
label { display: block; margin: 20px 0 6px; font-size: 15px; font-weight: 500; }
input:not([type='hidden'], [type='checkbox']) {
  display: block; width: 100%; min-height: 46px; padding: 8px 12px; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--field); border-radius: 8px;
}
.tick { display: flex; align-items: center; gap: 10px; margin-top: 20px; }
.tick input { width: 20px; height: 20px; margin: 0; accent-color: var(--accent); }
.tick label { margin: 0; font-weight: 400; }
input[aria-invalid] { border-color: var(--danger); }
input.code { font: 600 22px/1.2 ui-monospace, monospace; letter-spacing: 0.24em; }
.hint { margin: 6px 0 0; font-size: 14px; color: var(--soft); }
.alert {
  margin: 20px 0 0; padding: 10px 14px; font-size: 15px; color: var(--danger);
  background: var(--danger-tint); border-left: 4px solid currentcolor; border-radius: 4px 8px 8px 4px;
}
.actions { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 28px; }
button {
  min-height: 46px; padding: 8px 22px; font: inherit; font-weight: 600; cursor: pointer;
  color: inherit; background: transparent; border: 1px solid var(--field); border-radius: 8px;
}
button:hover { background: var(--hover); }
button.primary { color: var(--on-accent); background: var(--accent); border-color: transparent; }
button.primary:hover { background: var(--accent-hover); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input:not([type='hidden'], [type='checkbox']):focus-visible { outline-width: 2px; outline-offset: -1px; border-color: transparent; }
ul { margin: 0; padding: 0; list-style: none; }
.accounts { margin-top: 20px; border-top: 1px solid var(--line); }
.accounts li { border-bottom: 1px solid var(--line); }
.accounts button {
  display: flex; align-items: center; gap: 14px; width: 100%; padding: 12px 8px; text-align: left;
  font-weight: 400; border: 0; border-radius: 0;
}
.accounts button:focus-visible { border-radius: 8px; outline-offset: -3px; }
.accounts b, .accounts small { display: block; }
.accounts b { font-weight: 600; }
.accounts small { font-size: 14px; color: var(--soft); }
.face {
  flex: none; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%;
  font-weight: 600; color: var(--accent); background: var(--tint);
}
.accounts small.live { color: var(--accent); }
.live::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%; background: currentcolor; }
.resource { margin-top: 24px; }
.resource li { margin-top: 10px; padding-left: 14px; border-left: 3px solid var(--tint); }
code, dd { font-family: ui-monospace, monospace; font-size: 13px; }
.resource code { display: block; color: var(--soft); }
.resource + .actions { padding-top: 16px; border-top: 1px solid var(--line); }
dl { margin: 24px 0 0; padding-top: 16px; border-top: 1px solid var(--line); }
dt { margin-top: 10px; font-size: 13px; color: var(--soft); }
dd { margin: 0; }
@media (max-width: 480px) {
  body { padding: 0; }
  .banner { margin: 0; }
  main { width: 100%; margin: 0; flex: 1; padding: 28px 20px; border: 0; border-radius: 0; }
  .actions button { flex: 1 1 120px; }
}
`
